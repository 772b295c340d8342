#pragma once

#include "km-post-office.h"
#include "km-relay-clock.h"
#include "km-relay-ring.h"

G_BEGIN_DECLS

/**
 * KM_RELAY_HEADERS:
 *
 * What a decoder needs before the first frame: metadata, and for picture and
 * sound a sequence header and what enhanced RTMP adds to it.
 */
#define KM_RELAY_HEADERS 5

typedef struct _KmRelayStream KmRelayStream;
typedef struct _KmRelayCursor KmRelayCursor;

/**
 * KmRelayCursor:
 * @next: number of the tag that the viewer gets next
 * @waiting: @next means nothing: the viewer waits for a key frame
 * @wake: called when there may be something to write, or to wait for
 * @data: for @wake
 *
 * Where a viewer stands in a stream.
 */
struct _KmRelayCursor
{
  guint64 next;
  gboolean waiting;
  void (*wake) (gpointer data);
  gpointer data;

  /*< private >*/
  guint place;              /* among the stream's cursors */
  guint64 wait_from;        /* a key frame before this one is no good */
  guint64 burst_end;        /* before this, the viewer was given a start … */
  guint64 burst_bytes;      /* … of so many bytes … */
  gint64 burst_ms;          /* … and so long */
};

KmRelayStream *km_relay_stream_new           (const char     *room,
                                              KmPostOffice   *post_office);
void           km_relay_stream_free          (KmRelayStream  *self);

const char    *km_relay_stream_get_room      (KmRelayStream  *self);
gboolean       km_relay_stream_is_live       (KmRelayStream  *self);
KmRelayRing   *km_relay_stream_peek_ring     (KmRelayStream  *self);

void           km_relay_stream_begin_publish (KmRelayStream  *self);
void           km_relay_stream_lose_publish  (KmRelayStream  *self);
void           km_relay_stream_take          (KmRelayStream  *self,
                                              const KmFlvTag *tag,
                                              gint64          now_us);
void           km_relay_stream_take_metadata (KmRelayStream  *self,
                                              const KmFlvTag *tag);
void           km_relay_stream_flush         (KmRelayStream  *self);
gint64         km_relay_stream_tell_edge     (KmRelayStream  *self,
                                              gint64          now_us);
void           km_relay_stream_end           (KmRelayStream  *self,
                                              const char     *reason);

void           km_relay_stream_add_cursor    (KmRelayStream  *self,
                                              KmRelayCursor  *cursor);
void           km_relay_stream_remove_cursor (KmRelayStream  *self,
                                              KmRelayCursor  *cursor);
gboolean       km_relay_stream_place_cursor  (KmRelayStream  *self,
                                              KmRelayCursor  *cursor);
guint          km_relay_stream_get_start     (KmRelayStream  *self,
                                              KmRelayTag    **headers);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRelayStream, km_relay_stream_free)

G_END_DECLS
