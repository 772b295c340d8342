/* km-post.c: an event takes its place in the log of a room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The place (seq) is given inside the transaction that writes the event, by
 * counting up the room's row: a group that isn't committed takes its seqs
 * back, and no two events ever have the same. The body is what goes over the
 * wire, so that whoever resumes from the store gets the same bytes.
 *
 * What an event does besides, such as moving coins, is written by its own
 * hook, which knows its place and may still fill in what its body says. What
 * refers to the event is written by another one, behind it.
 *
 * Thread: store, but for init and clear.
 */

#include "km-post.h"

#include "km-act.h"
#include "km-room-memo.h"
#include "km-statement.h"

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

static KmAct
act_of (const KmPost *self)
{
  return (KmAct) {
    .account = self->account,
    .id = self->event->id,
    .digest = self->digest,
    .room = self->room,
    .seq = self->event->seq,
  };
}

/* The place is only looked up here: what is refused afterwards has written
 * nothing. */
static gboolean
find_place (KmPost         *self,
            KmTransaction  *transaction,
            GError        **error)
{
  gint64 last;

  if (!km_room_memo_find_seq (transaction, self->room, &last, error))
    return FALSE;

  self->event->seq = last + 1;
  if (self->event->at_ms < 0)
    self->event->at_ms = now_ms ();

  return TRUE;
}

static gboolean
take_place (KmPost         *self,
            KmTransaction  *transaction,
            GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "UPDATE room SET seq = ?2 WHERE id = ?1", error);

  km_statement_bind (statement, "ii", self->room, self->event->seq);
  if (!km_statement_run (statement, error))
    return FALSE;

  km_room_memo_took (transaction, self->room, self->event->seq);

  return TRUE;
}

static gboolean
write_event (KmPost         *self,
             KmTransaction  *transaction,
             GError        **error)
{
  g_autoptr (GString) body = g_string_sized_new (256);
  g_autoptr (GString) frame = NULL;
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO event (room, seq, at, kind, body,"
                            " account, gift) VALUES (?, ?, ?, ?, ?, ?, ?)",
                            error);

  km_room_event_append_body (self->event, body);
  km_statement_bind (statement, "iiiss", self->room, self->event->seq,
                     self->event->at_ms,
                     km_room_event_kind_to_word (self->event->kind),
                     body->str);
  if (self->account != 0 && statement != NULL)
    sqlite3_bind_int64 (statement, 6, self->account);
  if (self->gift_row != 0 && statement != NULL)
    sqlite3_bind_int64 (statement, 7, self->gift_row);
  if (!km_statement_run (statement, error))
    return FALSE;

  frame = g_string_sized_new (body->len + 96);
  km_room_event_append_frame (frame, self->event->kind, self->event->room,
                              self->event->seq, self->event->at_ms,
                              body->str, (gssize) body->len);
  g_clear_pointer (&self->frame, g_bytes_unref);
  self->frame = g_string_free_to_bytes (g_steal_pointer (&frame));

  return TRUE;
}

static gboolean
write_act (KmPost         *self,
           KmTransaction  *transaction,
           GError        **error)
{
  KmAct act = act_of (self);

  return km_act_write (&act, transaction, error);
}

static gboolean
write_stream_start (KmPost         *self,
                    KmTransaction  *transaction,
                    GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO stream (id, room, started_at,"
                            " started_seq, title)"
                            " SELECT ?1, id, ?3, ?4, title FROM room"
                            " WHERE id = ?2",
                            error);

  km_room_memo_forget_live (transaction, self->room);
  km_statement_bind (statement, "tiii", self->event->stream, self->room,
                     self->event->at_ms, self->event->seq);

  return km_statement_run (statement, error);
}

static gboolean
write_stream_end (KmPost         *self,
                  KmTransaction  *transaction,
                  GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "UPDATE stream SET ended_at = ?, reason = ?,"
                            " ended_seq = ?"
                            " WHERE id = ? AND ended_at IS NULL",
                            error);

  km_room_memo_forget_live (transaction, self->room);
  km_statement_bind (statement, "itit", self->event->at_ms,
                     km_stream_end_to_word (self->event->reason),
                     self->event->seq, self->event->stream);

  return km_statement_run (statement, error)
         && km_stream_figures_write (&self->figures, self->event->stream,
                                     transaction, error);
}

/* What the room is called now: whoever changed it committed that before. */
static gboolean
read_change (KmPost         *self,
             KmTransaction  *transaction,
             GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT title, category, slow_s FROM room"
                            " WHERE id = ?",
                            error);
  KmStep step;

  km_statement_bind (statement, "i", self->room);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_DONE)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_ROOM);
  if (step != KM_STEP_ROW)
    return FALSE;

  g_free (self->event->title);
  g_free (self->event->category);
  self->event->title = km_statement_dup_text (statement, 0);
  self->event->category = km_statement_dup_text (statement, 1);
  self->event->slow_s = (guint) sqlite3_column_int64 (statement, 2);

  return TRUE;
}

