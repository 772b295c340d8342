/* km-test-camera.c: a camera for PipeWire that can be read back
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * km-test-camera NODE-NAME LABEL: a Video/Source of 1280×720 at 30 frames a
 * second for any number of consumers. Each frame has CLOCK_MONOTONIC in µs and
 * its own number as barcodes and a bar that moves. Prints "ready" once it can
 * be seen; SIGTERM unplugs it. It drives its own graph and its clock stands
 * still while nobody looks.
 */

#include <pipewire/pipewire.h>
#include <signal.h>
#include <spa/param/buffers.h>
#include <spa/param/video/format-utils.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "km-barcode.h"

#define WIDTH 1280
#define HEIGHT 720
#define FRAMES_PER_SECOND 30
#define FRAME_BYTES (WIDTH * HEIGHT * 3 / 2)
#define BAR_PX 64
#define BAR_TOP_PX 160

typedef struct
{
  struct pw_main_loop *loop;
  struct pw_stream *stream;
  struct spa_source *timer;
  uint64_t frame;
  gboolean announced;
} Camera;

static void
on_signal (void *data,
           int   signal_number)
{
  Camera *self = data;

  pw_main_loop_quit (self->loop);
}

static void
on_timer (void     *data,
          uint64_t  expirations)
{
  Camera *self = data;

  pw_stream_trigger_process (self->stream);
}

static void
paint (uint8_t  *pixels,
       uint64_t  frame,
       uint64_t  now_us)
{
  uint64_t bar_px = frame * 8 % (WIDTH - BAR_PX);

  memset (pixels, 96, WIDTH * HEIGHT);
  memset (pixels + WIDTH * HEIGHT, 128, WIDTH * HEIGHT / 2);
  for (int row = BAR_TOP_PX; row < HEIGHT; row++)
    memset (pixels + row * WIDTH + bar_px, 200, BAR_PX);

  km_barcode_write (pixels, WIDTH, now_us);
  km_barcode_write (pixels + KM_BARCODE_HEIGHT_PX * WIDTH, WIDTH, frame);
}

static void
on_process (void *data)
{
  Camera *self = data;
  struct pw_buffer *buffer = pw_stream_dequeue_buffer (self->stream);
  struct spa_meta_header *header;
  struct spa_data *plane;
  struct timespec now;

  if (buffer == NULL)
    return;

  plane = &buffer->buffer->datas[0];
  if (plane->data != NULL && plane->maxsize >= FRAME_BYTES)
    {
      clock_gettime (CLOCK_MONOTONIC, &now);
      paint (plane->data, self->frame,
             (uint64_t) now.tv_sec * 1000000 + (uint64_t) now.tv_nsec / 1000);

      header = spa_buffer_find_meta_data (buffer->buffer, SPA_META_Header,
                                          sizeof *header);
      if (header != NULL)
        *header = (struct spa_meta_header) {
          .pts = now.tv_sec * 1000000000 + now.tv_nsec,
          .seq = self->frame,
        };
      plane->chunk->offset = 0;
      plane->chunk->stride = WIDTH;
      plane->chunk->size = FRAME_BYTES;
      self->frame++;
    }
  pw_stream_queue_buffer (self->stream, buffer);
}

static void
on_state_changed (void                 *data,
                  enum pw_stream_state  old,
                  enum pw_stream_state  state,
                  const char           *error)
{
  Camera *self = data;
  struct timespec first = { 0 }, interval = { 0 };

  if (state == PW_STREAM_STATE_ERROR)
    pw_main_loop_quit (self->loop);

  if (state == PW_STREAM_STATE_PAUSED && !self->announced)
    {
      self->announced = TRUE;
      puts ("ready");
      fflush (stdout);
    }

  if (state == PW_STREAM_STATE_STREAMING)
    {
      first.tv_nsec = 1;
      interval.tv_nsec = 1000000000 / FRAMES_PER_SECOND;
    }
  pw_loop_update_timer (pw_main_loop_get_loop (self->loop), self->timer,
                        &first, &interval, false);
}

static void
on_param_changed (void                 *data,
                  uint32_t              id,
                  const struct spa_pod *param)
{
  Camera *self = data;
  uint8_t space[1024];
  struct spa_pod_builder builder =
    SPA_POD_BUILDER_INIT (space, sizeof space);
  const struct spa_pod *params[2];

  if (param == NULL || id != SPA_PARAM_Format)
    return;

  params[0] = spa_pod_builder_add_object (
    &builder, SPA_TYPE_OBJECT_ParamBuffers, SPA_PARAM_Buffers,
    SPA_PARAM_BUFFERS_buffers, SPA_POD_CHOICE_RANGE_Int (4, 2, 8),
    SPA_PARAM_BUFFERS_blocks, SPA_POD_Int (1),
    SPA_PARAM_BUFFERS_size, SPA_POD_Int (FRAME_BYTES),
    SPA_PARAM_BUFFERS_stride, SPA_POD_Int (WIDTH));
  params[1] = spa_pod_builder_add_object (
    &builder, SPA_TYPE_OBJECT_ParamMeta, SPA_PARAM_Meta,
    SPA_PARAM_META_type, SPA_POD_Id (SPA_META_Header),
    SPA_PARAM_META_size, SPA_POD_Int (sizeof (struct spa_meta_header)));
  pw_stream_update_params (self->stream, params, 2);
}

static const struct pw_stream_events events = {
  PW_VERSION_STREAM_EVENTS,
  .state_changed = on_state_changed,
  .param_changed = on_param_changed,
  .process = on_process,
};

static void
offer (Camera *self)
{
  uint8_t space[1024];
  struct spa_pod_builder builder =
    SPA_POD_BUILDER_INIT (space, sizeof space);
  const struct spa_pod *format = spa_pod_builder_add_object (
    &builder, SPA_TYPE_OBJECT_Format, SPA_PARAM_EnumFormat,
    SPA_FORMAT_mediaType, SPA_POD_Id (SPA_MEDIA_TYPE_video),
    SPA_FORMAT_mediaSubtype, SPA_POD_Id (SPA_MEDIA_SUBTYPE_raw),
    SPA_FORMAT_VIDEO_format, SPA_POD_Id (SPA_VIDEO_FORMAT_I420),
    SPA_FORMAT_VIDEO_size,
    SPA_POD_Rectangle (&SPA_RECTANGLE (WIDTH, HEIGHT)),
    SPA_FORMAT_VIDEO_framerate,
    SPA_POD_Fraction (&SPA_FRACTION (FRAMES_PER_SECOND, 1)));

  pw_stream_connect (self->stream, PW_DIRECTION_OUTPUT, PW_ID_ANY,
                     PW_STREAM_FLAG_DRIVER | PW_STREAM_FLAG_MAP_BUFFERS,
                     &format, 1);
}

int
main (int    argc,
      char **argv)
{
  Camera self = { 0 };
  struct pw_loop *loop;

  pw_init (&argc, &argv);
  if (argc < 3)
    {
      fprintf (stderr, "usage: %s NODE-NAME LABEL\n", argv[0]);
      return 2;
    }

  self.loop = pw_main_loop_new (NULL);
  loop = pw_main_loop_get_loop (self.loop);
  pw_loop_add_signal (loop, SIGTERM, on_signal, &self);
  pw_loop_add_signal (loop, SIGINT, on_signal, &self);
  self.timer = pw_loop_add_timer (loop, on_timer, &self);
  self.stream = pw_stream_new_simple (
    loop, "km-test-camera",
    pw_properties_new (PW_KEY_MEDIA_CLASS, "Video/Source",
                       PW_KEY_MEDIA_ROLE, "Camera",
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
