/* km-chat-entry.c: where a message is written
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was typed is never lost. A message leaves the entry when it becomes a
 * row of the list ("Sending…"); if the server refuses it, it comes back here
 * with the reason above it, unless something else is being written by then:
 * in that case it stays in the list, where it can be sent again.
 *
 * Thread: main.
 */

#include "km-chat-entry.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "km-format.h"
#include "km-protocol.h"
#include "km-sign-in-dialog.h"
#include "km-slow-mode-note.h"
#include "km-words.h"

/* From here on it is shown how many characters are left. */
#define SHOW_LEFT 40

struct _KmChatEntry
{
  GtkWidget parent_instance;

  GtkStack *stack;
  GtkLabel *error;
  KmSlowModeNote *slow;
  GtkEntry *text;
  GtkLabel *left;
  GtkLabel *style_sample;
  AdwToggleGroup *mode;
  GtkBox *colors;
  GtkWidget *send;

  KmServer *server;
  KmRoom *room;
  GSettings *settings;
  KmChatTimeFunc time_func;
  gpointer time_data;
};

enum
{
  SENT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (KmChatEntry, km_chat_entry, GTK_TYPE_WIDGET)

static const struct
{
  const char *color;
  const char *style;
  const char *title;
} palette[] = {
  { "#ffffff", "color-white", NC_("color", "White") },
  { "#ff7b63", "color-red", NC_("color", "Red") },
  { "#ffa348", "color-orange", NC_("color", "Orange") },
  { "#f9f06b", "color-yellow", NC_("color", "Yellow") },
  { "#8ff0a4", "color-green", NC_("color", "Green") },
  { "#7fdbff", "color-cyan", NC_("color", "Cyan") },
  { "#99c1f1", "color-blue", NC_("color", "Blue") },
  { "#f5a9ff", "color-pink", NC_("color", "Pink") },
};

static const char *
get_text (KmChatEntry *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->text));
}

static void
show_error (KmChatEntry *self,
            const char  *message)
{
  gtk_label_set_text (self->error, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), message != NULL);
  if (message != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), message,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
update_left (KmChatEntry *self)
{
  g_autofree char *stripped = g_strstrip (g_strdup (get_text (self)));
  int left = KM_CHAT_CLUSTERS_MAX - (int) km_format_clusters (stripped);
  gboolean too_long = left < 0 || strlen (stripped) > KM_CHAT_BYTES_MAX;
  g_autofree char *label = g_strdup_printf ("%d", left);

  gtk_label_set_text (self->left, label);
  gtk_widget_set_visible (GTK_WIDGET (self->left),
                          left <= SHOW_LEFT || too_long);
  if (too_long)
    gtk_widget_add_css_class (GTK_WIDGET (self->left), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->left), "error");
  gtk_widget_set_sensitive (self->send,
                            *stripped != '\0' && !too_long
                              && !km_slow_mode_note_get_waits (self->slow));
}

/* The row of a refused message, which goes when its text returns here. */
static KmRoomMessage *
find_failed (KmChatEntry *self,
             const char  *text)
{
  GListModel *messages = km_room_get_messages (self->room);

  for (guint i = g_list_model_get_n_items (messages); i > 0; i--)
    {
      g_autoptr (KmRoomMessage) message
        = g_list_model_get_item (messages, i - 1);

      /* The model keeps it alive. */
      if (km_room_message_get_state (message) == KM_ROOM_MESSAGE_FAILED
          && g_strcmp0 (km_room_message_get_text (message), text) == 0)
        return message;
    }
  return NULL;
}

typedef struct
{
  KmChatEntry *self;
  char *text;
} Sending;

