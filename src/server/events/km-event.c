/* km-event.c: something that happened in this server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One event goes to several threads, so it is counted and never changed once
 * it is sent. It says what happened, not what to do about it.
 *
 * Thread: any.
 */

#include "km-event.h"

static KmEvent *
event_new (KmEventKind kind,
           const char *room,
           const char *stream)
{
  KmEvent *self = g_new0 (KmEvent, 1);

  g_atomic_ref_count_init (&self->references);
  self->kind = kind;
  self->room = g_strdup (room);
  self->stream = g_strdup (stream);

  return self;
}

/**
 * km_event_new_stream_started:
 * @room: the room's id
 * @stream: the stream's id
 * @at_ms: when its first key frame came, ms since 1970
 *
 * Returns: (transfer full): an event to send
 */
KmEvent *
km_event_new_stream_started (const char *room,
                             const char *stream,
                             gint64      at_ms)
{
  KmEvent *self = event_new (KM_EVENT_STREAM_STARTED, room, stream);

  self->at_ms = at_ms;

  return self;
}

/**
 * km_event_new_stream_ended:
 * @room: the room's id
 * @stream: the stream's id
 * @reason: `ended`, `lost` or `shutdown`
 * @at_ms: when, ms since 1970
 * @duration_ms: how long it was
 *
 * Returns: (transfer full): an event to send
 */
KmEvent *
km_event_new_stream_ended (const char *room,
                           const char *stream,
                           const char *reason,
                           gint64      at_ms,
                           gint64      duration_ms)
{
  KmEvent *self = event_new (KM_EVENT_STREAM_ENDED, room, stream);

  self->text = g_strdup (reason);
  self->at_ms = at_ms;
  self->duration_ms = duration_ms;

  return self;
}

/**
 * km_event_new_stream_edge:
 * @room: the room's id
 * @stream: the stream's id
 * @edge_ms: the newest stream time
 * @publisher_ok: %FALSE while the stream waits for its publisher to come back
 *
 * Returns: (transfer full): an event to send
 */
KmEvent *
km_event_new_stream_edge (const char *room,
                          const char *stream,
                          gint64      edge_ms,
                          gboolean    publisher_ok)
{
  KmEvent *self = event_new (KM_EVENT_STREAM_EDGE, room, stream);

  self->edge_ms = edge_ms;
  self->publisher_ok = publisher_ok;

  return self;
}

/**
 * km_event_new_publish_refused:
 * @publish: the id that stood in the publish address
 * @code: `denied`, `taken_over` or `unsupported`
 * @message: why, in words for a person
 *
 * Returns: (transfer full): an event to send
 */
KmEvent *
km_event_new_publish_refused (const char *publish,
                              const char *code,
                              const char *message)
{
  KmEvent *self = event_new (KM_EVENT_PUBLISH_REFUSED, NULL, NULL);

  self->publish = g_strdup (publish);
  self->code = g_strdup (code);
  self->text = g_strdup (message);

  return self;
}

/**
 * km_event_new_room_online:
 * @room: the room's id
 * @online: how many people are in it
 *
 * Returns: (transfer full): an event to send
 */
KmEvent *
km_event_new_room_online (const char *room,
                          guint       online)
{
  KmEvent *self = event_new (KM_EVENT_ROOM_ONLINE, room, NULL);

  self->online = online;

  return self;
}

/**
 * km_event_new_room_changed:
 * @room: the id of a room whose new title or category was committed
 *
 * Returns: (transfer full): an event to send
 */
KmEvent *
km_event_new_room_changed (const char *room)
{
  return event_new (KM_EVENT_ROOM_CHANGED, room, NULL);
}

KmEvent *
km_event_ref (KmEvent *self)
{
  g_atomic_ref_count_inc (&self->references);

  return self;
}

void
km_event_unref (KmEvent *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  g_free (self->room);
  g_free (self->stream);
  g_free (self->publish);
  g_free (self->code);
  g_free (self->text);
  g_free (self);
}

/**
 * km_delivery_free:
 * @self: (transfer full): a delivery taken from a subscriber's queue
 */
void
km_delivery_free (KmDelivery *self)
{
  km_event_unref (self->event);
  g_free (self);
}
