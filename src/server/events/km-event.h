#pragma once

#include <glib.h>

#include "km-queue.h"

G_BEGIN_DECLS

/**
 * KmEventKind:
 * @KM_EVENT_STREAM_STARTED: room, stream, at_ms: the first key frame is here
 * @KM_EVENT_STREAM_ENDED: room, stream, at_ms, duration_ms, text is the
 *   reason (`ended`, `lost`, `shutdown`)
 * @KM_EVENT_STREAM_EDGE: room, stream, edge_ms (newest stream time),
 *   publisher_ok; at most four a second and whenever publisher_ok changes
 * @KM_EVENT_PUBLISH_REFUSED: publish (the id from the publish address), code
 *   (`denied`, `taken_over`, `unsupported`), text is a message for a person
 * @KM_EVENT_ROOM_ONLINE: room, online; at most four a second
 * @KM_EVENT_ROOM_CHANGED: room: its title, category or slow mode was
 *   committed
 *
 * Flags, so that a subscriber can name several.
 */
typedef enum
{
  KM_EVENT_STREAM_STARTED = 1 << 0,
  KM_EVENT_STREAM_ENDED = 1 << 1,
  KM_EVENT_STREAM_EDGE = 1 << 2,
  KM_EVENT_PUBLISH_REFUSED = 1 << 3,
  KM_EVENT_ROOM_ONLINE = 1 << 4,
  KM_EVENT_ROOM_CHANGED = 1 << 5,
} KmEventKind;

/**
 * KmEvent:
 * @kind: which of the others are set
 * @room: (nullable): the room's id
 * @stream: (nullable): the stream's id
 * @publish: (nullable): the id of a publish
 * @code: (nullable): a code of `stream.refused`
 * @text: (nullable): a reason or a message
 * @at_ms: when, ms since 1970
 * @duration_ms: how long the stream was
 * @edge_ms: newest stream time
 * @online: how many are in the room
 * @publisher_ok: whether the publisher is there
 *
 * Something that happened. Thread: any (immutable once sent).
 */
typedef struct
{
  /*< private >*/
  gatomicrefcount references;

  /*< public >*/
  KmEventKind kind;
  char *room;
  char *stream;
  char *publish;
  char *code;
  char *text;
  gint64 at_ms;
  gint64 duration_ms;
  gint64 edge_ms;
  guint online;
  gboolean publisher_ok;
} KmEvent;

/**
 * KmDelivery:
 * @message: the link in the subscriber's queue
 * @event: what happened
 *
 * What a subscriber takes from its queue, and frees with km_delivery_free().
 */
typedef struct
{
  KmMessage message;
  KmEvent *event;
} KmDelivery;

KmEvent *km_event_new_stream_started  (const char *room,
                                       const char *stream,
                                       gint64      at_ms);
KmEvent *km_event_new_stream_ended    (const char *room,
                                       const char *stream,
                                       const char *reason,
                                       gint64      at_ms,
                                       gint64      duration_ms);
KmEvent *km_event_new_stream_edge     (const char *room,
                                       const char *stream,
                                       gint64      edge_ms,
                                       gboolean    publisher_ok);
KmEvent *km_event_new_publish_refused (const char *publish,
                                       const char *code,
                                       const char *message);
KmEvent *km_event_new_room_online     (const char *room,
                                       guint       online);
KmEvent *km_event_new_room_changed    (const char *room);
KmEvent *km_event_ref                 (KmEvent    *self);
void     km_event_unref               (KmEvent    *self);

void     km_delivery_free             (KmDelivery *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmEvent, km_event_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmDelivery, km_delivery_free)

G_END_DECLS
