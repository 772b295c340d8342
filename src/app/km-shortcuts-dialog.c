/* km-shortcuts-dialog.c: every key, in one list
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadwaita 1.7 has no dialog for this and GTK's own is deprecated, so it is
 * a preferences page whose rows end in the keys.
 *
 * Thread: main.
 */

#include "km-shortcuts-dialog.h"

#include <glib/gi18n.h>

struct _KmShortcutsDialog
{
  AdwDialog parent_instance;

  AdwPreferencesPage *page;
};

G_DEFINE_FINAL_TYPE (KmShortcutsDialog, km_shortcuts_dialog, ADW_TYPE_DIALOG)

/* Where one accelerator doesn't say it, @keys does. */
typedef struct
{
  const char *title;
  const char *accelerator;
  const char *keys;
} Shortcut;

static const Shortcut everywhere[] = {
  { N_("Keyboard Shortcuts"), "<Control>question" },
  { N_("Preferences"), "<Control>comma" },
  { N_("Show the Lobby"), "<Control>n" },
  { N_("Close the Window"), "<Control>w" },
  { N_("Quit"), "<Control>q" },
};

static const Shortcut lobby[] = {
  { N_("Search"), "<Control>f" },
  { N_("Look Again for Rooms"), "<Control>r" },
  { N_("Go Live"), "<Control>l" },
};

static const Shortcut room[] = {
  { N_("Full Screen"), "f" },
  { N_("Mute"), "m" },
  { N_("Flying Comments"), "d" },
  { N_("Pause, or Back to Live"), "space" },
  { N_("Write a Message"), "Return" },
  { N_("Like"), "l" },
  { N_("Give a Gift"), "g" },
  { N_("Vote in a Poll"), NULL, "1 – 9, 0" },
  { N_("Leave the Message or Full Screen"), "Escape" },
  { N_("Show or Hide the Chat"), "F9" },
};

static const Shortcut studio[] = {
  { N_("Go Live or End"), "<Control>l" },
  { N_("Mute the Microphone"), "<Control>m" },
  { N_("Show or Hide the Audience"), "F9" },
};

static GtkWidget *
create_row (const Shortcut *shortcut)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new (NULL);
  g_autofree char *keys = NULL;
  guint key;
  GdkModifierType modifiers;

  if (shortcut->accelerator != NULL)
    {
      gtk_accelerator_parse (shortcut->accelerator, &key, &modifiers);
      keys = gtk_accelerator_get_label (key, modifiers);
    }
  gtk_label_set_label (GTK_LABEL (label),
                       keys != NULL ? keys : shortcut->keys);
  gtk_widget_add_css_class (label, "keycap");
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 _(shortcut->title));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  return row;
}

static void
add_group (KmShortcutsDialog *self,
           const char        *title,
           const Shortcut    *shortcuts,
           guint              n_shortcuts)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  for (guint i = 0; i < n_shortcuts; i++)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group),
                               create_row (&shortcuts[i]));
  adw_preferences_page_add (self->page, ADW_PREFERENCES_GROUP (group));
}

static void
km_shortcuts_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), KM_TYPE_SHORTCUTS_DIALOG);

  G_OBJECT_CLASS (km_shortcuts_dialog_parent_class)->dispose (object);
}

static void
km_shortcuts_dialog_class_init (KmShortcutsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_shortcuts_dialog_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/km-shortcuts-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, KmShortcutsDialog, page);
}

static void
km_shortcuts_dialog_init (KmShortcutsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  add_group (self, _("Everywhere"), everywhere, G_N_ELEMENTS (everywhere));
  add_group (self, _("Lobby"), lobby, G_N_ELEMENTS (lobby));
  add_group (self, _("Room"), room, G_N_ELEMENTS (room));
  add_group (self, _("Studio"), studio, G_N_ELEMENTS (studio));
}

/**
 * km_shortcuts_dialog_new:
 *
 * Returns: (transfer full): the dialog, to present over a window
 */
AdwDialog *
km_shortcuts_dialog_new (void)
{
  return g_object_new (KM_TYPE_SHORTCUTS_DIALOG, NULL);
}
