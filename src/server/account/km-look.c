/* km-look.c: names that a person could take for each other
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two names look alike when they have the same skeleton (UTS 39, section 4):
 * what is left when each character is replaced by the plainest one of its
 * shape. Case is folded before, since "ALICE" is alice, and in a second
 * skeleton only behind, since "AIice" with an I is taken for her too.
 *
 * The looks of all names are kept, so that those of hosts are found by an
 * index. Skeletons differ between versions of ICU: what another version has
 * made is made anew at the start.
 *
 * Thread: that of the transaction; km_look_list() any.
 */

#include "km-look.h"

#include <unicode/uspoof.h>
#include <unicode/uversion.h>

#include "km-account-error.h"
#include "km-statement.h"

/* To be raised when km_look_list() changes. */
#define RULES 1

static USpoofChecker *
get_checker (void)
{
  static USpoofChecker *checker;
  static gsize once;

  if (g_once_init_enter (&once))
    {
      UErrorCode code = U_ZERO_ERROR;

      checker = uspoof_open (&code);
      if (U_FAILURE (code))
        g_error ("ICU can't tell what looks alike: %s", u_errorName (code));
      g_once_init_leave (&once, 1);
    }

  return checker;
}

/* The skeleton of @text, without case. */
static char *
make_skeleton (const char *text)
{
  UErrorCode code = U_ZERO_ERROR;
  int32_t length = uspoof_getSkeletonUTF8 (get_checker (), 0, text, -1, NULL,
                                           0, &code);
  g_autofree char *skeleton = NULL;

  if (code != U_BUFFER_OVERFLOW_ERROR)
    return g_utf8_casefold (text, -1);

  skeleton = g_malloc ((gsize) length + 1);
  code = U_ZERO_ERROR;
  uspoof_getSkeletonUTF8 (get_checker (), 0, text, -1, skeleton, length + 1,
                          &code);

  return g_utf8_casefold (U_SUCCESS (code) ? skeleton : text, -1);
}

/**
 * km_look_list:
 * @text: a name, valid UTF-8
 *
 * Returns: (transfer full): what it looks like: names that have one of these
 *   in common look alike
 */
char **
km_look_list (const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autoptr (GStrvBuilder) looks = g_strv_builder_new ();
  g_autofree char *first = make_skeleton (folded);
  g_autofree char *second = make_skeleton (text);

  g_strv_builder_add (looks, first);
  if (!g_str_equal (first, second))
    g_strv_builder_add (looks, second);

  return g_strv_builder_end (looks);
}

/* Returns FALSE when a host's is @look, unless @account has it as well. */
static gboolean
check_one (KmTransaction  *transaction,
           gint64          account,
           const char     *look,
           GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT 1 FROM look JOIN room ON room.account = look.account"
    " WHERE look.skeleton = ?1 AND NOT EXISTS"
    " (SELECT 1 FROM look WHERE skeleton = ?1 AND account = ?2)", error);
  KmStep step;

  km_statement_bind (statement, "ti", look, account);
  step = km_statement_step (statement, error);
  if (statement != NULL)
    sqlite3_reset (statement);
  if (step == KM_STEP_ROW)
    g_set_error_literal (error, KM_ACCOUNT_ERROR,
                         KM_ACCOUNT_ERROR_LOOKS_LIKE_HOST,
                         "the name looks like a host's");

  return step == KM_STEP_DONE;
}

/**
 * km_look_check:
 * @transaction: a transaction
 * @account: who wants the name; 0: somebody new
 * @name: a name, or a name to be shown
 * @error: %KM_ACCOUNT_ERROR_LOOKS_LIKE_HOST
 *
 * A host is who has a room. What an account looks like already it may go on
 * looking like.
 *
 * Returns: whether nobody would take @account for a host by this name
 */
