/* test-wallet.c: coins that add up, whatever crosses on the way
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-client-error.h"
#include "km-test-process.h"
#include "km-test-room.h"

#include <string.h>

#define GIFTS \
  "{\"gifts\":[{\"id\":\"rose\",\"names\":{\"en\":\"Rose\",\"zh_CN\":" \
  "\"玫瑰\"},\"price\":3,\"art\":\"rose\",\"tier\":1},{\"id\":\"ship\"," \
  "\"names\":{\"en\":\"Ship\"},\"price\":1000,\"art\":\"ship\",\"tier\":3}]," \
  "\"confirm_above\":500,\"counts\":[1,10],\"practice\":true}"
#define WALLET(balance, income, seq) \
  "{\"balance\":" balance ",\"income\":" income ",\"income_room_seq\":" seq \
  ",\"practice\":true,\"daily_limit\":200,\"daily_limit_next\":{\"coins\":" \
  "null,\"at\":1763700000000},\"spent_today\":30}"

#define GIFT_OF(account) \
  "{\"id\":\"g\",\"from\":{\"id\":\"" account "\",\"name\":\"x\"," \
  "\"shown_name\":\"X\",\"role\":\"member\"},\"gift\":\"rose\",\"names\":" \
  "{\"en\":\"Rose\"},\"art\":\"rose\",\"tier\":1,\"price\":3,\"count\":1," \
  "\"value\":3,\"combo\":\"c\",\"combo_count\":1,\"combo_value\":3," \
  "\"income\":1,\"time_ms\":null}"

static gboolean
has_error (gpointer data)
{
  return km_wallet_get_error (data) != NULL;
}

static gboolean
has_gifts (gpointer data)
{
  return g_list_model_get_n_items (km_wallet_get_gifts (data)) > 0;
}

static gboolean
is_fine (gpointer data)
{
  return km_wallet_get_loaded (data) && has_gifts (data) && !has_error (data);
}

static gboolean
is_loaded (gpointer data)
{
  return km_wallet_get_loaded (data);
}

static KmWallet *
load (KmTestRoom *self,
      const char *answer)
{
  KmWallet *wallet;

  km_test_wire_answer (self->wire, "GET gifts", 200, GIFTS);
  km_test_wire_answer (self->wire, "GET wallet", 200, answer);
  wallet = km_server_get_wallet (self->server);
  g_assert_true (km_test_wait_until (is_loaded, wallet, 10));

  return wallet;
}

typedef struct
{
  KmTestWire *wire;
  guint n;
} Asked;

static gboolean
was_asked (gpointer data)
{
  Asked *asked = data;

  return km_test_wire_count (asked->wire, "GET wallet") >= asked->n;
}

/* Until `GET wallet` came for the nth time. */
static void
wait_asked (KmTestRoom *self,
            guint       n)
{
  Asked asked = { self->wire, n };

  g_assert_true (km_test_wait_until (was_asked, &asked, 10));
}

