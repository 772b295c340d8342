/* km-hub-history.c: a room whose log has lost its end begins a new history
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A disk that only said that it had written, or data that was put back by
 * hand, leaves a log that is shorter than what people were sent of it. The
 * first of them who comes back shows it: it had an event that isn't there. The
 * seqs that were lost are given to other events from now on, so what others
 * have of them must not count either: the room gets a new epoch, and whoever
 * comes with the old one begins anew from a snapshot.
 *
 * It is told only when it is on the disk. A tail can only have been lost before
 * the server started: what is said of one later on is a client's mistake, and
 * costs nobody else anything.
 *
 * Thread: hub; store where it is written.
 */

#include "km-hub-private.h"

#include "km-id.h"
#include "km-statement.h"

typedef struct
{
  KmJob job;
  KmHub *hub;
  KmHubRoom *room; /* stays loaded while something of it is pending */
  gint64 id;
  char *epoch;
} Begin;

static gboolean
apply (KmJob          *job,
       KmTransaction  *transaction,
       GError        **error)
{
  Begin *self = (Begin *) job;
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "UPDATE room SET epoch = ? WHERE id = ?", error);

  km_statement_bind (statement, "ti", self->epoch, self->id);

  return km_statement_run (statement, error);
}

/* What the disk didn't take is tried again when the next one comes back. */
static void
done (KmJob        *job,
      const GError *error)
{
  Begin *self = (Begin *) job;

  if (error == NULL)
    {
      km_live_room_begin_history (self->room->live, self->epoch);
      self->room->history = KM_HISTORY_NEW;
    }
  else
    {
      g_message ("the new history of room %" G_GINT64_FORMAT
                 " was not kept: %s", self->id, error->message);
      self->room->history = KM_HISTORY_LOADED;
    }

  self->room->pending--;
  self->hub->pending--;
  g_free (self->epoch);
  g_free (self);
}

static void
begin (KmHub     *hub,
       KmHubRoom *room)
{
  Begin *self = g_new0 (Begin, 1);

  self->job.apply = apply;
  self->job.done = done;
  self->job.reply_to = hub->answers;
  self->job.repeatable = TRUE;
  self->hub = hub;
  self->room = room;
  self->id = room->id;
  self->epoch = km_id_new ();
  room->history = KM_HISTORY_ON_ITS_WAY;
  hub->pending++;
  room->pending++;
  if (!km_store_submit (hub->store, &self->job))
    {
      g_autoptr (GError) error = g_error_new_literal (
        KM_STORE_ERROR, KM_STORE_ERROR_FAILED, "the store is busy");

      done (&self->job, error);
    }
}

/**
 * km_hub_check_history:
 * @hub: the hub
 * @room: a room
 * @seq: of an event of this very history that somebody had
 * @head: of the newest event that there is, in the same log: the room's or its
 *   staff's, which have one history
 *
 * Begins a new history if the log doesn't reach @seq.
 *
 * Returns: whether the room's history can be told of now; %FALSE: it changes,
 *   come back
 */
gboolean
km_hub_check_history (KmHub     *hub,
                      KmHubRoom *room,
                      gint64     seq,
                      gint64     head)
{
  if (seq > head && room->history == KM_HISTORY_LOADED)
    {
      g_message ("somebody has seen event %" G_GINT64_FORMAT " of room %"
                 G_GINT64_FORMAT ", whose log ends at %" G_GINT64_FORMAT
                 ": its end was lost, a new history begins", seq, room->id,
                 head);
      begin (hub, room);
    }

  return seq <= head || room->history == KM_HISTORY_NEW;
}
