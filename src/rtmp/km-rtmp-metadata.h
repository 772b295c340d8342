#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmRtmpMetadata:
 * @width_px: of the picture
 * @height_px: of the picture
 * @frames_per_second: at most
 * @video_bps: what the video encoder was told, bits a second
 * @audio_bps: what the audio encoder was told, bits a second
 * @sample_rate: of the sound, Hz; 0: not known
 * @channels: of the sound; 0: not known
 *
 * What `onMetaData` says of a stream of H.264 and AAC.
 */
typedef struct
{
  guint width_px;
  guint height_px;
  double frames_per_second;
  guint video_bps;
  guint audio_bps;
  guint sample_rate;
  guint channels;
} KmRtmpMetadata;

void km_rtmp_metadata_append (const KmRtmpMetadata *self,
                              GByteArray           *output);

G_END_DECLS
