/* test-wallet.c: gifts, coins and statements over HTTP
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-grant.h"
#include "km-test-server.h"
#include "km-visit.h"

#define ROSE "<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>"
#define NOTE "=HYPERLINK(\"x\")"
#define MANY 1200

typedef struct
{
  char *directory;
  char *config;
  char *config_flag;
  KmTestServer *server;
  char *alice;
} Fixture;

static void
write_file (Fixture    *self,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (self->directory, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
write_config (Fixture    *self,
              const char *wallet)
{
  g_autofree char *text =
    g_strdup_printf ("[gifts]\ndirectory=%s\n[wallet]\n%s", self->directory,
                     wallet);

  write_file (self, "config", text);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  const char *arguments[2] = { NULL };

  self->directory = km_test_directory_new ("wallet");
  self->config = g_build_filename (self->directory, "config", NULL);
  self->config_flag = g_strconcat ("--config=", self->config, NULL);
  arguments[0] = self->config_flag;
  write_config (self, "practice=1000\nconfirm-above=500\n");
  write_file (self, "rose.svg", ROSE);
  write_file (self, "catalogue.ini",
              "[rose]\nName=Rose\nName[zh_CN]=玫瑰\nPrice=1\nTier=1\n"
              "Art=rose\n");
  self->server = km_test_server_new (arguments);
  self->alice = km_test_server_sign_up (self->server, "alice");
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_server_free (self->server);
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_free (self->config);
  g_free (self->config_flag);
  g_free (self->alice);
}

static void
restart (Fixture *self)
{
  g_assert_cmpint (km_test_server_end (self->server), ==, 0);
  km_test_server_start (self->server);
}

static JsonObject *
call (Fixture    *self,
      const char *method,
      const char *path,
      const char *body,
      guint       status)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, method, path, self->alice, body);

  g_test_message ("%s %s", method, path);
  g_assert_cmpuint (answer->status, ==, status);
  g_assert_nonnull (answer->body);

  return json_object_ref (answer->body);
}

/* A raw answer, with the headers that it came with. */
static char *
fetch (Fixture      *self,
       const char   *path,
       SoupMessage **message)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *address = g_strdup_printf (
    "http://%s/api/v1/%s", km_test_server_get_http (self->server), path);
  g_autofree char *bearer = g_strdup_printf ("Bearer %s", self->alice);
  g_autoptr (GBytes) bytes = NULL;

  *message = soup_message_new ("GET", address);
  soup_message_headers_replace (soup_message_get_request_headers (*message),
                                "Authorization", bearer);
  bytes = soup_session_send_and_read (session, *message, NULL, NULL);
  g_assert_nonnull (bytes);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
assert_header (SoupMessage *message,
               const char  *name,
               const char  *value)
{
  g_assert_cmpstr (soup_message_headers_get_one (
                     soup_message_get_response_headers (message), name), ==,
                   value);
}

static void
test_gifts_with_their_art (Fixture       *self,
                           gconstpointer  data)
{
  g_autoptr (JsonObject) answer = call (self, "GET", "gifts", NULL, 200);
  JsonArray *gifts = json_object_get_array_member (answer, "gifts");
  JsonObject *rose;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (SoupMessage) other = NULL;
  g_autofree char *svg = NULL;
  g_autofree char *nothing = NULL;

  g_assert_cmpuint (json_array_get_length (gifts), ==, 1);
  rose = json_array_get_object_element (gifts, 0);
  g_assert_cmpstr (json_object_get_string_member (rose, "id"), ==, "rose");
  g_assert_cmpint (json_object_get_int_member (rose, "price"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (
                     json_object_get_object_member (rose, "names"), "zh_CN"),
                   ==, "玫瑰");
  g_assert_cmpint (json_object_get_int_member (answer, "confirm_above"), ==,
                   500);
  g_assert_true (json_object_get_boolean_member (answer, "practice"));
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (answer, "counts")), ==, 4);

  svg = fetch (self, "gifts/art/rose", &message);
  g_assert_cmpstr (svg, ==, ROSE);
  assert_header (message, "Content-Type", "image/svg+xml");
  assert_header (message, "X-Content-Type-Options", "nosniff");
  g_assert_nonnull (soup_message_headers_get_one (
    soup_message_get_response_headers (message), "Content-Security-Policy"));
  nothing = fetch (self, "gifts/art/../../etc/passwd", &other);
  g_assert_cmpuint (soup_message_get_status (other), ==, 404);
}

