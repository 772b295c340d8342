/* km-chat-row.c: a message, a gift or a poll's end in the panel
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a stranger wrote is only ever given to a label as text, never as
 * markup. A row is made once and shows one message after the other while the
 * list scrolls. One's own messages that the server doesn't have yet say so,
 * and can be sent again or thrown away when it refused them. A gift's row grows
 * with its combo. A deleted message says so.
 *
 * Thread: main.
 */

#include "km-chat-row.h"

#include <glib/gi18n.h>

#include "km-chat-gift.h"
#include "km-chat-poll.h"
#include "km-format.h"
#include "km-report-dialog.h"
#include "km-toast.h"
#include "km-words.h"

#define NAME_CLUSTERS 24
#define N_COLORS      6

struct _KmChatRow
{
  GtkWidget parent_instance;

  GtkWidget *root_child;
  GtkLabel *name;
  GtkLabel *badge;
  GtkLabel *time;
  GtkLabel *text;
  KmChatGift *gift;
  KmChatPoll *poll;
  GtkWidget *state;
  GtkLabel *state_label;
  GtkWidget *retry;
  GtkWidget *discard;
  GtkWidget *menu; /* (nullable): made when it is first wanted */

  KmWallet *wallet;
  KmRoom *room;
  KmRoomMessage *message;
};

G_DEFINE_FINAL_TYPE (KmChatRow, km_chat_row, GTK_TYPE_WIDGET)

static void
update_state (KmChatRow *self)
{
  KmRoomMessageState state = km_room_message_get_state (self->message);
  const GError *error = km_room_message_get_error (self->message);
  gboolean failed = state == KM_ROOM_MESSAGE_FAILED;

  gtk_widget_set_visible (self->state, state != KM_ROOM_MESSAGE_SENT);
  gtk_widget_set_visible (self->retry, failed);
  gtk_widget_set_visible (self->discard, failed);
  gtk_label_set_label (self->state_label,
                       !failed ? _("Sending…")
                       : error != NULL ? km_words (error) : _("Not sent"));
  if (failed)
    gtk_widget_add_css_class (GTK_WIDGET (self->state_label), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_label), "error");
  gtk_widget_set_opacity (GTK_WIDGET (self->text),
                          state == KM_ROOM_MESSAGE_SENT ? 1.0 : 0.6);
  gtk_widget_set_opacity (GTK_WIDGET (self->gift),
                          state == KM_ROOM_MESSAGE_SENT ? 1.0 : 0.6);
}

/* Each person keeps one of a few colors of names. */
static void
color_name (KmChatRow *self)
{
  const char *id = km_room_message_get_from_id (self->message);
  guint chosen = g_str_hash (id != NULL ? id : "") % N_COLORS;

  for (guint i = 0; i < N_COLORS; i++)
    {
      char style[] = "name-0";

      style[5] = (char) ('0' + i);
      if (i == chosen)
        gtk_widget_add_css_class (GTK_WIDGET (self->name), style);
      else
        gtk_widget_remove_css_class (GTK_WIDGET (self->name), style);
    }
}

/* What stands where a message was; NULL: it is there. */
static const char *
get_epitaph (KmRoomMessage *message)
{
  switch (km_room_message_get_deletion (message))
    {
    case KM_DELETION_AUTHOR:
      return _("Deleted by its author");
    case KM_DELETION_HOST:
      return _("Deleted by the host");
    default:
      return NULL;
    }
}

static void
update_text (KmChatRow *self)
{
  const char *epitaph = get_epitaph (self->message);

  gtk_label_set_text (self->text, epitaph != NULL ? epitaph
                      : km_room_message_get_text (self->message));
  if (epitaph != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->text), "dimmed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->text), "dimmed");
}

static void
update_content (KmChatRow *self)
{
  KmRoomMessageKind kind = km_room_message_get_kind (self->message);

  gtk_widget_set_visible (GTK_WIDGET (self->text),
                          kind == KM_ROOM_MESSAGE_CHAT);
  gtk_widget_set_visible (GTK_WIDGET (self->gift),
                          kind == KM_ROOM_MESSAGE_GIFT);
  gtk_widget_set_visible (GTK_WIDGET (self->poll),
                          kind == KM_ROOM_MESSAGE_POLL);
  update_text (self);
  if (kind == KM_ROOM_MESSAGE_GIFT)
    km_chat_gift_show (self->gift, km_room_message_get_gift (self->message),
                       self->wallet);
  else if (kind == KM_ROOM_MESSAGE_POLL)
    km_chat_poll_show (self->poll, km_room_message_get_poll (self->message));
}

