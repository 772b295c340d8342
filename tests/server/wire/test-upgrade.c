/* test-upgrade.c: heads that ask for a socket, and those that only seem to
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each case comes whole and byte by byte; what it is must not depend on it.
 */

#include <string.h>

#include "km-upgrade.h"

#define PATH "/api/v1/socket"
#define PROTOCOL "kaimu.v1"
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="

#define ASK "GET " PATH "?ticket=t HTTP/1.1\r\n"
#define HOST "Host: localhost:8080\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define SECRET "Sec-WebSocket-Key: " KEY "\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define OFFER "Sec-WebSocket-Protocol: " PROTOCOL "\r\n"
#define REST HOST UPGRADE CONNECTION SECRET VERSION OFFER

typedef struct
{
  const char *head;
  KmUpgradeResult result;
} Row;

static KmUpgradeResult
parse (const char *data,
       gsize       length,
       gsize       seen,
       KmUpgrade  *upgrade)
{
  /* Exactly as long, so that the sanitizer sees a read beyond. */
  g_autofree char *copy = g_memdup2 (data, length);
  KmUpgradeResult result = km_upgrade_parse (copy, length, seen, PATH,
                                             PROTOCOL, upgrade);

  g_assert_cmpint (upgrade->host != NULL, ==, result == KM_UPGRADE_WHOLE);
  return result;
}

/* As it comes off a slow line. */
static KmUpgradeResult
parse_slowly (const char *head)
{
  for (gsize length = 1; length <= strlen (head); length++)
    {
      g_auto (KmUpgrade) upgrade = { 0 };
      KmUpgradeResult result = parse (head, length, length - 1, &upgrade);

      if (result != KM_UPGRADE_NEED_MORE)
        return result;
    }

  return KM_UPGRADE_NEED_MORE;
}

static void
check (const Row *rows,
       gsize      n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      g_auto (KmUpgrade) upgrade = { 0 };

      g_test_message ("%s", rows[i].head);
      g_assert_cmpint (parse (rows[i].head, strlen (rows[i].head), 0,
                              &upgrade), ==, rows[i].result);
      g_assert_cmpint (parse_slowly (rows[i].head), ==, rows[i].result);
    }
}

static void
test_what_asks_for_a_socket (void)
{
  static const Row rows[] = {
    { ASK REST "\r\n", KM_UPGRADE_WHOLE },
    { "GET " PATH " HTTP/1.1\r\n" REST "\r\n", KM_UPGRADE_WHOLE },
    { "GET " PATH "? HTTP/1.1\r\n" REST "\r\n", KM_UPGRADE_WHOLE },
    /* Names and these two words in any case, spaces around values, lists. */
    { ASK "hOST:localhost\r\n" "UPGRADE: \t WebSocket \t\r\n"
      "connection: keep-alive,  UPGRADE\r\n" SECRET VERSION
      "Sec-WebSocket-Protocol: other, " PROTOCOL "\r\n\r\n",
      KM_UPGRADE_WHOLE },
    { ASK HOST UPGRADE "Connection: keep-alive\r\n" CONNECTION SECRET VERSION
      "Sec-WebSocket-Protocol: other\r\n" OFFER "\r\n", KM_UPGRADE_WHOLE },
    { ASK "Origin: http://localhost:8080\r\n" REST "Cookie: a=b; c=\xc3\xa9\r\n"
      "X-Empty:\r\n" "Content-Length: 0\r\n\r\n", KM_UPGRADE_WHOLE },
  };

  check (rows, G_N_ELEMENTS (rows));
}

static void
test_what_asks_for_something_else (void)
{
  static const Row rows[] = {
    { "G", KM_UPGRADE_NEED_MORE },
    { "GET ", KM_UPGRADE_NEED_MORE },
    { "GET " PATH, KM_UPGRADE_NEED_MORE },
    { "GET " PATH "?", KM_UPGRADE_NEED_MORE },
    { ASK REST, KM_UPGRADE_NEED_MORE },
    { ASK REST "\r", KM_UPGRADE_NEED_MORE },
    { "H", KM_UPGRADE_OTHER },
    { "get ", KM_UPGRADE_OTHER },
    { "GET  /", KM_UPGRADE_OTHER },
    { "GET /healthz HTTP/1.1\r\n\r\n", KM_UPGRADE_OTHER },
    { "GET " PATH "-tickets HTTP/1.1\r\n\r\n", KM_UPGRADE_OTHER },
    { "GET " PATH "/ HTTP/1.1\r\n", KM_UPGRADE_OTHER },
    { "POST " PATH " HTTP/1.1\r\n", KM_UPGRADE_OTHER },
    { "GET http://localhost" PATH " HTTP/1.1\r\n", KM_UPGRADE_OTHER },
    { "\r\n", KM_UPGRADE_OTHER },
    { "\x16\x03\x01", KM_UPGRADE_OTHER },
    { "\x03", KM_UPGRADE_OTHER },
  };

  check (rows, G_N_ELEMENTS (rows));
}

