#pragma once

#include "km-queue.h"

G_BEGIN_DECLS

/**
 * KmQueueFunc:
 * @chain: (transfer full): what waited, oldest first; never %NULL
 * @data: what was given to km_queue_source_new()
 */
typedef void (*KmQueueFunc) (KmMessage *chain,
                             gpointer   data);

GSource *km_queue_source_new (KmQueue     *queue,
                              KmQueueFunc  func,
                              gpointer     data);

G_END_DECLS
