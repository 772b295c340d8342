/* km-room-acts.c: hearts and gifts, below where messages are written
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can't be done now says why: a button that is off has a tooltip, one
 * that needs an account leads to it. The tray of gifts stands in a popover, or
 * in a sheet at the foot of a narrow window; it is the same tray.
 *
 * Thread: main.
 */

#include "km-room-acts.h"

#include <glib/gi18n.h>

#include "km-format.h"
#include "km-gift-tray.h"
#include "km-sign-in-dialog.h"

/* While the button is held down. */
#define HOLD_AFTER_MS 400
#define HOLD_EVERY_MS 100

#define TRAY_PX 344

struct _KmRoomActs
{
  GtkWidget parent_instance;

  GtkWidget *root_child;
  GtkWidget *like;
  GtkLabel *likes;
  GtkWidget *gifts;
  GtkWidget *purse;
  GtkLabel *balance;

  KmServer *server;
  KmWallet *wallet;
  KmRoom *room;
  GtkWidget *tray;
  GtkPopover *popover;
  AdwBottomSheet *sheet; /* while the window is narrow */
  guint hold_source;
};

G_DEFINE_FINAL_TYPE (KmRoomActs, km_room_acts, GTK_TYPE_WIDGET)

static void
ask_to_sign_in (KmRoomActs *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (root != NULL)
    adw_dialog_present (km_sign_in_dialog_new (self->server),
                        GTK_WIDGET (root));
}

/* Why neither hearts nor gifts are wanted now, or NULL. */
static const char *
get_obstacle (KmRoomActs *self)
{
  if (km_room_get_state (self->room) == KM_ROOM_JOINING)
    return _("Joining the room…");
  if (km_room_get_role (self->room) == KM_ROLE_HOST)
    return _("This is your own room");
  if (!km_room_get_live (self->room))
    return _("The room isn’t live");
  return NULL;
}

static void
explain (GtkWidget  *button,
         const char *obstacle,
         const char *otherwise)
{
  const char *words = obstacle != NULL ? obstacle : otherwise;

  gtk_widget_set_sensitive (button, obstacle == NULL);
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words,
                                  -1);
}

static void
close_tray (KmRoomActs *self)
{
  if (self->popover == NULL)
    return;

  gtk_popover_popdown (self->popover);
  if (self->sheet != NULL)
    adw_bottom_sheet_set_open (self->sheet, FALSE);
}

/* The count stands in the button, where a screen reader reads only its name. */
static void
describe_likes (KmRoomActs *self,
                gint64      likes)
{
  g_autofree char *number = km_format_number (likes);
  g_autofree char *words = g_strdup_printf (
    ngettext ("Like, %s so far", "Like, %s so far", (gulong) MAX (likes, 0)),
    number);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->like),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
update (KmRoomActs *self)
{
  const char *obstacle = get_obstacle (self);
  gint64 likes = km_room_get_likes (self->room);
  gint64 balance = km_wallet_get_balance (self->wallet);
  g_autofree char *count = km_format_count ((guint64) MAX (likes, 0));
  g_autofree char *coins = km_format_count ((guint64) MAX (balance, 0));

  gtk_label_set_text (self->likes, count);
  gtk_label_set_text (self->balance, coins);
  gtk_widget_set_visible (self->purse, balance >= 0);
  explain (self->like, obstacle, _("Like (L)"));
  describe_likes (self, likes);
  explain (self->gifts, obstacle, _("Give a Gift (G)"));
  if (obstacle != NULL || !km_server_get_signed_in (self->server))
    close_tray (self);
}

static void
stop_holding (KmRoomActs *self)
{
  g_clear_handle_id (&self->hold_source, g_source_remove);
}

static gboolean
on_hold_next (gpointer user_data)
{
  KmRoomActs *self = user_data;

  km_room_like (self->room);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_hold_first (gpointer user_data)
{
  KmRoomActs *self = user_data;

  self->hold_source = g_timeout_add (HOLD_EVERY_MS, on_hold_next, self);
  return G_SOURCE_REMOVE;
}

static void
on_like_flags (KmRoomActs *self)
{
  gboolean held = gtk_widget_is_sensitive (self->like)
                  && (gtk_widget_get_state_flags (self->like)
                      & GTK_STATE_FLAG_ACTIVE) != 0
                  && self->server != NULL
                  && km_server_get_signed_in (self->server);

  if (held && self->hold_source == 0)
    self->hold_source = g_timeout_add (HOLD_AFTER_MS, on_hold_first, self);
  else if (!held)
    stop_holding (self);
}

static void
on_like_clicked (KmRoomActs *self)
{
  km_room_acts_like (self);
}

static void
on_gifts_clicked (KmRoomActs *self)
{
  km_room_acts_open_gifts (self);
}

static void
km_room_acts_dispose (GObject *object)
{
  KmRoomActs *self = KM_ROOM_ACTS (object);

  stop_holding (self);
  if (self->tray != NULL)
    km_gift_tray_set_time_func (KM_GIFT_TRAY (self->tray), NULL, NULL);
  if (self->popover != NULL)
    {
      gtk_popover_set_child (self->popover, NULL);
      gtk_widget_unparent (GTK_WIDGET (self->popover));
      self->popover = NULL;
    }
  g_clear_weak_pointer (&self->sheet);
  g_clear_object (&self->tray);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_ROOM_ACTS);
  g_clear_object (&self->room);
  g_clear_object (&self->wallet);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (km_room_acts_parent_class)->dispose (object);
}