static void
test_what_breaks_the_form (void)
{
  static const Row rows[] = {
    { "GET " PATH " HTTP/1.0\r\n" REST "\r\n", KM_UPGRADE_BAD },
    { "GET " PATH " HTTP/2.0\r\n" REST "\r\n", KM_UPGRADE_BAD },
    { "GET " PATH " http/1.1\r\n" REST "\r\n", KM_UPGRADE_BAD },
    { "GET " PATH " \r\n" REST "\r\n", KM_UPGRADE_BAD },
    { "GET " PATH "  HTTP/1.1\r\n" REST "\r\n", KM_UPGRADE_BAD },
    { "GET " PATH "?a b HTTP/1.1\r\n" REST "\r\n", KM_UPGRADE_BAD },
    { "GET " PATH "?a#b HTTP/1.1\r\n" REST "\r\n", KM_UPGRADE_BAD },
    { "GET " PATH "?\xc3\xa9 HTTP/1.1\r\n" REST "\r\n", KM_UPGRADE_BAD },
    { "GET " PATH "?a\tb HTTP/1.1\r\n" REST "\r\n", KM_UPGRADE_BAD },
    /* Line ends. */
    { "GET " PATH " HTTP/1.1\n", KM_UPGRADE_BAD },
    { ASK "Host: localhost\n", KM_UPGRADE_BAD },
    { ASK REST "\n", KM_UPGRADE_BAD },
    { ASK "X: a\rb\r\n" REST "\r\n", KM_UPGRADE_BAD },
    /* Lines. */
    { ASK REST "no colon\r\n\r\n", KM_UPGRADE_BAD },
    { ASK REST ": no name\r\n\r\n", KM_UPGRADE_BAD },
    { ASK REST "Space : a\r\n\r\n", KM_UPGRADE_BAD },
    { ASK REST "Na me: a\r\n\r\n", KM_UPGRADE_BAD },
    { ASK REST " folded: a\r\n\r\n", KM_UPGRADE_BAD },
    { ASK REST "X: a\r\n\tfolded\r\n\r\n", KM_UPGRADE_BAD },
    { ASK REST "X: a\x01\r\n\r\n", KM_UPGRADE_BAD },
    { ASK REST "X: a\x7f\r\n\r\n", KM_UPGRADE_BAD },
    { ASK REST "X\xc3\xa9: a\r\n\r\n", KM_UPGRADE_BAD },
    /* A body. */
    { ASK REST "Content-Length: 1\r\n\r\n", KM_UPGRADE_BAD },
    { ASK REST "Content-Length:\r\n\r\n", KM_UPGRADE_BAD },
    { ASK REST "Content-Length: 0, 0\r\n\r\n", KM_UPGRADE_BAD },
    { ASK REST "Transfer-Encoding: chunked\r\n\r\n", KM_UPGRADE_BAD },
  };
  static const char zero[] = ASK "X: a\0b\r\n" REST "\r\n";
  g_auto (KmUpgrade) upgrade = { 0 };

  check (rows, G_N_ELEMENTS (rows));
  g_assert_cmpint (parse (zero, sizeof zero - 1, 0, &upgrade), ==,
                   KM_UPGRADE_BAD);
}

static void
test_what_isnt_said_as_it_must_be (void)
{
  static const Row rows[] = {
    { ASK "\r\n", KM_UPGRADE_BAD },
    { ASK UPGRADE CONNECTION SECRET VERSION OFFER "\r\n", KM_UPGRADE_BAD },
    { ASK HOST HOST UPGRADE CONNECTION SECRET VERSION OFFER "\r\n",
      KM_UPGRADE_BAD },
    { ASK "Origin: null\r\nOrigin: null\r\n" REST "\r\n", KM_UPGRADE_BAD },
    { ASK HOST CONNECTION SECRET VERSION OFFER "\r\n", KM_UPGRADE_BAD },
    { ASK HOST "Upgrade: h2c\r\n" CONNECTION SECRET VERSION OFFER "\r\n",
      KM_UPGRADE_BAD },
    { ASK HOST "Upgrade: websockets\r\n" CONNECTION SECRET VERSION OFFER
      "\r\n", KM_UPGRADE_BAD },
    { ASK HOST UPGRADE SECRET VERSION OFFER "\r\n", KM_UPGRADE_BAD },
    { ASK HOST UPGRADE "Connection: keep-alive\r\n" SECRET VERSION OFFER
      "\r\n", KM_UPGRADE_BAD },
    { ASK HOST UPGRADE CONNECTION VERSION OFFER "\r\n", KM_UPGRADE_BAD },
    { ASK HOST UPGRADE CONNECTION SECRET SECRET VERSION OFFER "\r\n",
      KM_UPGRADE_BAD },
    { ASK HOST UPGRADE CONNECTION SECRET OFFER "\r\n", KM_UPGRADE_BAD },
    { ASK HOST UPGRADE CONNECTION SECRET VERSION VERSION OFFER "\r\n",
      KM_UPGRADE_BAD },
    { ASK HOST UPGRADE CONNECTION SECRET "Sec-WebSocket-Version: 8\r\n" OFFER
      "\r\n", KM_UPGRADE_OTHER_VERSION },
    { ASK HOST UPGRADE CONNECTION SECRET "Sec-WebSocket-Version: 013\r\n"
      OFFER "\r\n", KM_UPGRADE_OTHER_VERSION },
    { ASK HOST UPGRADE CONNECTION SECRET "Sec-WebSocket-Version: 13, 8\r\n"
      OFFER "\r\n", KM_UPGRADE_OTHER_VERSION },
    { ASK HOST UPGRADE CONNECTION SECRET VERSION "\r\n", KM_UPGRADE_BAD },
    { ASK HOST UPGRADE CONNECTION SECRET VERSION
      "Sec-WebSocket-Protocol: KAIMU.V1\r\n\r\n", KM_UPGRADE_BAD },
    { ASK HOST UPGRADE CONNECTION SECRET VERSION
      "Sec-WebSocket-Protocol: kaimu.v1 kaimu.v2\r\n\r\n", KM_UPGRADE_BAD },
  };

  check (rows, G_N_ELEMENTS (rows));
}

