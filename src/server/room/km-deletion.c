/* km-deletion.c: a message is taken back, and leaves a tombstone
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A message keeps its place in the log for ever, but not its words: in the
 * transaction that writes `chat.deleted` its body is written over by one that
 * says whose it was and who deleted it. So nobody ever resumes to the words of
 * a message whose deletion they hear of, and none is deleted twice.
 *
 * Its act stays, with the digest alone: the same id with other words is
 * refused as before, and with the same words it isn't said again.
 *
 * The staff hears of it, and whoever reported the message has their answer.
 *
 * Thread: store.
 */

#include "km-deletion.h"

#include "km-json.h"
#include "km-person.h"
#include "km-said.h"
#include "km-statement.h"

static gint64
author_of (const KmPost *post)
{
  return g_ascii_strtoll (post->event->from.id, NULL, 10);
}

/**
 * km_deletion_find:
 * @post: a post of a `chat.deleted`
 * @transaction: its transaction
 * @error: %KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE: its author said nothing in this
 *   room by that id, or it was deleted before; or that of the store
 *
 * Finds the place of the message.
 *
 * Returns: whether it can be deleted
 */
gboolean
km_deletion_find (KmPost         *post,
                  KmTransaction  *transaction,
                  GError        **error)
{
  g_auto (KmSaid) said = {
    .room = post->room,
    .author = author_of (post),
    .id = post->event->target,
  };

  if (!km_said_find (&said, transaction, error))
    return FALSE;

  post->event->of = said.seq;

  return TRUE;
}

/* What the message is from now on; its words are left out. */
static KmRoomEvent *
tombstone_of (const KmPost *post,
              const char   *body,
              gint64        at_ms)
{
  KmRoomEvent *event = km_room_event_new (KM_ROOM_EVENT_CHAT_MESSAGE);
  g_autoptr (JsonObject) object = km_json_parse (body, strlen (body), NULL);
  g_autoptr (KmPerson) from = NULL;

  if (object != NULL)
    from = km_person_from_json (km_json_get_object (object, "from"));
  if (from == NULL)
    from = km_person_new (post->event->from.id, "", "", KM_ROLE_MEMBER);

  event->room = g_strdup (post->event->room);
  event->seq = post->event->of;
  event->at_ms = at_ms;
  event->id = g_strdup (post->event->target);
  event->from = from->account;
  event->role = from->role;
  event->deletion = post->event->deletion;
  g_free (g_steal_pointer (&from));

  return event;
}

static KmRoomEvent *
read_tombstone (KmPost         *post,
                KmTransaction  *transaction,
                GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT body, at FROM event"
                            " WHERE room = ? AND seq = ?", error);
  g_autofree char *body = NULL;

  km_statement_bind (statement, "ii", post->room, post->event->of);
  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return NULL;

  body = km_statement_dup_text (statement, 0);

  return tombstone_of (post, body, sqlite3_column_int64 (statement, 1));
}

static gboolean
write_over (KmPost         *post,
            const char     *body,
            KmTransaction  *transaction,
            GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "UPDATE event SET body = ?3"
                            " WHERE room = ?1 AND seq = ?2", error);

  km_statement_bind (statement, "iit", post->room, post->event->of, body);

  return km_statement_run (statement, error);
}

/* What the staff is told. */
static gboolean
tell_staff (KmPost         *post,
            KmTransaction  *transaction,
            GError        **error)
{
  g_autoptr (KmStaffEntry) entry = km_staff_entry_new ();

  entry->of = post->event->of;
  entry->id = g_strdup (post->event->target);
  entry->deletion = post->event->deletion;
  entry->how = KM_REPORT_END_DELETED;
  post->staff = (KmStaffNews) { 0 };

  return km_staff_log_write (post->room, post->account,
                             KM_ROOM_EVENT_MESSAGE_DELETED, entry,
                             &post->staff, transaction, error)
         && km_staff_log_settle (post->room, post->account, entry,
                                 &post->staff, transaction, error);
}

/**
 * km_deletion_write:
 * @post: a post of a `chat.deleted` that has its place
 * @transaction: its transaction
 * @error: that of the store
 *
 * Takes the words away. The frame that stands for the message from now on
 * becomes the post's.
 *
 * Returns: whether they are gone
 */
gboolean
km_deletion_write (KmPost         *post,
                   KmTransaction  *transaction,
                   GError        **error)
{
  g_autoptr (KmRoomEvent) event = read_tombstone (post, transaction, error);
  g_autoptr (GString) body = NULL;
  sqlite3_stmt *statement;
  char *frame;

  if (event == NULL)
    return FALSE;

  body = g_string_sized_new (128);
  km_room_event_append_body (event, body);
  if (!write_over (post, body->str, transaction, error))
    return FALSE;

  frame = km_room_event_encode (event);
  g_clear_pointer (&post->tombstone, g_bytes_unref);
  post->tombstone = g_bytes_new_take (frame, strlen (frame));

  statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO tombstone (room, seq, deleted_seq)"
                            " VALUES (?, ?, ?)", error);
  km_statement_bind (statement, "iii", post->room, post->event->of,
                     post->event->seq);

  return km_statement_run (statement, error)
         && tell_staff (post, transaction, error);
}
