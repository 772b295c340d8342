/* test-message-list.c: rows stay in order and where they are
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-message-list.h"

static KmRoomEvent *
make_event (gint64      seq,
            const char *id)
{
  KmRoomEvent *event = km_room_event_new (KM_ROOM_EVENT_CHAT_MESSAGE);

  event->seq = seq;
  event->at_ms = 1000 + seq;
  event->id = g_strdup (id);
  event->from.id = g_strdup ("7");
  event->from.shown_name = g_strdup ("Alice");
  event->text = g_strdup (id);

  return event;
}

static void
add (KmMessageList *list,
     gint64         seq,
     const char    *id)
{
  g_autoptr (KmRoomEvent) event = make_event (seq, id);
  g_autoptr (KmRoomMessage) message = km_room_message_new_event (event, FALSE);

  km_message_list_add (list, message);
}

static KmRoomMessage *
add_own (KmMessageList *list,
         const char    *id)
{
  g_autoptr (KmRoomMessage) message = NULL;

  message = km_room_message_new_own (id, "7", "Alice", KM_ROLE_MEMBER, id,
                                     KM_CHAT_MODE_SCROLL, 0xffffff, -1, 1);
  km_message_list_add_unsent (list, message);

  return message;
}

static void
settle (KmMessageList *list,
        KmRoomMessage *message,
        gint64         seq)
{
  g_autoptr (KmRoomEvent) event =
    make_event (seq, km_room_message_get_id (message));

  km_message_list_settle (list, message, event);
}

static void
assert_rows (KmMessageList *list,
             const char    *expected)
{
  GListModel *model = G_LIST_MODEL (list);
  g_autoptr (GString) rows = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (KmRoomMessage) row = g_list_model_get_item (model, i);

      g_string_append (rows, km_room_message_get_id (row));
    }
  g_assert_cmpstr (rows->str, ==, expected);
}

static void
count (GListModel *model,
       guint       position,
       guint       removed,
       guint       added,
       guint      *n)
{
  (*n)++;
}

static void
test_settled_in_place_stays (void)
{
  g_autoptr (KmMessageList) list = km_message_list_new ();
  KmRoomMessage *own;
  guint changes = 0;

  add (list, 1, "a");
  own = add_own (list, "b");
  g_assert_cmpint (km_room_message_get_state (own), ==,
                   KM_ROOM_MESSAGE_SENDING);
  g_signal_connect (list, "items-changed", G_CALLBACK (count), &changes);
  settle (list, own, 2);
  g_assert_cmpuint (changes, ==, 0);
  g_assert_cmpint (km_room_message_get_state (own), ==, KM_ROOM_MESSAGE_SENT);
  g_assert_cmpint (km_room_message_get_seq (own), ==, 2);
  g_assert_null (km_message_list_find_unsent (list, "b"));
  assert_rows (list, "ab");
}

static void
test_others_come_before_unsent (void)
{
  g_autoptr (KmMessageList) list = km_message_list_new ();
  KmRoomMessage *x = add_own (list, "x");
  KmRoomMessage *y = add_own (list, "y");

  add (list, 1, "a");
  assert_rows (list, "axy");
  settle (list, y, 2);
  add (list, 3, "b");
  assert_rows (list, "aybx");
  settle (list, x, 4);
  assert_rows (list, "aybx");
}

static void
test_never_more_than_the_cap (void)
{
  g_autoptr (KmMessageList) list = km_message_list_new ();
  g_autoptr (KmRoomMessage) first = NULL;

  add_own (list, "mine");
  for (gint64 seq = 1; seq <= KM_MESSAGE_LIST_MAX + 100; seq++)
    add (list, seq, "m");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==,
                    KM_MESSAGE_LIST_MAX + 1);
  first = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_cmpint (km_room_message_get_seq (first), ==, 101);
  g_assert_nonnull (km_message_list_find_unsent (list, "mine"));
}

static void
test_snapshot_replaces_all_but_unsent (void)
{
  g_autoptr (KmMessageList) list = km_message_list_new ();
  KmRoomMessage *acknowledged;

  add (list, 1, "a");
  add (list, 2, "b");
  add_own (list, "x");
  acknowledged = add_own (list, "y");
  km_room_message_set_state (acknowledged, KM_ROOM_MESSAGE_SENT, NULL);
  km_message_list_forget (list);
  assert_rows (list, "x");
  add (list, 9, "c");
  assert_rows (list, "cx");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/message-list/settled-in-place-stays",
                   test_settled_in_place_stays);
  g_test_add_func ("/client/message-list/others-come-before-unsent",
                   test_others_come_before_unsent);
  g_test_add_func ("/client/message-list/never-more-than-the-cap",
                   test_never_more_than_the_cap);
  g_test_add_func ("/client/message-list/snapshot-replaces-all-but-unsent",
                   test_snapshot_replaces_all_but_unsent);
  return g_test_run ();
}
