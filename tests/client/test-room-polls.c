/* test-room-polls.c: votes, hearts and people, as one who is there sees them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-test-process.h"
#include "km-test-room.h"

#include <string.h>

#define ASK \
  "\"question\":\"Tea?\",\"options\":[\"Yes\",\"No\",\"Both\"]," \
  "\"multiple\":false,\"changeable\":true,\"anonymous\":false," \
  "\"opened_at\":1763700000000,\"closes_at\":1763700060000"
#define OPEN "{\"poll\":\"5\"," ASK "}"
#define JOINED_WITH(rest) \
  "[{\"poll\":\"5\"," ASK ",\"tallies\":[3,1,0],\"voters\":4," \
  "\"voted\":[1]" rest "}]"
#define JOINED JOINED_WITH ("")
#define CLOSED \
  "{\"poll\":\"5\"," ASK ",\"tallies\":[4,2,0],\"voters\":6," \
  "\"closed_at\":1763700060000,\"reason\":\"time\"}"
#define TICK(rest) \
  "{\"online\":3,\"live\":true,\"stream\":\"s1\",\"edge_ms\":1," \
  "\"publisher\":\"ok\"" rest "}"
#define TALLIES(tallies, voters) \
  TICK (",\"polls\":[{\"poll\":\"5\",\"tallies\":" tallies "," \
        "\"voters\":" voters "}]")

static KmRoomPoll *
get_poll (KmTestRoom *self)
{
  GListModel *polls = km_room_get_polls (self->room);

  return g_list_model_get_item (polls, 0);
}

static char *
describe (KmRoomPoll *poll)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < km_room_poll_get_n_options (poll); i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                            km_room_poll_get_tally (poll, i));
  g_string_append_printf (text, " of %" G_GINT64_FORMAT ", own %u%s",
                          km_room_poll_get_voters (poll),
                          km_room_poll_get_voted (poll),
                          km_room_poll_get_closed (poll) ? ", closed" : "");

  return g_string_free_and_steal (text);
}

static void
assert_poll (KmRoomPoll *poll,
             const char *expected)
{
  g_autofree char *text = describe (poll);

  g_assert_cmpstr (text, ==, expected);
}

/* Its time began between two looks at the clock. */
static void
assert_left (KmRoomPoll *poll,
             gint64      seconds_max)
{
  gint64 left_us = km_room_poll_get_closes_us (poll) - g_get_monotonic_time ();

  g_assert_cmpint (left_us, <=, seconds_max * G_USEC_PER_SEC);
  g_assert_cmpint (left_us, >, (seconds_max - 20) * G_USEC_PER_SEC);
}

/* All that was sent before has been seen. */
static void
sync_up (KmTestRoom *self,
         gint64      seq)
{
  g_autofree char *end = g_strdup_printf ("[%" G_GINT64_FORMAT "]", seq);

  km_test_room_say (self, seq);
  for (gboolean seen = FALSE; !seen;)
    {
      g_autofree char *rows = NULL;

      g_main_context_iteration (NULL, TRUE);
      rows = km_test_room_list_rows (self);
      seen = g_str_has_suffix (rows, end);
    }
}

static void
on_poll (KmRoom     *room,
         KmRoomPoll *poll,
         gboolean    fresh,
         GString    *seen)
{
  g_string_append_printf (seen, "[%s%s%s]", fresh ? "" : "old ",
                          km_room_poll_get_id (poll),
                          km_room_poll_get_closed (poll) ? " closed" : "");
}

static GString *
listen (KmTestRoom *self)
{
  GString *seen = g_string_new (NULL);

  g_signal_connect (self->room, "poll-opened", G_CALLBACK (on_poll), seen);
  g_signal_connect (self->room, "poll-closed", G_CALLBACK (on_poll), seen);

  return seen;
}