static void
test_keys_are_16_bytes (void)
{
  static const char *const bad[] = {
    "", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===",
    "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZR==",
    "dGhlIHNhbXBsZSBub25jZS==", "dGhlIHNhbXBsZSBub25j!Q==",
    "dGhlIHNhbXBsZSBub25jZWE=", "dGhlIHNhbXBsZSBub25jZWEh",
    "dGhlIHNh bXBsZSBub25jZQ=", "======================A=",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *head = g_strconcat (
        ASK HOST UPGRADE CONNECTION VERSION OFFER "Sec-WebSocket-Key: ",
        bad[i], "\r\n\r\n", NULL);
      const Row row = { head, KM_UPGRADE_BAD };

      check (&row, 1);
    }
}

static void
test_what_was_asked_is_kept (void)
{
  static const char head[] = "GET " PATH "?ticket=a%20b&c HTTP/1.1\r\n"
                             "Origin: https://example.org\r\n" REST "\r\n"
                             "frames";
  g_auto (KmUpgrade) upgrade = { 0 };

  g_assert_cmpint (parse (head, strlen (head), 0, &upgrade), ==,
                   KM_UPGRADE_WHOLE);
  g_assert_cmpuint (upgrade.length, ==, strlen (head) - strlen ("frames"));
  g_assert_cmpstr (upgrade.query, ==, "ticket=a%20b&c");
  g_assert_cmpstr (upgrade.host, ==, "localhost:8080");
  g_assert_cmpstr (upgrade.origin, ==, "https://example.org");
  g_assert_cmpstr (upgrade.key, ==, KEY);
}

/* As long as may be, and one byte longer. */
static void
test_heads_have_a_limit (void)
{
  gsize fixed = strlen (ASK REST "X: \r\n\r\n");

  for (gsize more = 0; more <= 1; more++)
    {
      g_autofree char *filler =
        g_strnfill (KM_UPGRADE_HEAD_MAX - fixed + more, 'x');
      g_autofree char *head = g_strconcat (ASK REST "X: ", filler, "\r\n\r\n",
                                           NULL);
      const Row row = { head, more == 0 ? KM_UPGRADE_WHOLE
                                        : KM_UPGRADE_TOO_LONG };

      check (&row, 1);
    }
}

/* The example of RFC 6455, section 1.3. */
static void
test_the_answer_of_the_rfc (void)
{
  g_autofree char *answer = km_upgrade_accept (KEY, PROTOCOL);

  g_assert_cmpstr (answer, ==,
                   "HTTP/1.1 101 Switching Protocols\r\n"
                   "Upgrade: websocket\r\n"
                   "Connection: Upgrade\r\n"
                   "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                   "Sec-WebSocket-Protocol: " PROTOCOL "\r\n"
                   "\r\n");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/upgrade/what-asks-for-a-socket",
                   test_what_asks_for_a_socket);
  g_test_add_func ("/wire/upgrade/what-asks-for-something-else",
                   test_what_asks_for_something_else);
  g_test_add_func ("/wire/upgrade/what-breaks-the-form",
                   test_what_breaks_the_form);
  g_test_add_func ("/wire/upgrade/what-isnt-said-as-it-must-be",
                   test_what_isnt_said_as_it_must_be);
  g_test_add_func ("/wire/upgrade/keys-are-16-bytes", test_keys_are_16_bytes);
  g_test_add_func ("/wire/upgrade/what-was-asked-is-kept",
                   test_what_was_asked_is_kept);
  g_test_add_func ("/wire/upgrade/heads-have-a-limit",
                   test_heads_have_a_limit);
  g_test_add_func ("/wire/upgrade/the-answer-of-the-rfc",
                   test_the_answer_of_the_rfc);

  return g_test_run ();
}
