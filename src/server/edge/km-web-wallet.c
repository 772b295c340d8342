/* km-web-wallet.c: HTTP calls about one's own coins
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each of them answers with the whole wallet, as it is when what was asked
 * for is on the disk.
 *
 * Thread: main; what is given to the desk runs on the store thread.
 */

#include "km-web-private.h"

#include "km-practice.h"
#include "km-wallet.h"

/* JSON carries no larger number exactly. */
#define LIMIT_COINS_MAX G_GINT64_CONSTANT (9007199254740991)

typedef struct
{
  KmWebCall *call;
  KmLedgerRules rules;
  gint64 account;
  gint64 now_ms;
  gint64 limit_coins;
} WalletWrite;

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

static void
append_coins (GString    *json,
              const char *member,
              gint64      coins)
{
  if (coins == KM_NO_LIMIT)
    km_json_append_raw (json, member, "null", -1);
  else
    km_json_append_integer (json, member, coins);
}

static GString *
describe_wallet (const KmWallet *wallet,
                 gboolean        practice)
{
  g_autoptr (GString) next = g_string_new ("{");
  GString *json = g_string_new ("{");

  km_json_append_integer (json, "balance", wallet->balance);
  km_json_append_integer (json, "income", wallet->income);
  km_json_append_integer (json, "income_room_seq", wallet->income_room_seq);
  km_json_append_integer (json, "inbox_seq", wallet->inbox_seq);
  km_json_append_boolean (json, "practice", practice);
  append_coins (json, "daily_limit", wallet->limit.coins);
  append_coins (next, "coins", wallet->limit.next_coins);
  km_json_append_integer (next, "at", wallet->limit.next_at_ms);
  g_string_append_c (next, '}');
  km_json_append_raw (json, "daily_limit_next",
                      wallet->limit.next_at_ms != 0 ? next->str : "null", -1);
  km_json_append_integer (json, "spent_today", wallet->spent);
  g_string_append_c (json, '}');

  return json;
}

/* Ends @call with what there is now. */
static void
answer_wallet (KmWebCall *call)
{
  const KmWebParts *parts = &call->api->parts;
  KmWallet wallet;
  GError *error = NULL;

  if (!km_wallet_read (parts->reader, call->session->account, now_ms (),
                       &wallet, &error))
    km_web_call_fail (call, error);
  else
    km_web_call_answer (call, SOUP_STATUS_OK,
                        describe_wallet (&wallet,
                                         parts->config->rules.practice_coins
                                         > 0));
}

static void
wallet_written (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  KmWebCall *call = user_data;
  GError *error = NULL;
  g_autofree char *id = NULL;

  if (km_desk_run_finish (result, &error) == NULL)
    {
      km_web_call_fail (call, error);
      return;
    }

  id = g_strdup_printf ("%" G_GINT64_FORMAT, call->session->account);
  km_hub_wallet_changed (call->api->parts.hub, id);
  answer_wallet (call);
}

static void
write_wallet (KmWebCall  *call,
              KmDeskFunc  apply,
              gint64      limit_coins)
{
  const KmWebParts *parts = &call->api->parts;
  WalletWrite *write = g_new (WalletWrite, 1);

  *write = (WalletWrite) {
    .call = call,
    .rules = parts->config->rules,
    .account = call->session->account,
    .now_ms = now_ms (),
    .limit_coins = limit_coins,
  };
  km_desk_run_async (parts->desk, apply, write, g_free, wallet_written, call);
}

static gboolean
apply_begin (gpointer        data,
             KmTransaction  *transaction,
             GError        **error)
{
  const WalletWrite *self = data;

  return km_practice_begin (transaction, &self->rules, self->account,
                            self->now_ms, error);
}

static gboolean
apply_again (gpointer        data,
             KmTransaction  *transaction,
             GError        **error)
{
  const WalletWrite *self = data;

  return km_practice_again (transaction, &self->rules, self->account,
                            self->now_ms, error);
}

static gboolean
apply_limit (gpointer        data,
             KmTransaction  *transaction,
             GError        **error)
{
  const WalletWrite *self = data;

  return km_daily_limit_set (transaction, self->account, self->limit_coins,
                             self->now_ms, error);
}

/* GET wallet */
void
km_web_get_wallet (KmWebCall *call)
{
  const KmWebParts *parts = &call->api->parts;
  KmWallet wallet;
  GError *error = NULL;

  if (!km_wallet_read (parts->reader, call->session->account, now_ms (),
                       &wallet, &error))
    km_web_call_fail (call, error);
  else if (parts->config->rules.practice_coins > 0 && !wallet.practising)
    write_wallet (call, apply_begin, 0);
  else
    answer_wallet (call);
}

/* PUT wallet/daily-limit */
void
km_web_set_daily_limit (KmWebCall *call)
{
  gint64 coins = KM_NO_LIMIT;

  if (!json_object_has_member (call->body, "coins")
      || (!json_object_get_null_member (call->body, "coins")
          && !km_json_get_integer (call->body, "coins", 0, LIMIT_COINS_MAX,
                                   &coins)))
    km_web_call_refuse (call, KM_PROTOCOL_ERROR_BAD_REQUEST);
  else
    write_wallet (call, apply_limit, coins);
}

/* POST wallet/practice */
void
km_web_practise_again (KmWebCall *call)
{
  write_wallet (call, apply_again, 0);
}