static void
test_from_opening_to_result (KmTestRoom    *self,
                             gconstpointer  data)
{
  g_autoptr (GString) seen = listen (self);
  g_autoptr (KmRoomPoll) poll = NULL;
  g_autoptr (KmRoomMessage) row = NULL;

  km_test_room_event (self, "poll.opened", 1, OPEN);
  sync_up (self, 2);
  poll = get_poll (self);
  g_assert_cmpstr (km_room_poll_get_question (poll), ==, "Tea?");
  g_assert_cmpuint (km_room_poll_get_n_options (poll), ==, 3);
  g_assert_cmpstr (km_room_poll_get_option (poll, 2), ==, "Both");
  g_assert_true (km_room_poll_get_changeable (poll));
  g_assert_false (km_room_poll_get_multiple (poll));
  g_assert_true (km_room_poll_can_vote (poll));
  assert_poll (poll, "0,0,0 of 0, own 0");

  km_test_room_event (self, "tick", -1, TALLIES ("[3,2,0]", "5"));
  sync_up (self, 3);
  assert_poll (poll, "3,2,0 of 5, own 0");

  km_test_room_event (self, "poll.closed", 4, CLOSED);
  km_test_room_assert_rows (self, "[2][3][Tea?]");
  assert_poll (poll, "4,2,0 of 6, own 0, closed");
  g_assert_cmpint (km_room_poll_get_reason (poll), ==, KM_POLL_END_TIME);
  g_assert_false (km_room_poll_can_vote (poll));
  g_assert_cmpuint (g_list_model_get_n_items (km_room_get_polls (self->room)),
                    ==, 0);
  row = g_list_model_get_item (km_room_get_messages (self->room), 2);
  g_assert_cmpint (km_room_message_get_kind (row), ==, KM_ROOM_MESSAGE_POLL);
  g_assert_true (km_room_message_get_poll (row) == poll);
  g_assert_cmpstr (seen->str, ==, "[5][5 closed]");
  g_signal_handlers_disconnect_by_data (self->room, seen);
}

static void
test_joined_in_the_middle (KmTestRoom    *self,
                           gconstpointer  data)
{
  g_autoptr (GString) seen = listen (self);
  g_autoptr (KmRoomPoll) poll = NULL;

  self->polls = JOINED;
  km_test_room_cut (self);
  poll = get_poll (self);
  assert_poll (poll, "3,1,0 of 4, own 2");
  g_assert_cmpstr (seen->str, ==, "[old 5]");
  g_signal_handlers_disconnect_by_data (self->room, seen);
}

/* The server's clock is that of another year. */
static void
test_time_left_needs_no_clock (KmTestRoom    *self,
                               gconstpointer  data)
{
  g_autoptr (KmRoomPoll) poll = NULL;

  km_test_room_event (self, "poll.opened", 1, OPEN);
  sync_up (self, 2);
  poll = get_poll (self);
  assert_left (poll, 60);

  self->polls = JOINED_WITH (",\"left_ms\":30000");
  km_test_room_cut (self);
  g_assert_true (km_room_poll_get_voted (poll) == 2);
  assert_left (poll, 30);
}

static void
test_result_of_before_is_a_row (KmTestRoom    *self,
                                gconstpointer  data)
{
  g_autoptr (GString) seen = listen (self);
  g_autoptr (KmRoomPoll) poll = NULL;
  g_autoptr (KmRoomMessage) row = NULL;

  self->head = 9;
  km_test_room_cut (self);
  km_test_room_event (self, "poll.closed", 9, CLOSED);
  km_test_room_assert_rows (self, "[Tea?]");
  row = g_list_model_get_item (km_room_get_messages (self->room), 0);
  poll = g_object_ref (km_room_message_get_poll (row));
  assert_poll (poll, "4,2,0 of 6, own 0, closed");
  g_assert_cmpstr (seen->str, ==, "[old 5 closed]");
  g_signal_handlers_disconnect_by_data (self->room, seen);
}

