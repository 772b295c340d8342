/* test-catalogue.c: what a file describes is what is offered
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-catalogue-file.h"
#include "km-catalogue.h"

#include <glib/gstdio.h>

#include "km-test-ledger.h"
#include "km-test-store.h"

#define ROSE "[rose]\nName=Rose\nName[zh_CN]=玫瑰\nPrice=1\nTier=1\nArt=rose\n"
#define SVG "<svg xmlns='http://www.w3.org/2000/svg'/>"

typedef struct
{
  KmTestLedger ledger;
  char *directory;
} Fixture;

static void
write_file (Fixture    *fixture,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (fixture->directory, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  km_test_ledger_open (&fixture->ledger);
  fixture->directory = km_test_store_directory_new ();
  write_file (fixture, "rose.svg", SVG);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_test_store_directory_remove (fixture->directory);
  km_test_ledger_close (&fixture->ledger);
}

static GPtrArray *
read_text (Fixture     *fixture,
           const char  *text,
           GError     **error)
{
  write_file (fixture, KM_CATALOGUE_FILE, text);

  return km_catalogue_file_read (fixture->directory, error);
}

static void
test_file_is_read_in_its_order (Fixture       *fixture,
                                gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) kinds = read_text (
    fixture, "# Gifts\n\n" ROSE
    "[lucky-cat]\nArt = rose \nName=Cat\r\nTier=3\nPrice=1000000\n", &error);
  const KmGiftKind *kind;

  g_assert_no_error (error);
  g_assert_cmpuint (kinds->len, ==, 2);
  kind = kinds->pdata[0];
  g_assert_cmpstr (kind->id, ==, "rose");
  g_assert_cmpstr (kind->names, ==, "{\"en\":\"Rose\",\"zh_CN\":\"玫瑰\"}");
  g_assert_cmpint (kind->price, ==, 1);
  g_assert_cmpuint (g_bytes_get_size (kind->svg), ==, strlen (SVG));
  kind = kinds->pdata[1];
  g_assert_cmpstr (kind->names, ==, "{\"en\":\"Cat\"}");
  g_assert_cmpint (kind->price, ==, KM_GIFT_PRICE_MAX);
  g_assert_cmpuint (kind->tier, ==, 3);
  g_assert_cmpstr (kind->art, ==, "rose");
}

static void
test_broken_file_says_which_line (Fixture       *fixture,
                                  gconstpointer  data)
{
  static const struct
  {
    const char *text;
    const char *line;
  } cases[] = {
    { "Name=Rose\n", "line 1:" },
    { ROSE "[boat\n", "line 7:" },
    { ROSE "\n" ROSE, "line 8: this gift is described twice" },
    { ROSE "[Boat]\nName=Boat\n", "line 7:" },
    { ROSE "[../x]\nName=Boat\n", "line 7:" },
    { "[boat]\nPrice=1\nTier=1\nArt=rose\n", "line 1:" },
    { "[boat]\nName=Boat\nPrice=0\nTier=1\nArt=rose\n", "line 3:" },
    { "[boat]\nName=Boat\nPrice=1000001\nTier=1\nArt=rose\n", "line 3:" },
    { "[boat]\nName=Boat\nPrice=1e3\nTier=1\nArt=rose\n", "line 3:" },
    { "[boat]\nName=Boat\nPrice=1\nTier=6\nArt=rose\n", "line 4:" },
    { "[boat]\nName=Boat\nPrice=1\nTier=1\nArt=boat\n", "line 5:" },
    { "[boat]\nName=Boat\nPrice=1\nTier=1\nArt=../rose\n", "line 5:" },
    { "[boat]\nName=\xe2\x80\xae\nPrice=1\nTier=1\nArt=rose\n", "line 2:" },
    { "[boat]\nName=Boat\nPrize=1\nTier=1\nArt=rose\n", "line 3:" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (read_text (fixture, cases[i].text, &error));
      g_assert_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_CATALOGUE);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].line));
      g_assert_nonnull (strstr (error->message, KM_CATALOGUE_FILE));
    }
}

static void
test_art_is_an_svg_that_can_be_sent (Fixture       *fixture,
                                     gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *large = g_strnfill (KM_GIFT_ART_BYTES_MAX, ' ');
  g_autofree char *text = g_strconcat ("<svg>", large, NULL);

  write_file (fixture, "rose.svg", text);
  g_assert_null (read_text (fixture, ROSE, &error));
  g_assert_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_CATALOGUE);
  g_clear_error (&error);
  write_file (fixture, "rose.svg", "\x89PNG");
  g_assert_null (read_text (fixture, ROSE, &error));
  g_assert_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_CATALOGUE);
}

static gboolean
take (KmTestLedger   *ledger,
      KmTransaction  *transaction,
      gpointer        data,
      GError        **error)
{
  return km_catalogue_take (transaction, data, ledger->now_ms, error);
}

static void
take_text (Fixture    *fixture,
           const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) kinds = read_text (fixture, text, &error);

  g_assert_no_error (error);
  km_test_ledger_edit (&fixture->ledger, take, kinds, &error);
  g_assert_no_error (error);
}

static gboolean
retire_rose (KmTestLedger   *ledger,
             KmTransaction  *transaction,
             gpointer        data,
             GError        **error)
{
  return km_catalogue_retire (transaction, "rose", ledger->now_ms, error);
}

static gboolean
restore_rose (KmTestLedger   *ledger,
              KmTransaction  *transaction,
              gpointer        data,
              GError        **error)
{
  return km_catalogue_restore (transaction, "rose", error);
}

static gboolean
add_kite (KmTestLedger   *ledger,
          KmTransaction  *transaction,
          gpointer        data,
          GError        **error)
{
  const KmGiftKind kite = {
    .id = (char *) "kite",
    .names = (char *) "{\"en\":\"Kite\"}",
    .price = *(const int *) data,
    .tier = 2,
    .art = (char *) "kite",
  };

  return km_catalogue_add (transaction, &kite, error);
}

/* Ids of what is offered, in the order of the tray. */
static void
add_id (const KmGiftKind *kind,
        gboolean          retired,
        gboolean          by_owner,
        gpointer          data)
{
  if (!retired)
    g_string_append_printf (data, "%s ", kind->id);
}

