/* test-packet.c: which tags are key frames, headers, and neither
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-flv-body.h"
#include "km-flv-packet.h"

#define packet_of(type, ...) \
  ({ \
    static const guint8 bytes_[] = { __VA_ARGS__ }; \
    KmFlvPacket packet_; \
    km_flv_packet_parse (&packet_, type, bytes_, sizeof bytes_); \
    packet_; \
  })
#define video(...) packet_of (KM_FLV_TYPE_VIDEO, __VA_ARGS__)
#define audio(...) packet_of (KM_FLV_TYPE_AUDIO, __VA_ARGS__)

static void
check (KmFlvPacket     packet,
       KmFlvPacketKind kind,
       gboolean        key,
       guint32         codec)
{
  g_assert_cmpint (packet.kind, ==, kind);
  g_assert_cmpint (packet.key, ==, key);
  g_assert_cmphex (packet.codec, ==, codec);
}

/* FLV 10.1, E.4.3 */
static void
test_legacy_video (void)
{
  KmFlvPacket packet = video (0x17, 1, 0, 0, 40, 'a', 'b');

  check (packet, KM_FLV_PACKET_FRAME, TRUE, KM_FLV_CODEC_AVC);
  g_assert_cmpint (packet.composition_ms, ==, 40);
  g_assert_cmpmem (packet.data, packet.length, "ab", 2);

  check (video (0x27, 1, 0, 0, 0, 'a'), KM_FLV_PACKET_FRAME, FALSE,
         KM_FLV_CODEC_AVC);
  check (video (0x17, 0, 0, 0, 0, 'a'), KM_FLV_PACKET_HEADER, FALSE,
         KM_FLV_CODEC_AVC);
  check (video (0x17, 2, 0, 0, 0), KM_FLV_PACKET_OTHER, FALSE,
         KM_FLV_CODEC_AVC);
  check (video (0x1c, 1, 0, 0, 0, 'a'), KM_FLV_PACKET_FRAME, TRUE,
         KM_FLV_CODEC_HEVC);
  check (video (0x12, 'a'), KM_FLV_PACKET_FRAME, TRUE, 0);
  check (video (0x57, 0), KM_FLV_PACKET_OTHER, FALSE, 0);
}

static void
test_composition_time_is_signed (void)
{
  g_assert_cmpint (video (0x27, 1, 0xff, 0xff, 0xd8, 'a').composition_ms, ==,
                   -40);
}

/* Enhanced RTMP: the first byte of a key frame is 9x, not 1x. */
static void
test_enhanced_video (void)
{
  KmFlvPacket packet = video (0x91, 'h', 'v', 'c', '1', 0, 0, 40, 'a');

  check (packet, KM_FLV_PACKET_FRAME, TRUE, KM_FLV_CODEC_HEVC);
  g_assert_cmpint (packet.composition_ms, ==, 40);
  g_assert_cmpmem (packet.data, packet.length, "a", 1);

  packet = video (0x93, 'h', 'v', 'c', '1', 'a');
  check (packet, KM_FLV_PACKET_FRAME, TRUE, KM_FLV_CODEC_HEVC);
  g_assert_cmpmem (packet.data, packet.length, "a", 1);

  packet = video (0x91, 'a', 'v', '0', '1', 'a');
  check (packet, KM_FLV_PACKET_FRAME, TRUE,
         KM_FLV_FOURCC ('a', 'v', '0', '1'));
  g_assert_cmpmem (packet.data, packet.length, "a", 1);

  check (video (0xa1, 'a', 'v', '0', '1', 'a'), KM_FLV_PACKET_FRAME, FALSE,
         KM_FLV_FOURCC ('a', 'v', '0', '1'));
  check (video (0x90, 'a', 'v', 'c', '1', 'a'), KM_FLV_PACKET_HEADER, FALSE,
         KM_FLV_CODEC_AVC);
  check (video (0x94, 'h', 'v', 'c', '1', 'a'), KM_FLV_PACKET_METADATA, FALSE,
         KM_FLV_CODEC_HEVC);
  check (video (0x92, 'h', 'v', 'c', '1'), KM_FLV_PACKET_OTHER, FALSE,
         KM_FLV_CODEC_HEVC);
  check (video (0xd1, 0), KM_FLV_PACKET_OTHER, FALSE, 0);
}

/* Enhanced RTMP v2: ModEx in front of the type, tracks behind it. */
static void
test_enhanced_extensions (void)
{
  check (video (0x97, 2, 1, 2, 3, 0x03, 'a', 'v', 'c', '1', 'a'),
         KM_FLV_PACKET_FRAME, TRUE, KM_FLV_CODEC_AVC);
  check (video (0x97, 0xff, 0, 1, 8, 9, 0x03, 'a', 'v', 'c', '1', 'a'),
         KM_FLV_PACKET_FRAME, TRUE, KM_FLV_CODEC_AVC);
  check (video (0x96, 0x01, 'a', 'v', 'c', '1', 0, 'a'),
         KM_FLV_PACKET_FRAME, TRUE, KM_FLV_CODEC_AVC);
  check (video (0x97, 9, 1), KM_FLV_PACKET_OTHER, FALSE, 0);
}

