/* km-wallet-dialog.c: coins, income, the daily limit and every payment
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The statement is read a page at a time, and anew when the balance or the
 * income is another than before. What was read is kept when more can't be.
 *
 * Thread: main.
 */

#include "km-wallet-dialog.h"

#include <glib/gi18n.h>

#include "km-format.h"
#include "km-limit-dialog.h"
#include "km-limit-words.h"
#include "km-payment-row.h"
#include "km-toast.h"
#include "km-words.h"

struct _KmWalletDialog
{
  AdwDialog parent_instance;

  GtkStack *pages;
  AdwStatusPage *loading;
  AdwStatusPage *failed;
  AdwActionRow *balance;
  GtkWidget *practice;
  AdwActionRow *income;
  AdwActionRow *limit;
  AdwToggleGroup *of;
  GtkListBox *entries;
  GtkLabel *note;
  GtkWidget *more;

  KmServer *server;
  KmWallet *wallet;
  KmPayments *payments;
  GCancellable *cancellable;
  gboolean stated;
};

G_DEFINE_FINAL_TYPE (KmWalletDialog, km_wallet_dialog, ADW_TYPE_DIALOG)

static KmPaymentsOf
get_of (KmWalletDialog *self)
{
  return adw_toggle_group_get_active (self->of) == 1 ? KM_PAYMENTS_INCOME
                                                     : KM_PAYMENTS_WALLET;
}

static void
show_note (KmWalletDialog *self,
           const char     *words)
{
  gtk_label_set_text (self->note, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), words != NULL);
}

static void
update_statement (KmWalletDialog *self,
                  const GError   *error)
{
  gboolean loading = km_payments_get_loading (self->payments);
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->payments)) == 0;

  gtk_widget_set_visible (GTK_WIDGET (self->entries), !empty);
  gtk_widget_set_visible (self->more, !loading
                                      && km_payments_get_more (self->payments));
  if (error != NULL)
    show_note (self, km_words (error));
  else if (loading)
    show_note (self, _("Loading…"));
  else
    show_note (self, empty ? _("No payments yet") : NULL);
}

