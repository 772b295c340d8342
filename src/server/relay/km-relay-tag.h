#pragma once

#include <glib.h>
#include <sys/uio.h>

#include "km-flv.h"
#include "km-rtmp-writer.h"

G_BEGIN_DECLS

/**
 * KmRelayForm:
 *
 * How a viewer gets tags.
 */
typedef enum
{
  KM_RELAY_FORM_FLV,
  KM_RELAY_FORM_RTMP,
} KmRelayForm;

/**
 * KM_RELAY_TAG_PIECES:
 *
 * Pieces of memory that a tag consists of at most.
 */
#define KM_RELAY_TAG_PIECES 2

/**
 * KmRelayTag:
 * @type: a #KmFlvType
 * @time_ms: stream time
 * @length: bytes of its data
 *
 * One tag as all viewers get it. Thread: any (immutable).
 */
typedef struct
{
  guint8 type;
  gint64 time_ms;
  gsize length;

  /*< private >*/
  gatomicrefcount references;
  gsize rtmp_size;
  guint8 rtmp_header[KM_RTMP_HEADER_MAX];
  guint8 flv[];
} KmRelayTag;

KmRelayTag   *km_relay_tag_new        (guint8            type,
                                       gint64            time_ms,
                                       const guint8     *data,
                                       gsize             length);
KmRelayTag   *km_relay_tag_ref        (KmRelayTag       *self);
void          km_relay_tag_unref      (KmRelayTag       *self);

const guint8 *km_relay_tag_get_data   (const KmRelayTag *self);
gsize         km_relay_tag_get_size   (const KmRelayTag *self,
                                       KmRelayForm       form);
guint         km_relay_tag_get_pieces (const KmRelayTag *self,
                                       KmRelayForm       form,
                                       gsize             offset,
                                       struct iovec     *pieces);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRelayTag, km_relay_tag_unref)

G_END_DECLS
