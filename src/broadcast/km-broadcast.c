/* km-broadcast.c: camera and microphone, previewed, encoded and sent
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   camera or test picture ── tee ─┬─ preview
 *                                  └─ queue ─ gate ─ H.264 ─ tee ─┐
 *   microphone or silence ─ volume ─ level ─ queue ─ gate ─ AAC ─ tee ─ uplink
 *
 * One pipeline, live from km_broadcast_start() on; the gates are open while
 * the uplink wants something, so that a preview alone encodes nothing. The
 * tees may be linked to nothing: preview and uplink come and go while the
 * rest runs. All queues in front of the encoders throw the oldest away
 * instead of blocking a source.
 *
 * The clock is the system's, always: the one that pipewiresrc offers can
 * stand still, and then nothing leaves the muxer without a word.
 *
 * Properties: "camera", "camera-error", "microphone", "microphone-error",
 * "muted", "running", "rms-db" and "peak-db" (20 times a second).
 *
 * Thread: main.
 */

#include "km-broadcast.h"

#include <glib/gi18n.h>
#include <gst/gst.h>

#include "km-bus.h"
#include "km-elements.h"
#include "km-level.h"
#include "km-media.h"
#include "km-pipeline.h"
#include "km-rtmp-target.h"
#include "km-source.h"
#include "km-uplink-private.h"

#define CHECK_MS 200

struct _KmBroadcast
{
  GObject parent_instance;

  KmBroadcastQuality quality;
  KmUplink *uplink;
  KmDevices *devices;
  KmDevice *camera;
  KmDevice *microphone;
  GError *encoder_error;
  char *pin;
  gboolean muted;
  double rms_db;
  double peak_db;

  GstElement *preview_sink; /* outlives the pipeline: it owns the picture */
  GObject *paintable;

  GstElement *pipeline; /* NULL: not running */
  GstElement *preview;
  GstElement *video_tee;
  GstElement *video_gate;
  GstElement *audio_gate;
  GstElement *volume;
  KmSource *video_source;
  KmSource *audio_source;
  guint bus_watch;
  guint check;
};

enum
{
  PROP_0,
  PROP_CAMERA,
  PROP_CAMERA_ERROR,
  PROP_MICROPHONE,
  PROP_MICROPHONE_ERROR,
  PROP_MUTED,
  PROP_RUNNING,
  PROP_RMS_DB,
  PROP_PEAK_DB,
  N_PROPERTIES
};

G_DEFINE_QUARK (km-broadcast-error-quark, km_broadcast_error)
G_DEFINE_FINAL_TYPE (KmBroadcast, km_broadcast, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPERTIES];

static void
km_broadcast_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  KmBroadcast *self = KM_BROADCAST (object);

  switch (property_id)
    {
    case PROP_CAMERA:
      g_value_set_object (value, self->camera);
      break;
    case PROP_CAMERA_ERROR:
      g_value_set_boxed (value, km_broadcast_get_camera_error (self));
      break;
    case PROP_MICROPHONE:
      g_value_set_object (value, self->microphone);
      break;
    case PROP_MICROPHONE_ERROR:
      g_value_set_boxed (value, km_broadcast_get_microphone_error (self));
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, self->pipeline != NULL);
      break;
    case PROP_RMS_DB:
      g_value_set_double (value, self->rms_db);
      break;
    case PROP_PEAK_DB:
      g_value_set_double (value, self->peak_db);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
