#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _KmQueue   KmQueue;
typedef struct _KmMessage KmMessage;

/**
 * KmMessage:
 * @next: the message behind this one; the queue's own
 *
 * First member of every struct that travels through a #KmQueue.
 */
struct _KmMessage
{
  KmMessage *next;
};

KmQueue   *km_queue_new      (guint      limit);
void       km_queue_free     (KmQueue   *self);

gboolean   km_queue_push     (KmQueue   *self,
                              KmMessage *message);
void       km_queue_push_all (KmQueue   *self,
                              KmMessage *first);
KmMessage *km_queue_take_all (KmQueue   *self);
gboolean   km_queue_wait     (KmQueue   *self,
                              gint64     timeout_us);
guint      km_queue_count    (KmQueue   *self);
int        km_queue_get_fd   (KmQueue   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmQueue, km_queue_free)

G_END_DECLS
