/* km-server-wallet.c: coins, income and gifts of one account at a server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks the server when somebody signs in, whenever the connection opens, and
 * when asked to. Between that the account's inbox tells of its coins
 * (km-server-wallet-inbox.c); both say as of which place in the inbox they
 * are, so that what is older changes nothing. Where there is no inbox, the
 * answer to a gift has the giver's new balance. If it comes while an answer is
 * on its way it is newer than what that answer may say: then it is asked for
 * again.
 *
 * Thread: main.
 */

#include "km-server-wallet-private.h"

#include "km-client-error.h"
#include "km-connection-private.h"
#include "km-gift-item-private.h"
#include "km-json.h"
#include "km-server-private.h"

#include <glib/gi18n-lib.h>

#define GIFTS_MAX 500
#define COUNTS_MAX 8

G_DEFINE_FINAL_TYPE (KmWallet, km_wallet, G_TYPE_OBJECT)

enum
{
  PROP_LOADED = 1,
  PROP_ERROR,
  PROP_BALANCE,
  PROP_INCOME,
  PROP_PRACTICE,
  PROP_SPENT_TODAY,
  PROP_DAILY_LIMIT,
  PROP_NEXT_LIMIT,
  PROP_NEXT_LIMIT_AT,
  PROP_CONFIRM_ABOVE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
set_coins (KmWallet *self,
           gint64   *field,
           gint64    coins,
           guint     property)
{
  if (*field == coins)
    return;

  *field = coins;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_flag (KmWallet *self,
          gboolean *field,
          gboolean  value,
          guint     property)
{
  if (*field == value)
    return;

  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_error (KmWallet     *self,
           const GError *error)
{
  if (self->error == NULL && error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

/* Thread: main. Also before anything is known: -1. */
void
km_wallet_set_coins (KmWallet *self,
                     gint64    balance,
                     gint64    income)
{
  set_coins (self, &self->balance, balance, PROP_BALANCE);
  set_coins (self, &self->income, income, PROP_INCOME);
}

/* Thread: main. Only the limits of @info count. */
void
km_wallet_set_limit (KmWallet           *self,
                     const KmWalletInfo *info)
{
  gint64 at_ms = info->next_limit_at_ms > 0 ? info->next_limit_at_ms : -1;

  set_coins (self, &self->daily_limit, info->daily_limit, PROP_DAILY_LIMIT);
  set_coins (self, &self->next_limit, info->next_limit, PROP_NEXT_LIMIT);
  set_coins (self, &self->next_limit_at, at_ms, PROP_NEXT_LIMIT_AT);
}

/**
 * km_wallet_take_answer:
 * @self: a wallet
 * @answer: what `GET wallet` says, or a call that answers the same
 * @error: %KM_CLIENT_ERROR_PROTOCOL
 *
 * Returns: whether it is one
 */
gboolean
km_wallet_take_answer (KmWallet    *self,
                       JsonObject  *answer,
                       GError     **error)
{
  GObject *object = G_OBJECT (self);
  KmWalletInfo info;
  gint64 seq = G_MAXINT64; /* who knows no inbox says how it is now */
  gint64 spent = 0;

  if (!km_wallet_info_read_coins (&info, answer))
    {
      g_set_error_literal (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_PROTOCOL,
                           _("The server’s answer isn’t understood."));
      return FALSE;
    }
  km_wallet_info_read_limit (&info, answer);
  km_json_get_integer (answer, "inbox_seq", 0, G_MAXINT64, &seq);
  km_json_get_integer (answer, "spent_today", 0, G_MAXINT64, &spent);

  g_object_freeze_notify (object);
  set_flag (self, &self->loaded, TRUE, PROP_LOADED);
  if (seq >= self->as_of)
    {
      self->as_of = seq < G_MAXINT64 ? seq : -1;
      km_wallet_set_coins (self, info.balance, info.income);
    }
  set_coins (self, &self->spent_today, spent, PROP_SPENT_TODAY);
  set_flag (self, &self->practice, km_json_get_boolean (answer, "practice"),
            PROP_PRACTICE);
  km_wallet_set_limit (self, &info);
  g_object_thaw_notify (object);

  return TRUE;
}

static void
forget_account (KmWallet *self)
{
  GObject *object = G_OBJECT (self);

  g_object_freeze_notify (object);
  set_flag (self, &self->loaded, FALSE, PROP_LOADED);
  km_wallet_inbox_forget (self);
  km_wallet_set_coins (self, -1, -1);
  set_coins (self, &self->spent_today, 0, PROP_SPENT_TODAY);
  set_coins (self, &self->daily_limit, -1, PROP_DAILY_LIMIT);
  set_coins (self, &self->next_limit, -1, PROP_NEXT_LIMIT);
  set_coins (self, &self->next_limit_at, -1, PROP_NEXT_LIMIT_AT);
  set_flag (self, &self->practice, FALSE, PROP_PRACTICE);
  set_error (self, NULL);
  g_object_thaw_notify (object);
}

static void
take_counts (KmWallet  *self,
             JsonArray *array)
{
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (n == 0)
    return;

  g_array_set_size (self->counts, 0);
  for (guint i = 0; i < MIN (n, COUNTS_MAX); i++)
    {
      gint64 value = json_array_get_int_element (array, i);
      guint count = (guint) CLAMP (value, 1, KM_GIFT_COUNT_MAX);

      g_array_append_val (self->counts, count);
    }
}

static void
take_catalogue (KmWallet   *self,
                JsonObject *answer)
{
  g_autoptr (GPtrArray) gifts =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_gift_free);
  JsonArray *array = km_json_get_array (answer, "gifts");
  guint n = array != NULL ? json_array_get_length (array) : 0;
  gint64 above = self->confirm_above;

  for (guint i = 0; i < MIN (n, GIFTS_MAX); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      KmGift *gift = NULL;

      if (JSON_NODE_HOLDS_OBJECT (node))
        gift = km_gift_from_json (json_node_get_object (node));
      if (gift != NULL)
        g_ptr_array_add (gifts, gift);
    }

  take_counts (self, km_json_get_array (answer, "counts"));
  km_json_get_integer (answer, "confirm_above", 0, G_MAXINT64, &above);
  set_coins (self, &self->confirm_above, above, PROP_CONFIRM_ABOVE);
  km_gift_items_update (self->gifts, gifts);
  if (self->server != NULL)
    km_server_gifts_changed (self->server);
}

/* A question to the server that outlives neither its answer nor the wallet. */
typedef struct
{
  KmWallet *wallet;
  KmServer *server;
  GCancellable *asking;
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->wallet);
  g_object_unref (question->server);
  g_object_unref (question->asking);
  g_free (question);
}

/* Takes @question, whose answer, or why there is none, has been dealt with. */
static void
settle (Question     *question,
        const GError *error)
{
  KmWallet *self = question->wallet;

  /* Else there are newer ones. */
  if (self->asking == question->asking)
    {
      if (error != NULL)
        set_error (self, error);
      if (--self->n_asked == 0)
        {
          gboolean again = self->ask_again;

          g_clear_object (&self->asking);
          self->ask_again = FALSE;
          if (again)
            km_wallet_refresh (self);
        }
    }
  question_free (question);
}

static void
on_wallet (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Question *question = data;
  KmWallet *self = question->wallet;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer =
    km_server_finish_call (question->server, result, &error);

  if (answer != NULL && self->asking == question->asking && !self->ask_again)
    km_wallet_take_answer (self, answer, &error);
  settle (question, error);
}

static void
on_catalogue (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Question *question = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer =
    km_server_finish_call (question->server, result, &error);

  if (answer != NULL)
    take_catalogue (question->wallet, answer);
  settle (question, error);
}

static void
ask (KmWallet            *self,
     const char          *path,
     GAsyncReadyCallback  callback)
{
  Question *question = g_new0 (Question, 1);

  question->wallet = g_object_ref (self);
  question->server = g_object_ref (self->server);
  question->asking = g_object_ref (self->asking);
  self->n_asked++;
  km_api_call_async (self->server->api, "GET", path, NULL, self->asking,
                     callback, question);
}

/**
 * km_wallet_refresh:
 * @self: a wallet
 *
 * Asks the server how things stand; the properties follow.
 */
void
km_wallet_refresh (KmWallet *self)
{
  g_return_if_fail (KM_IS_WALLET (self));

  if (self->server == NULL || km_server_get_address (self->server) == NULL)
    return;
  if (self->asking != NULL)
    {
      self->ask_again = TRUE;
      return;
    }

  set_error (self, NULL);
  self->asking = g_cancellable_new ();
  ask (self, "gifts", on_catalogue);
  if (km_api_get_token (self->server->api) != NULL)
    ask (self, "wallet", on_wallet);
}

static void
start_anew (KmWallet *self)
{
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->n_asked = 0;
  self->ask_again = FALSE;
  km_wallet_refresh (self);
}

static void
on_account (KmServer   *server,
            GParamSpec *pspec,
            KmWallet   *self)
{
  forget_account (self);
  start_anew (self);
}

/* It answers again, or the same account's token is known by now. */
static void
on_reachable (KmServer   *server,
              GParamSpec *pspec,
              KmWallet   *self)
{
  if (km_server_get_state (server) == KM_SERVER_OFFLINE)
    return;

  /* What is asked now asks for itself, unless a part of it failed before. */
  if (self->asking != NULL ? self->error != NULL
                           : !self->loaded || self->error != NULL)
    km_wallet_refresh (self);
}

static void
on_connection (KmConnection *connection,
               GParamSpec   *pspec,
               KmWallet     *self)
{
  gboolean open =
    km_connection_get_state (connection) == KM_CONNECTION_OPEN;

  km_wallet_inbox_connected (self, open);
  if (open)
    start_anew (self);
}

static void
km_wallet_get_property (GObject    *object,
                        guint       id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  KmWallet *self = KM_WALLET (object);

  switch (id)
    {
    case PROP_LOADED:
      g_value_set_boolean (value, self->loaded);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_BALANCE:
      g_value_set_int64 (value, self->balance);
      break;
    case PROP_INCOME:
      g_value_set_int64 (value, self->income);
      break;
    case PROP_PRACTICE:
      g_value_set_boolean (value, self->practice);
      break;
    case PROP_SPENT_TODAY:
      g_value_set_int64 (value, self->spent_today);
      break;
    case PROP_DAILY_LIMIT:
      g_value_set_int64 (value, self->daily_limit);
      break;
    case PROP_NEXT_LIMIT:
      g_value_set_int64 (value, self->next_limit);
      break;
    case PROP_NEXT_LIMIT_AT:
      g_value_set_int64 (value, self->next_limit_at);
      break;
    case PROP_CONFIRM_ABOVE:
      g_value_set_int64 (value, self->confirm_above);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
km_wallet_dispose (GObject *object)
{
  KmWallet *self = KM_WALLET (object);

  g_cancellable_cancel (self->asking);
  g_clear_weak_pointer (&self->server);
  if (self->connection != NULL)
    km_connection_set_inbox (self->connection, NULL, NULL);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (km_wallet_parent_class)->dispose (object);
}

static void
km_wallet_finalize (GObject *object)
{
  KmWallet *self = KM_WALLET (object);

  g_clear_object (&self->asking);
  g_clear_object (&self->gifts);
  g_clear_error (&self->error);
  g_array_unref (self->counts);
  g_free (self->inbox_epoch);

  G_OBJECT_CLASS (km_wallet_parent_class)->finalize (object);
}

static GParamSpec *
coins_spec (const char *name,
            gint64      unset)
{
  return g_param_spec_int64 (name, NULL, NULL, MIN (unset, 0), G_MAXINT64,
                             unset, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                             G_PARAM_STATIC_STRINGS);
}

static void
km_wallet_class_init (KmWalletClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                      G_PARAM_STATIC_STRINGS;

  object_class->get_property = km_wallet_get_property;
  object_class->dispose = km_wallet_dispose;
  object_class->finalize = km_wallet_finalize;

  properties[PROP_LOADED] =
    g_param_spec_boolean ("loaded", NULL, NULL, FALSE, flags);
  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_BALANCE] = coins_spec ("balance", -1);
  properties[PROP_INCOME] = coins_spec ("income", -1);
  properties[PROP_PRACTICE] =
    g_param_spec_boolean ("practice", NULL, NULL, FALSE, flags);
  properties[PROP_SPENT_TODAY] = coins_spec ("spent-today", 0);
  properties[PROP_DAILY_LIMIT] = coins_spec ("daily-limit", -1);
  properties[PROP_NEXT_LIMIT] = coins_spec ("next-limit", -1);
  properties[PROP_NEXT_LIMIT_AT] = coins_spec ("next-limit-at", -1);
  properties[PROP_CONFIRM_ABOVE] = coins_spec ("confirm-above", 1000);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * KmWallet::entry:
   * @of: a #KmWalletBook: in which book
   * @kind: a #KmWalletEntryKind: why
   * @coins: how many came; below zero: went
   * @note: (nullable): what who granted them wrote
   *
   * Coins came or went, now or while there was no connection.
   */
  g_signal_new ("entry", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                NULL, NULL, G_TYPE_NONE, 4, G_TYPE_UINT, G_TYPE_UINT,
                G_TYPE_INT64, G_TYPE_STRING);
}

static void
km_wallet_init (KmWallet *self)
{
  static const guint counts[] = { 1, 10, 66, 520 };

  self->gifts = g_list_store_new (KM_TYPE_GIFT_ITEM);
  self->counts = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_vals (self->counts, counts, G_N_ELEMENTS (counts));
  self->confirm_above = 1000;
  self->balance = -1;
  self->income = -1;
  self->daily_limit = -1;
  self->next_limit = -1;
  self->next_limit_at = -1;
}

/* Thread: main. Asks at once. */
KmWallet *
km_wallet_new (KmServer *server)
{
  KmWallet *self = g_object_new (KM_TYPE_WALLET, NULL);

  g_set_weak_pointer (&self->server, server);
  g_signal_connect_object (server, "notify::account-id",
                           G_CALLBACK (on_account), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (server, "notify::account-name",
                           G_CALLBACK (on_reachable), self,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (server, "notify::address",
                           G_CALLBACK (on_reachable), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (server, "notify::state", G_CALLBACK (on_reachable),
                           self, G_CONNECT_DEFAULT);
  g_signal_connect_object (km_server_get_connection (server), "notify::state",
                           G_CALLBACK (on_connection), self,
                           G_CONNECT_DEFAULT);
  self->connection = g_object_ref (km_server_get_connection (server));
  km_wallet_inbox_init (self);
  if (km_connection_get_state (self->connection) == KM_CONNECTION_OPEN)
    km_wallet_inbox_connected (self, TRUE);
  km_wallet_refresh (self);

  return self;
}

/* A gift was answered: what one has now, unless the inbox has said so. */
void
km_wallet_take_balance (KmWallet *self,
                        gint64    balance)
{
  if (balance < 0 || self->inbox_open)
    return;

  if (self->asking != NULL)
    self->ask_again = TRUE;
  set_coins (self, &self->balance, balance, PROP_BALANCE);
}

/**
 * km_wallet_gift_seen:
 * @self: a wallet
 *
 * A gift that this app didn't give has moved coins of this account. Where the
 * server tells of it by itself there is nothing to do.
 */
void
km_wallet_gift_seen (KmWallet *self)
{
  if (!self->inbox_open)
    km_wallet_refresh (self);
}
