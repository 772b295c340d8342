/* test-link.c: addresses of servers and kaimu:// links
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-client-error.h"
#include "km-link.h"

#define FINGERPRINT \
  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void
assert_means (const char *typed,
              const char *address,
              const char *room,
              const char *fingerprint)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmLink) link = km_link_parse (typed, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (link->address, ==, address);
  g_assert_cmpstr (link->room, ==, room);
  g_assert_cmpstr (link->fingerprint, ==, fingerprint);
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *typed;
    const char *address;
  } cases[] = {
    { "kaimu.example.org", "https://kaimu.example.org" },
    { " Kaimu.Example.ORG:8443 ", "https://kaimu.example.org:8443" },
    { "https://kaimu.example.org:443/", "https://kaimu.example.org" },
    { "http://10.0.0.5:8080/live?x#y", "http://10.0.0.5:8080" },
    { "kaimu+http://10.0.0.5:8080", "http://10.0.0.5:8080" },
    { "127.0.0.1:8080", "http://127.0.0.1:8080" },
    { "localhost", "http://localhost" },
    { "[::1]:80", "http://[::1]" },
    { "[2001:db8::1]:81", "https://[2001:db8::1]:81" },
    { "", NULL },
    { "two words", NULL },
    { "ftp://example.org", NULL },
    { "https://user:secret@example.org", NULL },
    { "https://", NULL },
    { "http://host:99999", NULL },
    { "javascript:alert(1)", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (KmLink) link = km_link_parse (cases[i].typed, &error);

      g_assert_cmpstr (link != NULL ? link->address : NULL, ==,
                       cases[i].address);
      if (cases[i].address == NULL)
        g_assert_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_BAD_ADDRESS);
      else
        g_assert_null (link->room);
    }
}

static void
test_rooms (void)
{
  assert_means ("kaimu://live.example.org/room/42",
                "https://live.example.org", "42", NULL);
  assert_means ("kaimu://live.example.org:8443/room/42",
                "https://live.example.org:8443", "42", NULL);
  assert_means ("kaimu+http://192.0.2.1:8080/room/7",
                "http://192.0.2.1:8080", "7", NULL);
  assert_means ("kaimu://127.0.0.1:40123/room/7",
                "http://127.0.0.1:40123", "7", NULL);
  assert_means ("kaimu://[::1]:40123/room/7", "http://[::1]:40123", "7", NULL);
}

static void
test_fingerprints (void)
{
  assert_means ("kaimu://192.168.1.5:8443/room/1?fp=" FINGERPRINT,
                "https://192.168.1.5:8443", "1", FINGERPRINT);
  /* What has a certificate speaks TLS, also on this computer. */
  assert_means ("kaimu://127.0.0.2:8443/room/1?fp=" FINGERPRINT,
                "https://127.0.0.2:8443", "1", FINGERPRINT);
  assert_means ("kaimu://192.168.1.5:8443?x=1&fp=" FINGERPRINT "&y",
                "https://192.168.1.5:8443", NULL, FINGERPRINT);
  assert_means ("https://192.168.1.5:8443/?fp=" FINGERPRINT,
                "https://192.168.1.5:8443", NULL, NULL);
}

static void
test_broken_fingerprint (void)
{
  static const char *const links[] = {
    "kaimu://host/room/1?fp=", "kaimu://host/room/1?fp=00",
    "kaimu://host/room/1?fp=" FINGERPRINT "0",
    "kaimu://host/room/1?fp=x" FINGERPRINT,
  };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (km_link_parse (links[i], &error));
      g_assert_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_BAD_ADDRESS);
    }
}

static void
test_no_room (void)
{
  static const char *const links[] = {
    "", "42", "kaimu:", "kaimu://", "kaimu://host", "kaimu://host/room/",
    "kaimu://host/room/4/2", "kaimu://host/room/../x", "kaimu:///room/42",
    "https://host/room/42", "file:///etc/passwd", "kaimu://host/room/4%2f2",
    "kaimu://host/room/012345678901234567890123456789012",
  };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (km_link_parse_room (links[i], &error));
      g_assert_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_BAD_ADDRESS);
    }
}

static void
test_round_trip (void)
{
  static const struct
  {
    const char *address;
    const char *fingerprint;
  } cases[] = {
    { "https://live.example.org", NULL },
    { "https://live.example.org:8443", NULL },
    { "http://192.0.2.1:8080", NULL },
    { "http://127.0.0.1:40123", NULL },
    { "http://[::1]:40123", NULL },
    { "https://192.168.1.5:8443", FINGERPRINT },
    { "https://[fd00::5]:8443", FINGERPRINT },
    { "https://127.0.0.2:8443", FINGERPRINT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *link = km_link_format (cases[i].address, "42",
                                              cases[i].fingerprint);

      assert_means (link, cases[i].address, "42", cases[i].fingerprint);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/link/one-text-a-server", test_addresses);
  g_test_add_func ("/client/link/names-a-room", test_rooms);
  g_test_add_func ("/client/link/names-a-certificate", test_fingerprints);
  g_test_add_func ("/client/link/broken-fingerprint-is-no-link",
                   test_broken_fingerprint);
  g_test_add_func ("/client/link/no-room-is-said", test_no_room);
  g_test_add_func ("/client/link/round-trip", test_round_trip);
  return g_test_run ();
}