static void
km_room_acts_class_init (KmRoomActsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_room_acts_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/room/km-room-acts.ui");
  gtk_widget_class_bind_template_child (widget_class, KmRoomActs, root_child);
  gtk_widget_class_bind_template_child (widget_class, KmRoomActs, like);
  gtk_widget_class_bind_template_child (widget_class, KmRoomActs, likes);
  gtk_widget_class_bind_template_child (widget_class, KmRoomActs, gifts);
  gtk_widget_class_bind_template_child (widget_class, KmRoomActs, purse);
  gtk_widget_class_bind_template_child (widget_class, KmRoomActs, balance);
  gtk_widget_class_bind_template_callback (widget_class, on_like_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_like_flags);
  gtk_widget_class_bind_template_callback (widget_class, on_gifts_clicked);
}

static void
km_room_acts_init (KmRoomActs *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->tray = g_object_ref_sink (km_gift_tray_new ());
  self->popover = GTK_POPOVER (gtk_popover_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->popover), TRAY_PX, -1);
  gtk_popover_set_position (self->popover, GTK_POS_TOP);
  gtk_popover_set_child (self->popover, self->tray);
  gtk_widget_set_parent (GTK_WIDGET (self->popover), self->gifts);
}

/* Not to everything: the live edge moves on all the time. */
static void
connect_room (KmRoomActs *self)
{
  static const char *const details[] = {
    "notify::state", "notify::role", "notify::live", "notify::likes",
  };

  for (guint i = 0; i < G_N_ELEMENTS (details); i++)
    g_signal_connect_object (self->room, details[i], G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
}

/**
 * km_room_acts_new:
 * @server: whose account gives
 * @room: where
 * @settings: the profile's: what was given last
 * @time_func: (nullable): tells which stream time the giver sees
 * @time_data: for @time_func, valid as long as the widget
 *
 * Returns: (transfer floating): the buttons
 */
GtkWidget *
km_room_acts_new (KmServer       *server,
                  KmRoom         *room,
                  GSettings      *settings,
                  KmChatTimeFunc  time_func,
                  gpointer        time_data)
{
  KmRoomActs *self = g_object_new (KM_TYPE_ROOM_ACTS, NULL);

  self->server = g_object_ref (server);
  self->wallet = g_object_ref (km_server_get_wallet (server));
  self->room = g_object_ref (room);
  km_gift_tray_set_room (KM_GIFT_TRAY (self->tray), server, room, settings);
  km_gift_tray_set_time_func (KM_GIFT_TRAY (self->tray), time_func, time_data);
  connect_room (self);
  g_signal_connect_object (server, "notify::signed-in", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->wallet, "notify::balance", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

/**
 * km_room_acts_set_sheet:
 * @sheet: (nullable): where the tray stands in a narrow window; %NULL for a
 *   popover at its button
 */
void
km_room_acts_set_sheet (KmRoomActs     *self,
                        AdwBottomSheet *sheet)
{
  if (self->sheet == sheet)
    return;

  close_tray (self);
  if (self->sheet != NULL)
    adw_bottom_sheet_set_sheet (self->sheet, NULL);
  else
    gtk_popover_set_child (self->popover, NULL);

  g_set_weak_pointer (&self->sheet, sheet);
  if (sheet != NULL)
    adw_bottom_sheet_set_sheet (sheet, self->tray);
  else
    gtk_popover_set_child (self->popover, self->tray);
}

/**
 * km_room_acts_like:
 *
 * Gives the stream a heart, or leads to an account that can.
 */
void
km_room_acts_like (KmRoomActs *self)
{
  if (!gtk_widget_is_sensitive (self->like))
    return;

  if (km_server_get_signed_in (self->server))
    km_room_like (self->room);
  else
    ask_to_sign_in (self);
}

/**
 * km_room_acts_open_gifts:
 *
 * Shows the tray of gifts, or leads to an account that has coins.
 */
void
km_room_acts_open_gifts (KmRoomActs *self)
{
  if (!gtk_widget_is_sensitive (self->gifts)
      || !gtk_widget_get_mapped (self->gifts))
    return;

  if (!km_server_get_signed_in (self->server))
    {
      ask_to_sign_in (self);
      return;
    }

  km_wallet_refresh (self->wallet);
  if (self->sheet != NULL)
    adw_bottom_sheet_set_open (self->sheet, TRUE);
  else
    gtk_popover_popup (self->popover);
  km_gift_tray_focus (KM_GIFT_TRAY (self->tray));
}
