/* km-gift-tray.c: choose a gift, how many, and send it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It says what it costs and whether one has that before the button is pressed;
 * the server decides. Pressing again within a few seconds lets the combo
 * grow, which the server counts: the bar below the count shows how long.
 *
 * What is refused while the tray is shown is said in it, and in a toast when
 * it is closed by then.
 *
 * Thread: main.
 */

#include "km-gift-tray.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "km-format.h"
#include "km-gift-giving.h"
#include "km-gift-shelf.h"
#include "km-limit-words.h"
#include "km-toast.h"
#include "km-wallet-dialog.h"
#include "km-words.h"

/* As long as the server lets a combo wait. */
#define COMBO_MS 5000

struct _KmGiftTray
{
  GtkWidget parent_instance;

  GtkWidget *root_child;
  GtkLabel *balance;
  GtkStack *pages;
  GtkLabel *failure;
  KmGiftShelf *shelf;
  AdwToggleGroup *presets;
  GtkSpinButton *count;
  GtkLabel *problem;
  GtkWidget *practice;
  GtkLabel *total;
  GtkLabel *combo;
  GtkProgressBar *combo_left;
  GtkButton *send;

  KmServer *server;
  KmWallet *wallet;
  KmRoom *room;
  GSettings *settings;
  KmChatTimeFunc time_func;
  gpointer time_data;

