/* km-hub-sessions.c: sockets belong to sessions
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session ends 30 days after its last use, and to have a socket open is to
 * use it: who stays in a room for months without another call isn't thrown
 * out, and whoever looks where they are signed in sees that it is used. So
 * the sessions of open sockets are written down about once an hour, a few at a
 * time: those of a crowd that came at once don't hold the store up.
 *
 * The other way round no socket outlives its session: who ends one tells the
 * hub. Should one be gone without a word, since the data were restored or
 * changed by hand, it is noticed here.
 *
 * Thread: hub; store where it is written.
 */

#include "km-hub-private.h"

#include "km-accounts.h"

#define WRITE_AFTER_US (G_GINT64_CONSTANT (60) * 60 * G_USEC_PER_SEC)
#define WRITES_MAX 200

typedef struct
{
  KmJob job;
  KmHub *hub;
  GPtrArray *sessions; /* char: their ids */
  GHashTable *gone;    /* those that aren't there; @sessions' own */
} Use;

static void
use_free (Use *self)
{
  g_hash_table_unref (self->gone);
  g_ptr_array_unref (self->sessions);
  g_free (self);
}

/**
 * km_hub_end_sessions:
 * @hub: the hub
 * @ended: (element-type utf8 utf8): a set of ids
 *
 * Closes the sockets of sessions that have ended.
 */
void
km_hub_end_sessions (KmHub      *hub,
                     GHashTable *ended)
{
  g_autoptr (GPtrArray) members = g_hash_table_get_values_as_ptr_array (
    hub->members);

  for (guint i = 0; i < members->len; i++)
    {
      KmMember *member = g_ptr_array_index (members, i);

      if (member->session != NULL &&
          g_hash_table_contains (ended, member->session))
        km_member_close (hub, member, KM_CLOSE_SIGNED_OUT, "signed out");
    }
}

static gboolean
apply (KmJob          *job,
       KmTransaction  *transaction,
       GError        **error)
{
  Use *self = (Use *) job;

  g_hash_table_remove_all (self->gone);
  for (guint i = 0; i < self->sessions->len; i++)
    {
      char *id = g_ptr_array_index (self->sessions, i);
      gboolean there;

      if (!km_sessions_use (transaction, id, &there, error))
        return FALSE;
      if (!there)
        g_hash_table_add (self->gone, id);
    }

  return TRUE;
}

/* What the disk didn't take is tried again in an hour. */
static void
done (KmJob        *job,
      const GError *error)
{
  Use *self = (Use *) job;

  if (error != NULL)
    g_message ("the use of %u sessions wasn't written down: %s",
               self->sessions->len, error->message);
  else if (g_hash_table_size (self->gone) > 0)
    km_hub_end_sessions (self->hub, self->gone);

  self->hub->pending--;
  use_free (self);
}

static GPtrArray *
take_due (KmHub *hub)
{
  GPtrArray *sessions = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  KmMember *member;

  g_hash_table_iter_init (&iter, hub->members);
  while (sessions->len < WRITES_MAX &&
         g_hash_table_iter_next (&iter, NULL, (gpointer *) &member))
    {
      if (member->session == NULL || member->closing ||
          member->session_used_us + WRITE_AFTER_US > hub->now_us)
        continue;

      member->session_used_us = hub->now_us;
      g_ptr_array_add (sessions, g_strdup (member->session));
    }

  return sessions;
}

/**
 * km_hub_use_sessions:
 * @hub: the hub
 *
 * Writes down which sessions are in use, where that is due: to be called about
 * once a minute.
 */
void
km_hub_use_sessions (KmHub *hub)
{
  g_autoptr (GPtrArray) sessions = take_due (hub);
  Use *self;

  if (sessions->len == 0 || hub->closing)
    return;

  self = g_new0 (Use, 1);
  self->job.apply = apply;
  self->job.done = done;
  self->job.reply_to = hub->answers;
  self->hub = hub;
  self->sessions = g_steal_pointer (&sessions);
  self->gone = g_hash_table_new (g_str_hash, g_str_equal);
  hub->pending++;
  if (!km_store_submit (hub->store, &self->job))
    {
      g_autoptr (GError) error = g_error_new_literal (
        KM_STORE_ERROR, KM_STORE_ERROR_FAILED, "the store is busy");

      done (&self->job, error);
    }
}
