/* km-source-chooser.c: which camera, or which microphone
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person chose is remembered; until they chose, the first device is
 * used, and the stand-in (test picture, silence) when there is none. A device
 * that isn't plugged in any more stays chosen and is taken again when it comes
 * back: another one is never taken by itself, since that could show or let
 * hear what nobody meant to. The setting is empty until something is chosen,
 * "none" for the stand-in, else the device's id.
 *
 * Thread: main.
 */

#include "km-source-chooser.h"

#include <glib/gi18n.h>

#define NONE "none"

struct _KmSourceChooser
{
  GtkWidget parent_instance;

  GtkDropDown *drop_down;

  KmDevices *devices;
  KmDeviceKind kind;
  GListModel *present;
  GSettings *settings;
  KmDevice *device; /* NULL: the stand-in is to be used */
  gboolean missing;
  gboolean filling;
  guint refill;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (KmSourceChooser, km_source_chooser, GTK_TYPE_WIDGET)

static const char *
get_key (KmSourceChooser *self)
{
  return self->kind == KM_DEVICE_CAMERA ? "camera" : "microphone";
}

/* The id of what is to be used; empty when that is open still. */
static char *
dup_wanted (KmSourceChooser *self)
{
  g_autofree char *chosen =
    g_settings_get_string (self->settings, get_key (self));

  if (*chosen == '\0' && self->device != NULL)
    return g_strdup (km_device_get_id (self->device));

  return g_steal_pointer (&chosen);
}

static KmDevice *
find_present (KmSourceChooser *self,
              const char      *wanted)
{
  if (*wanted == '\0')
    return g_list_model_get_item (self->present, 0);

  return km_devices_find (self->devices, self->kind, wanted);
}

static char *
dup_missing_title (KmSourceChooser *self)
{
  if (self->device != NULL)
    /* Translators: the name of a camera or microphone */
    return g_strdup_printf (_("%s (Unplugged)"),
                            km_device_get_label (self->device));

  return g_strdup (self->kind == KM_DEVICE_CAMERA
                     ? _("Camera Not Found") : _("Microphone Not Found"));
}

/* First what is missing, then what there is, then the stand-in. */
static void
show_titles (KmSourceChooser *self,
             KmDevice        *selected)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint n_present = g_list_model_get_n_items (self->present);
  guint position = self->missing ? 0 : n_present;

  if (self->missing)
    gtk_string_list_take (titles, dup_missing_title (self));
  for (guint i = 0; i < n_present; i++)
    {
      g_autoptr (KmDevice) each = g_list_model_get_item (self->present, i);

      gtk_string_list_append (titles, km_device_get_label (each));
      if (each == selected)
        position = i;
    }
  gtk_string_list_append (titles, self->kind == KM_DEVICE_CAMERA
                                    ? _("Test Picture") : _("Silence"));

  self->filling = TRUE;
  gtk_drop_down_set_model (self->drop_down, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (self->drop_down, position);
  self->filling = FALSE;
}

static void
fill (KmSourceChooser *self)
{
  g_autofree char *wanted = dup_wanted (self);
  g_autoptr (KmDevice) device = find_present (self, wanted);
  gboolean is_device = *wanted != '\0' && !g_str_equal (wanted, NONE);

  /* Before the first look is over, it may only not have been seen yet. */
  self->missing = is_device && device == NULL
                  && km_devices_get_ready (self->devices);
  if (!self->missing || g_strcmp0 (wanted, self->device == NULL ? NULL
                                     : km_device_get_id (self->device)) != 0)
    g_set_object (&self->device, device);
  show_titles (self, device);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
refill (gpointer data)
{
  KmSourceChooser *self = data;

  self->refill = 0;
  fill (self);
}

static void
on_selected (KmSourceChooser *self)
{
  guint position = gtk_drop_down_get_selected (self->drop_down);
  g_autoptr (KmDevice) device = NULL;

  if (self->filling || (self->missing && position == 0))
    return;

  device = g_list_model_get_item (self->present,
                                  self->missing ? position - 1 : position);
  g_settings_set_string (self->settings, get_key (self),
                         device != NULL ? km_device_get_id (device) : NONE);
  g_set_object (&self->device, device);

  /* The list that was chosen from is in use still. */
  if (self->refill == 0)
    self->refill = g_idle_add_once (refill, self);
}

/* Names of devices are long; they may take less room than they want. */
static void
on_setup_item (GtkSignalListItemFactory *factory,
               GtkListItem              *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (GTK_LABEL (label), 8);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 22);
  gtk_list_item_set_child (item, label);
}

static void
on_bind_item (GtkSignalListItemFactory *factory,
              GtkListItem              *item)
{
  GtkStringObject *string = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_object_get_string (string));
  gtk_list_item_set_accessible_label (item,
                                      gtk_string_object_get_string (string));
}