static void
test_what_the_server_says (KmTestRoom    *self,
                           gconstpointer  data)
{
  KmWallet *wallet = load (self, WALLET ("970", "15", "0"));
  KmGiftItem *rose;
  const guint *counts;
  guint n_counts;

  g_assert_true (km_test_wait_until (has_gifts, wallet, 10));
  g_assert_cmpuint (g_list_model_get_n_items (km_wallet_get_gifts (wallet)),
                    ==, 2);
  rose = km_wallet_find_gift (wallet, "rose");
  g_assert_cmpstr (km_gift_item_get_name (rose), ==, "玫瑰");
  g_assert_cmpint (km_gift_item_get_price (rose), ==, 3);
  g_assert_cmpuint (km_gift_item_get_tier (rose), ==, 1);
  g_assert_cmpstr (km_gift_item_get_name (km_wallet_find_gift (wallet,
                                                               "ship")), ==,
                   "Ship");
  g_assert_null (km_wallet_find_gift (wallet, "moon"));
  counts = km_wallet_get_counts (wallet, &n_counts);
  g_assert_cmpuint (n_counts, ==, 2);
  g_assert_cmpuint (counts[1], ==, 10);

  g_assert_cmpint (km_wallet_get_confirm_above (wallet), ==, 500);
  g_assert_cmpint (km_wallet_get_balance (wallet), ==, 970);
  g_assert_cmpint (km_wallet_get_income (wallet), ==, 15);
  g_assert_true (km_wallet_get_practice (wallet));
  g_assert_cmpint (km_wallet_get_spent_today (wallet), ==, 30);
  g_assert_cmpint (km_wallet_get_daily_limit (wallet), ==, 200);
  g_assert_cmpint (km_wallet_get_next_limit (wallet), ==, -1);
  g_assert_cmpint (km_wallet_get_next_limit_at (wallet), ==, 1763700000000);
  g_assert_null (km_wallet_get_error (wallet));
}

static void
on_balance (KmWallet   *wallet,
            GParamSpec *pspec,
            GString    *seen)
{
  g_string_append_printf (seen, "[%" G_GINT64_FORMAT "]",
                          km_wallet_get_balance (wallet));
}

static void
test_receipt_is_newer (KmTestRoom    *self,
                       gconstpointer  data)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  KmWallet *wallet;

  /* The answer was made before the gift, and comes after its receipt. */
  km_test_wire_answer (self->wire, "GET gifts", 200, GIFTS);
  km_test_wire_answer (self->wire, "GET wallet", 0, NULL);
  wallet = km_server_get_wallet (self->server);
  g_signal_connect (wallet, "notify::balance", G_CALLBACK (on_balance), seen);
  wait_asked (self, 1);
  km_test_room_reply (self, "gift.send",
                      "{\"seq\":1,\"at\":1,\"value\":30,\"balance\":970}");
  km_room_send_gift_async (self->room, "rose", 10, FALSE, -1, NULL,
                           km_test_on_result, &result);
  km_test_wait_result (&result);
  g_assert_cmpint (km_wallet_get_balance (wallet), ==, 970);

  km_test_wire_answer (self->wire, "GET wallet", 200,
                       WALLET ("1000", "0", "0"));
  km_test_wire_answer (self->wire, "GET wallet", 200,
                       WALLET ("970", "0", "0"));
  g_assert_true (km_test_wait_until (is_loaded, wallet, 10));
  g_assert_cmpuint (km_test_wire_count (self->wire, "GET wallet"), ==, 2);
  g_assert_cmpstr (seen->str, ==, "[970]");
  g_signal_handlers_disconnect_by_data (wallet, seen);
}

static void
send_gift (KmTestRoom *self,
           gint64      seq)
{
  g_autofree char *d =
    g_strdup_printf ("{\"id\":\"g%" G_GINT64_FORMAT "\",\"from\":{\"id\":"
                     "\"9\",\"name\":\"x\",\"shown_name\":\"X\",\"role\":"
                     "\"member\"},\"gift\":\"rose\",\"names\":{\"en\":"
                     "\"Rose\"},\"art\":\"rose\",\"tier\":1,\"price\":3,"
                     "\"count\":1,\"value\":3,\"combo\":\"c%" G_GINT64_FORMAT
                     "\",\"combo_count\":1,\"combo_value\":3,\"income\":1,"
                     "\"time_ms\":null}", seq, seq);

  km_test_room_event (self, "gift.sent", seq, d);
}

typedef struct
{
  KmTestRoom *room;
  guint n;
} Rows;

static gboolean
has_rows (gpointer data)
{
  Rows *rows = data;
  GListModel *messages = km_room_get_messages (rows->room->room);

  return g_list_model_get_n_items (messages) >= rows->n;
}