static void
test_audio (void)
{
  check (audio (0xaf, 0, 0x11, 0x90), KM_FLV_PACKET_HEADER, FALSE,
         KM_FLV_CODEC_AAC);
  check (audio (0xaf, 1, 'a'), KM_FLV_PACKET_FRAME, TRUE, KM_FLV_CODEC_AAC);
  check (audio (0x2f, 'a'), KM_FLV_PACKET_FRAME, TRUE, 0);
  check (audio (0x90, 'O', 'p', 'u', 's', 'a'), KM_FLV_PACKET_HEADER, FALSE,
         KM_FLV_FOURCC ('O', 'p', 'u', 's'));
  check (audio (0x91, 'O', 'p', 'u', 's', 'a'), KM_FLV_PACKET_FRAME, TRUE,
         KM_FLV_FOURCC ('O', 'p', 'u', 's'));
  check (audio (0x94, 'O', 'p', 'u', 's', 'a'), KM_FLV_PACKET_METADATA, FALSE,
         KM_FLV_FOURCC ('O', 'p', 'u', 's'));
}

/* Whatever ends too early is nothing, and nothing is read behind its end. */
static void
test_cut_off (void)
{
  static const guint8 whole[] = { 0x91, 'h', 'v', 'c', '1', 0, 0, 40 };

  for (gsize length = 0; length < sizeof whole; length++)
    {
      g_autofree guint8 *copy = g_memdup2 (whole, length);
      KmFlvPacket packet;

      km_flv_packet_parse (&packet, KM_FLV_TYPE_VIDEO, copy, length);
      g_assert_cmpint (packet.kind, ==, KM_FLV_PACKET_OTHER);
      g_assert_false (packet.key);
    }
  check (video (0x17), KM_FLV_PACKET_OTHER, FALSE, KM_FLV_CODEC_AVC);
  check (video (0x17, 1, 0), KM_FLV_PACKET_OTHER, FALSE, KM_FLV_CODEC_AVC);
  check (audio (0xaf), KM_FLV_PACKET_OTHER, FALSE, 0);
}

/* What is written is read as it was meant. */
static void
test_bodies (void)
{
  guint8 bytes[KM_FLV_AVC_SIZE + 1] = { [KM_FLV_AVC_SIZE] = 'a' };
  KmFlvPacket packet;

  km_flv_put_avc (bytes, KM_FLV_PACKET_FRAME, FALSE, -67);
  km_flv_packet_parse (&packet, KM_FLV_TYPE_VIDEO, bytes, sizeof bytes);
  check (packet, KM_FLV_PACKET_FRAME, FALSE, KM_FLV_CODEC_AVC);
  g_assert_cmpint (packet.composition_ms, ==, -67);
  g_assert_cmpmem (packet.data, packet.length, "a", 1);

  km_flv_put_avc (bytes, KM_FLV_PACKET_FRAME, TRUE, 0);
  km_flv_packet_parse (&packet, KM_FLV_TYPE_VIDEO, bytes, sizeof bytes);
  check (packet, KM_FLV_PACKET_FRAME, TRUE, KM_FLV_CODEC_AVC);
  km_flv_put_avc (bytes, KM_FLV_PACKET_HEADER, FALSE, 0);
  km_flv_packet_parse (&packet, KM_FLV_TYPE_VIDEO, bytes, sizeof bytes);
  check (packet, KM_FLV_PACKET_HEADER, FALSE, KM_FLV_CODEC_AVC);
  g_assert_cmphex (bytes[0], ==, 0x17);

  km_flv_put_aac (bytes, KM_FLV_PACKET_HEADER);
  km_flv_packet_parse (&packet, KM_FLV_TYPE_AUDIO, bytes, 3);
  check (packet, KM_FLV_PACKET_HEADER, FALSE, KM_FLV_CODEC_AAC);
  km_flv_put_aac (bytes, KM_FLV_PACKET_FRAME);
  km_flv_packet_parse (&packet, KM_FLV_TYPE_AUDIO, bytes, 3);
  check (packet, KM_FLV_PACKET_FRAME, TRUE, KM_FLV_CODEC_AAC);
  g_assert_cmpuint (packet.length, ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flv/packet/legacy-video", test_legacy_video);
  g_test_add_func ("/flv/packet/composition-time-is-signed",
                   test_composition_time_is_signed);
  g_test_add_func ("/flv/packet/enhanced-video", test_enhanced_video);
  g_test_add_func ("/flv/packet/enhanced-extensions",
                   test_enhanced_extensions);
  g_test_add_func ("/flv/packet/audio", test_audio);
  g_test_add_func ("/flv/packet/cut-off-is-nothing", test_cut_off);
  g_test_add_func ("/flv/packet/written-bodies-are-read", test_bodies);
  return g_test_run ();
}
