/* km-flv-packet.c: what kind of frame a tag holds
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two header forms: the old one (FLV 10.1, E.4.2 and E.4.3) and the enhanced
 * one (veovera, enhanced RTMP v2), told apart by the first bit of video and by
 * sound format 9. Nothing here decides whether a codec is played: what isn't
 * known is passed on as it is.
 *
 * Thread: any.
 */

#include "km-flv-packet.h"

/* FLV 10.1, E.4.3.1, and the vendors' number for HEVC */
#define VIDEO_CODEC_AVC 7
#define VIDEO_CODEC_HEVC 12
#define FRAME_KEY 1
#define FRAME_COMMAND 5
#define AUDIO_FORMAT_ENHANCED 9
#define AUDIO_FORMAT_AAC 10

/* Enhanced RTMP: VideoPacketType and AudioPacketType */
enum
{
  VIDEO_SEQUENCE_START = 0,
  VIDEO_CODED_FRAMES = 1,
  VIDEO_CODED_FRAMES_X = 3,
  VIDEO_METADATA = 4,
  VIDEO_MPEG2TS_SEQUENCE_START = 5,
  VIDEO_MULTITRACK = 6,
  VIDEO_MOD_EX = 7,
  AUDIO_SEQUENCE_START = 0,
  AUDIO_CODED_FRAMES = 1,
  AUDIO_MULTICHANNEL_CONFIG = 4,
  AUDIO_MULTITRACK = 5,
  AUDIO_MOD_EX = 7,
};

static guint32
take_fourcc (KmFlvPacket *self)
{
  guint32 codec;

  if (self->length < 4)
    {
      self->length = 0;
      return 0;
    }
  codec = KM_FLV_FOURCC (self->data[0], self->data[1], self->data[2],
                         self->data[3]);
  self->data += 4;
  self->length -= 4;

  return codec;
}

/* SI24, FLV 10.1, E.4.3: CompositionTime */
static void
take_composition_time (KmFlvPacket *self)
{
  guint32 bits;

  if (self->length < 3)
    {
      self->kind = KM_FLV_PACKET_OTHER;
      return;
    }
  bits = (guint32) self->data[0] << 24 | (guint32) self->data[1] << 16 |
         (guint32) self->data[2] << 8;
  self->composition_ms = (gint32) bits / 256;
  self->data += 3;
  self->length -= 3;
}

/* ModEx (enhanced RTMP v2): extensions, each followed by another packet type.
 * Returns: the type behind them, or -1. */
static int
take_extensions (KmFlvPacket *self,
                 int          type,
                 int          mod_ex)
{
  while (type == mod_ex)
    {
      gsize size;
      gsize header = 1;

      if (self->length < 1)
        return -1;
      size = self->data[0] + 1u;
      if (size == 256)
        {
          if (self->length < 3)
            return -1;
          size = ((gsize) self->data[1] << 8 | self->data[2]) + 1;
          header = 3;
        }
      if (self->length < header + size + 1)
        return -1;
      type = self->data[header + size] & 0x0f;
      self->data += header + size + 1;
      self->length -= header + size + 1;
    }

  return type;
}

/* A multitrack packet says what its tracks hold, then how they are packed.
 * The tracks themselves are passed on unread. Returns: the inner type. */
static int
take_multitrack (KmFlvPacket *self)
{
  int type;

  if (self->length < 1)
    return -1;
  type = self->data[0] & 0x0f;
  self->data++;
  self->length--;

  return type;
}

static KmFlvPacketKind
video_kind (int type)
{
  switch (type)
    {
    case VIDEO_SEQUENCE_START:
    case VIDEO_MPEG2TS_SEQUENCE_START:
      return KM_FLV_PACKET_HEADER;
    case VIDEO_CODED_FRAMES:
    case VIDEO_CODED_FRAMES_X:
      return KM_FLV_PACKET_FRAME;
    case VIDEO_METADATA:
      return KM_FLV_PACKET_METADATA;
    default:
      return KM_FLV_PACKET_OTHER;
    }
}