static void
test_closed_while_away (KmTestRoom    *self,
                        gconstpointer  data)
{
  g_autoptr (KmRoomPoll) poll = NULL;

  self->polls = JOINED;
  km_test_room_cut (self);
  poll = get_poll (self);

  /* A snapshot: nobody says any more how it ended. */
  self->polls = "[]";
  self->head = 500;
  km_test_room_cut (self);
  g_assert_true (km_room_poll_get_closed (poll));
  g_assert_cmpuint (g_list_model_get_n_items (km_room_get_polls (self->room)),
                    ==, 0);
}

static void
on_changed (KmRoomPoll *poll,
            GString    *seen)
{
  g_autofree char *text = describe (poll);

  g_string_append_printf (seen, "[%s]", text);
}

static void
test_vote_is_seen_at_once (KmTestRoom    *self,
                           gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (KmRoomPoll) poll = NULL;

  km_test_room_event (self, "poll.opened", 1, OPEN);
  sync_up (self, 2);
  poll = get_poll (self);
  g_signal_connect (poll, "changed", G_CALLBACK (on_changed), seen);

  km_test_room_reply (self, "poll.vote", "{\"poll\":\"5\",\"options\":[0]}");
  km_room_vote_async (self->room, poll, 1, NULL, km_test_on_result, &result);
  assert_poll (poll, "1,0,0 of 1, own 1");
  km_test_wait_result (&result);
  g_assert_true (km_room_vote_finish (self->room, result, NULL));
  assert_poll (poll, "1,0,0 of 1, own 1");
  g_assert_nonnull (strstr (self->sent->pdata[0],
                            "{\"poll\":\"5\",\"options\":[0]}"));

  /* The tick counts it, and is not added to. */
  km_test_room_event (self, "tick", -1, TALLIES ("[2,0,0]", "2"));
  sync_up (self, 3);
  assert_poll (poll, "2,0,0 of 2, own 1");

  /* Another choice moves one vote. */
  g_clear_object (&result);
  km_test_room_reply (self, "poll.vote", "{\"poll\":\"5\",\"options\":[2]}");
  km_room_vote_async (self->room, poll, 4, NULL, km_test_on_result, &result);
  assert_poll (poll, "1,0,1 of 2, own 4");
  km_test_wait_result (&result);
  assert_poll (poll, "1,0,1 of 2, own 4");
  g_signal_handlers_disconnect_by_data (poll, seen);
  g_assert_cmpstr (seen->str, ==,
                   "[1,0,0 of 1, own 1][1,0,0 of 1, own 1]"
                   "[2,0,0 of 2, own 1]"
                   "[1,0,1 of 2, own 4][1,0,1 of 2, own 4]");
}

static void
test_refused_vote_is_taken_back (KmTestRoom    *self,
                                 gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (KmRoomPoll) poll = NULL;

  self->polls = JOINED;
  km_test_room_cut (self);
  poll = get_poll (self);
  km_test_room_reply (self, "poll.vote",
                      "{\"error\":{\"code\":\"already_voted\","
                      "\"message\":\"Once.\"}}");
  km_room_vote_async (self->room, poll, 1, NULL, km_test_on_result, &result);
  assert_poll (poll, "4,0,0 of 4, own 1");
  km_test_wait_result (&result);
  g_assert_false (km_room_vote_finish (self->room, result, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_ALREADY_VOTED);
  assert_poll (poll, "3,1,0 of 4, own 2");
}

static void
test_vote_over_a_cut (KmTestRoom    *self,
                      gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (KmRoomPoll) poll = NULL;

  km_test_room_event (self, "poll.opened", 1, OPEN);
  sync_up (self, 2);
  poll = get_poll (self);
  km_room_vote_async (self->room, poll, 2, NULL, km_test_on_result, &result);
  km_test_room_wait_sent (self, 1);

  /* It was counted; the reply is lost. */
  self->resumed = TRUE;
  self->head = 2;
  self->polls = "[{\"poll\":\"5\"," ASK ",\"tallies\":[0,1,0],\"voters\":1,"
                "\"voted\":[1]}]";
  km_test_room_reply (self, "poll.vote", "{\"poll\":\"5\",\"options\":[1]}");
  km_test_room_cut (self);
  assert_poll (poll, "0,1,0 of 1, own 2");
  km_test_wait_result (&result);
  g_assert_true (km_room_vote_finish (self->room, result, NULL));
  assert_poll (poll, "0,1,0 of 1, own 2");
  g_assert_cmpuint (self->sent->len, ==, 2);
  g_assert_cmpstr (self->sent->pdata[0], ==, self->sent->pdata[1]);
}

static void
test_impossible_vote_is_not_sent (KmTestRoom    *self,
                                  gconstpointer  data)
{
  static const guint choices[] = { 0, 8, 0x80000001u };
  g_autoptr (KmRoomPoll) poll = NULL;

  km_test_room_event (self, "poll.opened", 1, OPEN);
  sync_up (self, 2);
  poll = get_poll (self);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      km_room_vote_async (self->room, poll, choices[i], NULL,
                          km_test_on_result, &result);
      km_test_wait_result (&result);
      g_assert_false (km_room_vote_finish (self->room, result, &error));
      g_assert_error (error, KM_PROTOCOL_ERROR,
                      KM_PROTOCOL_ERROR_NO_SUCH_OPTION);
    }
  assert_poll (poll, "0,0,0 of 0, own 0");
  g_assert_cmpuint (self->sent->len, ==, 0);
}