km_broadcast_set_property (GObject      *object,
                           guint         property_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  KmBroadcast *self = KM_BROADCAST (object);

  switch (property_id)
    {
    case PROP_CAMERA:
      km_broadcast_set_camera (self, g_value_get_object (value));
      break;
    case PROP_MICROPHONE:
      km_broadcast_set_microphone (self, g_value_get_object (value));
      break;
    case PROP_MUTED:
      km_broadcast_set_muted (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
km_broadcast_dispose (GObject *object)
{
  KmBroadcast *self = KM_BROADCAST (object);

  km_broadcast_stop (self);
  km_broadcast_watch_devices (self, NULL);
  g_clear_object (&self->uplink);
  g_clear_object (&self->camera);
  g_clear_object (&self->microphone);
  g_clear_object (&self->paintable);
  gst_clear_object (&self->preview_sink);

  G_OBJECT_CLASS (km_broadcast_parent_class)->dispose (object);
}

static void
km_broadcast_finalize (GObject *object)
{
  KmBroadcast *self = KM_BROADCAST (object);

  g_clear_error (&self->encoder_error);
  g_free (self->pin);

  G_OBJECT_CLASS (km_broadcast_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags readable =
    G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags writable = readable | G_PARAM_WRITABLE;

  properties[PROP_CAMERA] =
    g_param_spec_object ("camera", NULL, NULL, KM_TYPE_DEVICE, writable);
  properties[PROP_CAMERA_ERROR] =
    g_param_spec_boxed ("camera-error", NULL, NULL, G_TYPE_ERROR, readable);
  properties[PROP_MICROPHONE] =
    g_param_spec_object ("microphone", NULL, NULL, KM_TYPE_DEVICE, writable);
  properties[PROP_MICROPHONE_ERROR] =
    g_param_spec_boxed ("microphone-error", NULL, NULL, G_TYPE_ERROR,
                        readable);
  properties[PROP_MUTED] =
    g_param_spec_boolean ("muted", NULL, NULL, FALSE, writable);
  properties[PROP_RUNNING] =
    g_param_spec_boolean ("running", NULL, NULL, FALSE, readable);
  properties[PROP_RMS_DB] =
    g_param_spec_double ("rms-db", NULL, NULL, KM_LEVEL_SILENCE_DB, 0,
                         KM_LEVEL_SILENCE_DB, readable);
  properties[PROP_PEAK_DB] =
    g_param_spec_double ("peak-db", NULL, NULL, KM_LEVEL_SILENCE_DB, 0,
                         KM_LEVEL_SILENCE_DB, readable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
km_broadcast_class_init (KmBroadcastClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = km_broadcast_get_property;
  object_class->set_property = km_broadcast_set_property;
  object_class->dispose = km_broadcast_dispose;
  object_class->finalize = km_broadcast_finalize;

  install_properties (object_class);
}

static void
set_gates (KmBroadcast *self)
{
  KmUplinkState state = km_uplink_get_state (self->uplink);
  gboolean closed = state == KM_UPLINK_IDLE || state == KM_UPLINK_FAILED;

  if (self->video_gate != NULL)
    g_object_set (self->video_gate, "drop", closed, NULL);
  if (self->audio_gate != NULL)
    g_object_set (self->audio_gate, "drop", closed, NULL);
}

static void
km_broadcast_init (KmBroadcast *self)
{
  self->rms_db = KM_LEVEL_SILENCE_DB;
  self->peak_db = KM_LEVEL_SILENCE_DB;
  self->uplink = g_object_new (KM_TYPE_UPLINK, NULL);
  g_signal_connect_object (self->uplink, "notify::state",
                           G_CALLBACK (set_gates), self,
                           G_CONNECT_SWAPPED);
}

static void
take_level (KmBroadcast *self,
            double       rms_db,
            double       peak_db)
{
  GObject *object = G_OBJECT (self);

  self->rms_db = rms_db;
  self->peak_db = peak_db;
  g_object_notify_by_pspec (object, properties[PROP_RMS_DB]);
  g_object_notify_by_pspec (object, properties[PROP_PEAK_DB]);
}

static void
handle_error (KmBroadcast *self,
              GstMessage  *message)
{
  g_autoptr (GError) error = NULL;

  /* Sources that are gone may have complained more than once. */
  if (!km_bus_message_is_in (message, self->pipeline) ||
      km_source_handle_error (self->video_source, message) ||
      km_source_handle_error (self->audio_source, message))
    return;

  /* A source that was replaced had its last words under way. */
  if (!km_bus_message_is_in (message, self->pipeline))
    return;

  /* What is left are the encoders and the preview. */
  error = km_bus_error_new (message);
  g_debug ("broadcast: %s: %s", GST_MESSAGE_SRC_NAME (message),
           error->message);
  if (km_uplink_get_state (self->uplink) != KM_UPLINK_IDLE &&
      !km_bus_message_is_in (message, self->preview))
    km_uplink_refuse (self->uplink, "encoder", error->message);
}

static gboolean
on_bus_message (GstBus     *bus,
                GstMessage *message,
                gpointer    data)
{
  KmBroadcast *self = data;
  double rms_db, peak_db;

  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_ERROR:
      handle_error (self, message);
      break;
    case GST_MESSAGE_ELEMENT:
      if (km_level_parse (message, &rms_db, &peak_db))
        take_level (self, rms_db, peak_db);
      break;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (self->pipeline));
      break;
    default:
      break;
    }

  return G_SOURCE_CONTINUE;
}

static gboolean
on_check (gpointer data)
{
  KmBroadcast *self = data;
  gint64 now_us = g_get_monotonic_time ();

  km_source_check (self->video_source, now_us);
  km_source_check (self->audio_source, now_us);
  return G_SOURCE_CONTINUE;
}

static void
on_source_changed (KmSource *source,
                   gpointer  data)
{
  KmBroadcast *self = data;

  g_object_notify_by_pspec (G_OBJECT (self),
                            properties[source == self->video_source
                                         ? PROP_CAMERA_ERROR
                                         : PROP_MICROPHONE_ERROR]);
}

/* Without encoders there still is a preview; going live says what is missing. */
static void
add_encoders (KmBroadcast *self)
{
  GstElement *video, *audio;

  g_clear_error (&self->encoder_error);
  if (km_pipeline_add_encoders (self->pipeline, &self->quality, &video, &audio,
                                &self->encoder_error))
    km_uplink_attach (self->uplink, self->pipeline, video, audio,
                      &self->quality);
}

static GstElement *
find_element (KmBroadcast *self,
              const char  *name)
{
  g_autoptr (GstElement) element =
    gst_bin_get_by_name (GST_BIN (self->pipeline), name);

  return element; /* the pipeline holds it */
}

static void
add_preview (KmBroadcast *self)
{
  g_autoptr (GError) error = NULL;

  self->preview = km_pipeline_new_preview (self->preview_sink, &error);
  if (self->preview == NULL)
    {
      g_debug ("preview: %s", error->message);
      return;
    }

  gst_bin_add (GST_BIN (self->pipeline), self->preview);
  gst_element_sync_state_with_parent (self->preview);
  gst_element_link (self->video_tee, self->preview);
}

/**
 * km_broadcast_new:
 * @quality: (nullable): what is sent; %NULL for the default
 *
 * Returns: (transfer full): a broadcast that does nothing yet
 */
KmBroadcast *
km_broadcast_new (const KmBroadcastQuality *quality)
{
  static const KmBroadcastQuality standard = KM_BROADCAST_QUALITY_DEFAULT;
  KmBroadcast *self = g_object_new (KM_TYPE_BROADCAST, NULL);

  self->quality = quality != NULL ? *quality : standard;
  return self;
}

/**
 * km_broadcast_start:
 * @error: %KM_MEDIA_ERROR_MISSING when a basic element isn't installed
 *
 * Starts camera, microphone and preview; nothing is encoded or sent yet. Does
 * nothing when it runs already.
 *
 * Returns: whether it runs
 */
gboolean
km_broadcast_start (KmBroadcast  *self,
                    GError      **error)
{
  g_autoptr (GstBus) bus = NULL;

  g_return_val_if_fail (KM_IS_BROADCAST (self), FALSE);

  if (self->pipeline != NULL)
    return TRUE;

  self->pipeline = km_pipeline_new (error);
  if (self->pipeline == NULL)
    return FALSE;
  gst_object_ref_sink (self->pipeline);

  self->video_tee = find_element (self, "video-tee");
  self->video_gate = find_element (self, "video-gate");
  self->audio_gate = find_element (self, "audio-gate");
  self->volume = find_element (self, "volume");
  g_object_set (self->volume, "mute", self->muted, NULL);
  add_encoders (self);

  bus = gst_element_get_bus (self->pipeline);
  self->bus_watch = gst_bus_add_watch (bus, on_bus_message, self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  if (self->preview_sink != NULL)
    add_preview (self);

  self->video_source =
    km_source_new (KM_DEVICE_CAMERA, &self->quality, self->pipeline,
                   self->video_tee, on_source_changed, self);
  self->audio_source =
    km_source_new (KM_DEVICE_MICROPHONE, &self->quality, self->pipeline,
                   self->volume, on_source_changed, self);
  if (self->camera != NULL)
    km_source_set_device (self->video_source, self->camera);
  if (self->microphone != NULL)
    km_source_set_device (self->audio_source, self->microphone);

  self->check = g_timeout_add (CHECK_MS, on_check, self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
  return TRUE;
}

/**
 * km_broadcast_stop:
 *
 * Ends what is sent and lets go of camera and microphone.
 */
void
km_broadcast_stop (KmBroadcast *self)
{
  g_return_if_fail (KM_IS_BROADCAST (self));

  if (self->pipeline == NULL)
    return;

  km_uplink_detach (self->uplink);
  g_clear_handle_id (&self->check, g_source_remove);
  g_clear_handle_id (&self->bus_watch, g_source_remove);
  g_clear_pointer (&self->video_source, km_source_free);
  g_clear_pointer (&self->audio_source, km_source_free);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  if (self->preview != NULL)
    gst_bin_remove (GST_BIN (self->preview), self->preview_sink);
  self->preview = NULL;
  self->video_gate = self->audio_gate = NULL;
  gst_clear_object (&self->pipeline);

  take_level (self, KM_LEVEL_SILENCE_DB, KM_LEVEL_SILENCE_DB);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
}

gboolean
km_broadcast_get_running (KmBroadcast *self)
{
  g_return_val_if_fail (KM_IS_BROADCAST (self), FALSE);

  return self->pipeline != NULL;
}

/**
 * km_broadcast_get_paintable:
 *
 * The picture as it is sent. There is a preview, and its cost, from the first
 * call on; it needs GTK to be initialised. It stays the same object through
 * stop and start.
 *
 * Returns: (transfer none) (nullable): a GdkPaintable; %NULL when nothing here
 *   can show video
 */
GObject *
km_broadcast_get_paintable (KmBroadcast *self)
{
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (KM_IS_BROADCAST (self), NULL);

  if (self->paintable != NULL)
    return self->paintable;

  self->preview_sink = km_elements_make ("gtk4paintablesink", NULL, &error);
  if (self->preview_sink == NULL)
    {
      g_debug ("preview: %s", error->message);
      return NULL;
    }

  gst_object_ref_sink (self->preview_sink);
  g_object_set (self->preview_sink,
                "sync", FALSE, "async", FALSE, "qos", FALSE,
                "enable-last-sample", FALSE,
                NULL);
  g_object_get (self->preview_sink, "paintable", &self->paintable, NULL);
  if (self->pipeline != NULL)
    add_preview (self);

  return self->paintable;
}

static void
on_devices_changed (GListModel *model,
                    guint       position,
                    guint       removed,
                    guint       added,
                    gpointer    data)
{
  KmBroadcast *self = data;

  for (guint i = position; self->pipeline != NULL && i < position + added; i++)
    {
      g_autoptr (KmDevice) device = g_list_model_get_item (model, i);

      km_source_device_is_back (self->video_source, device);
      km_source_device_is_back (self->audio_source, device);
    }
}

/**
 * km_broadcast_watch_devices:
 * @devices: (nullable): the devices there are
 *
 * Lets a camera or microphone that was unplugged be taken back as soon as
 * @devices has it again.
 */
void
km_broadcast_watch_devices (KmBroadcast *self,
                            KmDevices   *devices)
{
  GListModel *(*const lists[]) (KmDevices *) = {
    km_devices_get_cameras, km_devices_get_microphones,
  };

  g_return_if_fail (KM_IS_BROADCAST (self));

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      if (self->devices != NULL)
        g_signal_handlers_disconnect_by_data (lists[i] (self->devices), self);
      if (devices != NULL)
        g_signal_connect (lists[i] (devices), "items-changed",
                          G_CALLBACK (on_devices_changed), self);
    }
  g_set_object (&self->devices, devices);
}

/**
 * km_broadcast_set_camera:
 * @camera: (nullable): what to show; %NULL for the test picture
 *
 * May be called at any time, also while live.
 */
void
km_broadcast_set_camera (KmBroadcast *self,
                         KmDevice    *camera)
{
  g_return_if_fail (KM_IS_BROADCAST (self));

  if (!g_set_object (&self->camera, camera))
    return;

  if (self->pipeline != NULL)
    km_source_set_device (self->video_source, camera);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAMERA]);
}

KmDevice *
km_broadcast_get_camera (KmBroadcast *self)
{
  g_return_val_if_fail (KM_IS_BROADCAST (self), NULL);

  return self->camera;
}

/**
 * km_broadcast_get_camera_error:
 *
 * Returns: (nullable): why the test picture is sent instead of the camera
 */
const GError *
km_broadcast_get_camera_error (KmBroadcast *self)
{
  g_return_val_if_fail (KM_IS_BROADCAST (self), NULL);

  return self->video_source != NULL ? km_source_get_error (self->video_source)
                                    : NULL;
}

/**
 * km_broadcast_set_microphone:
 * @microphone: (nullable): what to hear; %NULL for silence
 *
 * May be called at any time, also while live.
 */
void
km_broadcast_set_microphone (KmBroadcast *self,
                             KmDevice    *microphone)
{
  g_return_if_fail (KM_IS_BROADCAST (self));

  if (!g_set_object (&self->microphone, microphone))
    return;

  if (self->pipeline != NULL)
    km_source_set_device (self->audio_source, microphone);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MICROPHONE]);
}

KmDevice *
km_broadcast_get_microphone (KmBroadcast *self)
{
  g_return_val_if_fail (KM_IS_BROADCAST (self), NULL);

  return self->microphone;
}

/**
 * km_broadcast_get_microphone_error:
 *
 * Returns: (nullable): why silence is sent instead of the microphone
 */
const GError *
km_broadcast_get_microphone_error (KmBroadcast *self)
{
  g_return_val_if_fail (KM_IS_BROADCAST (self), NULL);

  return self->audio_source != NULL ? km_source_get_error (self->audio_source)
                                    : NULL;
}

void
km_broadcast_set_muted (KmBroadcast *self,
                        gboolean     muted)
{
  g_return_if_fail (KM_IS_BROADCAST (self));

  if (self->muted == !!muted)
    return;

  self->muted = !!muted;
  if (self->pipeline != NULL)
    g_object_set (self->volume, "mute", self->muted, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MUTED]);
}