  GError *error; /* why the last one was refused, until something changes */
  AdwAnimation *combo_runs;
  guint combo_timer;
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (KmGiftTray, km_gift_tray, GTK_TYPE_WIDGET)

static KmGiftOrder
get_order (KmGiftTray *self)
{
  KmGiftItem *item = km_gift_shelf_get_chosen (self->shelf);

  return (KmGiftOrder) {
    .price = item != NULL ? km_gift_item_get_price (item) : 0,
    .count = gtk_spin_button_get_value_as_int (self->count),
    .balance = km_wallet_get_balance (self->wallet),
    .confirm_above = km_wallet_get_confirm_above (self->wallet),
  };
}

static gboolean
is_error (KmGiftTray      *self,
          KmProtocolError  code)
{
  return g_error_matches (self->error, KM_PROTOCOL_ERROR, (int) code);
}

/* What is wrong with @order, if something is. */
static char *
dup_problem (KmGiftTray        *self,
             const KmGiftOrder *order)
{
  g_autofree char *missing = NULL;

  if (km_gift_order_judge (order) == KM_GIFT_VERDICT_MISSING)
    {
      missing = km_format_coins (km_gift_order_missing (order));
      if (km_wallet_get_practice (self->wallet))
        /* Translators: an amount of money */
        return g_strdup_printf (_("%s are missing."), missing);
      return g_strdup_printf (_("%s are missing. The owner of this server can "
                                "grant you coins."), missing);
    }
  if (is_error (self, KM_PROTOCOL_ERROR_DAILY_LIMIT))
    return km_limit_words_refused (self->wallet);
  return self->error != NULL ? g_strdup (km_words (self->error)) : NULL;
}

static void
update_order (KmGiftTray *self)
{
  KmGiftOrder order = get_order (self);
  KmGiftVerdict verdict = km_gift_order_judge (&order);
  gboolean missing = verdict == KM_GIFT_VERDICT_MISSING
                     || is_error (self, KM_PROTOCOL_ERROR_NOT_ENOUGH_COINS);
  g_autofree char *problem = dup_problem (self, &order);
  g_autofree char *total = km_format_coins (
    MAX (km_gift_order_total (&order), 0));

  gtk_label_set_text (self->total, total);
  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  gtk_widget_set_visible (self->practice,
                          missing && km_wallet_get_practice (self->wallet));
  gtk_widget_set_sensitive (GTK_WIDGET (self->send),
                            verdict == KM_GIFT_VERDICT_SEND
                            || verdict == KM_GIFT_VERDICT_CONFIRM);
}

static void
update_page (KmGiftTray *self)
{
  GListModel *gifts = km_wallet_get_gifts (self->wallet);
  const GError *error = km_wallet_get_error (self->wallet);
  const char *page;

  if (g_list_model_get_n_items (gifts) > 0)
    page = "gifts";
  else if (error != NULL)
    page = "failed";
  else
    page = km_wallet_get_loaded (self->wallet) ? "empty" : "loading";

  if (error != NULL)
    gtk_label_set_text (self->failure, km_words (error));
  gtk_stack_set_visible_child_name (self->pages, page);
}

static void
update (KmGiftTray *self)
{
  gint64 balance = km_wallet_get_balance (self->wallet);
  g_autofree char *number = balance >= 0 ? km_format_number (balance)
                                         : g_strdup ("…");

  gtk_label_set_text (self->balance, number);
  update_page (self);
  update_order (self);
}

/* What was refused may be another matter now. */
static void
forget_error (KmGiftTray *self)
{
  g_clear_error (&self->error);
  if (self->wallet != NULL)
    update_order (self);
}

static void
keep_choice (KmGiftTray *self)
{
  KmGiftItem *item = km_gift_shelf_get_chosen (self->shelf);

  if (self->filling || item == NULL)
    return;

  g_settings_set_string (self->settings, "gift", km_gift_item_get_id (item));
  g_settings_set_int (self->settings, "gift-count",
                      gtk_spin_button_get_value_as_int (self->count));
}

static void
on_chosen (KmGiftTray *self)
{
  keep_choice (self);
  forget_error (self);
}

static void
show_preset (KmGiftTray *self)
{
  g_autofree char *name = g_strdup_printf (
    "%d", gtk_spin_button_get_value_as_int (self->count));

  self->filling = TRUE;
  if (adw_toggle_group_get_toggle_by_name (self->presets, name) != NULL)
    adw_toggle_group_set_active_name (self->presets, name);
  else
    adw_toggle_group_set_active (self->presets, GTK_INVALID_LIST_POSITION);
  self->filling = FALSE;
}

static void
on_count_changed (KmGiftTray *self)
{
  if (self->wallet == NULL)
    return;

  show_preset (self);
  keep_choice (self);
  forget_error (self);
}

static void
on_preset (KmGiftTray *self)
{
  const char *name = adw_toggle_group_get_active_name (self->presets);

  if (!self->filling && name != NULL)
    gtk_spin_button_set_value (self->count, g_ascii_strtod (name, NULL));
}

static void
fill_presets (KmGiftTray *self)
{
  guint n_counts;
  const guint *counts = km_wallet_get_counts (self->wallet, &n_counts);

  self->filling = TRUE;
  adw_toggle_group_remove_all (self->presets);
  for (guint i = 0; i < n_counts; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", counts[i]);
      g_autofree char *label = km_format_number (counts[i]);
      AdwToggle *toggle = adw_toggle_new ();

      adw_toggle_set_name (toggle, name);
      adw_toggle_set_label (toggle, label);
      adw_toggle_group_add (self->presets, toggle);
    }
  self->filling = FALSE;
  show_preset (self);
}

static void
end_combo (KmGiftTray *self)
{
  g_clear_handle_id (&self->combo_timer, g_source_remove);
  gtk_widget_set_visible (GTK_WIDGET (self->combo), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->combo_left), FALSE);
  gtk_button_set_label (self->send, _("Give"));
}

static gboolean
on_combo_timeout (gpointer user_data)
{
  KmGiftTray *self = user_data;

  self->combo_timer = 0;
  end_combo (self);
  return G_SOURCE_REMOVE;
}

static void
on_gift (KmGiftTray       *self,
         const KmRoomGift *gift,
         gboolean          fresh)
{
  g_autofree char *times = NULL;
  g_autofree char *label = NULL;

  if (!fresh || !gift->own)
    return;

  times = km_format_times (gift->combo_count);
  /* Translators: how many gifts of the same kind in a row: "Combo ×3" */
  label = g_strdup_printf (_("Combo %s"), times);
  gtk_label_set_text (self->combo, label);
  gtk_widget_set_visible (GTK_WIDGET (self->combo),
                          gift->combo_count > gift->count);
  gtk_widget_set_visible (GTK_WIDGET (self->combo_left), TRUE);
  gtk_button_set_label (self->send, _("Give Again"));
  adw_animation_reset (self->combo_runs);
  adw_animation_play (self->combo_runs);
  g_clear_handle_id (&self->combo_timer, g_source_remove);
  self->combo_timer = g_timeout_add (COMBO_MS, on_combo_timeout, self);
}

