/* km-devices.c: the cameras and microphones that are plugged in now
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A GstDeviceMonitor does the watching. Where PipeWire answers, its provider
 * hides those of v4l2 and PulseAudio; where it doesn't, they stand in. The
 * monitor announces the first devices twice, so a device is known by its
 * PipeWire serial. Starting the monitor waits for PipeWire's first answers,
 * which is why it happens in a thread of GTask's pool.
 *
 * There is one KmDevices a process, and once started it looks for good.
 * GStreamer has one provider of each kind a process, whoever monitors; and
 * PipeWire's (1.4) forgets its connection when it is stopped without ceasing to
 * listen on it. Words under way to it crash the process; and where a camera is
 * in use, which keeps the connection, starting it again never returns.
 *
 * In a sandbox there is no monitor: it would start PipeWire's provider, which
 * must not run before it has the portal's descriptor, and would hide that of
 * PulseAudio when it sees a sound card. So the two are started one by one:
 * PulseAudio's for microphones at once, PipeWire's for cameras once the portal
 * has answered. The descriptor stays open as long as the process: PipeWire's
 * elements take its number for the connection that they share. A camera that
 * is plugged in later is seen as well, once one was there to ask for:
 * km_devices_start() asks again while it has no answer.
 *
 * Thread: main.
 */

#include "km-devices.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "km-camera-portal.h"
#include "km-device-source.h"
#include "km-media.h"

/* How long the portal may take before one is told that it waits. */
#define PATIENCE_SECONDS 1

struct _KmDevices
{
  GObject parent_instance;

  GListStore *cameras;
  GListStore *microphones;
  GstDeviceMonitor *monitor; /* NULL in a sandbox */
  gboolean started;
  guint n_looking; /* first looks that aren't over */
  gboolean ready;

  gboolean watches_portal; /* it has given its descriptor */
  gboolean asks_portal;
  guint patience;
  gboolean asking;
  GError *camera_error;
};

enum
{
  PROP_0,
  PROP_READY,
  PROP_ASKING,
  PROP_CAMERA_ERROR,
  N_PROPERTIES
};

G_DEFINE_FINAL_TYPE (KmDevices, km_devices, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPERTIES];

