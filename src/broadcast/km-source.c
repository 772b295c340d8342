/* km-source.c: the head of a pipeline that always gives something
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Either the chosen device or its stand-in is linked to the target. A device
 * that is unplugged says so on the bus; one that hangs says nothing, so its
 * buffers are counted and a second without any counts as gone. Then the
 * stand-in takes its place and the encoders behind notice nothing. The device
 * is tried again by km_source_device_is_back(), and now and then without it:
 * what hung may go on, and what another program held may be free. It is tried
 * beside the stand-in, which goes on until the device really gives: opening
 * takes a busy computer or a real camera seconds.
 *
 * Changing places: the old bin is stopped, which joins its thread, before it
 * is unlinked; what follows only has queues that never block. The EOS that a
 * failing source sends must not pass: it would end all that follows. Nor must
 * the word, when something is linked further down, that formats may have
 * changed: here they never do, and pipewiresrc disconnects and connects again,
 * which besides the gap can crash PipeWire (1.4) in its own thread.
 *
 * Thread: main; pad probes on streaming threads touch `buffers` and
 * `tried_buffers` only.
 */

#include "km-source.h"

#include <glib/gi18n.h>

#include "km-bus.h"
#include "km-media.h"
#include "km-retry.h"
#include "km-source-bin.h"
#include "km-watchdog.h"

#define STANDSTILL_US G_TIME_SPAN_SECOND
/* Opening a camera may wait for its hardware. */
#define OPENING_US (5 * G_TIME_SPAN_SECOND)

struct _KmSource
{
  KmDeviceKind kind;
  KmBroadcastQuality quality;
  GstElement *pipeline;
  GstElement *target;
  KmSourceChanged changed;
  gpointer data;

  KmDevice *device; /* chosen; NULL: the stand-in was chosen */
  GstElement *bin;
  gboolean standing_in;
  GError *error;
  KmWatchdog watchdog;
  KmRetry retry;
  guint buffers; /* atomic; of the device since it was linked */

  gint64 retry_us; /* when to try the device again, or to give a try up */
  GstElement *tried; /* the device, not linked yet */
  gulong tried_probe;
  guint tried_buffers; /* atomic */
};

static gboolean
is_to_be_dropped (GstPadProbeInfo *info)
{
  GstEventType type = GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info));

  return type == GST_EVENT_EOS || type == GST_EVENT_RECONFIGURE;
}

static GstPadProbeReturn
on_data (GstPad          *pad,
         GstPadProbeInfo *info,
         gpointer         data)
{
  KmSource *self = data;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    g_atomic_int_inc (&self->buffers);
  else if (is_to_be_dropped (info))
    return GST_PAD_PROBE_DROP;

  return GST_PAD_PROBE_OK;
}

/* Nothing is behind a device that is only tried. */
static GstPadProbeReturn
on_tried_data (GstPad          *pad,
               GstPadProbeInfo *info,
               gpointer         data)
{
  KmSource *self = data;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    {
      g_atomic_int_inc (&self->tried_buffers);
      return GST_PAD_PROBE_DROP;
    }

  return is_to_be_dropped (info) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static gulong
add_probe (KmSource            *self,
           GstElement          *bin,
           GstPadProbeCallback  callback)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (bin, "src");

  return gst_pad_add_probe (pad,
                            GST_PAD_PROBE_TYPE_BUFFER |
                            GST_PAD_PROBE_TYPE_EVENT_BOTH,
                            callback, self, NULL);
}

static void
remove_bin (KmSource    *self,
            GstElement **bin)
{
  if (*bin == NULL)
    return;

  gst_element_set_locked_state (*bin, TRUE);
  gst_element_set_state (*bin, GST_STATE_NULL);
  gst_element_unlink (*bin, self->target);
  gst_bin_remove (GST_BIN (self->pipeline), *bin);
  *bin = NULL;
}

static void
unlink_bin (KmSource *self)
{
  remove_bin (self, &self->bin);
  km_watchdog_stop (&self->watchdog);
}

static gboolean
link_bin (KmSource   *self,
          GstElement *bin)
{
  add_probe (self, bin, on_data);
  gst_bin_add (GST_BIN (self->pipeline), bin);
  self->bin = bin;
  if (!gst_element_link (bin, self->target))
    return FALSE;

  return gst_element_sync_state_with_parent (bin);
}

/* An element's own words are for developers; what a person needs is which
 * device it was and what to do. Whole sentences, for translators. */