/* The balance or what is left of the limit is another than was thought. */
static void
show_refusal (KmGiftTray *self,
              GError     *error)
{
  g_autofree char *problem = NULL;
  KmGiftOrder order;

  g_clear_error (&self->error);
  self->error = error;
  if (is_error (self, KM_PROTOCOL_ERROR_NOT_ENOUGH_COINS)
      || is_error (self, KM_PROTOCOL_ERROR_DAILY_LIMIT)
      || is_error (self, KM_PROTOCOL_ERROR_NO_SUCH_GIFT))
    km_wallet_refresh (self->wallet);

  update_order (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  order = get_order (self);
  problem = dup_problem (self, &order);
  if (problem != NULL)
    km_toast_show (GTK_WIDGET (self), problem);
}

static void
on_given (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  KmGiftTray *self = KM_GIFT_TRAY (source);
  GError *error = NULL;

  if (km_gift_giving_finish (result, &error))
    return;

  if (self->wallet == NULL
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_error_free (error);
  else
    show_refusal (self, error);
}

static void
on_send_clicked (KmGiftTray *self)
{
  KmGiftItem *item = km_gift_shelf_get_chosen (self->shelf);
  KmGiftOrder order = get_order (self);

  if (item == NULL)
    return;

  forget_error (self);
  km_gift_giving_start (GTK_WIDGET (self), self->room, item, &order,
                        self->time_func != NULL
                          ? self->time_func (self->time_data) : -1,
                        on_given, NULL);
}

static void
on_practice (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (KmGiftTray) self = user_data;
  g_autoptr (GError) error = NULL;

  gtk_widget_set_sensitive (self->practice, TRUE);
  if (!km_wallet_get_practice_finish (KM_WALLET (source), result, &error))
    km_toast_show (GTK_WIDGET (self), km_limit_words_practice (error));
  forget_error (self);
}

static void
on_practice_clicked (KmGiftTray *self)
{
  gtk_widget_set_sensitive (self->practice, FALSE);
  km_wallet_get_practice_async (self->wallet, NULL, on_practice,
                                g_object_ref (self));
}

static void
on_again_clicked (KmGiftTray *self)
{
  km_wallet_refresh (self->wallet);
}

static void
on_wallet_clicked (KmGiftTray *self)
{
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (self),
                                                GTK_TYPE_POPOVER);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (popover));
  adw_dialog_present (km_wallet_dialog_new (self->server), GTK_WIDGET (root));
}

static void
km_gift_tray_dispose (GObject *object)
{
  KmGiftTray *self = KM_GIFT_TRAY (object);

  g_clear_handle_id (&self->combo_timer, g_source_remove);
  if (self->combo_runs != NULL)
    adw_animation_skip (self->combo_runs);
  g_clear_object (&self->combo_runs);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_GIFT_TRAY);
  g_clear_object (&self->server);
  g_clear_object (&self->wallet);
  g_clear_object (&self->room);
  g_clear_object (&self->settings);
  g_clear_error (&self->error);
  self->time_func = NULL;

  G_OBJECT_CLASS (km_gift_tray_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *klass)
{
  gtk_widget_class_set_template_from_resource (
    klass, "/io/github/kaimu_live/Kaimu/wallet/km-gift-tray.ui");
  gtk_widget_class_bind_template_child (klass, KmGiftTray, root_child);
  gtk_widget_class_bind_template_child (klass, KmGiftTray, balance);
  gtk_widget_class_bind_template_child (klass, KmGiftTray, pages);
  gtk_widget_class_bind_template_child (klass, KmGiftTray, failure);
  gtk_widget_class_bind_template_child (klass, KmGiftTray, shelf);
  gtk_widget_class_bind_template_child (klass, KmGiftTray, presets);
  gtk_widget_class_bind_template_child (klass, KmGiftTray, count);
  gtk_widget_class_bind_template_child (klass, KmGiftTray, problem);
  gtk_widget_class_bind_template_child (klass, KmGiftTray, practice);
  gtk_widget_class_bind_template_child (klass, KmGiftTray, total);
  gtk_widget_class_bind_template_child (klass, KmGiftTray, combo);
  gtk_widget_class_bind_template_child (klass, KmGiftTray, combo_left);
  gtk_widget_class_bind_template_child (klass, KmGiftTray, send);
  gtk_widget_class_bind_template_callback (klass, on_wallet_clicked);
  gtk_widget_class_bind_template_callback (klass, on_again_clicked);
  gtk_widget_class_bind_template_callback (klass, on_chosen);
  gtk_widget_class_bind_template_callback (klass, on_preset);
  gtk_widget_class_bind_template_callback (klass, on_count_changed);
  gtk_widget_class_bind_template_callback (klass, on_practice_clicked);
  gtk_widget_class_bind_template_callback (klass, on_send_clicked);
}

