/* test-link.c: kaimu:// links to a room
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-link.h"

#include <gio/gio.h>

static void
assert_means (const char *link,
              const char *expected_address,
              const char *expected_room)
{
  g_autofree char *address = NULL;
  g_autofree char *room = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (km_link_parse (link, &address, &room, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (address, ==, expected_address);
  g_assert_cmpstr (room, ==, expected_room);
}

static void
test_parse (void)
{
  assert_means ("kaimu://live.example.org/room/42",
                "https://live.example.org", "42");
  assert_means ("kaimu://live.example.org:8443/room/42",
                "https://live.example.org:8443", "42");
  assert_means ("kaimu+http://192.0.2.1:8080/room/7",
                "http://192.0.2.1:8080", "7");
  assert_means ("kaimu://127.0.0.1:40123/room/7",
                "http://127.0.0.1:40123", "7");
  assert_means ("kaimu://[::1]:40123/room/7", "http://[::1]:40123", "7");
}

static void
test_refuse (void)
{
  static const char *const links[] = {
    "", "42", "kaimu:", "kaimu://", "kaimu://host", "kaimu://host/room/",
    "kaimu://host/room/4/2", "kaimu://host/room/../x", "kaimu:///room/42",
    "https://host/room/42", "file:///etc/passwd", "kaimu://host/room/4%2f2",
    "kaimu://host/room/012345678901234567890123456789012",
  };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autofree char *address = NULL;
      g_autofree char *room = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (km_link_parse (links[i], &address, &room, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_null (address);
      g_assert_null (room);
    }
}

static void
test_round_trip (void)
{
  static const char *const addresses[] = {
    "https://live.example.org", "https://live.example.org:8443",
    "http://192.0.2.1:8080", "http://127.0.0.1:40123", "http://[::1]:40123",
  };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autofree char *link = km_link_new (addresses[i], "42");

      assert_means (link, addresses[i], "42");
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/link/parse", test_parse);
  g_test_add_func ("/app/link/refuse", test_refuse);
  g_test_add_func ("/app/link/round-trip", test_round_trip);
  return g_test_run ();
}