static gboolean
write_post (KmPost         *self,
            KmTransaction  *transaction,
            GError        **error)
{
  if (self->event->kind == KM_ROOM_EVENT_ROOM_CHANGED
      && !read_change (self, transaction, error))
    return FALSE;

  if (!find_place (self, transaction, error)
      || (self->write != NULL && !self->write (self, transaction, error))
      || !take_place (self, transaction, error)
      || !write_event (self, transaction, error)
      || (self->write_behind != NULL
          && !self->write_behind (self, transaction, error)))
    return FALSE;

  if (self->digest != NULL)
    return write_act (self, transaction, error);
  if (self->event->kind == KM_ROOM_EVENT_STREAM_STARTED)
    return write_stream_start (self, transaction, error);
  if (self->event->kind == KM_ROOM_EVENT_STREAM_ENDED)
    return write_stream_end (self, transaction, error);

  return TRUE;
}

static gboolean
apply (KmJob          *job,
       KmTransaction  *transaction,
       GError        **error)
{
  KmPost *self = (KmPost *) job;
  GError *problem = NULL;

  self->repeated = FALSE;
  if (self->digest != NULL)
    {
      KmAct act = act_of (self);

      if (km_act_find (&act, transaction, &problem))
        {
          self->repeated = TRUE;
          self->event->seq = act.seq;
          self->event->at_ms = act.at_ms;
          return self->again == NULL
                 || self->again (self, transaction, error);
        }
      if (problem != NULL)
        {
          g_propagate_error (error, problem);
          return FALSE;
        }
    }

  return write_post (self, transaction, error);
}

/**
 * km_post_init:
 * @self: a post, zeroed
 * @room: in which room's log
 * @event: (transfer full): what happened
 *
 * An act's account and digest are set by the caller afterwards.
 */
void
km_post_init (KmPost      *self,
              gint64       room,
              KmRoomEvent *event)
{
  self->job.apply = apply;
  self->job.repeatable = TRUE;
  self->room = room;
  self->event = event;
  g_free (event->room);
  event->room = g_strdup_printf ("%" G_GINT64_FORMAT, room);
}

/**
 * km_post_clear:
 * @self: a post
 *
 * Frees what it holds, for its done.
 */
void
km_post_clear (KmPost *self)
{
  g_clear_pointer (&self->event, km_room_event_free);
  g_clear_pointer (&self->digest, g_bytes_unref);
  g_clear_pointer (&self->frame, g_bytes_unref);
  g_clear_pointer (&self->tombstone, g_bytes_unref);
}

static GPtrArray *
read_open_streams (KmTransaction  *transaction,
                   GError        **error)
{
  g_autoptr (GPtrArray) open = NULL;
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT stream.id, stream.room, started_at,"
                            " MAX (started_at, COALESCE ((SELECT at FROM event"
                            "  WHERE event.room = stream.room"
                            "  ORDER BY seq DESC LIMIT 1), 0))"
                            " FROM stream WHERE ended_at IS NULL",
                            error);
  KmStep step;

  open = g_ptr_array_new_with_free_func ((GDestroyNotify) km_room_event_free);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      KmRoomEvent *event = km_room_event_new (KM_ROOM_EVENT_STREAM_ENDED);

      event->stream = km_statement_dup_text (statement, 0);
      event->room = km_statement_dup_text (statement, 1);
      event->reason = KM_STREAM_END_LOST;
      event->at_ms = sqlite3_column_int64 (statement, 3);
      event->duration_ms =
        event->at_ms - sqlite3_column_int64 (statement, 2);
      g_ptr_array_add (open, event);
    }

  return step == KM_STEP_DONE ? g_steal_pointer (&open) : NULL;
}

/**
 * km_post_close_streams:
 * @transaction: a transaction, before any stream of this server starts
 * @error: why not
 *
 * Ends the streams that a server left open when it was killed, in the log of
 * their rooms as well: their reason is `lost`. When exactly they ended nobody
 * knows; the room's last sign of life is what is written.
 *
 * Returns: whether none is open now
 */
gboolean
km_post_close_streams (KmTransaction  *transaction,
                       GError        **error)
{
  g_autoptr (GPtrArray) open = read_open_streams (transaction, error);

  if (open == NULL)
    return FALSE;

  while (open->len > 0)
    {
      KmRoomEvent *event = g_ptr_array_steal_index (open, 0);
      KmPost post = { 0 };
      gboolean written;

      km_post_init (&post, g_ascii_strtoll (event->room, NULL, 10), event);
      written = write_post (&post, transaction, error);
      km_post_clear (&post);
      if (!written)
        return FALSE;
    }

  return TRUE;
}
