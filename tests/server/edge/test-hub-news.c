/* test-hub-news.c: what other threads tell the hub reaches whom it concerns
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-test-hub.h"

static void
send_news (KmTestHub *fixture,
           KmEvent   *event)
{
  km_post_office_send (fixture->post_office, event);
}

static void
test_stream_from_start_to_end (KmTestHub     *fixture,
                               gconstpointer  data)
{
  g_autoptr (KmRoomEvent) started = NULL;
  g_autoptr (KmRoomEvent) ended = NULL;
  KmTestMember member;
  gboolean lost = FALSE;

  km_test_hub_connect (fixture, &member, 1);
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  send_news (fixture, km_event_new_stream_started (ROOM, "stream-1", 1000));
  started = km_test_member_next_event (&member);
  g_assert_cmpint (started->kind, ==, KM_ROOM_EVENT_STREAM_STARTED);
  g_assert_cmpint (started->seq, ==, 1);
  g_assert_cmpint (started->at_ms, ==, 1000);
  g_assert_cmpstr (started->stream, ==, "stream-1");

  send_news (fixture,
             km_event_new_stream_edge (ROOM, "stream-1", 700, FALSE));
  while (!lost)
    {
      g_autoptr (KmRoomEvent) tick = km_test_member_next_tick (&member);

      g_assert_true (tick->live);
      g_assert_cmpstr (tick->stream, ==, "stream-1");
      lost = tick->publisher_lost;
      if (lost)
        g_assert_cmpint (tick->edge_ms, ==, 700);
    }

  send_news (fixture, km_event_new_stream_ended (ROOM, "stream-1", "ended",
                                                 2000, 1000));
  ended = km_test_member_next_event (&member);
  g_assert_cmpint (ended->kind, ==, KM_ROOM_EVENT_STREAM_ENDED);
  g_assert_cmpint (ended->seq, ==, 2);
  g_assert_cmpint (ended->reason, ==, KM_STREAM_END_ENDED);
  g_assert_cmpint (ended->duration_ms, ==, 1000);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT ended_at FROM stream"
                                      " WHERE reason = 'ended'"), ==, 2000);
  km_test_member_clear (&member);
}

static void
test_news_outlast_a_full_disk (KmTestHub     *fixture,
                               gconstpointer  data)
{
  const KmRoomEventKind kinds[] = { KM_ROOM_EVENT_STREAM_STARTED,
                                    KM_ROOM_EVENT_STREAM_ENDED };
  g_autoptr (GError) error = NULL;
  KmTestMember member;

  /* Beginnings can't be written. */
  km_test_store_run (fixture->store,
                     "CREATE TRIGGER full BEFORE INSERT ON stream"
                     " BEGIN INSERT INTO nowhere VALUES (1); END", &error);
  g_assert_no_error (error);
  km_test_hub_connect (fixture, &member, 1);
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  send_news (fixture, km_event_new_stream_started (ROOM, "stream-1", 1000));
  send_news (fixture, km_event_new_stream_ended (ROOM, "stream-1", "ended",
                                                 2000, 1000));
  g_assert_cmpint (km_test_hub_say (&member, NULL, "meanwhile"), ==, 1);
  km_test_store_run (fixture->store, "DROP TRIGGER full", &error);
  g_assert_no_error (error);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (KmRoomEvent) event = km_test_member_next_event (&member);

      g_assert_cmpint (event->kind, ==, kinds[i]);
      g_assert_cmpint (event->seq, ==, 2 + i);
      g_assert_cmpstr (event->stream, ==, "stream-1");
    }
  km_test_member_clear (&member);
}

static void
test_news_outlast_a_room_that_cannot_be_loaded (KmTestHub     *fixture,
                                                gconstpointer  data)
{
  const KmRoomEventKind kinds[] = { KM_ROOM_EVENT_STREAM_STARTED,
                                    KM_ROOM_EVENT_STREAM_ENDED };
  g_autoptr (GError) error = NULL;
  g_autoptr (KmReply) reply = NULL;
  KmTestMember member;

  km_test_store_run (fixture->store, "ALTER TABLE room RENAME TO away",
                     &error);
  g_assert_no_error (error);
  send_news (fixture, km_event_new_stream_started (ROOM, "stream-1", 1000));
  send_news (fixture, km_event_new_stream_ended (ROOM, "stream-1", "ended",
                                                 2000, 1000));
  /* What is asked after them is answered after them. */
  km_test_hub_connect (fixture, &member, 1);
  km_test_member_join (&member, ROOM, NULL, -1);
  reply = km_test_member_next_reply (&member);
  g_assert_error (reply->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_INTERNAL);

  km_test_store_run (fixture->store, "ALTER TABLE away RENAME TO room",
                     &error);
  g_assert_no_error (error);
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (KmRoomEvent) event = km_test_member_next_event (&member);

      g_assert_cmpint (event->kind, ==, kinds[i]);
      g_assert_cmpint (event->seq, ==, 1 + i);
    }
  km_test_member_clear (&member);
}