gboolean
km_broadcast_get_muted (KmBroadcast *self)
{
  g_return_val_if_fail (KM_IS_BROADCAST (self), FALSE);

  return self->muted;
}

/**
 * km_broadcast_get_rms_db:
 *
 * Returns: the mean power of what is sent as sound, over the last 50 ms, in
 *   dBFS; −100 is silence
 */
double
km_broadcast_get_rms_db (KmBroadcast *self)
{
  g_return_val_if_fail (KM_IS_BROADCAST (self), KM_LEVEL_SILENCE_DB);

  return self->rms_db;
}

/**
 * km_broadcast_get_peak_db:
 *
 * Returns: its loudest sample, over the last 50 ms, in dBFS
 */
double
km_broadcast_get_peak_db (KmBroadcast *self)
{
  g_return_val_if_fail (KM_IS_BROADCAST (self), KM_LEVEL_SILENCE_DB);

  return self->peak_db;
}

static gboolean
check_address (const char  *address,
               GError     **error)
{
  g_autoptr (KmRtmpTarget) target = km_rtmp_target_parse (address);

  if (target != NULL)
    return TRUE;

  /* The address has the key in it: it isn't repeated here. */
  g_set_error_literal (error, KM_BROADCAST_ERROR,
                       KM_BROADCAST_ERROR_BAD_ADDRESS,
                       _("The address to send to isn’t an rtmp:// or rtmps:// "
                         "address."));
  return FALSE;
}

