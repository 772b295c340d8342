/* km-chat-row.c: one message in the panel
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a stranger wrote is only ever given to a label as text, never as
 * markup. A row is made once and shows one message after the other while the
 * list scrolls. One's own messages that the server doesn't have yet say so,
 * and can be sent again or thrown away when it refused them.
 *
 * Thread: main.
 */

#include "km-chat-row.h"

#include <glib/gi18n.h>

#include "km-format.h"
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
  GtkWidget *state;
  GtkLabel *state_label;
  GtkWidget *retry;
  GtkWidget *discard;

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

static void
update (KmChatRow *self)
{
  g_autofree char *name = NULL;
  g_autofree char *time = NULL;

  if (self->message == NULL)
    return;

  name = km_format_short_name (km_room_message_get_from_name (self->message),
                               NAME_CLUSTERS);
  time = km_format_time (km_room_message_get_at (self->message));
  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->time, time);
  gtk_label_set_text (self->text, km_room_message_get_text (self->message));
  gtk_label_set_text (self->badge, _("Host"));
  gtk_widget_set_visible (GTK_WIDGET (self->badge),
                          km_room_message_get_role (self->message)
                            == KM_ROLE_HOST);
  color_name (self);
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

static void
on_copy (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  KmChatRow *self = KM_CHAT_ROW (widget);

  if (self->message != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                            km_room_message_get_text (self->message));
}

static void
show_menu (KmChatRow *self,
           double     x,
           double     y)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *popover;

  g_menu_append (menu, _("_Copy"), "row.copy");
  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (popover, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover),
                               &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  g_signal_connect (popover, "closed", G_CALLBACK (gtk_widget_unparent), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
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
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_CHAT_ROW);
  g_clear_object (&self->message);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (km_chat_row_parent_class)->dispose (object);
}

static void
km_chat_row_class_init (KmChatRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_chat_row_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/chat/km-chat-row.ui");
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, root_child);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, name);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, badge);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, time);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, text);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, state);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, retry);
  gtk_widget_class_bind_template_child (widget_class, KmChatRow, discard);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_discard_clicked);
  gtk_widget_class_install_action (widget_class, "row.copy", NULL, on_copy);
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

/**
 * km_chat_row_new:
 *
 * Returns: (transfer floating): an empty row
 */
GtkWidget *
km_chat_row_new (void)
{
  return g_object_new (KM_TYPE_CHAT_ROW, NULL);
}

/**
 * km_chat_row_set_message:
 * @room: (nullable): where @message was said
 * @message: (nullable): what to show; %NULL lets go of the last one
 */
void
km_chat_row_set_message (KmChatRow     *self,
                         KmRoom        *room,
                         KmRoomMessage *message)
{
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_set_object (&self->room, room);
  g_set_object (&self->message, message);
  if (message != NULL)
    g_signal_connect_object (message, "notify", G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
  update (self);
}

/**
 * km_chat_row_dup_title:
 * @message: a message
 *
 * Returns: (transfer full): who said what, for the screen reader
 */
char *
km_chat_row_dup_title (KmRoomMessage *message)
{
  g_autofree char *name
    = km_format_short_name (km_room_message_get_from_name (message),
                            NAME_CLUSTERS);

  /* Translators: a chat message for the screen reader: who, what */
  return g_strdup_printf (_("%s: %s"), name,
                          km_room_message_get_text (message));
}
