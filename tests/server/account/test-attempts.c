/* test-attempts.c: guessing gets slower, and nobody else is locked out
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-attempts.h"

static void
test_five_a_minute_then_longer_and_longer (void)
{
  g_autoptr (KmAttempts) attempts = km_attempts_new ();
  gint64 now = 1000, last = 0;

  for (guint i = 0; i < KM_ATTEMPTS_PER_ACCOUNT; i++)
    g_assert_cmpint (km_attempts_begin (attempts, "alice", "a", now), ==, 0);

  for (guint i = 0; i < 6; i++)
    {
      gint64 wait = km_attempts_begin (attempts, "alice", "a", now);

      g_assert_cmpint (wait, >, last);
      g_assert_cmpint (km_attempts_begin (attempts, "alice", "b",
                                          now + wait - 1), ==, 1);
      now += wait;
      g_assert_cmpint (km_attempts_begin (attempts, "alice", "a", now),
                       ==, 0);
      last = wait;
    }
}

static void
test_other_names_and_addresses_go_on (void)
{
  g_autoptr (KmAttempts) attempts = km_attempts_new ();

  for (guint i = 0; i < 10; i++)
    km_attempts_begin (attempts, "alice", "a", 1000);

  g_assert_cmpint (km_attempts_begin (attempts, "alice", "b", 1000), >, 0);
  g_assert_cmpint (km_attempts_begin (attempts, "bob", "a", 1000), ==, 0);
}

static void
test_an_address_has_thirty (void)
{
  g_autoptr (KmAttempts) attempts = km_attempts_new ();

  for (guint i = 0; i < KM_ATTEMPTS_PER_ADDRESS; i++)
    {
      g_autofree char *name = g_strdup_printf ("name%u", i);

      g_assert_cmpint (km_attempts_begin (attempts, name, "a", 1000), ==, 0);
    }
  g_assert_cmpint (km_attempts_begin (attempts, "fresh", "a", 1000), >, 0);
  g_assert_cmpint (km_attempts_begin (attempts, "fresh", "b", 1000), ==, 0);
}

static void
test_success_is_taken_back (void)
{
  g_autoptr (KmAttempts) attempts = km_attempts_new ();

  for (guint i = 0; i < 10 * KM_ATTEMPTS_PER_ADDRESS; i++)
    {
      g_assert_cmpint (km_attempts_begin (attempts, "alice", "a", 1000),
                       ==, 0);
      km_attempts_forgive (attempts, "alice", "a", 1000);
    }
}

static void
test_a_quiet_minute_brings_the_free_ones_back (void)
{
  g_autoptr (KmAttempts) attempts = km_attempts_new ();
  gint64 now = 1000;

  for (guint round = 0; round < 5; round++)
    {
      for (guint i = 1; i < KM_ATTEMPTS_PER_ACCOUNT; i++)
        g_assert_cmpint (km_attempts_begin (attempts, "alice", "a", now),
                         ==, 0);
      now += KM_ATTEMPTS_WINDOW_MS;
    }
}

static void
test_the_tables_are_bounded (void)
{
  g_autoptr (KmAttempts) attempts = km_attempts_new ();

  for (guint i = 0; i < 50000; i++)
    {
      g_autofree char *name = g_strdup_printf ("name%u", i);

      km_attempts_begin (attempts, name, name, 1000);
    }
  g_assert_cmpuint (km_attempts_count (attempts), <=, 20002);

  km_attempts_begin (attempts, "alice", "a", 1000 + 3600 * 1000);
  g_assert_cmpuint (km_attempts_count (attempts), ==, 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/account/attempts/five-a-minute-then-longer-and-longer",
                   test_five_a_minute_then_longer_and_longer);
  g_test_add_func ("/account/attempts/other-names-and-addresses-go-on",
                   test_other_names_and_addresses_go_on);
  g_test_add_func ("/account/attempts/an-address-has-thirty",
                   test_an_address_has_thirty);
  g_test_add_func ("/account/attempts/success-is-taken-back",
                   test_success_is_taken_back);
  g_test_add_func ("/account/attempts/a-quiet-minute-brings-the-free-ones-back",
                   test_a_quiet_minute_brings_the_free_ones_back);
  g_test_add_func ("/account/attempts/the-tables-are-bounded",
                   test_the_tables_are_bounded);
  return g_test_run ();
}