/**
 * km_broadcast_set_pin:
 * @pin: (nullable): the fingerprint of the certificate that the server shows
 *
 * From the next km_broadcast_go_live() on that certificate is accepted, too,
 * beside those that this computer trusts.
 */
void
km_broadcast_set_pin (KmBroadcast *self,
                      const char  *pin)
{
  g_return_if_fail (KM_IS_BROADCAST (self));

  g_set_str (&self->pin, pin);
}

/**
 * km_broadcast_go_live:
 * @address: where to publish: rtmp:// or rtmps://, with the stream key
 * @error: %KM_BROADCAST_ERROR_BAD_ADDRESS or %KM_BROADCAST_ERROR_NO_ENCODER
 *
 * Starts when it doesn't run yet, then encodes and sends until
 * km_broadcast_end(). How that goes is what the uplink's properties say.
 *
 * Returns: %FALSE when it can't work at all
 */
gboolean
km_broadcast_go_live (KmBroadcast  *self,
                      const char   *address,
                      GError      **error)
{
  g_return_val_if_fail (KM_IS_BROADCAST (self), FALSE);

  if (!check_address (address, error) || !km_broadcast_start (self, error))
    return FALSE;

  if (self->encoder_error != NULL)
    {
      g_set_error_literal (error, KM_BROADCAST_ERROR,
                           KM_BROADCAST_ERROR_NO_ENCODER,
                           self->encoder_error->message);
      return FALSE;
    }

  km_uplink_start (self->uplink, address, self->pin);
  return TRUE;
}

/**
 * km_broadcast_end:
 *
 * Stops sending; the preview goes on.
 */
void
km_broadcast_end (KmBroadcast *self)
{
  g_return_if_fail (KM_IS_BROADCAST (self));

  km_uplink_stop (self->uplink);
}

/**
 * km_broadcast_get_uplink:
 *
 * Returns: (transfer none): how sending goes; the same object always
 */
KmUplink *
km_broadcast_get_uplink (KmBroadcast *self)
{
  g_return_val_if_fail (KM_IS_BROADCAST (self), NULL);

  return self->uplink;
}
