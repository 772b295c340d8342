/* test-hub-history.c: a log that has lost its end
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-test-hub.h"

#define SAID 3
#define LOST 2

static void
set_up (KmTestHub     *fixture,
        gconstpointer  data)
{
  KmTestMember member;

  km_test_hub_set_up (fixture, data);
  km_test_hub_connect (fixture, &member, 1);
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  for (guint i = 0; i < SAID; i++)
    km_test_hub_say (&member, NULL, "said");
  km_test_member_clear (&member);
}

/* As a client does: until the room isn't busy any more, asking as often as the
 * server bears. */
static KmReply *
join (KmTestHub    *fixture,
      KmTestMember *member,
      const char   *epoch,
      gint64        seq,
      guint        *busy)
{
  KmReply *reply;

  km_test_hub_connect (fixture, member, 2);
  for (*busy = 0;; (*busy)++)
    {
      km_test_member_join (member, ROOM, epoch, seq);
      reply = km_test_member_next_reply (member);
      if (!g_error_matches (reply->error, KM_PROTOCOL_ERROR,
                            KM_PROTOCOL_ERROR_BUSY)
          && !g_error_matches (reply->error, KM_PROTOCOL_ERROR,
                               KM_PROTOCOL_ERROR_TOO_FAST))
        break;
      g_usleep ((gulong) km_protocol_error_get_retry_ms (reply->error) * 1000);
      km_reply_free (reply);
    }
  g_assert_no_error (reply->error);

  return reply;
}

static void
assert_joins (KmTestHub  *fixture,
              const char *epoch,
              gint64      seq,
              gboolean    resumed,
              const char *told)
{
  KmTestMember member;
  guint busy;
  g_autoptr (KmReply) reply = join (fixture, &member, epoch, seq, &busy);

  g_assert_cmpuint (busy, ==, 0);
  g_assert_cmpstr (reply->epoch, ==, told);
  g_assert_cmpint (reply->resumed, ==, resumed);
  km_test_member_clear (&member);
}

static void
test_a_lost_tail_is_a_new_history (KmTestHub     *fixture,
                                   gconstpointer  data)
{
  KmTestMember member;
  guint busy;
  g_autoptr (KmReply) reply =
    join (fixture, &member, EPOCH, SAID + LOST, &busy);

  g_assert_cmpuint (busy, >, 0);
  g_assert_cmpstr (reply->epoch, !=, EPOCH);
  g_assert_false (reply->resumed);
  g_assert_cmpint (reply->seq, ==, SAID);
  for (guint i = 1; i <= SAID; i++)
    km_test_hub_expect_event (&member, i, "said");

  /* Others of whom it can't be seen any more that they had what was lost. */
  for (guint i = 0; i < LOST + 1; i++)
    km_test_hub_say (&member, NULL, "said instead");
  km_test_member_clear (&member);
  assert_joins (fixture, EPOCH, SAID + LOST, FALSE, reply->epoch);
  assert_joins (fixture, reply->epoch, SAID + LOST, TRUE, reply->epoch);
}

static void
test_it_was_on_the_disk_before_it_was_told (KmTestHub     *fixture,
                                            gconstpointer  data)
{
  KmTestMember member;
  guint busy;
  g_autoptr (KmReply) reply = join (fixture, &member, EPOCH, SAID + 1, &busy);

  km_test_member_clear (&member);
  km_test_hub_stop (fixture);
  km_test_hub_start (fixture);
  assert_joins (fixture, reply->epoch, SAID, TRUE, reply->epoch);
  assert_joins (fixture, EPOCH, SAID, FALSE, reply->epoch);
}

/* Nobody can have a room begin anew again and again for all. */
static void
test_no_tail_is_lost_while_a_server_runs (KmTestHub     *fixture,
                                          gconstpointer  data)
{
  KmTestMember member;
  guint busy;
  g_autoptr (KmReply) reply = join (fixture, &member, EPOCH, SAID + 1, &busy);

  km_test_member_clear (&member);
  assert_joins (fixture, reply->epoch, SAID + 1, FALSE, reply->epoch);
  assert_joins (fixture, reply->epoch, SAID, TRUE, reply->epoch);
}

#define ADD(path, function) \
  g_test_add ("/edge/hub-history/" path, KmTestHub, NULL, set_up, function, \
              km_test_hub_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("a-lost-tail-is-a-new-history", test_a_lost_tail_is_a_new_history);
  ADD ("it-was-on-the-disk-before-it-was-told",
       test_it_was_on_the_disk_before_it_was_told);
  ADD ("no-tail-is-lost-while-a-server-runs",
       test_no_tail_is_lost_while_a_server_runs);
  return g_test_run ();
}
