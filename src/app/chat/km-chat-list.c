/* km-chat-list.c: what was said, newest at the bottom
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list stays at its end while it is there; who scrolls up to read stays
 * where they are, and a pill counts what came since and leads back. The list
 * is at its end until a person scrolls: growing moves the end, not the reader.
 * A list view that is being laid out loses what it is told, and says that it
 * was moved; so it is led back to its end behind the layout, and until then
 * nothing that moves it is taken for a person.
 *
 * Thread: main.
 */

#include "km-chat-list.h"

#include <glib/gi18n.h>

#include "km-chat-row.h"
#include "km-format.h"

/* Nearer than this to the end counts as at the end. */
#define END_PX 24

struct _KmChatList
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkListView *view;
  GtkRevealer *pill_revealer;
  GtkButton *pill;

  KmRoom *room;
  KmWallet *wallet;
  gboolean at_end;
  guint settling; /* an idle source; 0: nothing is under way */
  guint n_new;
};

G_DEFINE_FINAL_TYPE (KmChatList, km_chat_list, ADW_TYPE_BIN)

static void
update_pill (KmChatList *self)
{
  gboolean needed = !self->at_end && self->n_new > 0;

  if (needed)
    {
      g_autofree char *count = km_format_count (self->n_new);
      /* Translators: how many messages came while the reader was elsewhere */
      g_autofree char *label
        = g_strdup_printf (ngettext ("%s New Message", "%s New Messages",
                                     self->n_new), count);

      gtk_button_set_label (self->pill, label);
    }
  gtk_revealer_set_reveal_child (self->pill_revealer, needed);
  gtk_widget_set_can_target (GTK_WIDGET (self->pill_revealer), needed);
}

static gboolean
settle (gpointer data)
{
  KmChatList *self = data;
  guint n_items = 0;

  self->settling = 0;
  if (self->room != NULL)
    n_items = g_list_model_get_n_items (km_room_get_messages (self->room));
  if (self->at_end && n_items > 0)
    gtk_list_view_scroll_to (self->view, n_items - 1, GTK_LIST_SCROLL_NONE,
                             NULL);

  return G_SOURCE_REMOVE;
}

static void
stay_at_end (KmChatList *self)
{
  if (self->settling == 0)
    self->settling = g_idle_add_full (G_PRIORITY_DEFAULT, settle, self, NULL);
}

static void
on_adjustment_changed (KmChatList    *self,
                       GtkAdjustment *adjustment)
{
  if (self->at_end)
    stay_at_end (self);
}

static void
on_adjustment_value_changed (KmChatList    *self,
                             GtkAdjustment *adjustment)
{
  if (self->settling != 0)
    return;

  self->at_end = gtk_adjustment_get_value (adjustment)
                   + gtk_adjustment_get_page_size (adjustment)
                 >= gtk_adjustment_get_upper (adjustment) - END_PX;
  if (self->at_end)
    self->n_new = 0;
  update_pill (self);
}

static void
on_items_changed (KmChatList *self,
                  guint       position,
                  guint       removed,
                  guint       added,
                  GListModel *messages)
{
  guint n_items = g_list_model_get_n_items (messages);

  gtk_stack_set_visible_child_name (self->stack,
                                    n_items > 0 ? "messages" : "empty");
  if (n_items == 0)
    self->at_end = TRUE;
  else if (self->at_end)
    stay_at_end (self);
  else if (added > removed)
    self->n_new += added - removed;
  update_pill (self);
}

static void
on_pill_clicked (KmChatList *self)
{
  km_chat_list_scroll_to_end (self);
}

static void
on_setup (KmChatList   *self,
          GtkListItem *list_item)
{
  km_chat_row_set_up (list_item, self->wallet);
}

static void
on_bind (KmChatList   *self,
         GtkListItem *list_item)
{
  km_chat_row_bind (list_item, self->room);
}

static void
on_unbind (KmChatList   *self,
           GtkListItem *list_item)
{
  km_chat_row_unbind (list_item);
}

/* The keyboard's focus is on the item around a row, or inside the row. */
static void
on_menu (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  GtkWidget *row;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, widget))
    return;

  row = gtk_widget_get_ancestor (focus, KM_TYPE_CHAT_ROW);
  if (row == NULL)
    row = gtk_widget_get_first_child (focus);
  if (KM_IS_CHAT_ROW (row))
    km_chat_row_open_menu (KM_CHAT_ROW (row));
}

static void
km_chat_list_dispose (GObject *object)
{
  KmChatList *self = KM_CHAT_LIST (object);

  g_clear_handle_id (&self->settling, g_source_remove);
  if (self->room != NULL)
    g_signal_handlers_disconnect_by_data (km_room_get_messages (self->room),
                                          self);
  /* The bin would unparent it once more. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_CHAT_LIST);
  g_clear_object (&self->room);
  g_clear_object (&self->wallet);

  G_OBJECT_CLASS (km_chat_list_parent_class)->dispose (object);
}

static void
km_chat_list_class_init (KmChatListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_chat_list_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/chat/km-chat-list.ui");
  gtk_widget_class_bind_template_child (widget_class, KmChatList, stack);
  gtk_widget_class_bind_template_child (widget_class, KmChatList, scroller);
  gtk_widget_class_bind_template_child (widget_class, KmChatList, view);
  gtk_widget_class_bind_template_child (widget_class, KmChatList,
                                        pill_revealer);
  gtk_widget_class_bind_template_child (widget_class, KmChatList, pill);
  gtk_widget_class_bind_template_callback (widget_class, on_pill_clicked);
  gtk_widget_class_install_action (widget_class, "list.menu", NULL, on_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0,
                                       "list.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10,
                                       GDK_SHIFT_MASK, "list.menu", NULL);
}

static void
km_chat_list_init (KmChatList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->at_end = TRUE;
  update_pill (self);

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->view, factory);

  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (adjustment, "changed",
                           G_CALLBACK (on_adjustment_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed",
                           G_CALLBACK (on_adjustment_value_changed), self,
                           G_CONNECT_SWAPPED);
}

/**
 * km_chat_list_set_room:
 * @room: whose messages to show; set once
 * @wallet: of its server, which has the pictures of gifts
 */
void
km_chat_list_set_room (KmChatList *self,
                       KmRoom     *room,
                       KmWallet   *wallet)
{
  GListModel *messages = km_room_get_messages (room);
  g_autoptr (GtkNoSelection) selection
    = gtk_no_selection_new (g_object_ref (messages));

  g_return_if_fail (self->room == NULL);

  self->room = g_object_ref (room);
  self->wallet = g_object_ref (wallet);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (messages, "items-changed",
                           G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  on_items_changed (self, 0, 0, 0, messages);
}

/**
 * km_chat_list_scroll_to_end:
 *
 * Shows the newest message, and those that come.
 */
void
km_chat_list_scroll_to_end (KmChatList *self)
{
  self->at_end = TRUE;
  self->n_new = 0;
  update_pill (self);
  stay_at_end (self);
}