gboolean
km_look_check (KmTransaction  *transaction,
               gint64          account,
               const char     *name,
               GError        **error)
{
  g_auto (GStrv) looks = km_look_list (name);

  for (guint i = 0; looks[i] != NULL; i++)
    {
      if (!check_one (transaction, account, looks[i], error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
add (KmTransaction  *transaction,
     gint64          account,
     const char     *name,
     GError        **error)
{
  g_auto (GStrv) looks = km_look_list (name);

  for (guint i = 0; looks[i] != NULL; i++)
    {
      sqlite3_stmt *statement = km_transaction_prepare (
        transaction,
        "INSERT INTO look (skeleton, account) VALUES (?, ?)"
        " ON CONFLICT DO NOTHING", error);

      km_statement_bind (statement, "ti", looks[i], account);
      if (!km_statement_run (statement, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * km_look_keep:
 * @transaction: a transaction that has written the account's names
 * @account: whose
 * @error: why not
 *
 * Keeps what the account's names look like now.
 *
 * Returns: whether it was written
 */
gboolean
km_look_keep (KmTransaction  *transaction,
              gint64          account,
              GError        **error)
{
  g_autofree char *name = NULL;
  g_autofree char *shown_name = NULL;
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction, "DELETE FROM look WHERE account = ?", error);

  km_statement_bind (statement, "i", account);
  if (!km_statement_run (statement, error))
    return FALSE;

  statement = km_transaction_prepare (
    transaction, "SELECT name, shown_name FROM account WHERE id = ?", error);
  km_statement_bind (statement, "i", account);
  switch (km_statement_step (statement, error))
    {
    case KM_STEP_ROW:
      name = km_statement_dup_text (statement, 0);
      shown_name = km_statement_dup_text (statement, 1);
      sqlite3_reset (statement);
      return add (transaction, account, name, error)
             && add (transaction, account, shown_name, error);

    case KM_STEP_DONE:
      sqlite3_reset (statement);
      return TRUE;

    case KM_STEP_FAILED:
    default:
      return FALSE;
    }
}

static char *
describe_rules (void)
{
  UVersionInfo version;
  char text[U_MAX_VERSION_STRING_LENGTH];

  u_getVersion (version);
  u_versionToString (version, text);
  return g_strdup_printf ("%d, ICU %s", RULES, text);
}

/* Whether the looks were made by these rules. Check @error after FALSE. */
static gboolean
are_of (KmTransaction  *transaction,
        const char     *rules,
        GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction, "SELECT 1 FROM setting WHERE key = 'looks' AND value = ?",
    error);
  KmStep step;

  km_statement_bind (statement, "t", rules);
  step = km_statement_step (statement, error);
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_ROW;
}

static gboolean
keep_all (KmTransaction  *transaction,
          GError        **error)
{
  g_autoptr (GArray) accounts = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction, "SELECT id FROM account", error);
  KmStep step;

  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      gint64 account = sqlite3_column_int64 (statement, 0);

      g_array_append_val (accounts, account);
    }
  if (step == KM_STEP_FAILED)
    return FALSE;

  sqlite3_reset (statement);
  for (guint i = 0; i < accounts->len; i++)
    {
      if (!km_look_keep (transaction, g_array_index (accounts, gint64, i),
                         error))
        return FALSE;
    }

  return TRUE;
}

/**
 * km_look_refresh:
 * @data: nothing
 * @transaction: a transaction
 * @error: why not
 *
 * A #KmDeskFunc: makes all looks anew when other rules, or none, made them.
 *
 * Returns: whether all are as km_look_list() makes them
 */
gboolean
km_look_refresh (gpointer        data,
                 KmTransaction  *transaction,
                 GError        **error)
{
  g_autofree char *rules = describe_rules ();
  g_autoptr (GError) local = NULL;
  sqlite3_stmt *statement;

  if (are_of (transaction, rules, &local))
    return TRUE;
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!keep_all (transaction, error))
    return FALSE;

  statement = km_transaction_prepare (
    transaction,
    "INSERT INTO setting (key, value) VALUES ('looks', ?)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value", error);
  km_statement_bind (statement, "t", rules);
  return km_statement_run (statement, error);
}
