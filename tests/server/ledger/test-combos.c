/* test-combos.c: gifts count up as the giver's book says
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-combos.h"
#include "km-statement.h"
#include "km-test-ledger.h"
#include "km-visit.h"

#define GIFTS 1500
#define KINDS 7 /* more than are remembered */

static void
set_up (KmTestLedger  *ledger,
        gconstpointer  data)
{
  km_test_ledger_open (ledger);
}

static void
tear_down (KmTestLedger  *ledger,
           gconstpointer  data)
{
  km_test_ledger_close (ledger);
}

static void
add (KmCombos          *combos,
     gint64             group,
     const KmGiftTerms *kind)
{
  const KmComboGift gift = {
    .group = group,
    .at_ms = group,
    .room = 1,
    .kind = kind,
  };

  km_combos_add (combos, &gift);
}

static void
test_newest_of_each (void)
{
  const KmGiftTerms kinds[KM_COMBOS_KNOWN + 1] = { 0 };
  KmCombos combos = { 0 };
  gint64 group = 1;

  for (guint i = 0; i < KM_COMBOS_KNOWN; i++)
    add (&combos, group++, &kinds[i]);
  add (&combos, group++, &kinds[0]);
  g_assert_cmpint (km_combos_find (&combos, 1, &kinds[0])->group, ==,
                   group - 1);
  g_assert_null (km_combos_find (&combos, 2, &kinds[0]));
  g_assert_cmpint (combos.rest, ==, 0);

  /* The one that was given longest ago makes room. */
  add (&combos, group, &kinds[KM_COMBOS_KNOWN]);
  g_assert_null (km_combos_find (&combos, 1, &kinds[1]));
  g_assert_nonnull (km_combos_find (&combos, 1, &kinds[0]));
  g_assert_cmpint (combos.rest, ==, 2);
}

static gboolean
add_kinds (KmTestLedger   *ledger,
           KmTransaction  *transaction,
           gpointer        data,
           GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
    " WHERE i < 6) INSERT INTO gift_kind (id, name, price, tier, art, origin,"
    " position) SELECT 'kind' || i, '{}', 1, 1, 'art', 'file', i + 100"
    " FROM n", error);

  return km_statement_run (statement, error);
}

/* The last gift of each kind in each room, as the simplest reading of the
 * rules has it. */
typedef struct
{
  gint64 at_ms;
  KmCombo combo;
} Last;

static void
expect (Last    *last,
        KmGiven *given,
        gint64   at_ms,
        gint64   count)
{
  if (last->combo.id == 0 || last->at_ms < at_ms - KM_GIFT_COMBO_MS)
    last->combo = (KmCombo) { .id = given->gift_row };
  last->at_ms = at_ms;
  last->combo.count += count;
  last->combo.value += count;

  g_assert_cmpint (given->combo.id, ==, last->combo.id);
  g_assert_cmpint (given->combo.count, ==, last->combo.count);
  g_assert_cmpint (given->combo.value, ==, last->combo.value);
}

static gboolean
grant_beside (KmTransaction  *transaction,
              gpointer        data,
              GError        **error)
{
  const KmTestLedger *ledger = data;

  return km_ledger_grant (transaction, 1, 1000, NULL, ledger->now_ms, NULL,
                          error);
}

/* What somebody does now and then, so that memory and data could part. */
static void
disturb (KmTestLedger *ledger)
{
  g_autoptr (GError) error = NULL;

  switch (g_test_rand_int_range (0, 60))
    {
    case 0:
      km_store_visit (ledger->directory, KM_VISIT_WRITE, grant_beside, ledger,
                      &error);
      break;
    case 1:
      km_test_ledger_grant (ledger, 1, 1000);
      break;
    case 2:
      g_assert_false (km_test_ledger_give (ledger, 1, 2, "castle", 9999, NULL,
                                           NULL));
      break;
    default:
      break;
    }
  g_assert_no_error (error);
}

static void
test_as_the_book_says (KmTestLedger  *ledger,
                       gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  Last last[2][KINDS] = { 0 };

  km_test_ledger_edit (ledger, add_kinds, NULL, &error);
  g_assert_no_error (error);
  ledger->now_ms = 1000000;
  km_test_ledger_grant (ledger, 1, 1000000);

  for (guint i = 0; i < GIFTS; i++)
    {
      guint room = (guint) g_test_rand_int_range (0, 2);
      guint kind = (guint) g_test_rand_int_range (0, KINDS);
      gint64 count = g_test_rand_int_range (1, 11);
      g_autofree char *gift = g_strdup_printf ("kind%u", kind);
      KmGiven given;

      disturb (ledger);
      ledger->now_ms += g_test_rand_int_range (0, 2500);
      km_test_ledger_give (ledger, 1, 2 + room, gift, count, &given, &error);
      g_assert_no_error (error);
      expect (&last[room][kind], &given, ledger->now_ms, count);
    }
}

#define ADD(path, function) \
  g_test_add (path, KmTestLedger, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server/ledger/combos/newest-of-each",
                   test_newest_of_each);
  ADD ("/server/ledger/combos/as-the-book-says", test_as_the_book_says);

  return g_test_run ();
}
