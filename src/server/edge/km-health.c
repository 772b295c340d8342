/* km-health.c: whether the server does its work
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A check asks instead of guessing from the past: it has the store write a
 * page and commit it, and the hub hand a message back. Whoever asks meanwhile
 * shares the answer, and so does who asks within a second: however many ask,
 * that is one small commit a second. Nobody waits longer than the bound; what
 * hasn't answered by then is silent, and its late answer counts for the check
 * that runs when it comes.
 *
 * Thread: main.
 */

#include "km-health.h"

#include "km-queue-source.h"
#include "km-statement.h"

#define GOOD_FOR_US G_USEC_PER_SEC

struct _KmHealth
{
  KmDesk *desk;
  KmHub *hub;
  guint bound_ms;
  gboolean ending;

  KmQueue *answers; /* of the hub */
  GSource *source;
  KmMessage question;
  gboolean hub_asked;
  gboolean store_asked;

  GQueue waiting; /* GTask */
  guint deadline; /* not 0: a check is under way */
  KmHealthState found;
  KmHealthState state; /* of the last check that ended */
  gint64 checked_us;
};

/* The mark of the file's kind lies on its first page: writing it, though it
 * says the same as before, takes all that any commit takes. */
static gboolean
write_page (gpointer        data,
            KmTransaction  *transaction,
            GError        **error)
{
  return km_statement_run (
    km_transaction_prepare (transaction,
                            "PRAGMA application_id = 0x4b61696d", error),
    error);
}

static gboolean
end_check (gpointer user_data)
{
  KmHealth *self = user_data;
  GTask *task;

  self->deadline = 0;
  self->state = self->found;
  self->checked_us = g_get_monotonic_time ();
  while ((task = g_queue_pop_head (&self->waiting)) != NULL)
    {
      g_task_return_int (task, self->state);
      g_object_unref (task);
    }

  return G_SOURCE_REMOVE;
}

static void
heard (KmHealth      *self,
       KmHealthState  found)
{
  self->found |= found;
  if (self->deadline == 0 || self->hub_asked || self->store_asked)
    return;

  g_source_remove (self->deadline);
  end_check (self);
}

static void
hub_answered (KmMessage *chain,
              gpointer   data)
{
  KmHealth *self = data;

  self->hub_asked = FALSE;
  heard (self, KM_HEALTH_HUB_TURNS);
}

/* May come when the health has been freed: the desk gives its last answers to
 * the main loop. */
static void
store_answered (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  KmHealth *self = user_data;
  g_autoptr (GError) error = NULL;
  KmHealthState found = KM_HEALTH_STORE_ANSWERS;

  if (km_desk_run_finish (result, &error) != NULL)
    found |= KM_HEALTH_STORE_WRITES;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY))
    found = 0;

  self->store_asked = FALSE;
  heard (self, found);
  g_rc_box_release (self);
}

static void
begin_check (KmHealth *self)
{
  self->found = 0;
  self->deadline = g_timeout_add (self->bound_ms, end_check, self);
  if (!self->hub_asked)
    {
      self->hub_asked = TRUE;
      km_hub_ask (self->hub, &self->question, self->answers);
    }
  if (!self->store_asked)
    {
      self->store_asked = TRUE;
      km_desk_run_async (self->desk, write_page, self, NULL, store_answered,
                         g_rc_box_acquire (self));
    }
}

/**
 * km_health_new:
 * @desk: where changes are handed in; freed before the new object
 * @hub: a hub; freed before the new object
 * @bound_ms: how long an answer may take
 *
 * Returns: (transfer full): nothing has been checked yet
 */
KmHealth *
km_health_new (KmDesk *desk,
               KmHub  *hub,
               guint   bound_ms)
{
  KmHealth *self = g_rc_box_new0 (KmHealth);

  self->desk = desk;
  self->hub = hub;
  self->bound_ms = bound_ms;
  self->checked_us = G_MININT64 / 2;
  self->answers = km_queue_new (0);
  self->source = km_queue_source_new (self->answers, hub_answered, self);
  g_source_attach (self->source, g_main_context_get_thread_default ());

  return self;
}

/**
 * km_health_free:
 * @self: (transfer full): an object whose desk and hub have been freed, so
 *   that nothing will be answered any more
 */
void
km_health_free (KmHealth *self)
{
  if (self->deadline != 0)
    {
      g_source_remove (self->deadline);
      end_check (self);
    }
  g_source_destroy (self->source);
  g_source_unref (self->source);
  km_queue_take_all (self->answers);
  km_queue_free (self->answers);
  g_rc_box_release (self);
}

/**
 * km_health_check_async:
 * @self: the health
 * @cancellable: (nullable): for who no longer wants to know
 * @callback: gets the answer, at the latest when the bound has passed
 * @user_data: for @callback
 */
void
km_health_check_async (KmHealth            *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_health_check_async);
  if (self->ending
      || (self->deadline == 0
          && self->checked_us + GOOD_FOR_US > g_get_monotonic_time ()))
    {
      g_task_return_int (task, self->ending ? KM_HEALTH_ENDING : self->state);
      g_object_unref (task);
      return;
    }

  g_queue_push_tail (&self->waiting, task);
  if (self->deadline == 0)
    begin_check (self);
}

/**
 * km_health_check_finish:
 * @result: what the callback was given
 * @state: (out): what was found
 * @error: %G_IO_ERROR_CANCELLED
 *
 * Returns: whether it was found out
 */
gboolean
km_health_check_finish (GAsyncResult   *result,
                        KmHealthState  *state,
                        GError        **error)
{
  gssize found = g_task_propagate_int (G_TASK (result), error);

  *state = found < 0 ? 0 : (KmHealthState) found;

  return found >= 0;
}

/**
 * km_health_end:
 * @self: the health
 *
 * From now on the server is about to end; who waits hears that.
 */
void
km_health_end (KmHealth *self)
{
  self->ending = TRUE;
  if (self->deadline == 0)
    return;

  g_source_remove (self->deadline);
  self->found = KM_HEALTH_ENDING;
  end_check (self);
}

/**
 * km_health_get_trouble:
 * @state: what a check found
 *
 * Returns: (nullable): what is wrong, in a word for programs; %NULL: nothing
 */
const char *
km_health_get_trouble (KmHealthState state)
{
  if ((state & KM_HEALTH_ENDING) != 0)
    return "ending";
  if ((state & KM_HEALTH_HUB_TURNS) == 0)
    return "hub_silent";
  if ((state & KM_HEALTH_STORE_ANSWERS) == 0)
    return "store_silent";
  if ((state & KM_HEALTH_STORE_WRITES) == 0)
    return "store_failed";

  return NULL;
}