static void
wait_rows (KmTestRoom *self,
           guint       n)
{
  Rows rows = { self, n };

  g_assert_true (km_test_wait_until (has_rows, &rows, 10));
}

#define INBOX(seq, resumed, balance, income)                                  \
  "{\"epoch\":\"i\",\"seq\":" seq ",\"resumed\":" resumed                      \
  ",\"wallet\":{\"balance\":" balance ",\"income\":" income                     \
  ",\"daily_limit\":null,\"daily_limit_next\":null}}"

static void
on_entry (KmWallet   *wallet,
          guint       of,
          guint       kind,
          gint64      coins,
          const char *note,
          GString    *seen)
{
  g_string_append_printf (seen, "[%u %u %" G_GINT64_FORMAT "%s%s]", of, kind,
                          coins, note != NULL ? " " : "",
                          note != NULL ? note : "");
}

typedef struct
{
  KmWallet *wallet;
  gint64 balance;
  gint64 income;
} Coins;

static gboolean
has_coins (gpointer data)
{
  Coins *coins = data;

  return km_wallet_get_balance (coins->wallet) == coins->balance
         && km_wallet_get_income (coins->wallet) == coins->income;
}

static void
wait_coins (KmWallet *wallet,
            gint64    balance,
            gint64    income)
{
  Coins coins = { wallet, balance, income };

  km_test_wait_until (has_coins, &coins, 10);
  g_assert_cmpint (km_wallet_get_balance (wallet), ==, balance);
  g_assert_cmpint (km_wallet_get_income (wallet), ==, income);
}

static void
send_entry (KmTestRoom *self,
            gint64      seq,
            const char *d)
{
  km_test_wire_send (self->wire,
                     "{\"t\":\"wallet.entry\",\"s\":\"inbox\",\"seq\":%"
                     G_GINT64_FORMAT ",\"at\":1,\"d\":%s}", seq, d);
}

#define COINS(of, kind, coins, balance)                                       \
  "{\"of\":\"" of "\",\"kind\":\"" kind "\",\"coins\":" coins               \
  ",\"balance\":" balance "}"

/* The wallet of somebody whose server has inboxes; 970 and 15 in it. */
static KmWallet *
listen (KmTestRoom *self)
{
  KmWallet *wallet;

  km_test_room_reply (self, "inbox.open", INBOX ("5", "false", "970", "15"));
  wallet = load (self, WALLET ("970", "15", "0"));
  wait_coins (wallet, 970, 15);

  return wallet;
}

static void
test_follows_the_inbox (KmTestRoom    *self,
                        gconstpointer  data)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  KmWallet *wallet = listen (self);
  guint asked = km_test_wire_count (self->wire, "GET wallet");

  g_assert_cmpstr (self->inbox, ==, "{}");
  g_signal_connect (wallet, "entry", G_CALLBACK (on_entry), seen);
  send_entry (self, 7, COINS ("income", "gift", "1", "16"));
  wait_coins (wallet, 970, 16);
  send_entry (self, 9, COINS ("wallet", "gift", "-30", "940"));
  wait_coins (wallet, 940, 16);

  /* What comes again, and what isn't one. */
  send_entry (self, 7, COINS ("income", "gift", "1", "16"));
  send_entry (self, 10, COINS ("house", "gift", "1", "1"));
  km_test_wire_send (self->wire, "{\"t\":\"wallet.entry\",\"s\":\"room:42\","
                     "\"seq\":11,\"at\":1,\"d\":"
                     COINS ("wallet", "gift", "1", "1") "}");
  send_entry (self, 12, "{\"of\":\"wallet\",\"kind\":\"grant\",\"coins\":60,"
                        "\"balance\":1000,\"note\":\"Welcome\"}");
  wait_coins (wallet, 1000, 16);
  g_assert_cmpstr (seen->str, ==, "[1 0 1][0 0 -30][0 1 60 Welcome]");

  km_test_wire_send (self->wire, "{\"t\":\"wallet.limit\",\"s\":\"inbox\","
                     "\"d\":{\"daily_limit\":50,\"daily_limit_next\":"
                     "{\"coins\":null,\"at\":77}}}");
  while (km_wallet_get_daily_limit (wallet) != 50)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (km_wallet_get_next_limit (wallet), ==, -1);
  g_assert_cmpint (km_wallet_get_next_limit_at (wallet), ==, 77);
  g_assert_cmpuint (km_test_wire_count (self->wire, "GET wallet"), ==, asked);
  g_signal_handlers_disconnect_by_data (wallet, seen);
}