static void
test_gifts_that_came_with_the_program (Fixture       *self,
                                       gconstpointer  data)
{
  g_autoptr (JsonObject) answer = NULL;

  g_assert_true (g_file_set_contents (self->config, "", 0, NULL));
  restart (self);
  answer = call (self, "GET", "gifts", NULL, 200);
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (answer, "gifts")), >=, 6);
}

static void
test_broken_catalogue_keeps_the_gifts (Fixture       *self,
                                       gconstpointer  data)
{
  g_autoptr (JsonObject) answer = NULL;

  write_file (self, "catalogue.ini", "[rose]\nPrice=free\n");
  restart (self);
  answer = call (self, "GET", "gifts", NULL, 200);
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (answer, "gifts")), ==, 1);
}

static void
test_practice_coins_once (Fixture       *self,
                          gconstpointer  data)
{
  g_autoptr (JsonObject) first = call (self, "GET", "wallet", NULL, 200);
  g_autoptr (JsonObject) second = call (self, "GET", "wallet", NULL, 200);
  g_autoptr (JsonObject) third = NULL;
  g_autoptr (JsonObject) refused = NULL;

  g_assert_cmpint (json_object_get_int_member (first, "balance"), ==, 1000);
  g_assert_cmpint (json_object_get_int_member (second, "balance"), ==, 1000);
  g_assert_cmpint (json_object_get_int_member (second, "income"), ==, 0);
  g_assert_true (json_object_get_boolean_member (second, "practice"));
  g_assert_true (json_object_get_null_member (second, "daily_limit"));
  g_assert_true (json_object_get_null_member (second, "daily_limit_next"));

  restart (self);
  third = call (self, "GET", "wallet", NULL, 200);
  g_assert_cmpint (json_object_get_int_member (third, "balance"), ==, 1000);
  refused = call (self, "POST", "wallet/practice", NULL, 403);
}

static void
test_no_practice_where_coins_are_real (Fixture       *self,
                                       gconstpointer  data)
{
  g_autoptr (JsonObject) wallet = NULL;
  g_autoptr (JsonObject) refused = NULL;

  write_config (self, "share=1000\n");
  restart (self);
  wallet = call (self, "GET", "wallet", NULL, 200);
  g_assert_cmpint (json_object_get_int_member (wallet, "balance"), ==, 0);
  g_assert_false (json_object_get_boolean_member (wallet, "practice"));
  refused = call (self, "POST", "wallet/practice", NULL, 403);
}

static void
test_daily_limit_is_kept (Fixture       *self,
                          gconstpointer  data)
{
  static const char *const bad[] = {
    "{}", "{\"coins\":-1}", "{\"coins\":\"5\"}", "{\"coins\":1.5}",
    "{\"coins\":9007199254740992}",
  };
  g_autoptr (JsonObject) lowered =
    call (self, "PUT", "wallet/daily-limit", "{\"coins\":100}", 200);
  g_autoptr (JsonObject) raised = NULL;
  JsonObject *next;

  g_assert_cmpint (json_object_get_int_member (lowered, "daily_limit"), ==,
                   100);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (JsonObject) refused =
        call (self, "PUT", "wallet/daily-limit", bad[i], 400);
    }

  restart (self);
  raised = call (self, "PUT", "wallet/daily-limit", "{\"coins\":null}", 200);
  g_assert_cmpint (json_object_get_int_member (raised, "daily_limit"), ==,
                   100);
  next = json_object_get_object_member (raised, "daily_limit_next");
  g_assert_true (json_object_get_null_member (next, "coins"));
  g_assert_cmpint (json_object_get_int_member (next, "at"), >, 0);
}

static gboolean
grant_many (KmTransaction  *transaction,
            gpointer        data,
            GError        **error)
{
  for (guint i = 0; i < MANY; i++)
    {
      if (!km_ledger_grant (transaction, 1, 2, i % 2 == 0 ? NOTE : NULL, i,
                            NULL, error))
        return FALSE;
    }

  return TRUE;
}

