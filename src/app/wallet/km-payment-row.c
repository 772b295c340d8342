/* km-payment-row.c: one line of a statement
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-payment-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "km-format.h"

#define NAME_CLUSTERS 24

/* "Rocket ×3" */
static char *
dup_gift (KmPayment *payment)
{
  const char *name = km_payment_get_gift_name (payment);
  g_autofree char *shown = NULL;
  g_autofree char *times = NULL;

  if (name == NULL)
    return g_strdup (_("A gift"));
  shown = km_format_short_name (name, NAME_CLUSTERS);
  times = km_format_times (km_payment_get_count (payment));
  return g_strjoin (" ", shown, times, NULL);
}

static char *
dup_gift_title (KmPayment    *payment,
                KmPaymentsOf  of)
{
  const char *other = km_payment_get_other_name (payment);
  g_autofree char *gift = dup_gift (payment);
  g_autofree char *name = NULL;

  if (other == NULL)
    return g_steal_pointer (&gift);

  name = km_format_short_name (other, NAME_CLUSTERS);
  if (of == KM_PAYMENTS_INCOME)
    /* Translators: a gift, who gave it */
    return g_strdup_printf (_("%s from %s"), gift, name);
  /* Translators: a gift, who got it */
  return g_strdup_printf (_("%s to %s"), gift, name);
}

static char *
dup_title (KmPayment    *payment,
           KmPaymentsOf  of)
{
  g_autofree char *gift = NULL;

  switch (km_payment_get_kind (payment))
    {
    case KM_PAYMENT_GIFT:
      return dup_gift_title (payment, of);
    case KM_PAYMENT_GRANT:
      return g_strdup (_("Granted by the server’s owner"));
    case KM_PAYMENT_PRACTICE:
      return g_strdup (_("Practice coins"));
    case KM_PAYMENT_REFUND:
      gift = dup_gift_title (payment, of);
      /* Translators: a gift that was taken back */
      return g_strdup_printf (_("Refund: %s"), gift);
    case KM_PAYMENT_OTHER:
    default:
      return g_strdup (_("Payment"));
    }
}

static char *
dup_subtitle (KmPayment *payment)
{
  const char *note = km_payment_get_note (payment);
  char *date = km_format_date (km_payment_get_at (payment));
  g_autofree char *first = date;

  if (note == NULL || *note == '\0')
    return g_steal_pointer (&first);
  return g_strjoin (" · ", first, note, NULL);
}

static GtkWidget *
make_coins (KmPayment *payment)
{
  gint64 coins = km_payment_get_coins (payment);
  g_autofree char *change = km_format_change (coins);
  g_autofree char *number = km_format_number (km_payment_get_balance (payment));
  /* Translators: how many coins are left after a payment */
  g_autofree char *balance = g_strdup_printf (_("%s left"), number);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *first = gtk_label_new (change);
  GtkWidget *second = gtk_label_new (balance);

  gtk_label_set_xalign (GTK_LABEL (first), 1);
  gtk_label_set_xalign (GTK_LABEL (second), 1);
  gtk_widget_add_css_class (first, "numeric");
  gtk_widget_add_css_class (first, "heading");
  if (coins > 0)
    gtk_widget_add_css_class (first, "success");
  gtk_widget_add_css_class (second, "numeric");
  gtk_widget_add_css_class (second, "caption");
  gtk_widget_add_css_class (second, "dimmed");
  gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), second);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  return box;
}

/**
 * km_payment_row_new:
 * @payment: a line
 * @of: of which statement
 *
 * Returns: (transfer floating): a row for it
 */
GtkWidget *
km_payment_row_new (KmPayment    *payment,
                    KmPaymentsOf  of)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = dup_title (payment, of);
  g_autofree char *subtitle = dup_subtitle (payment);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_coins (payment));
  return row;
}