static char *
list_offered (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmReader) reader =
    km_reader_open (fixture->ledger.store, &error);
  GString *ids = g_string_new (NULL);

  g_assert_true (km_catalogue_list (
    km_reader_prepare (reader, km_catalogue_list_sql, &error), add_id, ids,
    &error));
  g_assert_no_error (error);

  return g_string_free (ids, FALSE);
}

static void
assert_offered (Fixture    *fixture,
                const char *ids)
{
  g_autofree char *offered = list_offered (fixture);

  g_assert_cmpstr (offered, ==, ids);
}

static void
test_gone_from_the_file_is_retired (Fixture       *fixture,
                                    gconstpointer  data)
{
  take_text (fixture, "[kite]\nName=Kite\nPrice=7\nTier=1\nArt=rose\n" ROSE);
  assert_offered (fixture, "kite rose ");
  g_assert_cmpint (km_test_ledger_ask (&fixture->ledger,
                                       "SELECT count(*) FROM gift_kind"), ==,
                   5);

  take_text (fixture, ROSE);
  assert_offered (fixture, "rose ");
  take_text (fixture, "[kite]\nName=Kite\nPrice=8\nTier=1\nArt=rose\n");
  assert_offered (fixture, "kite ");
  g_assert_cmpint (km_test_ledger_ask (&fixture->ledger,
                                       "SELECT price FROM gift_kind"
                                       " WHERE id = 'kite'"), ==, 8);
}

static void
test_what_the_owner_decides_stays (Fixture       *fixture,
                                   gconstpointer  data)
{
  KmTestLedger *ledger = &fixture->ledger;
  g_autoptr (GError) error = NULL;
  int price = 9;

  take_text (fixture, ROSE);
  g_assert_true (km_test_ledger_edit (ledger, add_kite, &price, &error));
  assert_offered (fixture, "rose kite ");
  g_assert_true (km_test_ledger_edit (ledger, retire_rose, NULL, &error));
  take_text (fixture, ROSE);
  assert_offered (fixture, "kite ");

  g_assert_true (km_test_ledger_edit (ledger, restore_rose, NULL, &error));
  take_text (fixture, "[kite]\nName=Other\nPrice=1\nTier=1\nArt=rose\n");
  assert_offered (fixture, "rose kite ");
  g_assert_cmpint (km_test_ledger_ask (ledger, "SELECT price FROM gift_kind"
                                               " WHERE id = 'kite'"), ==, 9);
}

static void
test_what_makes_no_sense_is_refused (Fixture       *fixture,
                                     gconstpointer  data)
{
  KmTestLedger *ledger = &fixture->ledger;
  g_autoptr (GError) error = NULL;
  int price = 9;

  take_text (fixture, ROSE);
  g_assert_false (km_test_ledger_edit (ledger, restore_rose, NULL, &error));
  g_assert_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_SUCH_GIFT);
  g_clear_error (&error);
  g_assert_true (km_test_ledger_edit (ledger, retire_rose, NULL, &error));
  g_assert_false (km_test_ledger_edit (ledger, retire_rose, NULL, &error));
  g_assert_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_SUCH_GIFT);
  g_clear_error (&error);
  g_assert_true (km_test_ledger_edit (ledger, add_kite, &price, &error));
  g_assert_false (km_test_ledger_edit (ledger, add_kite, &price, &error));
  g_assert_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_SUCH_GIFT);
  g_clear_error (&error);
  price = KM_GIFT_PRICE_MAX + 1;
  g_assert_true (km_test_store_run (ledger->store,
                                    "UPDATE gift_kind SET retired_at = 1",
                                    NULL));
  g_assert_false (km_test_ledger_edit (ledger, add_kite, &price, &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_CONSTRAINT);
}

static void
test_art_outlives_the_gift (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmReader) reader =
    km_reader_open (fixture->ledger.store, &error);
  g_autoptr (GBytes) svg = NULL;

  take_text (fixture, ROSE);
  take_text (fixture, "[kite]\nName=Kite\nPrice=1\nTier=1\nArt=rose\n");
  g_assert_true (km_test_store_run (fixture->ledger.store,
                                    "UPDATE gift_kind SET retired_at = 1",
                                    NULL));
  svg = km_catalogue_read_art (reader, "rose", &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (svg, NULL), g_bytes_get_size (svg), SVG,
                   strlen (SVG));
  g_assert_null (km_catalogue_read_art (reader, "nothing", &error));
  g_assert_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_SUCH_GIFT);
}

#define ADD(path, function) \
  g_test_add ("/server/ledger/catalogue/" path, Fixture, NULL, set_up, \
              function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("file-is-read-in-its-order", test_file_is_read_in_its_order);
  ADD ("broken-file-says-which-line", test_broken_file_says_which_line);
  ADD ("art-is-an-svg-that-can-be-sent", test_art_is_an_svg_that_can_be_sent);
  ADD ("gone-from-the-file-is-retired", test_gone_from_the_file_is_retired);
  ADD ("what-the-owner-decides-stays", test_what_the_owner_decides_stays);
  ADD ("what-makes-no-sense-is-refused", test_what_makes_no_sense_is_refused);
  ADD ("art-outlives-the-gift", test_art_outlives_the_gift);

  return g_test_run ();
}