static void
km_devices_get_property (GObject    *object,
                         guint       property_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  KmDevices *self = KM_DEVICES (object);

  switch (property_id)
    {
    case PROP_READY:
      g_value_set_boolean (value, self->ready);
      break;
    case PROP_ASKING:
      g_value_set_boolean (value, self->asking);
      break;
    case PROP_CAMERA_ERROR:
      g_value_set_boxed (value, self->camera_error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
km_devices_class_init (KmDevicesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = km_devices_get_property;

  properties[PROP_READY] =
    g_param_spec_boolean ("ready", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS);
  properties[PROP_ASKING] =
    g_param_spec_boolean ("asking", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS);
  properties[PROP_CAMERA_ERROR] =
    g_param_spec_boxed ("camera-error", NULL, NULL, G_TYPE_ERROR,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                        G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
km_devices_init (KmDevices *self)
{
  self->cameras = g_list_store_new (KM_TYPE_DEVICE);
  self->microphones = g_list_store_new (KM_TYPE_DEVICE);
}

/* The monitor's classes: "Video/Source" and "Audio/Source", with parts behind
 * them such as "Video/Source/Virtual"; "Source/Video" from v4l2. A sound
 * output's monitor is no microphone. */
static gboolean
classify (GstDevice    *device,
          KmDeviceKind *kind)
{
  if (gst_device_has_classes (device, "Source/Video"))
    {
      *kind = KM_DEVICE_CAMERA;
      return TRUE;
    }

  if (gst_device_has_classes (device, "Source/Audio"))
    {
      g_autoptr (GstStructure) details = gst_device_get_properties (device);
      const char *class = details == NULL ? NULL :
        gst_structure_get_string (details, "device.class");

      *kind = KM_DEVICE_MICROPHONE;
      return g_strcmp0 (class, "monitor") != 0;
    }

  return FALSE;
}

static GListStore *
store_for (KmDevices    *self,
           KmDeviceKind  kind)
{
  return kind == KM_DEVICE_CAMERA ? self->cameras : self->microphones;
}

/* Two plugging-ins are one when PipeWire gives them one serial, or, outside
 * PipeWire, when they have one id. */
static gboolean
find_same (GListStore *store,
           KmDevice   *device,
           guint      *position)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (store));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (KmDevice) other =
        g_list_model_get_item (G_LIST_MODEL (store), i);

      if (km_device_get_serial (device) != NULL
          ? g_strcmp0 (km_device_get_serial (device),
                       km_device_get_serial (other)) == 0
          : g_strcmp0 (km_device_get_id (device),
                       km_device_get_id (other)) == 0)
        {
          *position = i;
          return TRUE;
        }
    }

  return FALSE;
}

static void
add_device (KmDevices *self,
            GstDevice *gst_device)
{
  g_autoptr (KmDevice) device = NULL;
  KmDeviceKind kind;
  guint position;

  if (!classify (gst_device, &kind))
    return;

  device = km_device_new_for_gst (kind, gst_device);
  if (!find_same (store_for (self, kind), device, &position))
    g_list_store_append (store_for (self, kind), device);
}

static void
remove_device (KmDevices *self,
               GstDevice *gst_device)
{
  g_autoptr (KmDevice) device = NULL;
  KmDeviceKind kind;
  guint position;

  if (!classify (gst_device, &kind))
    return;

  device = km_device_new_for_gst (kind, gst_device);
  if (find_same (store_for (self, kind), device, &position))
    g_list_store_remove (store_for (self, kind), position);
}

static gboolean
on_bus_message (GstBus     *bus,
                GstMessage *message,
                gpointer    data)
{
  KmDevices *self = data;
  g_autoptr (GstDevice) device = NULL;

  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_DEVICE_ADDED:
      gst_message_parse_device_added (message, &device);
      add_device (self, device);
      break;
    case GST_MESSAGE_DEVICE_REMOVED:
      gst_message_parse_device_removed (message, &device);
      remove_device (self, device);
      break;
    default:
      break;
    }

  return G_SOURCE_CONTINUE;
}

static void
add_devices (KmDevices *self,
             GList     *devices)
{
  for (GList *l = devices; l != NULL; l = l->next)
    add_device (self, l->data);
  g_list_free_full (devices, gst_object_unref);
}

static void
begin_look (KmDevices *self)
{
  self->n_looking++;
}

static void
end_look (KmDevices *self)
{
  if (--self->n_looking > 0 || self->ready)
    return;

  self->ready = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
}

static void
start_monitor (GTask        *task,
               gpointer      source_object,
               gpointer      task_data,
               GCancellable *cancellable)
{
  GstDeviceMonitor *monitor = task_data;

  /* FALSE says that no provider started: then the lists stay empty, which is
   * what a person without any device sees as well. */
  g_task_return_boolean (task, gst_device_monitor_start (monitor));
}

static void
on_monitor_started (GObject      *source_object,
                    GAsyncResult *result,
                    gpointer      data)
{
  KmDevices *self = KM_DEVICES (source_object);

  add_devices (self, gst_device_monitor_get_devices (self->monitor));
  end_look (self);
}

static void
watch_all (KmDevices *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_monitor_started, NULL);
  g_autoptr (GstBus) bus = NULL;

  self->monitor = gst_device_monitor_new ();
  gst_device_monitor_add_filter (self->monitor, "Video/Source", NULL);
  gst_device_monitor_add_filter (self->monitor, "Audio/Source", NULL);
  bus = gst_device_monitor_get_bus (self->monitor);
  gst_bus_add_watch (bus, on_bus_message, self);

  begin_look (self);
  g_task_set_source_tag (task, watch_all);
  g_task_set_task_data (task, gst_object_ref (self->monitor),
                        gst_object_unref);
  g_task_run_in_thread (task, start_monitor);
}

static void
start_provider (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GstDeviceProvider *provider = task_data;

  g_task_return_boolean (task, gst_device_provider_start (provider));
}

static void
on_provider_started (GObject      *source_object,
                     GAsyncResult *result,
                     gpointer      data)
{
  KmDevices *self = KM_DEVICES (source_object);
  GstDeviceProvider *provider = g_task_get_task_data (G_TASK (result));

  if (g_task_propagate_boolean (G_TASK (result), NULL))
    add_devices (self, gst_device_provider_get_devices (provider));
  end_look (self);
}

/* One provider is enough for one kind of device. Returns whether GStreamer has
 * it. */
static gboolean
watch_provider (KmDevices  *self,
                const char *factory,
                int         fd)
{
  GstDeviceProvider *provider =
    gst_device_provider_factory_get_by_name (factory);
  g_autoptr (GTask) task = NULL;
  g_autoptr (GstBus) bus = NULL;

  if (provider == NULL)
    return FALSE;

  if (fd >= 0)
    g_object_set (provider, "fd", fd, NULL);
  bus = gst_device_provider_get_bus (provider);
  gst_bus_add_watch (bus, on_bus_message, self);

  begin_look (self);
  task = g_task_new (self, NULL, on_provider_started, NULL);
  g_task_set_source_tag (task, watch_provider);
  g_task_set_task_data (task, provider, gst_object_unref);
  g_task_run_in_thread (task, start_provider);
  return TRUE;
}

static void
set_asking (KmDevices *self,
            gboolean   asking)
{
  if (self->asking == asking)
    return;

  self->asking = asking;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ASKING]);
}

static gboolean
on_patience_over (gpointer data)
{
  KmDevices *self = data;

  self->patience = 0;
  set_asking (self, TRUE);
  return G_SOURCE_REMOVE;
}

