/* km-rtmp-metadata.c: what a publisher says about its stream
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Servers that make a page or a choice of qualities read it, and so do players
 * that want to know the size before the first picture; nobody decodes by it.
 * An ECMA array, since some servers look for nothing else.
 *
 * Thread: any.
 */

#include "km-rtmp-metadata.h"

#include "km-amf.h"

/* FLV 10.1, E.5: the codecs' numbers */
#define CODEC_AVC 7
#define CODEC_AAC 10

typedef struct
{
  const char *name;
  double value;
} Number;

/**
 * km_rtmp_metadata_append:
 * @self: what is known of the stream
 * @output: gets the data of a message: `@setDataFrame`, `onMetaData` and the
 *   values
 */
void
km_rtmp_metadata_append (const KmRtmpMetadata *self,
                         GByteArray           *output)
{
  const Number numbers[] = {
    { "width", self->width_px },
    { "height", self->height_px },
    { "framerate", self->frames_per_second },
    { "videocodecid", CODEC_AVC },
    { "videodatarate", self->video_bps / 1000.0 },
    { "audiocodecid", CODEC_AAC },
    { "audiodatarate", self->audio_bps / 1000.0 },
    { "audiosamplerate", self->sample_rate },
    { "audiochannels", self->channels },
  };
  guint32 known = 1;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    known += numbers[i].value > 0;

  km_amf_write_string (output, "@setDataFrame");
  km_amf_write_string (output, "onMetaData");
  km_amf_write_begin_array (output, known);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      if (numbers[i].value <= 0)
        continue;
      km_amf_write_name (output, numbers[i].name);
      km_amf_write_number (output, numbers[i].value);
    }
  km_amf_write_name (output, "encoder");
  km_amf_write_string (output, "Kaimu");
  km_amf_write_end_object (output);
}
