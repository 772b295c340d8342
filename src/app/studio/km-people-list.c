/* km-people-list.c: who is in the room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server is asked only while somebody looks.
 *
 * Thread: main.
 */

#include "km-people-list.h"

#include <glib/gi18n.h>

#include "km-format.h"
#include "km-person-row.h"

struct _KmPeopleList
{
  GtkWidget parent_instance;

  GtkStack *pages;
  GtkLabel *numbers;
  GtkListView *view;

  KmRoom *room;
  gboolean watching;
};

G_DEFINE_FINAL_TYPE (KmPeopleList, km_people_list, GTK_TYPE_WIDGET)

static char *
dup_numbers (guint n_people,
             guint n_guests)
{
  g_autofree char *people_number = km_format_number (n_people);
  g_autofree char *guests_number = km_format_number (n_guests);
  g_autofree char *people = g_strdup_printf (
    /* Translators: how many in the room have an account */
    ngettext ("%s signed in", "%s signed in", n_people), people_number);
  g_autofree char *guests = g_strdup_printf (
    /* Translators: how many in the room have none */
    ngettext ("%s guest", "%s guests", n_guests), guests_number);

  if (n_guests == 0)
    return g_steal_pointer (&people);
  /* Translators: "3 signed in", "2 guests" */
  return g_strdup_printf (_("%s · %s"), people, guests);
}

static void
update (KmPeopleList *self)
{
  guint n_people = g_list_model_get_n_items (km_room_get_people (self->room));
  guint n_guests = km_room_get_guests (self->room);
  g_autofree char *numbers = dup_numbers (n_people, n_guests);

  gtk_label_set_text (self->numbers, numbers);
  gtk_stack_set_visible_child_name (
    self->pages, n_people + n_guests > 0 ? "people" : "empty");
}

static void
watch (KmPeopleList *self,
       gboolean      wanted)
{
  if (self->room == NULL || wanted == self->watching)
    return;

  self->watching = wanted;
  if (wanted)
    km_room_watch_people (self->room);
  else
    km_room_unwatch_people (self->room);
}

static void
on_setup (KmPeopleList *self,
          GtkListItem  *list_item)
{
  gtk_list_item_set_child (list_item, km_person_row_new ());
  gtk_list_item_set_activatable (list_item, FALSE);
  gtk_list_item_set_selectable (list_item, FALSE);
}

static void
on_bind (KmPeopleList *self,
         GtkListItem  *list_item)
{
  KmRoomPerson *person = gtk_list_item_get_item (list_item);
  g_autofree char *title = km_person_row_dup_title (person);

  km_person_row_show (KM_PERSON_ROW (gtk_list_item_get_child (list_item)),
                      person);
  gtk_list_item_set_accessible_label (list_item, title);
}

static void
km_people_list_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (km_people_list_parent_class)->map (widget);
  watch (KM_PEOPLE_LIST (widget), TRUE);
}

static void
km_people_list_unmap (GtkWidget *widget)
{
  watch (KM_PEOPLE_LIST (widget), FALSE);
  GTK_WIDGET_CLASS (km_people_list_parent_class)->unmap (widget);
}

static void
km_people_list_dispose (GObject *object)
{
  KmPeopleList *self = KM_PEOPLE_LIST (object);

  watch (self, FALSE);
  if (self->room != NULL)
    g_signal_handlers_disconnect_by_data (km_room_get_people (self->room),
                                          self);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_PEOPLE_LIST);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (km_people_list_parent_class)->dispose (object);
}

static void
km_people_list_class_init (KmPeopleListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_people_list_dispose;
  widget_class->map = km_people_list_map;
  widget_class->unmap = km_people_list_unmap;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-people-list.ui");
  gtk_widget_class_bind_template_child (widget_class, KmPeopleList, pages);
  gtk_widget_class_bind_template_child (widget_class, KmPeopleList, numbers);
  gtk_widget_class_bind_template_child (widget_class, KmPeopleList, view);
}

static void
km_people_list_init (KmPeopleList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->view, factory);
}

/**
 * km_people_list_set_room:
 * @room: whose people to show; set once
 */
void
km_people_list_set_room (KmPeopleList *self,
                         KmRoom       *room)
{
  GListModel *people = km_room_get_people (room);
  g_autoptr (GtkNoSelection) selection
    = gtk_no_selection_new (g_object_ref (people));

  g_return_if_fail (self->room == NULL);

  self->room = g_object_ref (room);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (people, "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (room, "notify::guests", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  watch (self, gtk_widget_get_mapped (GTK_WIDGET (self)));
}
