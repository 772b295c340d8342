/* km-queue-source.c: a main loop as the reader of a queue
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: the one whose main context the source is attached to.
 */

#include "km-queue-source.h"

typedef struct
{
  GSource source;
  KmQueue *queue;
  KmQueueFunc func;
  gpointer data;
} QueueSource;

static gboolean
dispatch (GSource     *source,
          GSourceFunc  callback,
          gpointer     user_data)
{
  QueueSource *self = (QueueSource *) source;
  KmMessage *chain = km_queue_take_all (self->queue);

  if (chain != NULL)
    self->func (chain, self->data);

  return G_SOURCE_CONTINUE;
}

/* Without prepare and check a source is ready when its descriptor is. */
static GSourceFuncs funcs = { .dispatch = dispatch };

/**
 * km_queue_source_new:
 * @queue: a queue; must outlive the source
 * @func: takes what waits
 * @data: for @func
 *
 * Returns: (transfer full): a source to attach to a main context; destroy it
 *   before the queue
 */
GSource *
km_queue_source_new (KmQueue     *queue,
                     KmQueueFunc  func,
                     gpointer     data)
{
  GSource *source = g_source_new (&funcs, sizeof (QueueSource));
  QueueSource *self = (QueueSource *) source;

  self->queue = queue;
  self->func = func;
  self->data = data;
  g_source_add_unix_fd (source, km_queue_get_fd (queue), G_IO_IN);
  g_source_set_static_name (source, "KmQueue");

  return source;
}
