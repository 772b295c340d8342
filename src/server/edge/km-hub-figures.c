/* km-hub-figures.c: likes and peak on their way to the disk
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Likes and presence are written every few seconds while they change, so that
 * a server that is killed has lost little; the end of the stream writes the
 * last word with itself.
 *
 * Thread: hub; store where it is written.
 */

#include "km-hub-private.h"

typedef struct
{
  KmJob job;
  KmHub *hub;
  KmHubRoom *room; /* stays loaded while something of it is pending */
  char *stream;
  KmStreamFigures figures;
} Write;

static gboolean
apply (KmJob          *job,
       KmTransaction  *transaction,
       GError        **error)
{
  Write *self = (Write *) job;

  return km_stream_figures_write (&self->figures, self->stream, transaction,
                                  error);
}

/* What the disk didn't take goes with the next figures, or the end. */
static void
done (KmJob        *job,
      const GError *error)
{
  Write *self = (Write *) job;

  if (error != NULL)
    g_message ("the figures of stream %s were not kept: %s", self->stream,
               error->message);

  self->room->pending--;
  self->hub->pending--;
  g_free (self->stream);
  g_free (self);
}

/**
 * km_hub_write_figures:
 * @hub: the hub
 * @room: a room with a stream, whose figures are due
 */
void
km_hub_write_figures (KmHub     *hub,
                      KmHubRoom *room)
{
  Write *self = g_new0 (Write, 1);

  self->job.apply = apply;
  self->job.done = done;
  self->job.reply_to = hub->answers;
  self->hub = hub;
  self->room = room;
  self->stream = g_strdup (km_live_room_peek_info (room->live)->stream);
  self->figures = km_live_room_take_figures (room->live, hub->now_us);
  hub->pending++;
  room->pending++;
  if (!km_store_submit (hub->store, &self->job))
    {
      g_autoptr (GError) error = g_error_new_literal (
        KM_STORE_ERROR, KM_STORE_ERROR_FAILED, "the store is busy");

      done (&self->job, error);
    }
}