static void
sending_free (Sending *sending)
{
  g_object_unref (sending->self);
  g_free (sending->text);
  g_free (sending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sending, sending_free)

static void
on_chat_sent (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (Sending) sending = user_data;
  g_autoptr (GError) error = NULL;
  KmChatEntry *self = sending->self;
  KmRoomMessage *failed;

  if (km_room_send_chat_finish (KM_ROOM (source), result, &error)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || self->room == NULL)
    return;

  if (*get_text (self) == '\0')
    {
      failed = find_failed (self, sending->text);
      if (failed != NULL)
        km_room_discard (self->room, failed);
      gtk_editable_set_text (GTK_EDITABLE (self->text), sending->text);
      gtk_editable_set_position (GTK_EDITABLE (self->text), -1);
    }
  show_error (self, km_words (error));
}

static KmChatMode
get_mode (KmChatEntry *self)
{
  int mode = km_chat_mode_from_word (
    adw_toggle_group_get_active_name (self->mode));

  return mode >= 0 ? (KmChatMode) mode : KM_CHAT_MODE_SCROLL;
}

static guint32
get_color (KmChatEntry *self)
{
  g_autofree char *color = g_settings_get_string (self->settings,
                                                  "comment-color");
  guint64 value;

  if (*color == '#'
      && g_ascii_string_to_unsigned (color + 1, 16, 0, 0xffffff, &value, NULL))
    return (guint32) value;
  return KM_CHAT_COLOR_DEFAULT;
}

static void
on_send (KmChatEntry *self)
{
  g_autofree char *text = g_strstrip (g_strdup (get_text (self)));
  Sending *sending;

  if (km_slow_mode_note_get_waits (self->slow))
    km_slow_mode_note_announce (self->slow);
  if (self->room == NULL || !gtk_widget_get_sensitive (self->send))
    return;

  sending = g_new0 (Sending, 1);
  sending->self = g_object_ref (self);
  sending->text = g_strdup (text);
  show_error (self, NULL);
  gtk_editable_set_text (GTK_EDITABLE (self->text), "");
  km_room_send_chat_async (self->room, text,
                           get_mode (self), get_color (self),
                           self->time_func != NULL
                             ? self->time_func (self->time_data) : -1,
                           NULL, on_chat_sent, sending);
  g_signal_emit (self, signals[SENT], 0);
}

static void
on_text_changed (KmChatEntry *self)
{
  show_error (self, NULL);
  update_left (self);
}

static void
on_sign_in_clicked (KmChatEntry *self)
{
  adw_dialog_present (km_sign_in_dialog_new (self->server), GTK_WIDGET (self));
}

static void
on_server_notify (KmChatEntry *self)
{
  gtk_stack_set_visible_child_name (self->stack,
                                    km_server_get_signed_in (self->server)
                                      ? "member" : "guest");
}

static void
update_sample (KmChatEntry *self)
{
  g_autofree char *color = g_settings_get_string (self->settings,
                                                  "comment-color");

  for (guint i = 0; i < G_N_ELEMENTS (palette); i++)
    if (g_ascii_strcasecmp (palette[i].color, color) == 0)
      gtk_widget_add_css_class (GTK_WIDGET (self->style_sample),
                                palette[i].style);
    else
      gtk_widget_remove_css_class (GTK_WIDGET (self->style_sample),
                                   palette[i].style);
}

static void
on_style_changed (KmChatEntry *self)
{
  const char *mode = adw_toggle_group_get_active_name (self->mode);

  if (self->settings != NULL && mode != NULL)
    g_settings_set_string (self->settings, "comment-mode", mode);
}

static void
on_color_toggled (KmChatEntry     *self,
                  GtkToggleButton *button)
{
  if (!gtk_toggle_button_get_active (button))
    return;

  g_settings_set_string (self->settings, "comment-color",
                         g_object_get_data (G_OBJECT (button), "color"));
  update_sample (self);
}

static void
fill_colors (KmChatEntry *self)
{
  g_autofree char *chosen = g_settings_get_string (self->settings,
                                                   "comment-color");
  GtkToggleButton *first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (palette); i++)
    {
      GtkWidget *button = gtk_toggle_button_new ();
      const char *title = g_dpgettext2 (NULL, "color", palette[i].title);

      gtk_widget_add_css_class (button, "circular");
      gtk_widget_add_css_class (button, "color-choice");
      gtk_widget_add_css_class (button, palette[i].style);
      gtk_widget_set_tooltip_text (button, title);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), first);
      if (first == NULL)
        first = GTK_TOGGLE_BUTTON (button);
      gtk_toggle_button_set_active (
        GTK_TOGGLE_BUTTON (button),
        g_ascii_strcasecmp (palette[i].color, chosen) == 0);
      g_object_set_data (G_OBJECT (button), "color",
                         (gpointer) palette[i].color);
      g_signal_connect_object (button, "toggled",
                               G_CALLBACK (on_color_toggled), self,
                               G_CONNECT_SWAPPED);
      gtk_box_append (self->colors, button);
    }
}