static void
km_source_chooser_dispose (GObject *object)
{
  KmSourceChooser *self = KM_SOURCE_CHOOSER (object);
  GtkWidget *drop_down = GTK_WIDGET (g_steal_pointer (&self->drop_down));

  g_clear_pointer (&drop_down, gtk_widget_unparent);
  g_clear_handle_id (&self->refill, g_source_remove);
  if (self->devices != NULL)
    g_signal_handlers_disconnect_by_data (self->devices, self);
  if (self->present != NULL)
    g_signal_handlers_disconnect_by_data (self->present, self);
  g_clear_object (&self->devices);
  g_clear_object (&self->settings);
  g_clear_object (&self->device);

  G_OBJECT_CLASS (km_source_chooser_parent_class)->dispose (object);
}

static void
km_source_chooser_class_init (KmSourceChooserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = km_source_chooser_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);

  /**
   * KmSourceChooser::changed:
   *
   * Another device is to be used, or the one that is has gone or come back.
   */
  signals[CHANGED] = g_signal_new ("changed", KM_TYPE_SOURCE_CHOOSER,
                                   G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
km_source_chooser_init (KmSourceChooser *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup_item), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind_item), NULL);
  self->drop_down = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  gtk_drop_down_set_factory (self->drop_down, factory);
  gtk_widget_set_parent (GTK_WIDGET (self->drop_down), GTK_WIDGET (self));
  g_signal_connect_object (self->drop_down, "notify::selected",
                           G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
}

/**
 * km_source_chooser_setup:
 * @devices: what there is
 * @kind: what to choose
 * @settings: where the choice is kept, under "camera" or "microphone"
 *
 * Set once; "changed" is emitted for what is chosen at first.
 */
void
km_source_chooser_setup (KmSourceChooser *self,
                         KmDevices       *devices,
                         KmDeviceKind     kind,
                         GSettings       *settings)
{
  const char *title = kind == KM_DEVICE_CAMERA ? _("Camera") : _("Microphone");

  g_return_if_fail (self->devices == NULL);

  self->devices = g_object_ref (devices);
  self->kind = kind;
  self->settings = g_object_ref (settings);
  self->present = kind == KM_DEVICE_CAMERA
    ? km_devices_get_cameras (devices) : km_devices_get_microphones (devices);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->drop_down), title);

  /* Else what is chosen would be its name. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->drop_down),
                                 GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->drop_down),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_signal_connect_object (self->present, "items-changed", G_CALLBACK (fill),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (devices, "notify::ready", G_CALLBACK (fill), self,
                           G_CONNECT_SWAPPED);
  fill (self);
}

/**
 * km_source_chooser_get_device:
 *
 * Returns: (transfer none) (nullable): the device to use, though it may be
 *   unplugged; %NULL: the stand-in
 */
KmDevice *
km_source_chooser_get_device (KmSourceChooser *self)
{
  g_return_val_if_fail (KM_IS_SOURCE_CHOOSER (self), NULL);

  return self->device;
}

/**
 * km_source_chooser_get_missing:
 *
 * Returns: whether what was chosen, maybe in an earlier session, isn't plugged
 *   in
 */
gboolean
km_source_chooser_get_missing (KmSourceChooser *self)
{
  g_return_val_if_fail (KM_IS_SOURCE_CHOOSER (self), FALSE);

  return self->missing;
}

/**
 * km_source_chooser_open:
 *
 * Shows what there is to choose from.
 */
void
km_source_chooser_open (KmSourceChooser *self)
{
  g_return_if_fail (KM_IS_SOURCE_CHOOSER (self));

  gtk_widget_activate (GTK_WIDGET (self->drop_down));
}