static void
km_gift_tray_class_init (KmGiftTrayClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = km_gift_tray_dispose;

  g_type_ensure (KM_TYPE_GIFT_SHELF);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
km_gift_tray_init (KmGiftTray *self)
{
  AdwAnimationTarget *target;

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_adjustment_set_upper (gtk_spin_button_get_adjustment (self->count),
                            KM_GIFT_COUNT_MAX);
  target = adw_property_animation_target_new (G_OBJECT (self->combo_left),
                                              "fraction");
  self->combo_runs = adw_timed_animation_new (GTK_WIDGET (self), 1, 0, COMBO_MS,
                                              target);
  adw_timed_animation_set_easing (ADW_TIMED_ANIMATION (self->combo_runs),
                                  ADW_LINEAR);
}

/**
 * km_gift_tray_new:
 *
 * Returns: (transfer floating): a tray without gifts
 */
GtkWidget *
km_gift_tray_new (void)
{
  return g_object_new (KM_TYPE_GIFT_TRAY, NULL);
}

/**
 * km_gift_tray_set_room:
 * @server: who has the coins
 * @room: where to give
 * @settings: the profile's: what was chosen last is kept there
 *
 * Set once.
 */
void
km_gift_tray_set_room (KmGiftTray *self,
                       KmServer   *server,
                       KmRoom     *room,
                       GSettings  *settings)
{
  KmWallet *wallet = km_server_get_wallet (server);
  g_autofree char *gift = g_settings_get_string (settings, "gift");

  g_return_if_fail (self->room == NULL);

  self->server = g_object_ref (server);
  self->room = g_object_ref (room);
  self->settings = g_object_ref (settings);
  gtk_spin_button_set_value (self->count,
                             g_settings_get_int (settings, "gift-count"));
  self->wallet = g_object_ref (wallet);
  fill_presets (self);
  km_gift_shelf_choose (self->shelf, gift);
  km_gift_shelf_set_wallet (self->shelf, wallet);
  g_signal_connect_object (wallet, "notify", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (km_wallet_get_gifts (wallet), "items-changed",
                           G_CALLBACK (fill_presets), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (km_wallet_get_gifts (wallet), "items-changed",
                           G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (room, "gift", G_CALLBACK (on_gift), self,
                           G_CONNECT_SWAPPED);
  update (self);
}

/**
 * km_gift_tray_set_time_func:
 * @func: (nullable): tells which stream time the giver sees
 * @user_data: for @func, valid as long as the tray
 */
void
km_gift_tray_set_time_func (KmGiftTray     *self,
                            KmChatTimeFunc  func,
                            gpointer        user_data)
{
  self->time_func = func;
  self->time_data = user_data;
}

/**
 * km_gift_tray_focus:
 *
 * Lets the person choose.
 */
void
km_gift_tray_focus (KmGiftTray *self)
{
  km_gift_shelf_focus (self->shelf);
}
