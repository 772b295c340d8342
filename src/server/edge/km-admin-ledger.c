/* km-admin-ledger.c: grants, refunds and the audit, by command
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-admin-private.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "km-audit.h"
#include "km-grant.h"
#include "km-name.h"
#include "km-statement.h"
#include "km-text.h"

#define NOTE_BYTES_MAX 500
#define STATUS_DIFFERENT 1

typedef struct
{
  char *name;
  gint64 coins;
  char *note;
  gint64 balance;
} Grant;

typedef struct
{
  gint64 gift_row;
  gint64 coins;
} Refund;

/* What it says is kept until the books are closed: a pager may stay open for
 * hours. */
typedef struct
{
  GString *said;
  gboolean clean;
  KmAuditSize size;
} Audit;

static void
grant_clear (Grant *self)
{
  g_free (self->name);
  g_free (self->note);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Grant, grant_clear)

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

static gint64
find_account (KmTransaction  *transaction,
              const char     *name,
              GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT id FROM account WHERE name = ?", error);
  KmStep step;

  km_statement_bind (statement, "t", name);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_DONE)
    g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_SUCH_ACCOUNT,
                 _("nobody here is called “%s”"), name);

  return step == KM_STEP_ROW ? sqlite3_column_int64 (statement, 0) : 0;
}

static gboolean
apply_grant (KmTransaction  *transaction,
             gpointer        data,
             GError        **error)
{
  Grant *self = data;
  gint64 account = find_account (transaction, self->name, error);

  return account != 0
         && km_ledger_grant (transaction, account, self->coins, self->note,
                             now_ms (), &self->balance, error);
}

static gboolean
read_note (Grant       *grant,
           const char  *note,
           GError     **error)
{
  grant->note = km_text_clean (note, KM_TEXT_LINE, NOTE_BYTES_MAX, NULL);
  if (grant->note != NULL)
    return TRUE;

  g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_COINS,
               _("a note is one line of at most %d bytes"), NOTE_BYTES_MAX);
  return FALSE;
}

/**
 * km_admin_grant:
 * @self: a command: NAME COINS [NOTE]
 * @error: why not
 *
 * Returns: whether the coins are granted
 */
gboolean
km_admin_grant (KmAdmin  *self,
                GError  **error)
{
  guint n = g_strv_length (self->arguments);
  g_auto (Grant) grant = { 0 };

  if (n < 2 || n > 3)
    return km_admin_misuse (error);
  if (!g_ascii_string_to_signed (self->arguments[1], 10, 1,
                                 KM_GRANT_COINS_MAX, &grant.coins, error)
      || (n == 3 && !read_note (&grant, self->arguments[2], error)))
    return FALSE;

  grant.name = km_name_fold (self->arguments[0], NULL);
  if (grant.name == NULL)
    grant.name = g_strdup (self->arguments[0]);
  if (!km_admin_visit (self, KM_VISIT_WRITE, apply_grant, &grant, error))
    return FALSE;

  g_print (_("%s was given %" PRId64 " coins and has %"
             PRId64 " now.\n"), grant.name, grant.coins,
           grant.balance);
  return TRUE;
}

static gboolean
apply_refund (KmTransaction  *transaction,
              gpointer        data,
              GError        **error)
{
  Refund *self = data;

  return km_ledger_refund (transaction, self->gift_row, now_ms (),
                           &self->coins, error);
}

/**
 * km_admin_refund:
 * @self: a command: GIFT
 * @error: why not
 *
 * Returns: whether the gift is refunded
 */
gboolean
km_admin_refund (KmAdmin  *self,
                 GError  **error)
{
  Refund refund = { 0 };

  if (g_strv_length (self->arguments) != 1)
    return km_admin_misuse (error);
  if (!g_ascii_string_to_signed (self->arguments[0], 10, 1, G_MAXINT64,
                                 &refund.gift_row, error)
      || !km_admin_visit (self, KM_VISIT_WRITE, apply_refund, &refund, error))
    return FALSE;

  g_print (_("Gift %" PRId64 " is refunded: its giver has %"
             PRId64 " coins back.\n"), refund.gift_row,
           refund.coins);
  return TRUE;
}

static void
say_rule (const char *rule,
          const char *difference,
          gpointer    data)
{
  GString *said = data;

  if (difference == NULL)
    g_string_append_printf (said, _("proved: %s\n"), rule);
  else
    g_string_append_printf (said, _("DIFFERENCE: not %s: %s\n"), rule,
                            difference);
}

static gboolean
apply_audit (KmTransaction  *transaction,
             gpointer        data,
             GError        **error)
{
  Audit *self = data;

  return km_audit_run (transaction, say_rule, self->said, &self->clean,
                       &self->size, error);
}

/**
 * km_admin_audit:
 * @self: a command; its status becomes 1 when the books are wrong
 * @error: why they couldn't be read
 *
 * Returns: whether they could
 */
gboolean
km_admin_audit (KmAdmin  *self,
                GError  **error)
{
  g_autoptr (GString) said = g_string_new (NULL);
  Audit audit = { .said = said };

  if (g_strv_length (self->arguments) != 0)
    return km_admin_misuse (error);
  if (!km_admin_visit (self, KM_VISIT_READ, apply_audit, &audit, error))
    return FALSE;

  g_print ("%s", said->str);
  g_print (_("Looked at %" PRId64 " accounts, %" PRId64
             " transfers in %" PRId64 " groups, and %"
             PRId64 " gifts.\n"),
           audit.size.accounts, audit.size.transfers, audit.size.groups,
           audit.size.gifts);
  g_print ("%s\n", audit.clean ? _("The books are right.")
                               : _("The books are wrong: see above. Stop the "
                                   "server and keep a copy of its data."));
  self->status = audit.clean ? 0 : STATUS_DIFFERENT;

  return TRUE;
}