static void
km_chat_entry_dispose (GObject *object)
{
  KmChatEntry *self = KM_CHAT_ENTRY (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_CHAT_ENTRY);
  g_clear_object (&self->server);
  g_clear_object (&self->room);
  g_clear_object (&self->settings);
  self->time_func = NULL;

  G_OBJECT_CLASS (km_chat_entry_parent_class)->dispose (object);
}

static void
km_chat_entry_class_init (KmChatEntryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_chat_entry_dispose;

  /**
   * KmChatEntry::sent:
   *
   * A message left the entry and is a row of the room's list.
   */
  signals[SENT] = g_signal_new ("sent", KM_TYPE_CHAT_ENTRY, G_SIGNAL_RUN_LAST,
                                0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (KM_TYPE_SLOW_MODE_NOTE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/chat/km-chat-entry.ui");
  gtk_widget_class_bind_template_child (widget_class, KmChatEntry, stack);
  gtk_widget_class_bind_template_child (widget_class, KmChatEntry, error);
  gtk_widget_class_bind_template_child (widget_class, KmChatEntry, slow);
  gtk_widget_class_bind_template_child (widget_class, KmChatEntry, text);
  gtk_widget_class_bind_template_child (widget_class, KmChatEntry, left);
  gtk_widget_class_bind_template_child (widget_class, KmChatEntry,
                                        style_sample);
  gtk_widget_class_bind_template_child (widget_class, KmChatEntry, mode);
  gtk_widget_class_bind_template_child (widget_class, KmChatEntry, colors);
  gtk_widget_class_bind_template_child (widget_class, KmChatEntry, send);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_text_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_style_changed);
  gtk_widget_class_bind_template_callback (widget_class, update_left);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
}

static void
km_chat_entry_init (KmChatEntry *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_chat_entry_set_room:
 * @server: whose account writes
 * @room: where it is said
 * @settings: how comments fly; what is chosen is kept there
 *
 * Set once.
 */
void
km_chat_entry_set_room (KmChatEntry *self,
                        KmServer    *server,
                        KmRoom      *room,
                        GSettings   *settings)
{
  g_autofree char *mode = g_settings_get_string (settings, "comment-mode");

  g_return_if_fail (self->room == NULL);

  self->server = g_object_ref (server);
  self->room = g_object_ref (room);
  self->settings = g_object_ref (settings);
  km_slow_mode_note_set_room (self->slow, room);
  adw_toggle_group_set_active_name (self->mode, mode);
  fill_colors (self);
  update_sample (self);
  g_signal_connect_object (server, "notify", G_CALLBACK (on_server_notify),
                           self, G_CONNECT_SWAPPED);
  on_server_notify (self);
}

/**
 * km_chat_entry_set_time_func:
 * @func: (nullable): tells which stream time the writer sees
 * @user_data: for @func, valid as long as the entry
 */
void
km_chat_entry_set_time_func (KmChatEntry    *self,
                             KmChatTimeFunc  func,
                             gpointer        user_data)
{
  self->time_func = func;
  self->time_data = user_data;
}

/**
 * km_chat_entry_focus:
 *
 * Lets the person write.
 */
void
km_chat_entry_focus (KmChatEntry *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

/**
 * km_chat_entry_has_focus:
 *
 * Returns: whether keys go into the text
 */
gboolean
km_chat_entry_has_focus (KmChatEntry *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL
         && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->text));
}
