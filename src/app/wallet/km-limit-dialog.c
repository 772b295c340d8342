/* km-limit-dialog.c: how much somebody lets themselves give in a day
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-limit-dialog.h"

#include <glib/gi18n.h>

#include "km-toast.h"

/* What is offered to somebody who has none. */
#define FIRST_COINS 1000

struct _KmLimitDialog
{
  AdwAlertDialog parent_instance;

  AdwSwitchRow *limited;
  AdwSpinRow *coins;
};

G_DEFINE_FINAL_TYPE (KmLimitDialog, km_limit_dialog, ADW_TYPE_ALERT_DIALOG)

static void
km_limit_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), KM_TYPE_LIMIT_DIALOG);

  G_OBJECT_CLASS (km_limit_dialog_parent_class)->dispose (object);
}

static void
km_limit_dialog_class_init (KmLimitDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_limit_dialog_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/wallet/km-limit-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, KmLimitDialog, limited);
  gtk_widget_class_bind_template_child (widget_class, KmLimitDialog, coins);
}

static void
km_limit_dialog_init (KmLimitDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
on_set (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GtkWidget) parent = user_data;
  g_autoptr (GError) error = NULL;

  if (!km_wallet_set_daily_limit_finish (KM_WALLET (source), result, &error))
    km_toast_error (parent, error);
  else if (km_wallet_get_next_limit_at (KM_WALLET (source)) >= 0)
    km_toast_show (parent, _("The new limit holds after 24 hours"));
}

typedef struct
{
  KmWallet *wallet;
  GtkWidget *parent;
} Question;

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr (KmWallet) wallet = question->wallet;
  g_autoptr (GtkWidget) parent = question->parent;
  KmLimitDialog *self = KM_LIMIT_DIALOG (source);
  const char *response
    = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);
  gint64 coins = -1;

  if (!g_str_equal (response, "set"))
    return;

  if (adw_switch_row_get_active (self->limited))
    coins = (gint64) adw_spin_row_get_value (self->coins);
  km_wallet_set_daily_limit_async (wallet, coins, NULL, on_set,
                                   g_object_ref (parent));
}

/**
 * km_limit_dialog_present:
 * @wallet: whose limit
 * @parent: the widget that asks; tells what went wrong
 *
 * Asks for another limit and sets it.
 */
void
km_limit_dialog_present (KmWallet  *wallet,
                         GtkWidget *parent)
{
  KmLimitDialog *self = g_object_new (KM_TYPE_LIMIT_DIALOG, NULL);
  Question *question = g_new0 (Question, 1);
  gint64 limit = km_wallet_get_daily_limit (wallet);

  question->wallet = g_object_ref (wallet);
  question->parent = g_object_ref (parent);
  adw_switch_row_set_active (self->limited, limit >= 0);
  adw_spin_row_set_value (self->coins,
                          (double) (limit >= 0 ? limit : FIRST_COINS));
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (self), parent, NULL, on_answer,
                           question);
}
