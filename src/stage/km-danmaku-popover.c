/* km-danmaku-popover.c: a comment that was clicked, to read and to copy
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It flies on; its text stays here until the popover is closed.
 *
 * Thread: main.
 */

#include "km-danmaku-popover.h"

#include <glib/gi18n.h>

static void
copy (GtkButton  *button,
      GtkPopover *popover)
{
  const char *text = g_object_get_data (G_OBJECT (popover), "text");

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), text);
  gtk_popover_popdown (popover);
}

/* Not while the popover is still being closed: it is in use until then. */
static gboolean
unparent (gpointer popover)
{
  if (gtk_widget_get_parent (popover) != NULL)
    gtk_widget_unparent (popover);
  return G_SOURCE_REMOVE;
}

static void
unparent_later (GtkPopover *popover)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, unparent, g_object_ref (popover),
                   g_object_unref);
}

/**
 * km_danmaku_popover_show:
 * @over: what was clicked; unparents its popovers when disposed
 * @where: the comment, in its coordinates
 * @text: what the comment says
 */
void
km_danmaku_popover_show (GtkWidget          *over,
                         const GdkRectangle *where,
                         const char         *text)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *label = gtk_label_new (text);
  GtkWidget *button = gtk_button_new_with_mnemonic (_("_Copy"));

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), button);

  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), where);
  g_object_set_data_full (G_OBJECT (popover), "text", g_strdup (text), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (popover),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Comment"),
                                  -1);
  g_signal_connect (button, "clicked", G_CALLBACK (copy), popover);
  g_signal_connect (popover, "closed", G_CALLBACK (unparent_later), NULL);

  gtk_widget_set_parent (popover, over);
  gtk_popover_popup (GTK_POPOVER (popover));
}
