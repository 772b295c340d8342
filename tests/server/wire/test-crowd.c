/* test-crowd.c: one address can't take the room of all
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-crowd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define START 1000000
#define ONE 1
#define OTHER 2

static gint64
read_address (const char *text)
{
  struct sockaddr_storage storage = { 0 };
  struct sockaddr_in four = { .sin_family = AF_INET };
  struct sockaddr_in6 six = { .sin6_family = AF_INET6 };

  if (inet_pton (AF_INET, text, &four.sin_addr) == 1)
    memcpy (&storage, &four, sizeof four);
  else
    {
      g_assert_cmpint (inet_pton (AF_INET6, text, &six.sin6_addr), ==, 1);
      memcpy (&storage, &six, sizeof six);
    }

  return km_crowd_read_address ((struct sockaddr *) &storage);
}

static void
test_addresses_are_told_apart (void)
{
  static const char *const local[] = { "127.0.0.1", "127.1.2.3", "::1",
                                       "::ffff:127.0.0.1" };
  static const char *const others[] = {
    "192.0.2.1", "192.0.2.2", "0.0.0.0", "255.255.255.255", "128.0.0.1",
    "2001:db8::1", "2001:db8:0:1::1", "fe80::1", "::2", "ffff::1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (local); i++)
    g_assert_cmpint (read_address (local[i]), ==, KM_CROWD_LOCAL);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_assert_cmpint (read_address (others[i]), !=, KM_CROWD_LOCAL);
      for (guint j = 0; j < i; j++)
        g_assert_cmpint (read_address (others[i]), !=,
                         read_address (others[j]));
    }
}

static void
test_one_host_is_one_address (void)
{
  /* Whoever has an address of IPv6 has all of its /64. */
  g_assert_cmpint (read_address ("2001:db8::1"), ==,
                   read_address ("2001:db8::ffff:ffff:ffff:ffff"));
  g_assert_cmpint (read_address ("192.0.2.1"), ==,
                   read_address ("::ffff:192.0.2.1"));
}

static void
test_all_together_have_a_pace (void)
{
  KmCrowd crowd = { .limits = { .a_second = 100 } };

  for (guint i = 0; i < 400; i++)
    g_assert_cmpint (km_crowd_come (&crowd, i, START), ==, KM_CROWD_WELCOME);
  g_assert_cmpint (km_crowd_come (&crowd, ONE, START), ==, KM_CROWD_TOO_FAST);
  g_assert_cmpint (km_crowd_come (&crowd, KM_CROWD_LOCAL, START), ==,
                   KM_CROWD_TOO_FAST);

  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (km_crowd_come (&crowd, ONE, START + G_USEC_PER_SEC), ==,
                     KM_CROWD_WELCOME);
  g_assert_cmpint (km_crowd_come (&crowd, ONE, START + G_USEC_PER_SEC), ==,
                   KM_CROWD_TOO_FAST);
  km_crowd_clear (&crowd);
}

static void
test_one_address_leaves_room_for_others (void)
{
  KmCrowd crowd = {
    .limits = { .a_second = 100, .a_second_of_address = 10 },
  };

  for (guint i = 0; i < 40; i++)
    g_assert_cmpint (km_crowd_come (&crowd, ONE, START), ==,
                     KM_CROWD_WELCOME);
  /* What is refused it doesn't count for all. */
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (km_crowd_come (&crowd, ONE, START), ==,
                     KM_CROWD_ADDRESS_TOO_FAST);
  g_assert_cmpint (km_crowd_come (&crowd, OTHER, START), ==,
                   KM_CROWD_WELCOME);
  /* A proxy on this machine brings everybody. */
  for (guint i = 0; i < 359; i++)
    g_assert_cmpint (km_crowd_come (&crowd, KM_CROWD_LOCAL, START), ==,
                     KM_CROWD_WELCOME);
  g_assert_cmpint (km_crowd_come (&crowd, OTHER, START), ==,
                   KM_CROWD_TOO_FAST);
  km_crowd_clear (&crowd);
}

static void
test_few_of_an_address_wait (void)
{
  KmCrowd crowd = { .limits = { .waiting_of_address = 3 } };

  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (km_crowd_wait (&crowd, ONE), ==, KM_CROWD_WELCOME);
  g_assert_cmpint (km_crowd_wait (&crowd, ONE), ==, KM_CROWD_ADDRESS_WAITS);
  g_assert_cmpint (km_crowd_wait (&crowd, OTHER), ==, KM_CROWD_WELCOME);

  km_crowd_leave (&crowd, ONE);
  g_assert_cmpint (km_crowd_wait (&crowd, ONE), ==, KM_CROWD_WELCOME);
  g_assert_cmpint (km_crowd_wait (&crowd, ONE), ==, KM_CROWD_ADDRESS_WAITS);
  for (guint i = 0; i < 3; i++)
    km_crowd_leave (&crowd, ONE);
  km_crowd_leave (&crowd, OTHER);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (km_crowd_wait (&crowd, ONE), ==, KM_CROWD_WELCOME);

  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (km_crowd_wait (&crowd, KM_CROWD_LOCAL), ==,
                     KM_CROWD_WELCOME);
  km_crowd_clear (&crowd);
}

static void
test_without_limits_all_are_welcome (void)
{
  KmCrowd crowd = { 0 };

  for (guint i = 0; i < 10000; i++)
    {
      g_assert_cmpint (km_crowd_come (&crowd, ONE, START), ==,
                       KM_CROWD_WELCOME);
      g_assert_cmpint (km_crowd_wait (&crowd, ONE), ==, KM_CROWD_WELCOME);
    }
  km_crowd_clear (&crowd);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/crowd/addresses-are-told-apart",
                   test_addresses_are_told_apart);
  g_test_add_func ("/wire/crowd/one-host-is-one-address",
                   test_one_host_is_one_address);
  g_test_add_func ("/wire/crowd/all-together-have-a-pace",
                   test_all_together_have_a_pace);
  g_test_add_func ("/wire/crowd/one-address-leaves-room-for-others",
                   test_one_address_leaves_room_for_others);
  g_test_add_func ("/wire/crowd/few-of-an-address-wait",
                   test_few_of_an_address_wait);
  g_test_add_func ("/wire/crowd/without-limits-all-are-welcome",
                   test_without_limits_all_are_welcome);

  return g_test_run ();
}
