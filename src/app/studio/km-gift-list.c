/* km-gift-list.c: what the host was given, newest at the top
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chat forgets what scrolled away long ago; gifts are kept until the next
 * stream begins. Those of a combo share a row, as in the chat.
 *
 * Thread: main.
 */

#include "km-gift-list.h"

#include <glib/gi18n.h>

#include "km-chat-row.h"
#include "km-format.h"
#include "km-wallet-dialog.h"

#define GIFTS_MAX 1000

struct _KmGiftList
{
  GtkWidget parent_instance;

  GtkWidget *root_child;
  GtkLabel *income;
  GtkStack *pages;
  GtkListView *view;

  KmServer *server;
  KmRoom *room;
  GListStore *gifts; /* KmRoomMessage */
};

G_DEFINE_FINAL_TYPE (KmGiftList, km_gift_list, GTK_TYPE_WIDGET)

static void
update_income (KmGiftList *self)
{
  KmWallet *wallet = km_server_get_wallet (self->server);
  g_autofree char *coins = km_format_coins (km_wallet_get_income (wallet));

  gtk_label_set_text (self->income,
                      km_wallet_get_loaded (wallet) ? coins : "–");
}

static void
update_page (KmGiftList *self)
{
  gtk_stack_set_visible_child_name (
    self->pages,
    g_list_model_get_n_items (G_LIST_MODEL (self->gifts)) > 0 ? "gifts"
                                                              : "empty");
}

/* After a long time away the room may tell again what it told before. */
static gboolean
has (KmGiftList    *self,
     KmRoomMessage *message)
{
  guint n_gifts = g_list_model_get_n_items (G_LIST_MODEL (self->gifts));

  for (guint i = 0; i < n_gifts; i++)
    {
      g_autoptr (KmRoomMessage) gift
        = g_list_model_get_item (G_LIST_MODEL (self->gifts), i);

      if (g_strcmp0 (km_room_message_get_id (gift),
                     km_room_message_get_id (message)) == 0)
        return TRUE;
    }

  return FALSE;
}

static void
take (KmGiftList    *self,
      KmRoomMessage *message)
{
  gint64 since_ms = km_room_get_live (self->room)
                      ? km_room_get_since (self->room) : -1;

  if (km_room_message_get_kind (message) != KM_ROOM_MESSAGE_GIFT
      || km_room_message_get_at (message) < since_ms || has (self, message))
    return;

  g_list_store_insert (self->gifts, 0, message);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->gifts)) > GIFTS_MAX)
    g_list_store_remove (self->gifts, GIFTS_MAX);
}

static void
on_messages_changed (KmGiftList *self,
                     guint       position,
                     guint       removed,
                     guint       added,
                     GListModel *messages)
{
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (KmRoomMessage) message
        = g_list_model_get_item (messages, position + i);

      take (self, message);
    }
  update_page (self);
}

static void
on_stream_started (KmGiftList *self)
{
  g_list_store_remove_all (self->gifts);
  update_page (self);
}

static void
on_wallet_clicked (KmGiftList *self)
{
  if (self->server != NULL)
    adw_dialog_present (km_wallet_dialog_new (self->server),
                        GTK_WIDGET (self));
}

static void
on_setup (KmGiftList   *self,
          GtkListItem *list_item)
{
  km_chat_row_set_up (list_item, km_server_get_wallet (self->server));
}

static void
on_bind (KmGiftList   *self,
         GtkListItem *list_item)
{
  km_chat_row_bind (list_item, self->room);
}

static void
on_unbind (KmGiftList   *self,
           GtkListItem *list_item)
{
  km_chat_row_unbind (list_item);
}

static void
km_gift_list_dispose (GObject *object)
{
  KmGiftList *self = KM_GIFT_LIST (object);

  if (self->room != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->room, self);
      g_signal_handlers_disconnect_by_data (km_room_get_messages (self->room),
                                            self);
      g_signal_handlers_disconnect_by_data (
        km_server_get_wallet (self->server), self);
    }
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_GIFT_LIST);
  g_clear_object (&self->gifts);
  g_clear_object (&self->room);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (km_gift_list_parent_class)->dispose (object);
}

static void
km_gift_list_class_init (KmGiftListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_gift_list_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-gift-list.ui");
  gtk_widget_class_bind_template_child (widget_class, KmGiftList, root_child);
  gtk_widget_class_bind_template_child (widget_class, KmGiftList, income);
  gtk_widget_class_bind_template_child (widget_class, KmGiftList, pages);
  gtk_widget_class_bind_template_child (widget_class, KmGiftList, view);
  gtk_widget_class_bind_template_callback (widget_class, on_wallet_clicked);
}

static void
km_gift_list_init (KmGiftList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->gifts = g_list_store_new (KM_TYPE_ROOM_MESSAGE);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->view, factory);
}

/**
 * km_gift_list_set_room:
 * @server: where one is signed in
 * @room: one's own there; set once
 */
void
km_gift_list_set_room (KmGiftList *self,
                       KmServer   *server,
                       KmRoom     *room)
{
  GListModel *messages = km_room_get_messages (room);
  g_autoptr (GtkNoSelection) selection
    = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->gifts)));

  g_return_if_fail (self->room == NULL);

  self->server = g_object_ref (server);
  self->room = g_object_ref (room);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (messages, "items-changed",
                           G_CALLBACK (on_messages_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (room, "stream-started",
                           G_CALLBACK (on_stream_started), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (km_server_get_wallet (server), "notify",
                           G_CALLBACK (update_income), self,
                           G_CONNECT_SWAPPED);
  on_messages_changed (self, 0, 0, g_list_model_get_n_items (messages),
                       messages);
  update_income (self);
}