static void
test_resumes_its_inbox (KmTestRoom    *self,
                        gconstpointer  data)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  KmWallet *wallet = listen (self);

  g_signal_connect (wallet, "entry", G_CALLBACK (on_entry), seen);
  send_entry (self, 7, COINS ("income", "gift", "1", "16"));
  wait_coins (wallet, 970, 16);

  /* Two were missed; the answer of the API is older than they are. */
  self->resumed = TRUE;
  km_test_room_reply (self, "inbox.open", INBOX ("9", "true", "900", "18"));
  km_test_wire_answer (self->wire, "GET wallet", 200,
                       "{\"balance\":970,\"income\":16,\"inbox_seq\":7}");
  km_test_room_cut (self);
  g_assert_cmpstr (self->inbox, ==, "{\"epoch\":\"i\",\"seq\":7}");
  send_entry (self, 8, COINS ("income", "gift", "2", "18"));
  send_entry (self, 9, COINS ("wallet", "gift", "-70", "900"));
  send_entry (self, 10, COINS ("wallet", "refund", "70", "970"));
  wait_coins (wallet, 970, 18);
  g_assert_cmpstr (seen->str, ==, "[1 0 1][1 0 2][0 0 -70][0 3 70]");

  /* Another history: what was had says nothing. */
  km_test_room_reply (self, "inbox.open", INBOX ("3", "false", "5", "6"));
  km_test_wire_answer (self->wire, "GET wallet", 200,
                       "{\"balance\":5,\"income\":6,\"inbox_seq\":3}");
  km_test_room_cut (self);
  wait_coins (wallet, 5, 6);
  send_entry (self, 4, COINS ("wallet", "gift", "-1", "4"));
  wait_coins (wallet, 4, 6);
  g_signal_handlers_disconnect_by_data (wallet, seen);
}

/* The answer to a gift is no news then, and may even be old. */
static void
test_inbox_knows_better (KmTestRoom    *self,
                         gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  KmWallet *wallet = listen (self);

  km_test_room_reply (self, "gift.send",
                      "{\"seq\":1,\"at\":1,\"value\":30,\"balance\":940}");
  send_entry (self, 6, COINS ("wallet", "gift", "-30", "940"));
  send_entry (self, 7, COINS ("wallet", "grant", "60", "1000"));
  wait_coins (wallet, 1000, 15);
  km_room_send_gift_async (self->room, "rose", 10, FALSE, -1, NULL,
                           km_test_on_result, &result);
  km_test_wait_result (&result);
  g_assert_cmpint (km_wallet_get_balance (wallet), ==, 1000);
}

/* A server of before tells nothing by itself. */
static void
test_without_an_inbox_it_asks (KmTestRoom    *self,
                               gconstpointer  data)
{
  KmWallet *wallet;

  self->role = "host";
  self->resumed = TRUE;
  km_test_room_cut (self);
  wallet = load (self, WALLET ("0", "100", "1"));
  km_test_wire_answer (self->wire, "GET wallet", 200, WALLET ("0", "101", "2"));
  send_gift (self, 1);
  wait_rows (self, 1);
  wait_coins (wallet, 0, 101);
}

