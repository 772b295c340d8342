/* km-test-microphone.c: a microphone for PipeWire that hears one tone
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * km-test-microphone NODE-NAME LABEL: an Audio/Source of 440 Hz with an
 * amplitude of −20 dBFS. Prints "ready" once it can be seen; SIGUSR1 makes it
 * silent and loud again, SIGTERM unplugs it. It is driven by whoever records.
 */

#include <math.h>
#include <pipewire/pipewire.h>
#include <signal.h>
#include <spa/param/audio/format-utils.h>
#include <stdbool.h>
#include <stdio.h>

#define RATE 48000
#define CHANNELS 2
#define FRAME_BYTES (CHANNELS * (uint32_t) sizeof (float))
#define TONE_HZ 440.0
#define AMPLITUDE 0.1 /* −20 dBFS */

typedef struct
{
  struct pw_main_loop *loop;
  struct pw_stream *stream;
  double phase;
  bool silent;
  bool announced;
} Microphone;

static void
on_end (void *data,
        int   signal_number)
{
  Microphone *self = data;

  pw_main_loop_quit (self->loop);
}

static void
on_toggle (void *data,
           int   signal_number)
{
  Microphone *self = data;

  self->silent = !self->silent;
}

static void
on_process (void *data)
{
  Microphone *self = data;
  struct pw_buffer *buffer = pw_stream_dequeue_buffer (self->stream);
  struct spa_data *plane;
  uint64_t frames;

  if (buffer == NULL)
    return;

  plane = &buffer->buffer->datas[0];
  frames = plane->maxsize / FRAME_BYTES;
  if (buffer->requested != 0 && buffer->requested < frames)
    frames = buffer->requested;
  for (uint64_t i = 0; plane->data != NULL && i < frames; i++)
    {
      float *frame = (float *) plane->data + i * CHANNELS;

      frame[0] = frame[1] =
        self->silent ? 0 : (float) (AMPLITUDE * sin (self->phase));
      self->phase = fmod (self->phase + 2 * M_PI * TONE_HZ / RATE, 2 * M_PI);
    }
  plane->chunk->offset = 0;
  plane->chunk->stride = (int32_t) FRAME_BYTES;
  plane->chunk->size = (uint32_t) frames * FRAME_BYTES;
  pw_stream_queue_buffer (self->stream, buffer);
}

static void
on_state_changed (void                 *data,
                  enum pw_stream_state  old,
                  enum pw_stream_state  state,
                  const char           *error)
{
  Microphone *self = data;

  if (state == PW_STREAM_STATE_ERROR)
    pw_main_loop_quit (self->loop);

  if (state == PW_STREAM_STATE_PAUSED && !self->announced)
    {
      self->announced = true;
      puts ("ready");
      fflush (stdout);
    }
}

static const struct pw_stream_events events = {
  PW_VERSION_STREAM_EVENTS,
  .state_changed = on_state_changed,
  .process = on_process,
};

static void
offer (Microphone *self)
{
  uint8_t space[1024];
  struct spa_pod_builder builder =
    SPA_POD_BUILDER_INIT (space, sizeof space);
  struct spa_audio_info_raw info = {
    .format = SPA_AUDIO_FORMAT_F32,
    .rate = RATE,
    .channels = CHANNELS,
    .position = { SPA_AUDIO_CHANNEL_FL, SPA_AUDIO_CHANNEL_FR },
  };
  const struct spa_pod *format =
    spa_format_audio_raw_build (&builder, SPA_PARAM_EnumFormat, &info);

  pw_stream_connect (self->stream, PW_DIRECTION_OUTPUT, PW_ID_ANY,
                     PW_STREAM_FLAG_MAP_BUFFERS, &format, 1);
}

int
main (int    argc,
      char **argv)
{
  Microphone self = { 0 };
  struct pw_loop *loop;

  pw_init (&argc, &argv);
  if (argc < 3)
    {
      fprintf (stderr, "usage: %s NODE-NAME LABEL\n", argv[0]);
      return 2;
    }

  self.loop = pw_main_loop_new (NULL);
  loop = pw_main_loop_get_loop (self.loop);
  pw_loop_add_signal (loop, SIGTERM, on_end, &self);
  pw_loop_add_signal (loop, SIGINT, on_end, &self);
  pw_loop_add_signal (loop, SIGUSR1, on_toggle, &self);
  self.stream = pw_stream_new_simple (
    loop, "km-test-microphone",
    pw_properties_new (PW_KEY_MEDIA_CLASS, "Audio/Source",
                       PW_KEY_NODE_NAME, argv[1],
                       PW_KEY_NODE_DESCRIPTION, argv[2],
                       NULL),
    &events, &self);
  offer (&self);
  pw_main_loop_run (self.loop);

  pw_stream_destroy (self.stream);
  pw_main_loop_destroy (self.loop);
  pw_deinit ();
  return 0;
}
