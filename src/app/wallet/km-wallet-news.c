/* km-wallet-news.c: coins that came or went without one's doing
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gifts are seen where they are given. What the owner of a server grants or
 * refunds is seen nowhere else, so a word is said about it at the foot of the
 * window, also about what happened while one was away.
 *
 * Thread: main.
 */

#include "km-wallet-news.h"

#include <glib/gi18n.h>

#include "km-format.h"
#include "km-toast.h"

/**
 * km_wallet_news_dup_text:
 * @of: in which book
 * @kind: why
 * @coins: how many came; below zero: went
 * @note: (nullable): what who granted them wrote
 *
 * Returns: (transfer full) (nullable): what to say about it; %NULL: nothing
 */
char *
km_wallet_news_dup_text (KmWalletBook       of,
                         KmWalletEntryKind  kind,
                         gint64             coins,
                         const char        *note)
{
  g_autofree char *how_many = km_format_coins (ABS (coins));

  if (kind == KM_WALLET_ENTRY_GRANT && note != NULL)
    /* Translators: how many coins, and what who granted them wrote */
    return g_strdup_printf (_("You were given %s: %s"), how_many, note);
  if (kind == KM_WALLET_ENTRY_GRANT)
    /* Translators: how many coins */
    return g_strdup_printf (_("You were given %s"), how_many);
  if (kind == KM_WALLET_ENTRY_REFUND && of == KM_WALLET_BOOK_WALLET)
    /* Translators: how many coins */
    return g_strdup_printf (_("A gift was refunded: you have %s back"),
                            how_many);
  if (kind == KM_WALLET_ENTRY_REFUND)
    /* Translators: how many coins */
    return g_strdup_printf (_("A gift was refunded: %s of your income are "
                              "gone"), how_many);

  return NULL;
}

static void
on_entry (GtkWidget  *widget,
          guint       of,
          guint       kind,
          gint64      coins,
          const char *note)
{
  g_autofree char *text = km_wallet_news_dup_text (
    (KmWalletBook) of, (KmWalletEntryKind) kind, coins, note);

  if (text != NULL)
    km_toast_show (widget, text);
}

/**
 * km_wallet_news_bind:
 * @widget: in a window
 * @wallet: whose coins
 *
 * Says there what comes and goes, as long as @widget lives.
 */
void
km_wallet_news_bind (GtkWidget *widget,
                     KmWallet  *wallet)
{
  g_signal_connect_object (wallet, "entry", G_CALLBACK (on_entry), widget,
                           G_CONNECT_SWAPPED);
}