static const char *
get_sentence (KmDeviceKind  kind,
              const GError *cause)
{
  gboolean camera = kind == KM_DEVICE_CAMERA;

  if (g_error_matches (cause, KM_MEDIA_ERROR, KM_MEDIA_ERROR_BUSY))
    return camera
      ? _("Another program uses the camera “%s”. Close it, or choose another "
          "camera. Meanwhile the test picture is sent.")
      : _("Another program uses the microphone “%s”. Close it, or choose "
          "another microphone. Meanwhile silence is sent.");
  if (g_error_matches (cause, KM_MEDIA_ERROR, KM_MEDIA_ERROR_DENIED))
    return camera
      ? _("Kaimu may not use the camera “%s”. Allow it in the system’s "
          "privacy settings. Meanwhile the test picture is sent.")
      : _("Kaimu may not use the microphone “%s”. Allow it in the system’s "
          "privacy settings. Meanwhile silence is sent.");

  return camera
    ? _("The camera “%s” gives no picture any more. Plug it in again, or "
        "choose another camera. Meanwhile the test picture is sent.")
    : _("The microphone “%s” gives no sound any more. Plug it in again, or "
        "choose another microphone. Meanwhile silence is sent.");
}

static GError *
describe (KmSource     *self,
          const GError *cause)
{
  int code = self->kind == KM_DEVICE_CAMERA
    ? KM_BROADCAST_ERROR_NO_CAMERA : KM_BROADCAST_ERROR_NO_MICROPHONE;
  g_autofree char *message = NULL;

  if (g_error_matches (cause, KM_MEDIA_ERROR, KM_MEDIA_ERROR_MISSING))
    return g_error_new_literal (KM_BROADCAST_ERROR, code, cause->message);

  message = g_strdup_printf (get_sentence (self->kind, cause),
                             km_device_get_label (self->device));
  return g_error_new_literal (KM_BROADCAST_ERROR, code, message);
}

static void
take_error (KmSource *self,
            GError   *error)
{
  if (error == NULL && self->error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error;
  self->changed (self, self->data);
}

static void
retry_later (KmSource *self)
{
  gint64 now_us = g_get_monotonic_time ();

  self->retry_us = now_us + km_retry_fail (&self->retry, now_us, 0);
}

static void
stand_in (KmSource     *self,
          const GError *cause)
{
  g_autoptr (GError) error = NULL;
  GstElement *bin;

  remove_bin (self, &self->tried);
  unlink_bin (self);
  self->standing_in = TRUE;
  bin = km_source_bin_new_stand_in (self->kind, &self->quality, &error);
  if (bin != NULL)
    link_bin (self, bin);

  if (self->device != NULL)
    retry_later (self);
  if (self->device != NULL)
    take_error (self, describe (self, cause != NULL ? cause : error));
  else if (error != NULL)
    take_error (self, g_steal_pointer (&error));
  else
    take_error (self, NULL);
}

static void
use_device (KmSource *self)
{
  g_autoptr (GError) error = NULL;
  GstElement *bin;

  bin = km_source_bin_new_device (self->device, &self->quality, &error);
  if (bin == NULL)
    {
      stand_in (self, error);
      return;
    }

  remove_bin (self, &self->tried);
  unlink_bin (self);
  self->standing_in = FALSE;
  g_atomic_int_set (&self->buffers, 0);
  self->watchdog.limit_us = OPENING_US;
  km_watchdog_start (&self->watchdog, 0, g_get_monotonic_time ());
  if (!link_bin (self, bin))
    stand_in (self, NULL);
}

/* It doesn't give: @cause, or nothing said why. */
static void
give_up_trying (KmSource     *self,
                const GError *cause)
{
  remove_bin (self, &self->tried);
  retry_later (self);
  take_error (self, describe (self, cause));
}

static void
try_device (KmSource *self,
            gint64    now_us)
{
  g_autoptr (GError) error = NULL;
  GstElement *bin =
    km_source_bin_new_device (self->device, &self->quality, &error);

  if (bin == NULL)
    {
      give_up_trying (self, error);
      return;
    }

  self->tried = bin;
  self->retry_us = now_us + OPENING_US;
  g_atomic_int_set (&self->tried_buffers, 0);
  self->tried_probe = add_probe (self, bin, on_tried_data);
  gst_bin_add (GST_BIN (self->pipeline), bin);
  if (!gst_element_sync_state_with_parent (bin))
    give_up_trying (self, NULL);
}

/* The device that is tried gives: it takes the stand-in's place. What it gives
 * meanwhile is dropped, so that it never finds its pad unlinked. */
static void
use_tried (KmSource *self,
           gint64    now_us)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->tried, "src");

  unlink_bin (self);
  self->bin = g_steal_pointer (&self->tried);
  self->standing_in = FALSE;
  if (!gst_element_link (self->bin, self->target))
    {
      stand_in (self, NULL);
      return;
    }

  g_atomic_int_set (&self->buffers, 0);
  add_probe (self, self->bin, on_data);
  gst_pad_remove_probe (pad, self->tried_probe);
  self->watchdog.limit_us = STANDSTILL_US;
  km_watchdog_start (&self->watchdog, 0, now_us);
}

