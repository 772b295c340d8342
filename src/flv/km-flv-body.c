/* km-flv-body.c: what stands in front of H.264 and AAC in a tag
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The old form of km-flv-packet.c (FLV 10.1, E.4.2 and E.4.3): every server and
 * player takes it for these two codecs.
 *
 * Thread: any.
 */

#include "km-flv-body.h"

#define VIDEO_KEY_AVC 0x17
#define VIDEO_DELTA_AVC 0x27
/* AAC says what it is by itself; these are the rate and size that E.4.2.1
 * wants to stand here whatever they are. */
#define AUDIO_AAC 0xaf

/**
 * km_flv_put_avc:
 * @bytes: (out): room for %KM_FLV_AVC_SIZE bytes
 * @kind: %KM_FLV_PACKET_HEADER: an AVCDecoderConfigurationRecord follows;
 *   %KM_FLV_PACKET_FRAME: NAL units, each behind its length
 * @key: whether a decoder can begin here
 * @composition_ms: how much later than decoded it is shown
 */
void
km_flv_put_avc (guint8          *bytes,
                KmFlvPacketKind  kind,
                gboolean         key,
                gint32           composition_ms)
{
  guint32 bits = (guint32) composition_ms;

  bytes[0] = key || kind == KM_FLV_PACKET_HEADER ? VIDEO_KEY_AVC
                                                 : VIDEO_DELTA_AVC;
  bytes[1] = kind == KM_FLV_PACKET_HEADER ? 0 : 1;
  bytes[2] = (guint8) (bits >> 16);
  bytes[3] = (guint8) (bits >> 8);
  bytes[4] = (guint8) bits;
}

/**
 * km_flv_put_aac:
 * @bytes: (out): room for %KM_FLV_AAC_SIZE bytes
 * @kind: %KM_FLV_PACKET_HEADER: an AudioSpecificConfig follows;
 *   %KM_FLV_PACKET_FRAME: one raw frame
 */
void
km_flv_put_aac (guint8          *bytes,
                KmFlvPacketKind  kind)
{
  bytes[0] = AUDIO_AAC;
  bytes[1] = kind == KM_FLV_PACKET_HEADER ? 0 : 1;
}