static void
test_open_stream_ends_as_lost (KmTestHub     *fixture,
                               gconstpointer  data)
{
  g_autoptr (KmRoomEvent) event = NULL;
  KmTestMember member;

  km_test_hub_connect (fixture, &member, 1);
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  send_news (fixture, km_event_new_stream_started (ROOM, "stream-1", 1000));
  km_room_event_free (km_test_member_next_event (&member));
  km_test_member_clear (&member);

  km_test_hub_stop (fixture);
  km_test_hub_start (fixture);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM stream"
                                      " WHERE reason = 'lost'"
                                      " AND ended_at IS NOT NULL"), ==, 1);
  km_test_hub_connect (fixture, &member, 1);
  km_test_hub_join (&member, EPOCH, 1, TRUE, 2);
  event = km_test_member_next_event (&member);
  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_STREAM_ENDED);
  g_assert_cmpint (event->reason, ==, KM_STREAM_END_LOST);
  g_assert_cmpstr (event->stream, ==, "stream-1");
  km_test_member_clear (&member);
}

static void
test_refused_publish_is_told (KmTestHub     *fixture,
                              gconstpointer  data)
{
  static const char command[] =
    "{\"t\":\"stream.prepare\",\"id\":\"a\","
    "\"d\":{\"publish\":\"0123456789abcdefghjkmnpqrs\"}}";
  g_autoptr (KmRoomEvent) event = NULL;
  g_autoptr (KmReply) reply = NULL;
  KmTestMember member;

  km_test_hub_connect (fixture, &member, 1);
  km_test_member_send_text (&member, command);
  reply = km_test_member_next_reply (&member);
  g_assert_no_error (reply->error);

  send_news (fixture, km_event_new_publish_refused ("nobody's", "denied",
                                                    "No."));
  send_news (fixture,
             km_event_new_publish_refused ("0123456789abcdefghjkmnpqrs",
                                           "taken_over", "Another one."));
  event = km_test_member_next_event (&member);
  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_STREAM_REFUSED);
  g_assert_cmpint (event->code, ==, KM_PROTOCOL_ERROR_TAKEN_OVER);
  g_assert_cmpstr (event->message, ==, "Another one.");
  km_test_member_clear (&member);
}

static void
test_change_of_the_room (KmTestHub     *fixture,
                         gconstpointer  data)
{
  g_autoptr (KmRoomEvent) event = NULL;
  g_autoptr (GError) error = NULL;
  KmTestMember member;

  km_test_hub_connect (fixture, &member, 2);
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  g_assert_true (km_test_store_run (fixture->store,
                                    "UPDATE room SET title = 'New'"
                                    " WHERE id = 1", &error));
  send_news (fixture, km_event_new_room_changed (ROOM));
  event = km_test_member_next_event (&member);
  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_ROOM_CHANGED);
  g_assert_cmpint (event->seq, ==, 1);
  g_assert_cmpstr (event->title, ==, "New");
  km_test_member_clear (&member);
}

static void
test_rename_and_sign_out (KmTestHub     *fixture,
                          gconstpointer  data)
{
  g_autoptr (KmRoomEvent) event = NULL;
  const char *const ended[] = { "user3", NULL };
  KmTestMember member, other;

  km_test_hub_connect (fixture, &member, 2);
  km_test_hub_connect (fixture, &other, 3);
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  km_test_hub_join (&other, NULL, -1, FALSE, 0);
  km_hub_rename_account (fixture->hub, "2", "二号");
  km_hub_drop_sessions (fixture->hub, ended);
  g_assert_cmpuint (km_test_member_wait_close (&other), ==,
                    KM_CLOSE_SIGNED_OUT);
  km_test_member_say (&member, ROOM, NULL, "hello");
  event = km_test_member_next_event (&member);
  g_assert_cmpstr (event->from.shown_name, ==, "二号");
  km_hub_drop_account (fixture->hub, "2");
  g_assert_cmpuint (km_test_member_wait_close (&member), ==,
                    KM_CLOSE_SIGNED_OUT);
  km_test_member_clear (&member);
  km_test_member_clear (&other);
}

#define ADD(path, function) \
  g_test_add (path, KmTestHub, NULL, km_test_hub_set_up, function, \
              km_test_hub_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/edge/hub/stream-from-start-to-end", test_stream_from_start_to_end);
  ADD ("/edge/hub/news-outlast-a-full-disk", test_news_outlast_a_full_disk);
  ADD ("/edge/hub/news-outlast-a-room-that-cannot-be-loaded",
       test_news_outlast_a_room_that_cannot_be_loaded);
  ADD ("/edge/hub/open-stream-ends-as-lost", test_open_stream_ends_as_lost);
  ADD ("/edge/hub/refused-publish-is-told", test_refused_publish_is_told);
  ADD ("/edge/hub/change-of-the-room", test_change_of_the_room);
  ADD ("/edge/hub/rename-and-sign-out", test_rename_and_sign_out);

  return g_test_run ();
}