static void
check_try (KmSource *self,
           gint64    now_us)
{
  if (self->tried != NULL && g_atomic_int_get (&self->tried_buffers) > 0)
    use_tried (self, now_us);
  else if (now_us < self->retry_us)
    return;
  else if (self->tried != NULL)
    give_up_trying (self, NULL);
  else
    try_device (self, now_us);
}

/**
 * km_source_new:
 * @kind: a camera or a microphone
 * @quality: of a camera's picture
 * @pipeline: (transfer none): outlives the source
 * @target: (transfer none): an element in @pipeline with a free "sink" pad
 * @changed: called when the error changed
 * @data: for @changed
 *
 * Returns: (transfer full): a source that gives the stand-in
 */
KmSource *
km_source_new (KmDeviceKind              kind,
               const KmBroadcastQuality *quality,
               GstElement               *pipeline,
               GstElement               *target,
               KmSourceChanged           changed,
               gpointer                  data)
{
  KmSource *self = g_new0 (KmSource, 1);

  self->kind = kind;
  self->quality = *quality;
  self->pipeline = pipeline;
  self->target = target;
  self->changed = changed;
  self->data = data;
  self->retry.rule = (KmRetryRule) {
    .first_us = 2 * G_TIME_SPAN_SECOND,
    .ceiling_us = 15 * G_TIME_SPAN_SECOND,
    .factor = 2,
    .stable_us = 10 * G_TIME_SPAN_SECOND,
  };
  stand_in (self, NULL);

  return self;
}

/**
 * km_source_free:
 * @self: (transfer full): a source
 *
 * Stops it and takes it out of the pipeline.
 */
void
km_source_free (KmSource *self)
{
  remove_bin (self, &self->tried);
  unlink_bin (self);
  g_clear_object (&self->device);
  g_clear_error (&self->error);
  g_free (self);
}

/**
 * km_source_set_device:
 * @device: (nullable): what to give; %NULL for the stand-in
 */
void
km_source_set_device (KmSource *self,
                      KmDevice *device)
{
  g_set_object (&self->device, device);
  km_retry_reset (&self->retry);
  if (device != NULL)
    use_device (self);
  else
    stand_in (self, NULL);
}

/**
 * km_source_device_is_back:
 * @device: a device that was plugged in
 *
 * Takes @device when it is the one that the stand-in stands in for.
 */
void
km_source_device_is_back (KmSource *self,
                          KmDevice *device)
{
  if (!self->standing_in || self->device == NULL ||
      km_device_get_kind (device) != self->kind ||
      g_strcmp0 (km_device_get_id (device),
                 km_device_get_id (self->device)) != 0)
    return;

  km_source_set_device (self, device);
}

/**
 * km_source_get_error:
 *
 * Returns: (nullable): why the stand-in is given instead of the chosen device
 */
const GError *
km_source_get_error (KmSource *self)
{
  return self->error;
}

/**
 * km_source_handle_error:
 * @message: an error from the pipeline's bus
 *
 * Returns: whether it was this source's
 */
gboolean
km_source_handle_error (KmSource   *self,
                        GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (km_bus_message_is_in (message, self->tried))
    {
      error = km_bus_error_new (message);
      give_up_trying (self, error);
      return TRUE;
    }
  if (!km_bus_message_is_in (message, self->bin))
    return FALSE;
  if (self->standing_in)
    return TRUE;

  error = km_bus_error_new (message);
  stand_in (self, error);
  return TRUE;
}

/**
 * km_source_check:
 * @now_us: g_get_monotonic_time()
 *
 * To be called a few times a second while the pipeline runs.
 */
void
km_source_check (KmSource *self,
                 gint64    now_us)
{
  guint buffers = (guint) g_atomic_int_get (&self->buffers);

  if (self->standing_in)
    {
      if (self->device != NULL)
        check_try (self, now_us);
      return;
    }

  if (buffers > 0 && self->retry.succeeded_us == 0)
    {
      self->watchdog.limit_us = STANDSTILL_US;
      km_retry_succeed (&self->retry, now_us);
      take_error (self, NULL);
    }
  if (km_watchdog_check (&self->watchdog, buffers, now_us))
    stand_in (self, NULL);
}
