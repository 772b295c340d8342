#pragma once

#include "km-flv.h"

G_BEGIN_DECLS

/**
 * KM_FLV_FOURCC:
 *
 * A codec as enhanced RTMP writes it; the older codec numbers that are still
 * in use get the same values.
 */
#define KM_FLV_FOURCC(a, b, c, d) \
  ((guint32) (a) << 24 | (guint32) (b) << 16 | (guint32) (c) << 8 | \
   (guint32) (d))
#define KM_FLV_CODEC_AVC  KM_FLV_FOURCC ('a', 'v', 'c', '1')
#define KM_FLV_CODEC_HEVC KM_FLV_FOURCC ('h', 'v', 'c', '1')
#define KM_FLV_CODEC_AAC  KM_FLV_FOURCC ('m', 'p', '4', 'a')

/**
 * KmFlvPacketKind:
 * @KM_FLV_PACKET_FRAME: a coded picture or piece of sound
 * @KM_FLV_PACKET_HEADER: a sequence header: what a decoder needs first
 * @KM_FLV_PACKET_METADATA: enhanced RTMP's video metadata (colorInfo), or its
 *   multichannel configuration: needed first, too
 * @KM_FLV_PACKET_OTHER: the sequence's end, a command, or nothing known
 */
typedef enum
{
  KM_FLV_PACKET_FRAME,
  KM_FLV_PACKET_HEADER,
  KM_FLV_PACKET_METADATA,
  KM_FLV_PACKET_OTHER,
} KmFlvPacketKind;

/**
 * KmFlvPacket:
 * @kind: what it is
 * @key: whether a decoder can begin here
 * @codec: a KM_FLV_CODEC_…, another FourCC, or 0 for what isn't known
 * @composition_ms: how much later than decoded it is shown
 * @data: what the decoder gets; not owned
 * @length: how many bytes
 *
 * What the first bytes of a tag's data say about the rest.
 */
typedef struct
{
  KmFlvPacketKind kind;
  gboolean key;
  guint32 codec;
  gint32 composition_ms;
  const guint8 *data;
  gsize length;
} KmFlvPacket;

void km_flv_packet_parse (KmFlvPacket  *self,
                          guint8        type,
                          const guint8 *data,
                          gsize         length);

G_END_DECLS