static void
test_others_income_is_not_ours (KmTestRoom    *self,
                                gconstpointer  data)
{
  KmWallet *wallet = load (self, WALLET ("970", "15", "0"));
  guint asked = km_test_wire_count (self->wire, "GET wallet");

  send_gift (self, 1);
  wait_rows (self, 1);
  g_assert_cmpint (km_wallet_get_income (wallet), ==, 15);
  g_assert_cmpuint (km_test_wire_count (self->wire, "GET wallet"), ==, asked);
}

static void
test_signed_out_knows_nothing (KmTestRoom    *self,
                               gconstpointer  data)
{
  KmWallet *wallet = load (self, WALLET ("970", "15", "0"));

  g_assert_true (km_test_wait_until (has_gifts, wallet, 10));
  km_test_wire_answer (self->wire, "DELETE sessions/current", 204, NULL);
  km_server_sign_out_async (self->server, NULL, NULL, NULL);
  g_assert_false (km_wallet_get_loaded (wallet));
  g_assert_cmpint (km_wallet_get_balance (wallet), ==, -1);
  g_assert_cmpint (km_wallet_get_income (wallet), ==, -1);
  g_assert_cmpint (km_wallet_get_daily_limit (wallet), ==, -1);
  g_assert_true (has_gifts (wallet));
}

static void
test_unsent_gift_has_its_name (KmTestRoom    *self,
                               gconstpointer  data)
{
  KmWallet *wallet = load (self, WALLET ("970", "15", "0"));

  g_assert_true (km_test_wait_until (has_gifts, wallet, 10));
  km_room_send_gift_async (self->room, "rose", 10, FALSE, -1, NULL, NULL,
                           NULL);
  km_test_room_assert_rows (self, "[玫瑰 × 10?]");
}

static void
test_name_comes_later (KmTestRoom    *self,
                       gconstpointer  data)
{
  km_room_send_gift_async (self->room, "rose", 10, FALSE, -1, NULL, NULL,
                           NULL);
  km_test_room_assert_rows (self, "[rose × 10?]");
  load (self, WALLET ("970", "15", "0"));
  km_test_room_assert_rows (self, "[玫瑰 × 10?]");
}

static void
test_given_elsewhere (KmTestRoom    *self,
                      gconstpointer  data)
{
  KmWallet *wallet = load (self, WALLET ("970", "15", "0"));

  km_test_wire_answer (self->wire, "GET wallet", 200,
                       WALLET ("967", "15", "0"));
  km_test_room_event (self, "gift.sent", 1, GIFT_OF ("7"));
  wait_asked (self, 2);
  while (km_wallet_get_balance (wallet) == 970)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (km_wallet_get_balance (wallet), ==, 967);
}

static void
test_asks_when_the_server_is_back (KmTestRoom    *self,
                                   gconstpointer  data)
{
  KmWallet *wallet;

  km_test_room_close (self);
  km_test_wire_listen (self->wire, FALSE);
  wallet = km_server_get_wallet (self->server);
  g_assert_true (km_test_wait_until (has_error, wallet, 10));
  g_assert_error (km_wallet_get_error (wallet), KM_CLIENT_ERROR,
                  KM_CLIENT_ERROR_UNREACHABLE);

  /* Somebody else's call finds out. */
  km_test_wire_listen (self->wire, TRUE);
  km_test_wire_answer (self->wire, "GET gifts", 200, GIFTS);
  km_test_wire_answer (self->wire, "GET wallet", 200,
                       WALLET ("970", "15", "0"));
  km_server_check_async (self->server, NULL, NULL, NULL);
  g_assert_true (km_test_wait_until (is_fine, wallet, 10));
  km_test_room_open (self);
}

