/* km-source-notice.c: what stands in for camera and microphone, and why
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lies over the preview, where one looks, as long as something else is sent
 * than one would expect; and offers what can be done about it.
 *
 * Thread: main.
 */

#include "km-source-notice.h"

#include <glib/gi18n.h>

#include "km-words.h"

struct _KmSourceNotice
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *words;
  GtkWidget *ask_again;
  GtkWidget *choose_camera;
  GtkWidget *choose_microphone;

  KmBroadcast *broadcast;
  KmDevices *devices;
  KmSourceChooser *camera;
  KmSourceChooser *microphone;
};

G_DEFINE_FINAL_TYPE (KmSourceNotice, km_source_notice, GTK_TYPE_WIDGET)

static gboolean
is_missing (KmSourceNotice *self,
            GListModel     *devices)
{
  return km_devices_get_ready (self->devices)
         && g_list_model_get_n_items (devices) == 0;
}

/* What was chosen in an earlier session; of what was unplugged in this one the
 * broadcast tells. */
static gboolean
is_not_found (KmSourceChooser *chooser)
{
  return km_source_chooser_get_missing (chooser)
         && km_source_chooser_get_device (chooser) == NULL;
}

static void
add_line (GString    *text,
          const char *line)
{
  if (line == NULL)
    return;

  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, line);
}

static const char *
describe_camera (KmSourceNotice *self)
{
  const GError *used = km_broadcast_get_camera_error (self->broadcast);
  const GError *all = km_devices_get_camera_error (self->devices);

  if (km_devices_get_asking (self->devices))
    return _("The system asks you whether Kaimu may use the camera. Until "
             "you answer, the test picture stands in.");
  if (used != NULL || all != NULL)
    return km_words (used != NULL ? used : all);
  if (is_not_found (self->camera))
    return _("The camera that you chose isn’t plugged in. Plug it in, or "
             "choose another camera. Meanwhile the test picture is sent.");
  if (is_missing (self, km_devices_get_cameras (self->devices)))
    return _("No camera was found. The test picture stands in.");

  return NULL;
}

static const char *
describe_microphone (KmSourceNotice *self)
{
  const GError *used = km_broadcast_get_microphone_error (self->broadcast);

  if (used != NULL)
    return km_words (used);
  if (is_not_found (self->microphone))
    return _("The microphone that you chose isn’t plugged in. Plug it in, or "
             "choose another microphone. Meanwhile silence is sent.");
  if (is_missing (self, km_devices_get_microphones (self->devices)))
    return _("No microphone was found. Silence stands in.");

  return NULL;
}

static void
update (KmSourceNotice *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  add_line (text, describe_camera (self));
  add_line (text, describe_microphone (self));

  gtk_label_set_text (self->words, text->str);
  gtk_widget_set_visible (self->ask_again,
                          km_devices_get_camera_error (self->devices) != NULL
                            && !km_devices_get_asking (self->devices));
  gtk_widget_set_visible (self->choose_camera,
                          km_source_chooser_get_missing (self->camera));
  gtk_widget_set_visible (self->choose_microphone,
                          km_source_chooser_get_missing (self->microphone));
  gtk_widget_set_visible (GTK_WIDGET (self), text->len > 0);
}

static void
on_devices_changed (KmSourceNotice *self,
                    guint           position,
                    guint           removed,
                    guint           added)
{
  update (self);
}

/* Who allowed it in the system's settings meanwhile gets the camera. */
static void
on_ask_again (KmSourceNotice *self)
{
  km_devices_start (self->devices);
}

static void
on_choose_camera (KmSourceNotice *self)
{
  km_source_chooser_open (self->camera);
}

static void
on_choose_microphone (KmSourceNotice *self)
{
  km_source_chooser_open (self->microphone);
}

static void
km_source_notice_dispose (GObject *object)
{
  KmSourceNotice *self = KM_SOURCE_NOTICE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_SOURCE_NOTICE);
  g_clear_object (&self->broadcast);
  g_clear_object (&self->devices);
  g_clear_object (&self->camera);
  g_clear_object (&self->microphone);

  G_OBJECT_CLASS (km_source_notice_parent_class)->dispose (object);
}

static void
km_source_notice_class_init (KmSourceNoticeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_source_notice_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-source-notice.ui");
  gtk_widget_class_bind_template_child (widget_class, KmSourceNotice, box);
  gtk_widget_class_bind_template_child (widget_class, KmSourceNotice, words);
  gtk_widget_class_bind_template_child (widget_class, KmSourceNotice,
                                        ask_again);
  gtk_widget_class_bind_template_child (widget_class, KmSourceNotice,
                                        choose_camera);
  gtk_widget_class_bind_template_child (widget_class, KmSourceNotice,
                                        choose_microphone);
  gtk_widget_class_bind_template_callback (widget_class, on_ask_again);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_camera);
  gtk_widget_class_bind_template_callback (widget_class,
                                           on_choose_microphone);
}

static void
km_source_notice_init (KmSourceNotice *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_source_notice_setup:
 * @broadcast: what uses camera and microphone
 * @devices: what there is
 * @sources: where they are chosen, set up already
 *
 * Set once.
 */
void
km_source_notice_setup (KmSourceNotice  *self,
                        KmBroadcast     *broadcast,
                        KmDevices       *devices,
                        KmStudioSources *sources)
{
  GListModel *lists[] = {
    km_devices_get_cameras (devices), km_devices_get_microphones (devices),
  };

  g_return_if_fail (self->broadcast == NULL);

  self->broadcast = g_object_ref (broadcast);
  self->devices = g_object_ref (devices);
  self->camera = g_object_ref (
    km_studio_sources_get_chooser (sources, KM_DEVICE_CAMERA));
  self->microphone = g_object_ref (
    km_studio_sources_get_chooser (sources, KM_DEVICE_MICROPHONE));
  g_signal_connect_object (self->camera, "changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->microphone, "changed", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (broadcast, "notify::camera-error",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (broadcast, "notify::microphone-error",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (devices, "notify", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_signal_connect_object (lists[i], "items-changed",
                             G_CALLBACK (on_devices_changed), self,
                             G_CONNECT_SWAPPED);
  update (self);
}
