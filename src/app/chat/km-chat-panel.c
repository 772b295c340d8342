/* km-chat-panel.c: a room's chat: state of the connection, messages, entry
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same panel stands beside the picture of a viewer and below the stage of
 * a streamer. Each window adds what else it has above the messages and below
 * the entry.
 *
 * Thread: main.
 */

#include "km-chat-panel.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "km-chat-list.h"
#include "km-wallet-news.h"
#include "km-words.h"

struct _KmChatPanel
{
  GtkWidget parent_instance;

  GtkWidget *root_child;
  GtkRevealer *status_revealer;
  GtkWidget *status_spinner;
  GtkLabel *status;
  AdwBin *top;
  KmChatList *list;
  KmChatEntry *entry;
  AdwBin *bottom;

  KmRoom *room;
};

G_DEFINE_FINAL_TYPE (KmChatPanel, km_chat_panel, GTK_TYPE_WIDGET)

static const char *
describe (KmChatPanel *self)
{
  const GError *error = km_room_get_error (self->room);

  switch (km_room_get_state (self->room))
    {
    case KM_ROOM_JOINING:
      return _("Joining the chat…");
    case KM_ROOM_RECONNECTING:
      return _("Reconnecting to the chat… What you send waits here.");
    case KM_ROOM_CLOSED:
      return error != NULL ? km_words (error) : _("The chat is closed.");
    case KM_ROOM_ONLINE:
    default:
      return NULL;
    }
}

static void
update (KmChatPanel *self)
{
  const char *words = describe (self);

  if (words != NULL)
    gtk_label_set_text (self->status, words);
  gtk_widget_set_visible (self->status_spinner,
                          km_room_get_state (self->room) != KM_ROOM_CLOSED);
  gtk_revealer_set_reveal_child (self->status_revealer, words != NULL);
}

static void
on_sent (KmChatPanel *self)
{
  km_chat_list_scroll_to_end (self->list);
}

static void
km_chat_panel_dispose (GObject *object)
{
  KmChatPanel *self = KM_CHAT_PANEL (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_CHAT_PANEL);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (km_chat_panel_parent_class)->dispose (object);
}

static void
km_chat_panel_class_init (KmChatPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_chat_panel_dispose;

  g_type_ensure (KM_TYPE_CHAT_LIST);
  g_type_ensure (KM_TYPE_CHAT_ENTRY);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/chat/km-chat-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, KmChatPanel, root_child);
  gtk_widget_class_bind_template_child (widget_class, KmChatPanel,
                                        status_revealer);
  gtk_widget_class_bind_template_child (widget_class, KmChatPanel,
                                        status_spinner);
  gtk_widget_class_bind_template_child (widget_class, KmChatPanel, status);
  gtk_widget_class_bind_template_child (widget_class, KmChatPanel, top);
  gtk_widget_class_bind_template_child (widget_class, KmChatPanel, list);
  gtk_widget_class_bind_template_child (widget_class, KmChatPanel, entry);
  gtk_widget_class_bind_template_child (widget_class, KmChatPanel, bottom);
  gtk_widget_class_bind_template_callback (widget_class, on_sent);
}

static void
km_chat_panel_init (KmChatPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_chat_panel_set_room:
 * @server: whose room it is
 * @room: whose chat to show
 * @settings: the profile's
 *
 * Set once.
 */
void
km_chat_panel_set_room (KmChatPanel *self,
                        KmServer    *server,
                        KmRoom      *room,
                        GSettings   *settings)
{
  g_return_if_fail (self->room == NULL);

  self->room = g_object_ref (room);
  km_chat_list_set_room (self->list, room, km_server_get_wallet (server));
  km_wallet_news_bind (GTK_WIDGET (self), km_server_get_wallet (server));
  km_chat_entry_set_room (self->entry, server, room, settings);
  g_signal_connect_object (room, "notify", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}

/**
 * km_chat_panel_set_top:
 * @top: what stands above the messages
 */
void
km_chat_panel_set_top (KmChatPanel *self,
                       GtkWidget   *top)
{
  adw_bin_set_child (self->top, top);
}

/**
 * km_chat_panel_set_bottom:
 * @bottom: what stands below the entry
 */
void
km_chat_panel_set_bottom (KmChatPanel *self,
                          GtkWidget   *bottom)
{
  adw_bin_set_child (self->bottom, bottom);
  gtk_widget_set_visible (GTK_WIDGET (self->bottom), bottom != NULL);
}

/**
 * km_chat_panel_get_entry:
 *
 * Returns: (transfer none): where messages are written
 */
KmChatEntry *
km_chat_panel_get_entry (KmChatPanel *self)
{
  return self->entry;
}