static void
test_daily_limit (KmTestRoom    *self,
                  gconstpointer  data)
{
  KmWallet *wallet = load (self, WALLET ("970", "15", "0"));
  g_autoptr (GAsyncResult) result = NULL;

  km_test_wire_answer (self->wire, "PUT wallet/daily-limit", 200,
                       "{\"balance\":970,\"income\":15,\"income_room_seq\":0,"
                       "\"practice\":true,\"daily_limit\":50,"
                       "\"daily_limit_next\":null,\"spent_today\":30}");
  km_wallet_set_daily_limit_async (wallet, 50, NULL, km_test_on_result,
                                   &result);
  km_test_wait_result (&result);
  g_assert_true (km_wallet_set_daily_limit_finish (wallet, result, NULL));
  g_assert_cmpstr (km_test_wire_get_body (self->wire,
                                          "PUT wallet/daily-limit"), ==,
                   "{\"coins\":50}");
  g_assert_cmpint (km_wallet_get_daily_limit (wallet), ==, 50);
  g_assert_cmpint (km_wallet_get_next_limit_at (wallet), ==, -1);

  g_clear_object (&result);
  km_wallet_set_daily_limit_async (wallet, -1, NULL, km_test_on_result,
                                   &result);
  km_test_wait_result (&result);
  g_assert_cmpstr (km_test_wire_get_body (self->wire,
                                          "PUT wallet/daily-limit"), ==,
                   "{\"coins\":null}");
}

static void
test_practice (KmTestRoom    *self,
               gconstpointer  data)
{
  KmWallet *wallet = load (self, WALLET ("970", "15", "0"));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  km_test_wire_answer (self->wire, "POST wallet/practice", 403,
                       "{\"error\":{\"code\":\"forbidden\",\"message\":"
                       "\"Enough are left.\"}}");
  km_wallet_get_practice_async (wallet, NULL, km_test_on_result, &result);
  km_test_wait_result (&result);
  g_assert_false (km_wallet_get_practice_finish (wallet, result, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_FORBIDDEN);

  g_clear_object (&result);
  km_test_wire_answer (self->wire, "POST wallet/practice", 200,
                       WALLET ("10970", "15", "0"));
  km_wallet_get_practice_async (wallet, NULL, km_test_on_result, &result);
  km_test_wait_result (&result);
  g_assert_true (km_wallet_get_practice_finish (wallet, result, NULL));
  g_assert_cmpint (km_wallet_get_balance (wallet), ==, 10970);
}

#define ENTRY(id, kind, coins, balance, rest) \
  "{\"id\":\"" id "\",\"at\":1763700000000,\"kind\":\"" kind "\",\"coins\":" \
  coins ",\"balance\":" balance rest "}"

static void
load_page (KmPayments *payments)
{
  g_autoptr (GAsyncResult) result = NULL;

  km_payments_load_async (payments, NULL, km_test_on_result, &result);
  km_test_wait_result (&result);
  g_assert_true (km_payments_load_finish (payments, result, NULL));
  g_assert_false (km_payments_get_loading (payments));
}

static void
test_payments_page_by_page (KmTestRoom    *self,
                            gconstpointer  data)
{
  KmWallet *wallet = load (self, WALLET ("970", "15", "0"));
  g_autoptr (KmPayments) payments = NULL;
  g_autoptr (KmPayment) payment = NULL;
  GListModel *model;

  payments = km_wallet_open_payments (wallet, KM_PAYMENTS_WALLET);
  model = G_LIST_MODEL (payments);
  km_test_wire_answer (self->wire, "GET wallet/statement", 200,
                       "{\"entries\":["
                       ENTRY ("9", "gift", "-30", "970",
                              ",\"gift\":\"rose\",\"names\":{\"zh_CN\":"
                              "\"玫瑰\"},\"count\":10,\"other\":{\"id\":\"1\","
                              "\"name\":\"host\",\"shown_name\":\"Host\"},"
                              "\"room\":\"42\"") ","
                       ENTRY ("8", "gift", "-3", "1000", "")
                       "],\"more\":true}");
  load_page (payments);
  g_assert_cmpstr (km_test_wire_get_query (self->wire, "GET wallet/statement"),
                   ==, "of=wallet&limit=50");
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 2);
  g_assert_true (km_payments_get_more (payments));
  payment = g_list_model_get_item (model, 0);
  g_assert_cmpint (km_payment_get_kind (payment), ==, KM_PAYMENT_GIFT);
  g_assert_cmpint (km_payment_get_coins (payment), ==, -30);
  g_assert_cmpint (km_payment_get_balance (payment), ==, 970);
  g_assert_cmpstr (km_payment_get_gift_name (payment), ==, "玫瑰");
  g_assert_cmpint (km_payment_get_count (payment), ==, 10);
  g_assert_cmpstr (km_payment_get_other_name (payment), ==, "Host");

  km_test_wire_answer (self->wire, "GET wallet/statement", 200,
                       "{\"entries\":["
                       ENTRY ("1", "grant", "1003", "1003",
                              ",\"note\":\"Welcome\",\"other\":null")
                       "],\"more\":false}");
  load_page (payments);
  g_assert_cmpstr (km_test_wire_get_query (self->wire, "GET wallet/statement"),
                   ==, "of=wallet&limit=50&before=8");
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 3);
  g_clear_object (&payment);
  payment = g_list_model_get_item (model, 2);
  g_assert_cmpint (km_payment_get_kind (payment), ==, KM_PAYMENT_GRANT);
  g_assert_cmpstr (km_payment_get_note (payment), ==, "Welcome");
  g_assert_null (km_payment_get_other_name (payment));

  /* There is no more: nothing is asked. */
  g_assert_false (km_payments_get_more (payments));
  load_page (payments);
  g_assert_cmpuint (km_test_wire_count (self->wire, "GET wallet/statement"),
                    ==, 2);
}