/* A poll is nobody's. */
static char *
dup_name (KmChatRow *self)
{
  if (km_room_message_get_kind (self->message) == KM_ROOM_MESSAGE_POLL)
    return g_strdup (_("Poll Result"));
  return km_format_short_name (km_room_message_get_from_name (self->message),
                               NAME_CLUSTERS);
}

static void
update (KmChatRow *self)
{
  g_autofree char *name = NULL;
  g_autofree char *time = NULL;

  if (self->message == NULL)
    return;

  name = dup_name (self);
  time = km_format_time (km_room_message_get_at (self->message));
  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->time, time);
  gtk_label_set_text (self->badge, _("Host"));
  gtk_widget_set_visible (GTK_WIDGET (self->badge),
                          km_room_message_get_role (self->message)
                            == KM_ROLE_HOST);
  color_name (self);
  update_content (self);
  update_state (self);
}

static void
on_retry_clicked (KmChatRow *self)
{
  km_room_retry (self->room, self->message);
}

static void
on_discard_clicked (KmChatRow *self)
{
  km_room_discard (self->room, self->message);
}

/* Who said what. */
static char *
dup_title (KmRoomMessage *message)
{
  g_autofree char *name = NULL;
  const char *epitaph;

  switch (km_room_message_get_kind (message))
    {
    case KM_ROOM_MESSAGE_GIFT:
      return km_chat_gift_dup_title (km_room_message_get_gift (message));
    case KM_ROOM_MESSAGE_POLL:
      return km_chat_poll_dup_title (km_room_message_get_poll (message));
    case KM_ROOM_MESSAGE_CHAT:
    default:
      name = km_format_short_name (km_room_message_get_from_name (message),
                                   NAME_CLUSTERS);
      epitaph = get_epitaph (message);
      /* Translators: a chat message for the screen reader: who, what */
      return g_strdup_printf (_("%s: %s"), name,
                              epitaph != NULL ? epitaph
                              : km_room_message_get_text (message));
    }
}

static void
on_copy (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  KmChatRow *self = KM_CHAT_ROW (widget);
  g_autofree char *title = NULL;

  if (self->message == NULL)
    return;

  title = dup_title (self->message);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                          km_room_message_get_kind (self->message)
                              == KM_ROOM_MESSAGE_CHAT
                            ? km_room_message_get_text (self->message) : title);
}

static void
on_deleted (GObject      *object,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (KmChatRow) self = data;
  g_autoptr (GError) error = NULL;

  if (!km_room_delete_finish (KM_ROOM (object), result, &error))
    km_toast_error (GTK_WIDGET (self), error);
}

static void
on_delete (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  KmChatRow *self = KM_CHAT_ROW (widget);

  if (self->message != NULL && km_room_may_delete (self->room, self->message))
    km_room_delete_async (self->room, self->message, NULL, on_deleted,
                          g_object_ref (self));
}

static void
on_report (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  KmChatRow *self = KM_CHAT_ROW (widget);

  if (self->message != NULL && km_room_may_report (self->room, self->message))
    km_report_dialog_present (self->room, self->message, widget);
}

/* Returns: (transfer full): what can be done with the message, maybe nothing */
static GMenuModel *
make_menu (KmChatRow *self)
{
  GMenu *menu = g_menu_new ();

  if (get_epitaph (self->message) == NULL)
    g_menu_append (menu, _("_Copy"), "row.copy");
  if (km_room_may_report (self->room, self->message))
    g_menu_append (menu, _("_Report…"), "row.report");
  if (km_room_may_delete (self->room, self->message))
    g_menu_append (menu, _("_Delete"), "row.delete");

  return G_MENU_MODEL (menu);
}

static void
show_menu (KmChatRow *self,
           double     x,
           double     y)
{
  g_autoptr (GMenuModel) model = NULL;

  if (self->message == NULL)
    return;
  model = make_menu (self);
  if (g_menu_model_get_n_items (model) == 0)
    return;

  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (model);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
    }
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), model);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_secondary_click (KmChatRow *self,
                    int        n_press,
                    double     x,
                    double     y)
{
  show_menu (self, x, y);
}

