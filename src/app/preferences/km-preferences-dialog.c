/* km-preferences-dialog.c: what a person may choose once and for all
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every row is bound to a key of the profile's settings, so a change is seen
 * at once in every window.
 *
 * Thread: main.
 */

#include "km-preferences-dialog.h"

struct _KmPreferencesDialog
{
  AdwPreferencesDialog parent_instance;

  AdwSwitchRow *danmaku;
  GtkAdjustment *opacity;
  GtkAdjustment *size;
  GtkAdjustment *speed;
  AdwComboRow *area;
  AdwComboRow *quality;

  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (KmPreferencesDialog, km_preferences_dialog,
                     ADW_TYPE_PREFERENCES_DIALOG)

/* The rows of a combo are in the order of the enumeration's values. */
static gboolean
get_choice (GValue   *value,
            GVariant *variant,
            gpointer  user_data)
{
  const char *const *nicks = user_data;
  const char *nick = g_variant_get_string (variant, NULL);

  for (guint i = 0; nicks[i] != NULL; i++)
    if (g_str_equal (nicks[i], nick))
      {
        g_value_set_uint (value, i);
        return TRUE;
      }
  return FALSE;
}

static GVariant *
set_choice (const GValue       *value,
            const GVariantType *type,
            gpointer            user_data)
{
  const char *const *nicks = user_data;

  return g_variant_new_string (nicks[g_value_get_uint (value)]);
}

static void
bind_choice (KmPreferencesDialog *self,
             const char          *key,
             AdwComboRow         *row,
             const char *const   *nicks)
{
  g_settings_bind_with_mapping (self->settings, key, row, "selected",
                                G_SETTINGS_BIND_DEFAULT, get_choice,
                                set_choice, (gpointer) nicks, NULL);
}

static void
on_reset (KmPreferencesDialog *self)
{
  static const char *const keys[] = {
    "danmaku", "danmaku-opacity", "danmaku-size", "danmaku-speed",
    "danmaku-area",
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (self->settings, keys[i]);
}

static void
km_preferences_dialog_dispose (GObject *object)
{
  KmPreferencesDialog *self = KM_PREFERENCES_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_PREFERENCES_DIALOG);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (km_preferences_dialog_parent_class)->dispose (object);
}

static void
km_preferences_dialog_class_init (KmPreferencesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_preferences_dialog_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class,
    "/io/github/kaimu_live/Kaimu/preferences/km-preferences-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, KmPreferencesDialog,
                                        danmaku);
  gtk_widget_class_bind_template_child (widget_class, KmPreferencesDialog,
                                        opacity);
  gtk_widget_class_bind_template_child (widget_class, KmPreferencesDialog,
                                        size);
  gtk_widget_class_bind_template_child (widget_class, KmPreferencesDialog,
                                        speed);
  gtk_widget_class_bind_template_child (widget_class, KmPreferencesDialog,
                                        area);
  gtk_widget_class_bind_template_child (widget_class, KmPreferencesDialog,
                                        quality);
  gtk_widget_class_bind_template_callback (widget_class, on_reset);
}

static void
km_preferences_dialog_init (KmPreferencesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_preferences_dialog_new:
 * @settings: the profile's
 *
 * Returns: (transfer full): the dialog, to present over a window
 */
AdwDialog *
km_preferences_dialog_new (GSettings *settings)
{
  static const char *const areas[] = { "quarter", "half", "full", NULL };
  static const char *const qualities[] = { "360p", "720p", "1080p", NULL };
  KmPreferencesDialog *self = g_object_new (KM_TYPE_PREFERENCES_DIALOG, NULL);

  self->settings = g_object_ref (settings);
  g_settings_bind (settings, "danmaku", self->danmaku, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "danmaku-opacity", self->opacity, "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "danmaku-size", self->size, "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "danmaku-speed", self->speed, "value",
                   G_SETTINGS_BIND_DEFAULT);
  bind_choice (self, "danmaku-area", self->area, areas);
  bind_choice (self, "quality", self->quality, qualities);
  return ADW_DIALOG (self);
}