static void
test_file_is_whole_or_as_it_was (KmTestRoom    *self,
                                 gconstpointer  data)
{
  KmWallet *wallet = load (self, WALLET ("970", "15", "0"));
  g_autofree char *path = g_build_filename (self->directory, "income.csv",
                                            NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  km_test_wire_answer (self->wire, "GET wallet/statement.csv", 200,
                       "id,at\r\n1,2\r\n");
  km_wallet_save_payments_async (wallet, KM_PAYMENTS_INCOME, file, NULL,
                                 km_test_on_result, &result);
  km_test_wait_result (&result);
  g_assert_true (km_wallet_save_payments_finish (wallet, result, NULL));
  g_assert_cmpstr (km_test_wire_get_query (self->wire,
                                           "GET wallet/statement.csv"), ==,
                   "of=income");

  g_clear_object (&result);
  km_test_wire_answer (self->wire, "GET wallet/statement.csv", 503,
                       "{\"error\":{\"code\":\"busy\",\"message\":\"Busy.\"}}");
  km_wallet_save_payments_async (wallet, KM_PAYMENTS_INCOME, file, NULL,
                                 km_test_on_result, &result);
  km_test_wait_result (&result);
  g_assert_false (km_wallet_save_payments_finish (wallet, result, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_BUSY);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "id,at\r\n1,2\r\n");
}

static void
test_file_that_can_not_be (KmTestRoom    *self,
                           gconstpointer  data)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/dev/null/poll.csv");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  km_test_wire_answer (self->wire, "GET polls/5.csv", 200, "option\r\n");
  km_server_save_poll_async (self->server, "5", file, NULL, km_test_on_result,
                             &result);
  km_test_wait_result (&result);
  g_assert_false (km_server_save_poll_finish (self->server, result, &error));
  g_assert_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_STORAGE);
}