static void
parse_enhanced_video (KmFlvPacket *self,
                      guint8       first)
{
  int frame = first >> 4 & 7;
  int type = take_extensions (self, first & 0x0f, VIDEO_MOD_EX);
  gboolean multitrack = type == VIDEO_MULTITRACK;

  if (multitrack)
    type = take_multitrack (self);
  self->kind = frame == FRAME_COMMAND && type != VIDEO_METADATA
                 ? KM_FLV_PACKET_OTHER
                 : video_kind (type);
  self->key = self->kind == KM_FLV_PACKET_FRAME && frame == FRAME_KEY;
  self->codec = take_fourcc (self);
  if (self->codec == 0)
    self->kind = KM_FLV_PACKET_OTHER;
  if (type == VIDEO_CODED_FRAMES && !multitrack &&
      (self->codec == KM_FLV_CODEC_AVC || self->codec == KM_FLV_CODEC_HEVC))
    take_composition_time (self);
}

static void
parse_legacy_video (KmFlvPacket *self,
                    guint8       first)
{
  int frame = first >> 4 & 7;
  int codec = first & 0x0f;
  guint8 type;

  if (frame == FRAME_COMMAND)
    return;
  if (codec != VIDEO_CODEC_AVC && codec != VIDEO_CODEC_HEVC)
    {
      self->kind = KM_FLV_PACKET_FRAME;
      self->key = frame == FRAME_KEY;
      return;
    }

  self->codec = codec == VIDEO_CODEC_AVC ? KM_FLV_CODEC_AVC
                                         : KM_FLV_CODEC_HEVC;
  if (self->length < 1)
    return;
  type = self->data[0];
  self->data++;
  self->length--;
  self->kind = type == 0 ? KM_FLV_PACKET_HEADER
             : type == 1 ? KM_FLV_PACKET_FRAME
                         : KM_FLV_PACKET_OTHER;
  self->key = type == 1 && frame == FRAME_KEY;
  take_composition_time (self);
}

static void
parse_video (KmFlvPacket *self,
             guint8       first)
{
  if (first & 0x80)
    parse_enhanced_video (self, first);
  else
    parse_legacy_video (self, first);

  if (self->kind == KM_FLV_PACKET_OTHER)
    self->key = FALSE;
}

static KmFlvPacketKind
audio_kind (int type)
{
  switch (type)
    {
    case AUDIO_SEQUENCE_START:
      return KM_FLV_PACKET_HEADER;
    case AUDIO_CODED_FRAMES:
      return KM_FLV_PACKET_FRAME;
    case AUDIO_MULTICHANNEL_CONFIG:
      return KM_FLV_PACKET_METADATA;
    default:
      return KM_FLV_PACKET_OTHER;
    }
}

static void
parse_audio (KmFlvPacket *self,
             guint8       first)
{
  int format = first >> 4;
  int type;

  if (format == AUDIO_FORMAT_ENHANCED)
    {
      type = take_extensions (self, first & 0x0f, AUDIO_MOD_EX);
      if (type == AUDIO_MULTITRACK)
        type = take_multitrack (self);
      self->kind = audio_kind (type);
      self->codec = take_fourcc (self);
      if (self->codec == 0)
        self->kind = KM_FLV_PACKET_OTHER;
    }
  else if (format != AUDIO_FORMAT_AAC)
    {
      self->kind = KM_FLV_PACKET_FRAME;
    }
  else if (self->length > 0)
    {
      self->codec = KM_FLV_CODEC_AAC;
      self->kind = self->data[0] == 0 ? KM_FLV_PACKET_HEADER
                                      : KM_FLV_PACKET_FRAME;
      self->data++;
      self->length--;
    }

  self->key = self->kind == KM_FLV_PACKET_FRAME;
}

/**
 * km_flv_packet_parse:
 * @self: (out caller-allocates): what the data is
 * @type: the tag's type
 * @data: the tag's data; must outlive @self
 * @length: how many bytes
 *
 * Data that ends too early is %KM_FLV_PACKET_OTHER. Every piece of sound is a
 * key: a decoder can begin with any.
 */
void
km_flv_packet_parse (KmFlvPacket  *self,
                     guint8        type,
                     const guint8 *data,
                     gsize         length)
{
  *self = (KmFlvPacket) { .kind = KM_FLV_PACKET_OTHER };

  if (length == 0)
    return;
  self->data = data + 1;
  self->length = length - 1;

  if (type == KM_FLV_TYPE_VIDEO)
    parse_video (self, data[0]);
  else if (type == KM_FLV_TYPE_AUDIO)
    parse_audio (self, data[0]);
}
