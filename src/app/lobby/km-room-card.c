/* km-room-card.c: one live room in the lobby
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A card is a button, so that keyboard, pointer and screen reader use it the
 * same way. It is made once and shows one room after the other as the grid
 * scrolls; a change of the room it shows changes only the labels that differ,
 * so nothing flickers.
 *
 * Thread: main.
 */

#include "km-room-card.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "km-category.h"
#include "km-format.h"
#include "km-ratio-bin.h"

#define NAME_CLUSTERS 24

struct _KmRoomCard
{
  GtkButton parent_instance;

  GtkImage *picture;
  GtkLabel *online;
  AdwAvatar *avatar;
  GtkLabel *title;
  GtkLabel *host;

  GSignalGroup *changes;
  KmRoomItem *item;
};

G_DEFINE_FINAL_TYPE (KmRoomCard, km_room_card, GTK_TYPE_BUTTON)

static void
show_category (KmRoomCard *self,
               KmRoomItem *item)
{
  const char *category = km_room_item_get_category (item);

  gtk_image_set_from_icon_name (self->picture, km_category_get_icon (category));
  for (const char *const *id
         = (const char *const[]) { "gaming", "music", "learning", "shopping",
                                   "talk", "health", NULL };
       *id != NULL;
       id++)
    if (g_strcmp0 (*id, category) == 0)
      gtk_widget_add_css_class (GTK_WIDGET (self->picture), *id);
    else
      gtk_widget_remove_css_class (GTK_WIDGET (self->picture), *id);
}

static void
on_changed (KmRoomCard *self)
{
  KmRoomItem *item = self->item;
  g_autofree char *host = NULL;
  g_autofree char *online = NULL;
  g_autofree char *name = NULL;
  const char *title;

  if (item == NULL)
    return;

  title = km_room_item_get_title (item);
  host = km_format_short_name (km_room_item_get_host_name (item),
                               NAME_CLUSTERS);
  if (title == NULL || *title == '\0')
    title = host;
  online = km_format_count (km_room_item_get_online (item));

  show_category (self, item);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->host, host);
  gtk_label_set_label (self->online, online);
  adw_avatar_set_text (self->avatar, host);

  /* Translators: a live room for the screen reader: title, host, watching */
  name = g_strdup_printf (_("%s, %s, live, %s watching"), title, host, online);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
on_clicked (KmRoomCard *self)
{
  KmRoomItem *item = self->item;

  if (item != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "lobby.open-room", "s",
                                km_room_item_get_id (item));
}

static void
km_room_card_dispose (GObject *object)
{
  KmRoomCard *self = KM_ROOM_CARD (object);

  g_clear_object (&self->changes);
  g_clear_object (&self->item);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_ROOM_CARD);

  G_OBJECT_CLASS (km_room_card_parent_class)->dispose (object);
}

static void
km_room_card_class_init (KmRoomCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_room_card_dispose;

  g_type_ensure (KM_TYPE_RATIO_BIN);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/lobby/km-room-card.ui");
  gtk_widget_class_bind_template_child (widget_class, KmRoomCard, picture);
  gtk_widget_class_bind_template_child (widget_class, KmRoomCard, online);
  gtk_widget_class_bind_template_child (widget_class, KmRoomCard, avatar);
  gtk_widget_class_bind_template_child (widget_class, KmRoomCard, title);
  gtk_widget_class_bind_template_child (widget_class, KmRoomCard, host);
}

static void
km_room_card_init (KmRoomCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->changes = g_signal_group_new (KM_TYPE_ROOM_ITEM);
  g_signal_group_connect_swapped (self->changes, "notify",
                                  G_CALLBACK (on_changed), self);
  g_signal_connect (self, "clicked", G_CALLBACK (on_clicked), NULL);
}

/**
 * km_room_card_new:
 *
 * Returns: (transfer floating): an empty card
 */
GtkWidget *
km_room_card_new (void)
{
  return g_object_new (KM_TYPE_ROOM_CARD, NULL);
}

/**
 * km_room_card_set_item:
 * @item: (nullable): the room to show
 */
void
km_room_card_set_item (KmRoomCard *self,
                       KmRoomItem *item)
{
  g_set_object (&self->item, item);
  g_signal_group_set_target (self->changes, item);
  on_changed (self);
}

/**
 * km_room_card_get_item:
 *
 * Returns: (transfer none) (nullable): the room that is shown
 */
KmRoomItem *
km_room_card_get_item (KmRoomCard *self)
{
  return self->item;
}
