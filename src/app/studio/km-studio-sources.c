/* km-studio-sources.c: camera, microphone, and how loud it is
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-studio-sources.h"

#include "km-ballistics.h"
#include "km-format.h"
#include "km-level-meter.h"

struct _KmStudioSources
{
  GtkWidget parent_instance;

  GtkWidget *root_child;
  KmSourceChooser *camera;
  KmSourceChooser *microphone;
  GtkToggleButton *mute;
  KmLevelMeter *meter;
  GtkLabel *level;

  KmBroadcast *broadcast;
};

G_DEFINE_FINAL_TYPE (KmStudioSources, km_studio_sources, GTK_TYPE_WIDGET)

static void
on_camera_changed (KmStudioSources *self)
{
  km_broadcast_set_camera (self->broadcast,
                           km_source_chooser_get_device (self->camera));
}

static void
on_microphone_changed (KmStudioSources *self)
{
  km_broadcast_set_microphone (self->broadcast,
                               km_source_chooser_get_device (
                                 self->microphone));
}

static void
on_level_changed (KmStudioSources *self)
{
  double peak_db = km_broadcast_get_peak_db (self->broadcast);
  g_autofree char *label = NULL;

  km_level_meter_hear (self->meter, peak_db);
  label = peak_db > KM_BALLISTICS_FLOOR_DB ? km_format_decibels (peak_db)
                                           : g_strdup ("");
  gtk_label_set_text (self->level, label);
}

static void
on_mute_toggled (KmStudioSources *self)
{
  gboolean muted = gtk_toggle_button_get_active (self->mute);

  km_broadcast_set_muted (self->broadcast, muted);
  gtk_button_set_icon_name (GTK_BUTTON (self->mute),
                            muted ? "microphone-disabled-symbolic"
                                  : "audio-input-microphone-symbolic");
}

static void
toggle_mute (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  KmStudioSources *self = KM_STUDIO_SOURCES (widget);

  gtk_toggle_button_set_active (self->mute,
                                !gtk_toggle_button_get_active (self->mute));
}

static void
km_studio_sources_dispose (GObject *object)
{
  KmStudioSources *self = KM_STUDIO_SOURCES (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_STUDIO_SOURCES);
  g_clear_object (&self->broadcast);

  G_OBJECT_CLASS (km_studio_sources_parent_class)->dispose (object);
}

static void
km_studio_sources_class_init (KmStudioSourcesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_studio_sources_dispose;

  g_type_ensure (KM_TYPE_SOURCE_CHOOSER);
  g_type_ensure (KM_TYPE_LEVEL_METER);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-studio-sources.ui");
  gtk_widget_class_bind_template_child (widget_class, KmStudioSources,
                                        root_child);
  gtk_widget_class_bind_template_child (widget_class, KmStudioSources, camera);
  gtk_widget_class_bind_template_child (widget_class, KmStudioSources,
                                        microphone);
  gtk_widget_class_bind_template_child (widget_class, KmStudioSources, mute);
  gtk_widget_class_bind_template_child (widget_class, KmStudioSources, meter);
  gtk_widget_class_bind_template_child (widget_class, KmStudioSources, level);
  gtk_widget_class_bind_template_callback (widget_class, on_camera_changed);
  gtk_widget_class_bind_template_callback (widget_class,
                                           on_microphone_changed);
  gtk_widget_class_install_action (widget_class, "sources.mute", NULL,
                                   toggle_mute);
}

static void
km_studio_sources_init (KmStudioSources *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_studio_sources_setup:
 * @broadcast: what uses the sources
 * @devices: what there is
 * @settings: where the choice is kept
 *
 * Set once.
 */
void
km_studio_sources_setup (KmStudioSources *self,
                         KmBroadcast     *broadcast,
                         KmDevices       *devices,
                         GSettings       *settings)
{
  g_return_if_fail (self->broadcast == NULL);

  self->broadcast = g_object_ref (broadcast);
  g_signal_connect_object (broadcast, "notify::peak-db",
                           G_CALLBACK (on_level_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->mute, "toggled", G_CALLBACK (on_mute_toggled),
                           self, G_CONNECT_SWAPPED);
  km_source_chooser_setup (self->camera, devices, KM_DEVICE_CAMERA, settings);
  km_source_chooser_setup (self->microphone, devices, KM_DEVICE_MICROPHONE,
                           settings);
}

/**
 * km_studio_sources_get_chooser:
 * @kind: of which kind of device
 *
 * Returns: (transfer none): where it is chosen
 */
KmSourceChooser *
km_studio_sources_get_chooser (KmStudioSources *self,
                               KmDeviceKind     kind)
{
  g_return_val_if_fail (KM_IS_STUDIO_SOURCES (self), NULL);

  return kind == KM_DEVICE_CAMERA ? self->camera : self->microphone;
}
