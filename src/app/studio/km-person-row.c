/* km-person-row.c: somebody who is in the room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-person-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "km-format.h"

#define NAME_CLUSTERS 24

struct _KmPersonRow
{
  GtkWidget parent_instance;

  GtkWidget *root_child;
  AdwAvatar *avatar;
  GtkLabel *shown_name;
  GtkLabel *name;
  GtkWidget *badge;
};

G_DEFINE_FINAL_TYPE (KmPersonRow, km_person_row, GTK_TYPE_WIDGET)

static void
km_person_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), KM_TYPE_PERSON_ROW);

  G_OBJECT_CLASS (km_person_row_parent_class)->dispose (object);
}

static void
km_person_row_class_init (KmPersonRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_person_row_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-person-row.ui");
  gtk_widget_class_bind_template_child (widget_class, KmPersonRow, root_child);
  gtk_widget_class_bind_template_child (widget_class, KmPersonRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, KmPersonRow, shown_name);
  gtk_widget_class_bind_template_child (widget_class, KmPersonRow, name);
  gtk_widget_class_bind_template_child (widget_class, KmPersonRow, badge);
}

static void
km_person_row_init (KmPersonRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_person_row_new:
 *
 * Returns: (transfer floating): an empty row
 */
GtkWidget *
km_person_row_new (void)
{
  return g_object_new (KM_TYPE_PERSON_ROW, NULL);
}

/**
 * km_person_row_show:
 * @person: who
 */
void
km_person_row_show (KmPersonRow  *self,
                    KmRoomPerson *person)
{
  const char *name = km_room_person_get_name (person);
  g_autofree char *shown_name = km_format_short_name (
    km_room_person_get_shown_name (person), NAME_CLUSTERS);
  g_autofree char *unique = g_strconcat ("@", name, NULL);

  adw_avatar_set_text (self->avatar, shown_name);
  gtk_label_set_text (self->shown_name, shown_name);
  gtk_label_set_text (self->name, unique);
  gtk_widget_set_visible (GTK_WIDGET (self->name),
                          g_strcmp0 (name, shown_name) != 0);
  gtk_widget_set_visible (self->badge,
                          km_room_person_get_role (person) == KM_ROLE_HOST);
}

/**
 * km_person_row_dup_title:
 * @person: who
 *
 * Returns: (transfer full): that, for the screen reader
 */
char *
km_person_row_dup_title (KmRoomPerson *person)
{
  g_autofree char *name = km_format_short_name (
    km_room_person_get_shown_name (person), NAME_CLUSTERS);

  if (km_room_person_get_role (person) == KM_ROLE_HOST)
    /* Translators: for the screen reader: a name, and what the person is */
    return g_strdup_printf (_("%s, host"), name);
  return g_steal_pointer (&name);
}