static void
grant (Fixture *self)
{
  g_autofree char *data = g_build_filename (
    km_test_server_get_directory (self->server), "data", NULL);
  g_autoptr (GError) error = NULL;

  km_store_visit (data, KM_VISIT_WRITE, grant_many, NULL, &error);
  g_assert_no_error (error);
}

static void
test_statement_by_pages (Fixture       *self,
                         gconstpointer  data)
{
  g_autofree char *path = NULL;
  g_autoptr (JsonObject) first = NULL;
  g_autoptr (JsonObject) second = NULL;
  g_autoptr (JsonObject) income = NULL;
  JsonArray *entries;
  JsonObject *entry;

  grant (self);
  first = call (self, "GET", "wallet/statement", NULL, 200);
  entries = json_object_get_array_member (first, "entries");
  g_assert_true (json_object_get_boolean_member (first, "more"));
  g_assert_cmpuint (json_array_get_length (entries), ==, 50);
  entry = json_array_get_object_element (entries, 49);
  g_assert_cmpint (json_object_get_int_member (entry, "balance"), ==,
                   2 * MANY - 98);

  path = g_strdup_printf ("wallet/statement?limit=200&before=%s",
                          json_object_get_string_member (entry, "id"));
  second = call (self, "GET", path, NULL, 200);
  entries = json_object_get_array_member (second, "entries");
  g_assert_cmpuint (json_array_get_length (entries), ==, 200);
  entry = json_array_get_object_element (entries, 0);
  g_assert_cmpint (json_object_get_int_member (entry, "balance"), ==,
                   2 * MANY - 100);
  g_assert_cmpint (json_object_get_int_member (entry, "coins"), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (entry, "kind"), ==, "grant");
  g_assert_true (json_object_get_null_member (entry, "other"));

  income = call (self, "GET", "wallet/statement?of=income", NULL, 200);
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (income, "entries")), ==,
                    0);
}

static void
test_statement_asked_wrongly (Fixture       *self,
                              gconstpointer  data)
{
  static const char *const paths[] = {
    "wallet/statement?of=others", "wallet/statement?limit=0",
    "wallet/statement?limit=201", "wallet/statement?before=x",
    "wallet/statement?before=-1", "wallet/statement.csv?of=all",
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (JsonObject) refused = call (self, "GET", paths[i], NULL, 400);
      g_autoptr (KmTestAnswer) guest =
        km_test_server_call (self->server, "GET", paths[i], NULL, NULL);

      g_assert_cmpuint (guest->status, ==, 401);
    }
}

static void
test_table_has_everything (Fixture       *self,
                           gconstpointer  data)
{
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *csv = NULL;
  g_auto (GStrv) lines = NULL;

  grant (self);
  csv = fetch (self, "wallet/statement.csv", &message);
  assert_header (message, "Content-Type", "text/csv; charset=utf-8");
  lines = g_strsplit (csv, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, MANY + 2);
  g_assert_cmpstr (lines[0], ==,
                   "id,time,kind,coins,balance,gift,count,name,shown_name,"
                   "note");
  g_assert_true (g_str_has_prefix (lines[1], "1200,"));
  g_assert_true (g_str_has_suffix (lines[1], ",grant,2,2400,,,,,"));
  g_assert_cmpstr (lines[MANY], ==,
                   "1,1970-01-01T00:00:00.000000Z,grant,2,2,,,,,"
                   "\"'=HYPERLINK(\"\"x\"\")\"");
  g_assert_cmpstr (lines[MANY + 1], ==, "");
}

#define ADD(path, function) \
  g_test_add ("/edge/wallet/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("gifts-with-their-art", test_gifts_with_their_art);
  ADD ("gifts-that-came-with-the-program",
       test_gifts_that_came_with_the_program);
  ADD ("broken-catalogue-keeps-the-gifts",
       test_broken_catalogue_keeps_the_gifts);
  ADD ("practice-coins-once", test_practice_coins_once);
  ADD ("no-practice-where-coins-are-real",
       test_no_practice_where_coins_are_real);
  ADD ("daily-limit-is-kept", test_daily_limit_is_kept);
  ADD ("statement-by-pages", test_statement_by_pages);
  ADD ("statement-asked-wrongly", test_statement_asked_wrongly);
  ADD ("table-has-everything", test_table_has_everything);
  return g_test_run ();
}
