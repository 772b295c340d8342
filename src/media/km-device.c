/* km-device.c: one camera or microphone
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Wraps a GstDevice. The id is the node's name, which stays the same when the
 * device is unplugged and comes back; the serial is PipeWire's number for this
 * one plugging-in and is what a stream is aimed at: names may be shared by two
 * equal cameras.
 */

#include "km-device.h"

#include <glib/gi18n.h>

#include "km-device-source.h"
#include "km-media.h"

struct _KmDevice
{
  GObject parent_instance;

  KmDeviceKind kind;
  GstDevice *device;
  char *id;
  char *label;
  char *serial; /* NULL outside PipeWire */
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_LABEL,
  N_PROPERTIES
};

G_DEFINE_ENUM_TYPE (KmDeviceKind, km_device_kind,
                    G_DEFINE_ENUM_VALUE (KM_DEVICE_CAMERA, "camera"),
                    G_DEFINE_ENUM_VALUE (KM_DEVICE_MICROPHONE, "microphone"))

G_DEFINE_FINAL_TYPE (KmDevice, km_device, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPERTIES];

static void
km_device_get_property (GObject    *object,
                        guint       property_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  KmDevice *self = KM_DEVICE (object);

  switch (property_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
km_device_finalize (GObject *object)
{
  KmDevice *self = KM_DEVICE (object);

  gst_clear_object (&self->device);
  g_free (self->id);
  g_free (self->label);
  g_free (self->serial);

  G_OBJECT_CLASS (km_device_parent_class)->finalize (object);
}

static void
km_device_class_init (KmDeviceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = km_device_get_property;
  object_class->finalize = km_device_finalize;

  properties[PROP_ID] =
    g_param_spec_string ("id", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_LABEL] =
    g_param_spec_string ("label", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
km_device_init (KmDevice *self)
{
}

static char *
dup_detail (const GstStructure *details,
            const char *const  *fields)
{
  if (details == NULL)
    return NULL;

  for (guint i = 0; fields[i] != NULL; i++)
    {
      const GValue *value = gst_structure_get_value (details, fields[i]);

      if (value == NULL)
        continue;
      if (G_VALUE_HOLDS_STRING (value))
        return g_value_dup_string (value);
      return gst_value_serialize (value);
    }

  return NULL;
}

/**
 * km_device_new_for_gst:
 * @kind: what it is
 * @device: (transfer none): as GStreamer's monitor announced it
 *
 * Returns: (transfer full): the device; immutable, any thread
 */
KmDevice *
km_device_new_for_gst (KmDeviceKind  kind,
                       GstDevice    *device)
{
  static const char *const id_fields[] =
    { "node.name", "device.path", "api.v4l2.path", "device.id", NULL };
  static const char *const serial_fields[] = { "object.serial", NULL };
  g_autoptr (KmDevice) self = g_object_new (KM_TYPE_DEVICE, NULL);
  g_autoptr (GstStructure) details = gst_device_get_properties (device);

  self->kind = kind;
  self->device = gst_object_ref (device);
  self->label = gst_device_get_display_name (device);
  self->serial = dup_detail (details, serial_fields);
  self->id = dup_detail (details, id_fields);
  if (self->id == NULL)
    self->id = g_strdup (self->label);

  return g_steal_pointer (&self);
}

KmDeviceKind
km_device_get_kind (KmDevice *self)
{
  g_return_val_if_fail (KM_IS_DEVICE (self), KM_DEVICE_CAMERA);

  return self->kind;
}

/**
 * km_device_get_id:
 *
 * Returns: what to keep in settings to find the same device again with
 *   km_devices_find()
 */
const char *
km_device_get_id (KmDevice *self)
{
  g_return_val_if_fail (KM_IS_DEVICE (self), NULL);

  return self->id;
}

/**
 * km_device_get_label:
 *
 * Returns: the name to show, as the system has it
 */
const char *
km_device_get_label (KmDevice *self)
{
  g_return_val_if_fail (KM_IS_DEVICE (self), NULL);

  return self->label;
}

/**
 * km_device_get_serial:
 *
 * Returns: (nullable): PipeWire's number of this plugging-in
 */
const char *
km_device_get_serial (KmDevice *self)
{
  g_return_val_if_fail (KM_IS_DEVICE (self), NULL);

  return self->serial;
}

/**
 * km_device_dup_caps:
 *
 * Returns: (transfer full) (nullable): what the device says it can give
 */
GstCaps *
km_device_dup_caps (KmDevice *self)
{
  g_return_val_if_fail (KM_IS_DEVICE (self), NULL);

  return gst_device_get_caps (self->device);
}

/* Fails instead of turning to another device without a word, also where
 * PulseAudio's words go to PipeWire. */
static void
set_up_stream (KmDevice   *self,
               GstElement *source)
{
  g_autoptr (GstStructure) stream =
    gst_structure_new ("properties",
                       "node.dont-fallback", G_TYPE_STRING, "true",
                       "node.dont-reconnect", G_TYPE_STRING, "true",
                       NULL);

  if (self->kind == KM_DEVICE_MICROPHONE)
    gst_structure_set (stream, "node.latency", G_TYPE_STRING, "480/48000",
                       NULL);
  g_object_set (source, "stream-properties", stream, NULL);
}

/* Aims at this very device, and copies: PipeWire unmaps its buffers when a
 * device goes away, also those that an encoder is just reading. */
static void
set_up_pipewire (KmDevice   *self,
                 GstElement *source)
{
  g_object_set (source,
                "target-object", self->serial,
                "always-copy", TRUE,
                NULL);
}

static gboolean
is_made_by (GstElement *element,
            const char *factory)
{
  return element != NULL &&
         g_strcmp0 (GST_OBJECT_NAME (gst_element_get_factory (element)),
                    factory) == 0;
}

/* GStreamer takes a virtual microphone (Audio/Source/Virtual) for an output
 * and makes a sink of it; only the connection in that is right. */
static GstElement *
make_pipewire_source (GstElement *wrong)
{
  g_autoptr (GstElement) owned = gst_object_ref_sink (wrong);
  GstElement *source = gst_element_factory_make ("pipewiresrc", NULL);
  int fd = -1;

  g_object_get (owned, "fd", &fd, NULL);
  if (source != NULL)
    g_object_set (source, "fd", fd, NULL);

  return source;
}

/**
 * km_device_make_source:
 * @error: %KM_MEDIA_ERROR_GONE
 *
 * A source element that fails when its device goes away.
 *
 * Returns: (transfer floating) (nullable): the element
 */
GstElement *
km_device_make_source (KmDevice  *self,
                       GError   **error)
{
  GstElement *source;

  g_return_val_if_fail (KM_IS_DEVICE (self), NULL);

  source = gst_device_create_element (self->device, NULL);
  if (is_made_by (source, "pipewiresink"))
    source = make_pipewire_source (source);
  if (source == NULL)
    {
      g_set_error (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_GONE,
                   _("“%s” can’t be opened"), self->label);
      return NULL;
    }

  if (is_made_by (source, "pipewiresrc"))
    set_up_pipewire (self, source);
  if (is_made_by (source, "pipewiresrc") || is_made_by (source, "pulsesrc"))
    set_up_stream (self, source);

  return source;
}