static void
test_art_has_a_bound (KmTestRoom    *self,
                      gconstpointer  data)
{
  KmWallet *wallet = load (self, WALLET ("970", "15", "0"));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) art = NULL;
  g_autofree char *large = g_strnfill (64 * 1024 + 1, 'x');

  km_test_wire_answer (self->wire, "GET gifts/art/my rose", 200, "<svg/>");
  km_wallet_load_art_async (wallet, "my rose", NULL, km_test_on_result,
                            &result);
  km_test_wait_result (&result);
  art = km_wallet_load_art_finish (wallet, result, NULL);
  g_assert_cmpmem (g_bytes_get_data (art, NULL), g_bytes_get_size (art),
                   "<svg/>", 6);

  g_clear_object (&result);
  km_test_wire_answer (self->wire, "GET gifts/art/my rose", 200, large);
  km_wallet_load_art_async (wallet, "my rose", NULL, km_test_on_result,
                            &result);
  km_test_wait_result (&result);
  g_assert_null (km_wallet_load_art_finish (wallet, result, NULL));
}

static void
test_summary (KmTestRoom    *self,
              gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (KmStreamSummary) summary = NULL;

  km_test_wire_answer (self->wire, "GET streams/last/summary", 200,
                       "{\"stream\":\"s1\",\"title\":\"Title\","
                       "\"started_at\":5,\"ended_at\":65,\"reason\":\"ended\","
                       "\"duration_ms\":60,\"peak\":12,\"messages\":34,"
                       "\"chatters\":5,\"gifts\":6,\"gift_coins\":600,"
                       "\"income\":300,\"givers\":2,\"likes\":99,"
                       "\"polls\":[]}");
  km_server_load_summary_async (self->server, NULL, NULL, km_test_on_result,
                                &result);
  km_test_wait_result (&result);
  summary = km_server_load_summary_finish (self->server, result, NULL);
  g_assert_nonnull (summary);
  g_assert_cmpint (summary->peak, ==, 12);
  g_assert_cmpint (summary->income, ==, 300);
  g_assert_cmpint (summary->duration_ms, ==, 60);

  g_clear_object (&result);
  km_test_wire_answer (self->wire, "GET streams/s2/summary", 404,
                       "{\"error\":{\"code\":\"not_found\",\"message\":"
                       "\"None.\"}}");
  km_server_load_summary_async (self->server, "s2", NULL, km_test_on_result,
                                &result);
  km_test_wait_result (&result);
  g_assert_null (km_server_load_summary_finish (self->server, result, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_NOT_FOUND);
}

int
main (int   argc,
      char *argv[])
{
  /* No keyring: a test must not find a real one. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_setenv ("LANGUAGE", "zh_CN", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                   \
  g_test_add ("/client/wallet/" name, KmTestRoom, NULL,                       \
              km_test_room_set_up, function, km_test_room_tear_down)
  ADD ("what-the-server-says", test_what_the_server_says);
  ADD ("receipt-is-newer", test_receipt_is_newer);
  ADD ("follows-the-inbox", test_follows_the_inbox);
  ADD ("resumes-its-inbox", test_resumes_its_inbox);
  ADD ("inbox-knows-better", test_inbox_knows_better);
  ADD ("without-an-inbox-it-asks", test_without_an_inbox_it_asks);
  ADD ("others-income-is-not-ours", test_others_income_is_not_ours);
  ADD ("signed-out-knows-nothing", test_signed_out_knows_nothing);
  ADD ("unsent-gift-has-its-name", test_unsent_gift_has_its_name);
  ADD ("name-comes-later", test_name_comes_later);
  ADD ("given-elsewhere", test_given_elsewhere);
  ADD ("asks-when-the-server-is-back", test_asks_when_the_server_is_back);
  ADD ("daily-limit", test_daily_limit);
  ADD ("practice", test_practice);
  ADD ("payments-page-by-page", test_payments_page_by_page);
  ADD ("file-is-whole-or-as-it-was", test_file_is_whole_or_as_it_was);
  ADD ("file-that-can-not-be", test_file_that_can_not_be);
  ADD ("art-has-a-bound", test_art_has_a_bound);
  ADD ("summary", test_summary);
#undef ADD
  return g_test_run ();
}
