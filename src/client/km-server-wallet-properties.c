/* km-server-wallet-properties.c: what a wallet is at the moment
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-server-wallet-private.h"

/**
 * km_wallet_get_gifts:
 * @self: a wallet
 *
 * Returns: (transfer none): a model of #KmGiftItem: what can be given, in the
 *   catalogue's order
 */
GListModel *
km_wallet_get_gifts (KmWallet *self)
{
  g_return_val_if_fail (KM_IS_WALLET (self), NULL);

  return G_LIST_MODEL (self->gifts);
}

/* Returns: (transfer none) (nullable): the gift of that id, if it can be
 * given. */
KmGiftItem *
km_wallet_find_gift (KmWallet   *self,
                     const char *id)
{
  GListModel *gifts;

  g_return_val_if_fail (KM_IS_WALLET (self), NULL);

  gifts = G_LIST_MODEL (self->gifts);
  for (guint i = 0; i < g_list_model_get_n_items (gifts); i++)
    {
      g_autoptr (KmGiftItem) item = g_list_model_get_item (gifts, i);

      if (g_strcmp0 (km_gift_item_get_id (item), id) == 0)
        return item; /* the list holds it */
    }

  return NULL;
}

/**
 * km_wallet_get_counts:
 * @self: a wallet
 * @n_counts: (out): how many
 *
 * Returns: (array length=n_counts): how many of a gift are offered at once,
 *   e.g. 1, 10, 66, 520; valid until the main loop runs
 */
const guint *
km_wallet_get_counts (KmWallet *self,
                      guint    *n_counts)
{
  g_return_val_if_fail (KM_IS_WALLET (self), NULL);

  *n_counts = self->counts->len;

  return (const guint *) (gpointer) self->counts->data;
}

/* Returns: coins; a gift of more must be confirmed. */
gint64
km_wallet_get_confirm_above (KmWallet *self)
{
  g_return_val_if_fail (KM_IS_WALLET (self), 0);

  return self->confirm_above;
}

/* Returns: whether the server told the account's coins; if not, -1 stands for
 * what isn't known. */
gboolean
km_wallet_get_loaded (KmWallet *self)
{
  g_return_val_if_fail (KM_IS_WALLET (self), FALSE);

  return self->loaded;
}

/* Returns: (nullable): why the last question got no answer, to show. */
const GError *
km_wallet_get_error (KmWallet *self)
{
  g_return_val_if_fail (KM_IS_WALLET (self), NULL);

  return self->error;
}

/* Returns: coins to give; -1: not known. */
gint64
km_wallet_get_balance (KmWallet *self)
{
  g_return_val_if_fail (KM_IS_WALLET (self), -1);

  return self->balance;
}

/* Returns: coins that one got as a host; -1: not known. */
gint64
km_wallet_get_income (KmWallet *self)
{
  g_return_val_if_fail (KM_IS_WALLET (self), -1);

  return self->income;
}

/* Returns: whether the coins here are for practice, and free. */
gboolean
km_wallet_get_practice (KmWallet *self)
{
  g_return_val_if_fail (KM_IS_WALLET (self), FALSE);

  return self->practice;
}

/* Returns: coins given in the last 24 hours, when it was asked last. */
gint64
km_wallet_get_spent_today (KmWallet *self)
{
  g_return_val_if_fail (KM_IS_WALLET (self), 0);

  return self->spent_today;
}

/* Returns: coins that may be given in 24 hours; -1: no limit. */
gint64
km_wallet_get_daily_limit (KmWallet *self)
{
  g_return_val_if_fail (KM_IS_WALLET (self), -1);

  return self->daily_limit;
}

/* Returns: the limit that comes at km_wallet_get_next_limit_at(); -1: none. */
gint64
km_wallet_get_next_limit (KmWallet *self)
{
  g_return_val_if_fail (KM_IS_WALLET (self), -1);

  return self->next_limit;
}

/* Returns: when the limit changes, ms since 1970; -1: it doesn't. */
gint64
km_wallet_get_next_limit_at (KmWallet *self)
{
  g_return_val_if_fail (KM_IS_WALLET (self), -1);

  return self->next_limit_at;
}
