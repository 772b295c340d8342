/* km-broadcast.h: camera and microphone, previewed, encoded and sent
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Free of GStreamer's own headers, so that windows may include it.
 */
#pragma once

#include <glib-object.h>

#include "km-devices.h"
#include "km-uplink.h"

G_BEGIN_DECLS

/**
 * KmBroadcastError:
 * @KM_BROADCAST_ERROR_NO_ENCODER: nothing here encodes H.264 or AAC; the
 *   message says what to install. Going live can't work.
 * @KM_BROADCAST_ERROR_NO_CAMERA: the chosen camera is gone or can't be used;
 *   the test picture stands in, and the camera is taken back when it returns
 * @KM_BROADCAST_ERROR_NO_MICROPHONE: the same for the microphone; silence
 *   stands in
 * @KM_BROADCAST_ERROR_BAD_ADDRESS: not an rtmp:// or rtmps:// address
 * @KM_BROADCAST_ERROR_UNREACHABLE: no server is at the address
 * @KM_BROADCAST_ERROR_NO_ANSWER: what is there doesn't answer in time
 * @KM_BROADCAST_ERROR_UNTRUSTED: the server's certificate isn't accepted; see
 *   km_broadcast_set_pin() and km_uplink_get_refused_certificate()
 * @KM_BROADCAST_ERROR_REFUSED: the server doesn't take the stream now; the key
 *   may be wrong, or in use
 * @KM_BROADCAST_ERROR_LOST: the connection to the server broke
 * @KM_BROADCAST_ERROR_STALLED: the server takes nothing any more
 * @KM_BROADCAST_ERROR_DENIED: the server refused the stream key
 * @KM_BROADCAST_ERROR_TAKEN_OVER: somebody else publishes with this key now
 * @KM_BROADCAST_ERROR_UNSUPPORTED: the server can't use what is sent
 * @KM_BROADCAST_ERROR_FAILED: anything else
 */
typedef enum
{
  KM_BROADCAST_ERROR_NO_ENCODER,
  KM_BROADCAST_ERROR_NO_CAMERA,
  KM_BROADCAST_ERROR_NO_MICROPHONE,
  KM_BROADCAST_ERROR_BAD_ADDRESS,
  KM_BROADCAST_ERROR_UNREACHABLE,
  KM_BROADCAST_ERROR_NO_ANSWER,
  KM_BROADCAST_ERROR_UNTRUSTED,
  KM_BROADCAST_ERROR_REFUSED,
  KM_BROADCAST_ERROR_LOST,
  KM_BROADCAST_ERROR_STALLED,
  KM_BROADCAST_ERROR_DENIED,
  KM_BROADCAST_ERROR_TAKEN_OVER,
  KM_BROADCAST_ERROR_UNSUPPORTED,
  KM_BROADCAST_ERROR_FAILED,
} KmBroadcastError;

#define KM_BROADCAST_ERROR (km_broadcast_error_quark ())
GQuark        km_broadcast_error_quark          (void);

/**
 * KmBroadcastQuality:
 * @width_px: of the picture sent, even
 * @height_px: of the picture sent, even
 * @frames_per_second: at most so many
 * @video_bps: target of the video encoder, bits a second
 * @audio_bps: target of the audio encoder, bits a second
 */
typedef struct
{
  guint width_px;
  guint height_px;
  guint frames_per_second;
  guint video_bps;
  guint audio_bps;
} KmBroadcastQuality;

/** KM_BROADCAST_QUALITY_DEFAULT: 720p30 at 2.5 Mb/s, sound at 128 kb/s. */
#define KM_BROADCAST_QUALITY_DEFAULT \
  { 1280, 720, 30, 2500000, 128000 }

#define KM_TYPE_BROADCAST (km_broadcast_get_type ())
G_DECLARE_FINAL_TYPE (KmBroadcast, km_broadcast, KM, BROADCAST, GObject)

KmBroadcast  *km_broadcast_new                  (const KmBroadcastQuality *quality);

gboolean      km_broadcast_start                (KmBroadcast *self,
                                                 GError     **error);
void          km_broadcast_stop                 (KmBroadcast *self);
gboolean      km_broadcast_get_running          (KmBroadcast *self);
GObject      *km_broadcast_get_paintable        (KmBroadcast *self);

void          km_broadcast_watch_devices        (KmBroadcast *self,
                                                 KmDevices   *devices);
void          km_broadcast_set_camera           (KmBroadcast *self,
                                                 KmDevice    *camera);
KmDevice     *km_broadcast_get_camera           (KmBroadcast *self);
const GError *km_broadcast_get_camera_error     (KmBroadcast *self);

void          km_broadcast_set_microphone       (KmBroadcast *self,
                                                 KmDevice    *microphone);
KmDevice     *km_broadcast_get_microphone       (KmBroadcast *self);
const GError *km_broadcast_get_microphone_error (KmBroadcast *self);
void          km_broadcast_set_muted            (KmBroadcast *self,
                                                 gboolean     muted);
gboolean      km_broadcast_get_muted            (KmBroadcast *self);
double        km_broadcast_get_rms_db           (KmBroadcast *self);
double        km_broadcast_get_peak_db          (KmBroadcast *self);

void          km_broadcast_set_pin              (KmBroadcast *self,
                                                 const char  *pin);
gboolean      km_broadcast_go_live              (KmBroadcast *self,
                                                 const char  *address,
                                                 GError     **error);
void          km_broadcast_end                  (KmBroadcast *self);
KmUplink     *km_broadcast_get_uplink           (KmBroadcast *self);

G_END_DECLS
