/* test-admin.c: an owner's commands, beside a running server and without one
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "km-test-admin.h"
#include "km-visit.h"

typedef struct
{
  KmTestServer *server;
  char *data;
  char *alice;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->server = km_test_server_new (NULL);
  self->data = g_build_filename (km_test_server_get_directory (self->server),
                                 "data", NULL);
  self->alice = km_test_server_sign_up (self->server, "alice");
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_server_free (self->server);
  g_free (self->data);
  g_free (self->alice);
}

static void
assert_says (Fixture    *self,
             const char *words,
             int         status,
             const char *part)
{
  km_test_admin_says (self->data, words, status, part);
}

static gint64
read_balance (Fixture *self)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "GET", "wallet", self->alice, NULL);

  return json_object_get_int_member (answer->body, "balance");
}

static void
test_grant_beside_a_server (Fixture       *self,
                            gconstpointer  data)
{
  assert_says (self, "grant Alice 500", 0, "500");
  g_assert_cmpint (read_balance (self), ==, 500);
  assert_says (self, "grant alice 1 thanks", 0, "501");
  g_assert_cmpint (read_balance (self), ==, 501);

  g_assert_cmpint (km_test_server_end (self->server), ==, 0);
  assert_says (self, "grant alice 9", 0, "510");
  assert_says (self, "audit", 0, "The books are right.");
  km_test_server_start (self->server);
  g_assert_cmpint (read_balance (self), ==, 510);
}

static void
test_what_cannot_be_done_says_why (Fixture       *self,
                                   gconstpointer  data)
{
  assert_says (self, "grant bob 5", 2, "bob");
  assert_says (self, "grant alice 0", 2, "0");
  assert_says (self, "grant alice -5", 2, "-5");
  assert_says (self, "grant alice 1000000000001", 2, "1000000000000");
  assert_says (self, "grant alice lots", 2, "lots");
  assert_says (self, "grant alice", 2, "--help");
  assert_says (self, "refund 7", 2, "there is no gift 7");
  assert_says (self, "refund x", 2, "x");
  assert_says (self, "gift retire dragon", 2, "dragon isn't offered");
  assert_says (self, "gift restore dragon", 2, "dragon wasn't retired");
  assert_says (self, "gift add dragon --price=5", 2, "--help");
  assert_says (self, "gift add dragon --name=D --price=0 --tier=1 --art=/x",
               2, "the price is 1 to");
  assert_says (self, "gift add dragon --name=D --price=5 --tier=1 --art=/x",
               2, "/x");
  assert_says (self, "dance", 2, "--help");
  g_assert_cmpint (read_balance (self), ==, 0);
}

static void
test_gift_from_adding_to_retiring (Fixture       *self,
                                   gconstpointer  data)
{
  g_autofree char *svg = g_build_filename (self->data, "kite.svg", NULL);
  g_autofree char *add = g_strdup_printf (
    "gift add kite --name=Kite --price=7 --tier=2 --art=%s", svg);
  g_autoptr (KmTestAnswer) offered = NULL;
  g_autoptr (KmTestAnswer) art = NULL;

  g_assert_true (g_file_set_contents (svg, "<svg/>", -1, NULL));
  assert_says (self, add, 0, "kite");
  assert_says (self, "gift list", 0, "kite");
  assert_says (self, add, 2, "retire it first");

  offered = km_test_server_call (self->server, "GET", "gifts", NULL, NULL);
  g_assert_cmpuint (offered->status, ==, 200);
  art = km_test_server_call (self->server, "GET", "gifts/art/kite", NULL,
                             NULL);
  g_assert_cmpuint (art->status, ==, 200);

  assert_says (self, "gift retire kite", 0, "kite");
  assert_says (self, "gift list", 0, "retired");
  assert_says (self, "gift restore kite", 0, "kite");
  assert_says (self, "gift list", 0, "offered");
}

static gboolean
tamper (KmTransaction  *transaction,
        gpointer        data,
        GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "UPDATE ledger_account SET balance = balance + 1"
                            " WHERE kind = 'user'", error);

  return statement != NULL && sqlite3_step (statement) == SQLITE_DONE;
}

static void
test_audit_of_wrong_books (Fixture       *self,
                           gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  assert_says (self, "grant alice 5", 0, "5");
  assert_says (self, "audit", 0, "The books are right.");
  km_store_visit (self->data, KM_VISIT_WRITE, tamper, NULL, &error);
  g_assert_no_error (error);
  assert_says (self, "audit", 1, "user of alice");
  assert_says (self, "audit", 1, "The books are wrong");
}

static void
test_help_names_every_command (Fixture       *self,
                               gconstpointer  data)
{
  static const char *const commands[] = {
    "grant NAME COINS", "refund GIFT", "audit", "gift list", "gift add",
    "gift retire", "gift restore", "backup", "restore", "--data-dir",
  };
  g_auto (KmTestSaid) said = { 0 };

  km_test_admin (self->data, "--help", &said);
  g_assert_cmpint (said.status, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_assert_nonnull (strstr (said.out, commands[i]));
}

static void
test_no_data_is_made (Fixture       *self,
                      gconstpointer  data)
{
  g_autofree char *nowhere = g_build_filename (self->data, "nowhere", NULL);
  g_auto (KmTestSaid) said = { 0 };

  km_test_admin (nowhere, "audit", &said);
  g_assert_cmpint (said.status, ==, 2);
  g_assert_nonnull (strstr (said.err, nowhere));
  g_assert_false (g_file_test (nowhere, G_FILE_TEST_EXISTS));
}

#define ADD(path, function) \
  g_test_add ("/edge/admin/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("grant-beside-a-server", test_grant_beside_a_server);
  ADD ("what-cannot-be-done-says-why", test_what_cannot_be_done_says_why);
  ADD ("gift-from-adding-to-retiring", test_gift_from_adding_to_retiring);
  ADD ("audit-of-wrong-books", test_audit_of_wrong_books);
  ADD ("help-names-every-command", test_help_names_every_command);
  ADD ("no-data-is-made", test_no_data_is_made);
  return g_test_run ();
}
