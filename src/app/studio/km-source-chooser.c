/* km-source-chooser.c: which camera, or which microphone
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person chose is remembered and taken back when it is plugged in
 * again; until they chose, the first device is used, and the stand-in (test
 * picture, silence) when there is none. The setting is empty until then,
 * "none" for the stand-in, else the device's id.
 *
 * Thread: main.
 */

#include "km-source-chooser.h"

#define NONE "none"

struct _KmSourceChooser
{
  GtkWidget parent_instance;

  GtkDropDown *drop_down;

  GListModel *devices;
  GSettings *settings;
  char *key;
  char *none_title;
  KmDevice *device;
  gboolean filling;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (KmSourceChooser, km_source_chooser, GTK_TYPE_WIDGET)

static void
set_device (KmSourceChooser *self,
            KmDevice        *device)
{
  if (g_set_object (&self->device, device))
    g_signal_emit (self, signals[CHANGED], 0);
}

/* The position of the device that should be used now: devices come first, the
 * stand-in is last.
 */
static guint
find_wanted (KmSourceChooser *self)
{
  g_autofree char *wanted = g_settings_get_string (self->settings, self->key);
  guint n_devices = g_list_model_get_n_items (self->devices);

  if (g_str_equal (wanted, NONE))
    return n_devices;
  for (guint i = 0; i < n_devices; i++)
    {
      g_autoptr (KmDevice) device = g_list_model_get_item (self->devices, i);

      if (g_strcmp0 (km_device_get_id (device), wanted) == 0)
        return i;
    }
  return 0;
}

static void
fill (KmSourceChooser *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  g_autoptr (KmDevice) device = NULL;
  guint position = find_wanted (self);

  for (guint i = 0; i < g_list_model_get_n_items (self->devices); i++)
    {
      g_autoptr (KmDevice) each = g_list_model_get_item (self->devices, i);

      gtk_string_list_append (titles, km_device_get_label (each));
    }
  gtk_string_list_append (titles, self->none_title);

  self->filling = TRUE;
  gtk_drop_down_set_model (self->drop_down, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (self->drop_down, position);
  self->filling = FALSE;

  device = g_list_model_get_item (self->devices, position);
  set_device (self, device);
}

static void
on_selected (KmSourceChooser *self)
{
  g_autoptr (KmDevice) device = NULL;

  if (self->filling)
    return;

  device = g_list_model_get_item (
    self->devices, gtk_drop_down_get_selected (self->drop_down));
  g_settings_set_string (self->settings, self->key,
                         device != NULL ? km_device_get_id (device) : NONE);
  set_device (self, device);
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
}

static void
km_source_chooser_dispose (GObject *object)
{
  KmSourceChooser *self = KM_SOURCE_CHOOSER (object);
  GtkWidget *drop_down = GTK_WIDGET (g_steal_pointer (&self->drop_down));

  g_clear_pointer (&drop_down, gtk_widget_unparent);
  if (self->devices != NULL)
    g_signal_handlers_disconnect_by_data (self->devices, self);
  g_clear_object (&self->devices);
  g_clear_object (&self->settings);
  g_clear_object (&self->device);
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->none_title, g_free);

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
   * Another device is to be used.
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
 * @devices: the model of #KmDevice to choose from
 * @settings: where the choice is kept
 * @key: under which key
 * @title: what is chosen, for the screen reader
 * @none_title: what stands in without a device
 *
 * Set once; "changed" is emitted for what is chosen at first.
 */
void
km_source_chooser_setup (KmSourceChooser *self,
                         GListModel      *devices,
                         GSettings       *settings,
                         const char      *key,
                         const char      *title,
                         const char      *none_title)
{
  g_return_if_fail (self->devices == NULL);

  self->devices = g_object_ref (devices);
  self->settings = g_object_ref (settings);
  self->key = g_strdup (key);
  self->none_title = g_strdup (none_title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->drop_down), title);

  /* Else what is chosen would be its name. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->drop_down),
                                 GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->drop_down),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_signal_connect_object (devices, "items-changed", G_CALLBACK (fill), self,
                           G_CONNECT_SWAPPED);
  fill (self);
}

/**
 * km_source_chooser_get_device:
 *
 * Returns: (transfer none) (nullable): the device to use; %NULL: the stand-in
 */
KmDevice *
km_source_chooser_get_device (KmSourceChooser *self)
{
  return self->device;
}