static void
on_long_press (KmChatRow *self,
               double     x,
               double     y)
{
  show_menu (self, x, y);
}

static void
km_chat_row_dispose (GObject *object)
{
  KmChatRow *self = KM_CHAT_ROW (object);

  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_CHAT_ROW);
  g_clear_object (&self->message);
  g_clear_object (&self->room);
  g_clear_object (&self->wallet);

  G_OBJECT_CLASS (km_chat_row_parent_class)->dispose (object);
}

static void
km_chat_row_class_init (KmChatRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_chat_row_dispose;

  g_type_ensure (KM_TYPE_CHAT_GIFT);
  g_type_ensure (KM_TYPE_CHAT_POLL);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/chat/km-chat-row.ui");
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, root_child);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, name);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, badge);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, time);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, text);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, gift);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, poll);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, state);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, retry);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, discard);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_discard_clicked);
  gtk_widget_class_install_action (widget_class, "row.copy", NULL, on_copy);
  gtk_widget_class_install_action (widget_class, "row.delete", NULL, on_delete);
  gtk_widget_class_install_action (widget_class, "row.report", NULL, on_report);
}

static void
km_chat_row_init (KmChatRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();

  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click),
                                 GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_secondary_click),
                            self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect_swapped (press, "pressed", G_CALLBACK (on_long_press), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (press));
}

/* NULL lets go of the last one. */
static void
set_message (KmChatRow     *self,
             KmRoom        *room,
             KmRoomMessage *message)
{
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  if (self->menu != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->menu));
  g_set_object (&self->room, room);
  g_set_object (&self->message, message);
  if (message != NULL)
    g_signal_connect_object (message, "notify", G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
  update (self);
}

/**
 * km_chat_row_open_menu:
 * @self: a row with a message
 *
 * What can be done with the message, if anything: for the keyboard.
 */
void
km_chat_row_open_menu (KmChatRow *self)
{
  graphene_rect_t bounds;

  g_return_if_fail (KM_IS_CHAT_ROW (self));

  if (gtk_widget_compute_bounds (GTK_WIDGET (self->text), GTK_WIDGET (self),
                                 &bounds))
    show_menu (self, bounds.origin.x, bounds.origin.y + bounds.size.height);
}

/**
 * km_chat_row_set_up:
 * @list_item: of a list of messages, new
 * @wallet: of the server, which has the pictures of gifts
 *
 * Gives it a row.
 */
void
km_chat_row_set_up (GtkListItem *list_item,
                    KmWallet    *wallet)
{
  KmChatRow *row = g_object_new (KM_TYPE_CHAT_ROW, NULL);

  row->wallet = g_object_ref (wallet);
  gtk_list_item_set_child (list_item, GTK_WIDGET (row));
  gtk_list_item_set_activatable (list_item, FALSE);
  gtk_list_item_set_selectable (list_item, FALSE);
}

static void
update_label (GtkListItem   *list_item,
              GParamSpec    *pspec,
              KmRoomMessage *message)
{
  g_autofree char *title = dup_title (message);

  gtk_list_item_set_accessible_label (list_item, title);
}

/**
 * km_chat_row_bind:
 * @list_item: a set up one, which has got its message
 * @room: where that was said
 *
 * Shows it, to a screen reader, too, and follows what becomes of it.
 */
void
km_chat_row_bind (GtkListItem *list_item,
                  KmRoom      *room)
{
  KmRoomMessage *message = gtk_list_item_get_item (list_item);

  set_message (KM_CHAT_ROW (gtk_list_item_get_child (list_item)), room,
               message);
  g_signal_connect_object (message, "notify", G_CALLBACK (update_label),
                           list_item, G_CONNECT_SWAPPED);
  update_label (list_item, NULL, message);
}

/**
 * km_chat_row_unbind:
 * @list_item: a bound one, which still has its message
 *
 * Lets go of the message.
 */
void
km_chat_row_unbind (GtkListItem *list_item)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (list_item),
                                        list_item);
  set_message (KM_CHAT_ROW (gtk_list_item_get_child (list_item)), NULL, NULL);
}