static void
test_opened_once_over_a_cut (KmTestRoom    *self,
                             gconstpointer  data)
{
  char *options[] = { (char *) "Yes", (char *) "No", NULL };
  KmPollQuestion question = {
    .question = (char *) "Tea?",
    .options = options,
    .changeable = TRUE,
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *id = NULL;

  self->role = "host";
  self->resumed = TRUE;
  km_room_open_poll_async (self->room, &question, 60000, NULL,
                           km_test_on_result, &result);
  km_test_room_wait_sent (self, 1);
  km_test_room_reply (self, "poll.open",
                      "{\"seq\":1,\"at\":1763700000000,\"poll\":\"5\"}");
  km_test_room_cut (self);
  km_test_wait_result (&result);
  id = km_room_open_poll_finish (self->room, result, NULL);
  g_assert_cmpstr (id, ==, "5");
  g_assert_cmpuint (self->sent->len, ==, 2);
  g_assert_cmpstr (self->sent->pdata[0], ==, self->sent->pdata[1]);
  g_assert_nonnull (strstr (self->sent->pdata[0], "\"duration_ms\":60000"));
}

static void
test_closing (KmTestRoom    *self,
              gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (KmRoomPoll) poll = NULL;

  km_test_room_event (self, "poll.opened", 1, OPEN);
  sync_up (self, 2);
  poll = get_poll (self);
  km_test_room_reply (self, "poll.close",
                      "{\"error\":{\"code\":\"poll_closed\","
                      "\"message\":\"It is.\"}}");
  km_room_close_poll_async (self->room, poll, NULL, km_test_on_result,
                            &result);
  km_test_wait_result (&result);
  g_assert_false (km_room_close_poll_finish (self->room, result, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_POLL_CLOSED);

  g_clear_object (&result);
  km_test_room_reply (self, "poll.close", "{\"seq\":3,\"at\":1}");
  km_room_close_poll_async (self->room, poll, NULL, km_test_on_result,
                            &result);
  km_test_wait_result (&result);
  g_assert_true (km_room_close_poll_finish (self->room, result, NULL));
}

static void
test_nobody_waits_after_leaving (KmTestRoom    *self,
                                 gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (KmRoomPoll) poll = NULL;

  self->polls = JOINED;
  km_test_room_cut (self);
  poll = get_poll (self);
  km_room_vote_async (self->room, poll, 1, NULL, km_test_on_result, &result);
  km_room_close (self->room);
  km_test_wait_result (&result);
  g_assert_false (km_room_vote_finish (self->room, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_poll (poll, "3,1,0 of 4, own 2");
}

static void
on_liked (KmRoom  *room,
          guint    n,
          GString *seen)
{
  g_string_append_printf (seen, "[%u]", n);
}

static void
test_own_likes_rise_once (KmTestRoom    *self,
                          gconstpointer  data)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  guint counted = 0;

  g_signal_connect (self->room, "liked", G_CALLBACK (on_liked), seen);
  km_test_room_reply (self, "like.send", "{}");
  g_assert_true (km_room_like (self->room));
  g_assert_true (km_room_like (self->room));
  g_assert_cmpint (km_room_get_likes (self->room), ==, 2);
  g_assert_cmpstr (seen->str, ==, "[1][1]");
  km_test_room_wait_sent (self, 1);
  g_assert_true (g_str_has_suffix (self->sent->pdata[0], " {\"count\":2}"));

  /* Two of the five are one's own. */
  km_test_room_event (self, "tick", -1, TICK (",\"likes\":5"));
  sync_up (self, 1);
  g_assert_cmpint (km_room_get_likes (self->room), ==, 5);
  g_assert_cmpstr (seen->str, ==, "[1][1][3]");

  /* Too much is not counted here either. */
  for (guint i = 0; i < 100; i++)
    counted += km_room_like (self->room) ? 1 : 0;
  g_assert_cmpuint (counted, ==, KM_LIKES_MAX / 2);
  g_signal_handlers_disconnect_by_data (self->room, seen);
}

static void
test_no_likes_without_a_stream (KmTestRoom    *self,
                                gconstpointer  data)
{
  g_autoptr (GString) seen = g_string_new (NULL);

  g_signal_connect (self->room, "liked", G_CALLBACK (on_liked), seen);
  self->live = FALSE;
  km_test_room_cut (self);
  g_assert_false (km_room_like (self->room));

  /* What was liked before one came doesn't rise. */
  self->live = TRUE;
  self->likes = 99;
  self->role = "guest";
  km_test_room_cut (self);
  g_assert_cmpint (km_room_get_likes (self->room), ==, 99);
  g_assert_false (km_room_like (self->room));
  g_assert_cmpstr (seen->str, ==, "");
  g_signal_handlers_disconnect_by_data (self->room, seen);
}

#define PERSON(id, name, role) \
  "{\"id\":\"" id "\",\"name\":\"" name "\",\"shown_name\":\"" name "\"," \
  "\"role\":\"" role "\"}"

static char *
list_people (KmTestRoom *self)
{
  GListModel *people = km_room_get_people (self->room);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (people); i++)
    {
      g_autoptr (KmRoomPerson) person = g_list_model_get_item (people, i);

      g_string_append_printf (text, "[%s%s]",
                              km_room_person_get_role (person) == KM_ROLE_HOST
                                ? "*" : "",
                              km_room_person_get_shown_name (person));
    }
  g_string_append_printf (text, " and %u", km_room_get_guests (self->room));

  return g_string_free_and_steal (text);
}

static void
assert_people (KmTestRoom *self,
               const char *expected)
{
  g_autofree char *text = list_people (self);

  g_assert_cmpstr (text, ==, expected);
}

static void
on_items (GListModel *model,
          guint       position,
          guint       removed,
          guint       added,
          GString    *seen)
{
  g_string_append_printf (seen, "[%u-%u+%u]", position, removed, added);
}

static void
test_people_stay_where_they_are (KmTestRoom    *self,
                                 gconstpointer  data)
{
  static const char *const replies[] = {
    "{\"people\":[" PERSON ("1", "host", "host") ","
    PERSON ("7", "alice", "member") "],\"guests\":2,\"online\":4}",
    "{\"people\":[" PERSON ("1", "host", "host") ","
    PERSON ("7", "alice", "member") "," PERSON ("9", "bob", "member")
    "],\"guests\":0,\"online\":3}",
    "{\"people\":[" PERSON ("7", "alice", "member") ","
    PERSON ("9", "bob", "member") "],\"guests\":1,\"online\":3}",
  };
  static const char *const lists[] = {
    "[*host][alice] and 2",
    "[*host][alice][bob] and 0",
    "[alice][bob] and 1",
  };
  GListModel *people = km_room_get_people (self->room);
  g_autoptr (GString) seen = g_string_new (NULL);

  g_signal_connect (people, "items-changed", G_CALLBACK (on_items), seen);
  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      km_test_room_reply (self, "people.list", replies[i]);
      km_room_load_people_async (self->room, NULL, km_test_on_result, &result);
      km_test_wait_result (&result);
      g_assert_true (km_room_load_people_finish (self->room, result, NULL));
      assert_people (self, lists[i]);
    }
  g_assert_cmpstr (seen->str, ==, "[0-0+2][2-0+1][0-1+0]");
  g_signal_handlers_disconnect_by_data (people, seen);
}

static void
test_people_are_watched (KmTestRoom    *self,
                         gconstpointer  data)
{
  km_test_room_reply (self, "people.list",
                      "{\"people\":[" PERSON ("7", "alice", "member")
                      "],\"guests\":0,\"online\":1}");
  km_test_room_event (self, "tick", -1,
                      "{\"online\":4,\"live\":true,\"stream\":\"s1\"}");
  sync_up (self, 1);
  g_assert_cmpuint (self->sent->len, ==, 0);

  km_room_watch_people (self->room);
  km_room_watch_people (self->room);
  km_test_room_wait_sent (self, 1);
  km_test_room_event (self, "tick", -1,
                      "{\"online\":5,\"live\":true,\"stream\":\"s1\"}");
  km_test_room_event (self, "tick", -1,
                      "{\"online\":6,\"live\":true,\"stream\":\"s1\"}");
  km_test_room_wait_sent (self, 2);

  km_room_unwatch_people (self->room);
  km_room_unwatch_people (self->room);
  km_test_room_event (self, "tick", -1,
                      "{\"online\":7,\"live\":true,\"stream\":\"s1\"}");
  sync_up (self, 2);
  g_assert_cmpuint (self->sent->len, ==, 2);
}

static void
test_people_need_a_connection (KmTestRoom    *self,
                               gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  km_room_close (self->room);
  km_room_load_people_async (self->room, NULL, km_test_on_result, &result);
  km_test_wait_result (&result);
  g_assert_false (km_room_load_people_finish (self->room, result, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_NOT_JOINED);
}

int
main (int   argc,
      char *argv[])
{
  /* No keyring: a test must not find a real one. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                   \
  g_test_add ("/client/room-polls/" name, KmTestRoom, NULL,                   \
              km_test_room_set_up, function, km_test_room_tear_down)
  ADD ("from-opening-to-result", test_from_opening_to_result);
  ADD ("joined-in-the-middle", test_joined_in_the_middle);
  ADD ("time-left-needs-no-clock", test_time_left_needs_no_clock);
  ADD ("result-of-before-is-a-row", test_result_of_before_is_a_row);
  ADD ("closed-while-away", test_closed_while_away);
  ADD ("vote-is-seen-at-once", test_vote_is_seen_at_once);
  ADD ("refused-vote-is-taken-back", test_refused_vote_is_taken_back);
  ADD ("vote-over-a-cut", test_vote_over_a_cut);
  ADD ("impossible-vote-is-not-sent", test_impossible_vote_is_not_sent);
  ADD ("opened-once-over-a-cut", test_opened_once_over_a_cut);
  ADD ("closing", test_closing);
  ADD ("nobody-waits-after-leaving", test_nobody_waits_after_leaving);
#undef ADD
#define ADD(name, function)                                                   \
  g_test_add ("/client/room-people/" name, KmTestRoom, NULL,                  \
              km_test_room_set_up, function, km_test_room_tear_down)
  ADD ("own-likes-rise-once", test_own_likes_rise_once);
  ADD ("no-likes-without-a-stream", test_no_likes_without_a_stream);
  ADD ("stay-where-they-are", test_people_stay_where_they_are);
  ADD ("are-watched", test_people_are_watched);
  ADD ("need-a-connection", test_people_need_a_connection);
#undef ADD
  return g_test_run ();
}