static void
on_page (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (KmWalletDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!km_payments_load_finish (KM_PAYMENTS (source), result, &error)
      && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (self->payments == KM_PAYMENTS (source))
    update_statement (self, error);
}

static void
load_more (KmWalletDialog *self)
{
  km_payments_load_async (self->payments, self->cancellable, on_page,
                          g_object_ref (self));
  update_statement (self, NULL);
}

static GtkWidget *
create_row (gpointer item,
            gpointer user_data)
{
  KmWalletDialog *self = user_data;

  return km_payment_row_new (item, get_of (self));
}

/* Rows are only made while the dialog exists: the list is its child. */
static void
state (KmWalletDialog *self)
{
  if (!km_wallet_get_loaded (self->wallet))
    return;

  self->stated = TRUE;
  g_clear_object (&self->payments);
  self->payments = km_wallet_open_payments (self->wallet, get_of (self));
  gtk_list_box_bind_model (self->entries, G_LIST_MODEL (self->payments),
                           create_row, self, NULL);
  load_more (self);
}

static const char *
choose_page (KmWalletDialog *self)
{
  if (km_wallet_get_loaded (self->wallet))
    return "wallet";
  return km_wallet_get_error (self->wallet) != NULL ? "failed" : "loading";
}

static void
update (KmWalletDialog *self)
{
  const GError *error = km_wallet_get_error (self->wallet);
  g_autofree char *words = NULL;
  g_autofree char *balance
    = km_format_coins (MAX (km_wallet_get_balance (self->wallet), 0));
  g_autofree char *income
    = km_format_coins (MAX (km_wallet_get_income (self->wallet), 0));
  g_autofree char *limit = km_limit_words_describe (self->wallet);

  if (error != NULL)
    words = g_markup_escape_text (km_words (error), -1);
  adw_status_page_set_description (self->failed, words);
  adw_action_row_set_subtitle (self->balance, balance);
  adw_action_row_set_subtitle (self->income, income);
  adw_action_row_set_subtitle (self->limit, limit);
  gtk_widget_set_visible (self->practice,
                          km_wallet_get_practice (self->wallet));
  gtk_stack_set_visible_child_name (self->pages, choose_page (self));
  if (!self->stated)
    state (self);
}

static void
on_of_changed (KmWalletDialog *self)
{
  if (self->wallet != NULL)
    state (self);
}

static void
on_more_clicked (KmWalletDialog *self)
{
  load_more (self);
}

static void
on_again_clicked (KmWalletDialog *self)
{
  km_wallet_refresh (self->wallet);
}

static void
on_limit_clicked (KmWalletDialog *self)
{
  km_limit_dialog_present (self->wallet, GTK_WIDGET (self->limit));
}

static void
on_practice (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GtkWidget) button = user_data;
  g_autoptr (GError) error = NULL;

  gtk_widget_set_sensitive (button, TRUE);
  if (!km_wallet_get_practice_finish (KM_WALLET (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    km_toast_show (button, km_limit_words_practice (error));
}

static void
on_practice_clicked (KmWalletDialog *self)
{
  gtk_widget_set_sensitive (self->practice, FALSE);
  km_wallet_get_practice_async (self->wallet, self->cancellable, on_practice,
                                g_object_ref (self->practice));
}

static void
on_saved (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GtkWidget) list = user_data;
  g_autoptr (GError) error = NULL;

  if (km_wallet_save_payments_finish (KM_WALLET (source), result, &error))
    km_toast_show (list, _("Statement saved"));
  else
    km_toast_error (list, error);
}

static void
on_file_chosen (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (KmWalletDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file
    = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, &error);

  if (self->wallet == NULL)
    return;
  if (file != NULL)
    km_wallet_save_payments_async (self->wallet, get_of (self), file,
                                   self->cancellable, on_saved,
                                   g_object_ref (self->entries));
  else if (!g_error_matches (error, GTK_DIALOG_ERROR,
                             GTK_DIALOG_ERROR_DISMISSED))
    km_toast_error (GTK_WIDGET (self->entries), error);
}

static void
on_export_clicked (KmWalletDialog *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_file_dialog_set_initial_name (
    dialog, get_of (self) == KM_PAYMENTS_INCOME ? "kaimu-income.csv"
                                                : "kaimu-coins.csv");
  gtk_file_dialog_save (dialog, GTK_WINDOW (root), self->cancellable,
                        on_file_chosen, g_object_ref (self));
}

/* Who signs out has no wallet here any more. */
static void
on_signed_in (KmWalletDialog *self)
{
  if (!km_server_get_signed_in (self->server))
    adw_dialog_close (ADW_DIALOG (self));
}

static void
km_wallet_dialog_dispose (GObject *object)
{
  KmWalletDialog *self = KM_WALLET_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_WALLET_DIALOG);
  g_clear_object (&self->payments);
  g_clear_object (&self->wallet);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (km_wallet_dialog_parent_class)->dispose (object);
}

static void
km_wallet_dialog_finalize (GObject *object)
{
  g_object_unref (KM_WALLET_DIALOG (object)->cancellable);

  G_OBJECT_CLASS (km_wallet_dialog_parent_class)->finalize (object);
}

static void
km_wallet_dialog_class_init (KmWalletDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_wallet_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = km_wallet_dialog_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/wallet/km-wallet-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, KmWalletDialog, pages);
  gtk_widget_class_bind_template_child (widget_class, KmWalletDialog, loading);
  gtk_widget_class_bind_template_child (widget_class, KmWalletDialog, failed);
  gtk_widget_class_bind_template_child (widget_class, KmWalletDialog, balance);
  gtk_widget_class_bind_template_child (widget_class, KmWalletDialog, practice);
  gtk_widget_class_bind_template_child (widget_class, KmWalletDialog, income);
  gtk_widget_class_bind_template_child (widget_class, KmWalletDialog, limit);
  gtk_widget_class_bind_template_child (widget_class, KmWalletDialog, of);
  gtk_widget_class_bind_template_child (widget_class, KmWalletDialog, entries);
  gtk_widget_class_bind_template_child (widget_class, KmWalletDialog, note);
  gtk_widget_class_bind_template_child (widget_class, KmWalletDialog, more);
  gtk_widget_class_bind_template_callback (widget_class, on_again_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_practice_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_limit_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_export_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_of_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_more_clicked);
}

static void
km_wallet_dialog_init (KmWalletDialog *self)
{
  g_autoptr (GdkPaintable) spinner = NULL;

  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  spinner = GDK_PAINTABLE (
    adw_spinner_paintable_new (GTK_WIDGET (self->loading)));
  adw_status_page_set_paintable (self->loading, spinner);
}

/**
 * km_wallet_dialog_new:
 * @server: where one is signed in
 *
 * Returns: (transfer floating): the dialog, to present over a window
 */
AdwDialog *
km_wallet_dialog_new (KmServer *server)
{
  KmWalletDialog *self = g_object_new (KM_TYPE_WALLET_DIALOG, NULL);

  self->server = g_object_ref (server);
  self->wallet = g_object_ref (km_server_get_wallet (server));
  g_signal_connect_object (self->wallet, "notify", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->wallet, "notify::balance", G_CALLBACK (state),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->wallet, "notify::income", G_CALLBACK (state),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (server, "notify::signed-in",
                           G_CALLBACK (on_signed_in), self, G_CONNECT_SWAPPED);
  km_wallet_refresh (self->wallet);
  update (self);
  return ADW_DIALOG (self);
}
