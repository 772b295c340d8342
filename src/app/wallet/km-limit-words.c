/* km-limit-words.c: what a giver allows themselves, in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-limit-words.h"

#include <glib/gi18n.h>

#include "km-format.h"
#include "km-protocol.h"
#include "km-words.h"

/* When another limit begins to hold, as a sentence; nothing without one. */
static char *
dup_next (KmWallet *wallet)
{
  gint64 at_ms = km_wallet_get_next_limit_at (wallet);
  gint64 next = km_wallet_get_next_limit (wallet);
  g_autofree char *coins = NULL;
  g_autofree char *date = NULL;

  if (at_ms < 0)
    return NULL;

  date = km_format_date (at_ms);
  if (next < 0)
    /* Translators: a date with a time */
    return g_strdup_printf (_("No limit from %s on."), date);
  coins = km_format_coins (next);
  /* Translators: an amount of money, a date with a time */
  return g_strdup_printf (_("%s from %s on."), coins, date);
}

static char *
append_next (KmWallet *wallet,
             char     *words)
{
  g_autofree char *first = words;
  g_autofree char *next = dup_next (wallet);

  if (next == NULL)
    return g_steal_pointer (&first);
  return g_strconcat (first, " ", next, NULL);
}

/**
 * km_limit_words_refused:
 * @wallet: of somebody who can't give any more
 *
 * Returns: (transfer full): why, and until when
 */
char *
km_limit_words_refused (KmWallet *wallet)
{
  gint64 limit = km_wallet_get_daily_limit (wallet);
  g_autofree char *spent = NULL;
  g_autofree char *coins = NULL;

  if (limit < 0)
    return g_strdup (_("This is more than the daily limit that you set."));

  spent = km_format_number (km_wallet_get_spent_today (wallet));
  coins = km_format_coins (limit);
  /* Translators: "480", "500 coins" */
  return append_next (wallet, g_strdup_printf (
    _("More than your daily limit: %s of %s were given in the last 24 hours. "
      "There is room again 24 hours after each gift."), spent, coins));
}

/**
 * km_limit_words_describe:
 * @wallet: whose
 *
 * Returns: (transfer full): what the limit is and what was given
 */
char *
km_limit_words_describe (KmWallet *wallet)
{
  gint64 limit = km_wallet_get_daily_limit (wallet);
  g_autofree char *spent
    = km_format_number (km_wallet_get_spent_today (wallet));
  g_autofree char *coins = NULL;

  if (limit < 0)
    /* Translators: how many coins */
    return append_next (wallet, g_strdup_printf (
      _("None. %s given in the last 24 hours."), spent));

  coins = km_format_coins (limit);
  /* Translators: "500 coins", "480" */
  return append_next (wallet, g_strdup_printf (
    _("%s; %s given in the last 24 hours."), coins, spent));
}

/**
 * km_limit_words_practice:
 * @error: why there are no practice coins now
 *
 * Returns: the same for a person
 */
const char *
km_limit_words_practice (const GError *error)
{
  if (g_error_matches (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_FORBIDDEN))
    return _("There are new practice coins when less than a tenth is left.");
  return km_words (error);
}