static void
take_camera_error (KmDevices *self,
                   GError    *error)
{
  if (error == NULL && self->camera_error == NULL)
    return;

  g_clear_error (&self->camera_error);
  self->camera_error = error;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAMERA_ERROR]);
}

static void
on_portal_answered (GObject      *source_object,
                    GAsyncResult *result,
                    gpointer      data)
{
  KmDevices *self = data;
  g_autoptr (GError) error = NULL;
  int fd = km_camera_portal_open_finish (result, &error);

  self->asks_portal = FALSE;
  g_clear_handle_id (&self->patience, g_source_remove);
  if (fd >= 0)
    self->watches_portal = watch_provider (self, "pipewiredeviceprovider", fd);
  if (fd >= 0 && !self->watches_portal)
    {
      g_close (fd, NULL);
      error = g_error_new_literal (
        KM_MEDIA_ERROR, KM_MEDIA_ERROR_MISSING,
        _("GStreamer can’t use PipeWire’s cameras: its PipeWire plugin isn’t "
          "installed."));
    }
  take_camera_error (self, g_steal_pointer (&error));
  set_asking (self, FALSE);
  end_look (self);
}

static void
ask_portal (KmDevices *self)
{
  if (self->asks_portal || self->watches_portal)
    return;

  self->asks_portal = TRUE;
  begin_look (self);
  self->patience = g_timeout_add_seconds (PATIENCE_SECONDS, on_patience_over,
                                          self);
  km_camera_portal_open (NULL, on_portal_answered, self);
}

/**
 * km_devices_get_default:
 *
 * Returns: (transfer none): the devices of this computer, for as long as the
 *   process lives; the lists are empty until km_devices_start()
 */
KmDevices *
km_devices_get_default (void)
{
  static KmDevices *devices = NULL;

  if (devices == NULL)
    devices = g_object_new (KM_TYPE_DEVICES, NULL);

  return devices;
}

/**
 * km_devices_start:
 *
 * Begins to look for devices. The property "ready" becomes %TRUE when the
 * first look is over; the lists follow what is plugged in from then on. Calling
 * it again does nothing, except in a sandbox where
 * km_devices_get_camera_error() has something to say: then it asks again.
 */
void
km_devices_start (KmDevices *self)
{
  gboolean first;

  g_return_if_fail (KM_IS_DEVICES (self));

  first = !self->started;
  self->started = TRUE;
  if (km_camera_portal_is_needed ())
    {
      if (first)
        watch_provider (self, "pulsedeviceprovider", -1);
      ask_portal (self);
    }
  else if (first)
    watch_all (self);
}

/**
 * km_devices_get_cameras:
 *
 * Returns: (transfer none): a list of #KmDevice
 */
GListModel *
km_devices_get_cameras (KmDevices *self)
{
  g_return_val_if_fail (KM_IS_DEVICES (self), NULL);

  return G_LIST_MODEL (self->cameras);
}

/**
 * km_devices_get_microphones:
 *
 * Returns: (transfer none): a list of #KmDevice
 */
GListModel *
km_devices_get_microphones (KmDevices *self)
{
  g_return_val_if_fail (KM_IS_DEVICES (self), NULL);

  return G_LIST_MODEL (self->microphones);
}

gboolean
km_devices_get_ready (KmDevices *self)
{
  g_return_val_if_fail (KM_IS_DEVICES (self), FALSE);

  return self->ready;
}

/**
 * km_devices_get_asking:
 *
 * Returns: whether a person is being asked, and takes their time, if Kaimu may
 *   use cameras
 */
gboolean
km_devices_get_asking (KmDevices *self)
{
  g_return_val_if_fail (KM_IS_DEVICES (self), FALSE);

  return self->asking;
}

/**
 * km_devices_get_camera_error:
 *
 * Returns: (nullable): why no camera may be looked at: in a sandbox, the
 *   person or the system refused
 */
const GError *
km_devices_get_camera_error (KmDevices *self)
{
  g_return_val_if_fail (KM_IS_DEVICES (self), NULL);

  return self->camera_error;
}

/**
 * km_devices_find:
 * @kind: which list
 * @id: (nullable): from km_device_get_id()
 *
 * Returns: (transfer full) (nullable): the device with @id, if it is there
 */
KmDevice *
km_devices_find (KmDevices    *self,
                 KmDeviceKind  kind,
                 const char   *id)
{
  GListModel *model;
  guint n;

  g_return_val_if_fail (KM_IS_DEVICES (self), NULL);

  model = G_LIST_MODEL (store_for (self, kind));
  n = g_list_model_get_n_items (model);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (KmDevice) device = g_list_model_get_item (model, i);

      if (g_strcmp0 (km_device_get_id (device), id) == 0)
        return g_steal_pointer (&device);
    }

  return NULL;
}
