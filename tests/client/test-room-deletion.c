/* test-room-deletion.c: what was deleted isn't shown any more
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A room's rows, against a scripted server.
 */

#include "km-id.h"
#include "km-test-process.h"
#include "km-test-room.h"

#define ID "0123456789abcdefghjkmnpqrs"

static void
say (KmTestRoom *self,
     gint64      seq,
     const char *from,
     const char *rest)
{
  g_autofree char *d = g_strdup_printf (
    "{\"id\":\"" ID "\",\"from\":{\"id\":\"%s\",\"name\":\"x\","
    "\"shown_name\":\"X\",\"role\":\"member\"},%s}", from, rest);

  km_test_room_event (self, "chat.message", seq, d);
}

static void
on_message (KmRoom        *room,
            KmRoomMessage *message,
            gboolean       fresh,
            guint         *n_fresh)
{
  *n_fresh += fresh;
}

static void
on_deleted (KmRoom        *room,
            KmRoomMessage *message,
            GString       *deleted)
{
  g_string_append_printf (deleted, "[%s]", km_room_message_get_id (message));
}

static void
test_row_loses_its_words (KmTestRoom    *self,
                          gconstpointer  data)
{
  g_autoptr (GString) deleted = g_string_new (NULL);
  g_autoptr (KmRoomMessage) row = NULL;

  g_signal_connect (self->room, "message-deleted", G_CALLBACK (on_deleted),
                    deleted);
  km_test_room_say (self, 1);
  km_test_room_say (self, 2);
  km_test_room_assert_rows (self, "[1][2]");
  row = g_list_model_get_item (km_room_get_messages (self->room), 0);
  g_assert_cmpint (km_room_message_get_deletion (row), ==, KM_DELETION_NONE);

  km_test_room_event (self, "chat.deleted", 3,
                      "{\"id\":\"c1\",\"of\":1,\"by\":\"host\"}");
  km_test_room_assert_rows (self, "[][2]");
  g_assert_cmpint (km_room_message_get_deletion (row), ==, KM_DELETION_HOST);
  g_assert_cmpstr (km_room_message_get_from_name (row), ==, "Bob");
  g_assert_cmpstr (deleted->str, ==, "[c1]");

  /* What isn't in the list; what a newer server calls its moderators. */
  km_test_room_event (self, "chat.deleted", 4,
                      "{\"id\":\"x\",\"of\":3,\"by\":\"author\"}");
  km_test_room_event (self, "chat.deleted", 5,
                      "{\"id\":\"c2\",\"of\":2,\"by\":\"moderator\"}");
  km_test_room_say (self, 6);
  km_test_room_assert_rows (self, "[][][6]");
  g_assert_cmpstr (deleted->str, ==, "[c1][c2]");
}

static void
test_tombstone_does_not_fly (KmTestRoom    *self,
                             gconstpointer  data)
{
  g_autoptr (KmRoomMessage) row = NULL;
  guint n_fresh = 0;

  g_signal_connect (self->room, "message", G_CALLBACK (on_message), &n_fresh);
  say (self, 1, "9", "\"text\":\"\",\"deleted\":\"author\"");
  km_test_room_say (self, 2);
  km_test_room_assert_rows (self, "[][2]");
  g_assert_cmpuint (n_fresh, ==, 1);
  row = g_list_model_get_item (km_room_get_messages (self->room), 0);
  g_assert_cmpint (km_room_message_get_deletion (row), ==,
                   KM_DELETION_AUTHOR);
}

static void
test_who_may_delete (KmTestRoom    *self,
                     gconstpointer  data)
{
  g_autoptr (KmRoomMessage) own = NULL;
  g_autoptr (KmRoomMessage) other = NULL;
  g_autoptr (KmRoomMessage) deleted = NULL;

  say (self, 1, "7", "\"text\":\"own\"");
  say (self, 2, "9", "\"text\":\"other\"");
  say (self, 3, "7", "\"text\":\"\",\"deleted\":\"host\"");
  km_test_room_assert_rows (self, "[own][other][]");
  own = g_list_model_get_item (km_room_get_messages (self->room), 0);
  other = g_list_model_get_item (km_room_get_messages (self->room), 1);
  deleted = g_list_model_get_item (km_room_get_messages (self->room), 2);
  g_assert_true (km_room_may_delete (self->room, own));
  g_assert_false (km_room_may_delete (self->room, other));
  g_assert_false (km_room_may_delete (self->room, deleted));

  self->role = "host";
  self->resumed = TRUE;
  km_test_room_cut (self);
  g_assert_true (km_room_may_delete (self->room, own));
  g_assert_true (km_room_may_delete (self->room, other));
  g_assert_false (km_room_may_delete (self->room, deleted));
}

static void
take_back (KmTestRoom    *self,
           KmRoomMessage *row,
           GAsyncResult **result)
{
  km_room_delete_async (self->room, row, NULL, km_test_on_result, result);
}

static void
test_asks_until_it_is_answered (KmTestRoom    *self,
                                gconstpointer  data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GAsyncResult) third = NULL;
  g_autoptr (KmRoomMessage) row = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autofree char *id_again = NULL;

  self->resumed = TRUE;
  say (self, 1, "7", "\"text\":\"own\"");
  km_test_room_assert_rows (self, "[own]");
  row = g_list_model_get_item (km_room_get_messages (self->room), 0);

  take_back (self, row, &first);
  km_test_room_wait_sent (self, 1);
  g_assert_true (g_str_has_suffix (self->sent->pdata[0],
                                   "\"" ID "\",\"from\":\"7\"}"));
  self->head = 1;
  km_test_room_reply (self, "chat.delete", "{\"seq\":2,\"at\":1}");
  km_test_room_cut (self);
  km_test_wait_result (&first);
  g_assert_true (km_room_delete_finish (self->room, first, &error));
  g_assert_no_error (error);
  id = km_test_room_dup_id (self, 0);
  id_again = km_test_room_dup_id (self, 1);
  g_assert_cmpstr (id, ==, id_again);
  /* The log has the last word. */
  km_test_room_assert_rows (self, "[own]");

  km_test_room_reply (self, "chat.delete",
                      "{\"error\":{\"code\":\"no_such_message\","
                      "\"message\":\"gone\"}}");
  take_back (self, row, &second);
  km_test_wait_result (&second);
  g_assert_true (km_room_delete_finish (self->room, second, &error));

  km_test_room_reply (self, "chat.delete",
                      "{\"error\":{\"code\":\"forbidden\","
                      "\"message\":\"no\"}}");
  take_back (self, row, &third);
  km_test_wait_result (&third);
  g_assert_false (km_room_delete_finish (self->room, third, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_FORBIDDEN);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define TEST(name, func)                                                       \
  g_test_add ("/client/room-deletion/" name, KmTestRoom, NULL,                 \
              km_test_room_set_up, func, km_test_room_tear_down)
  TEST ("row-loses-its-words", test_row_loses_its_words);
  TEST ("tombstone-does-not-fly", test_tombstone_does_not_fly);
  TEST ("who-may-delete", test_who_may_delete);
  TEST ("asks-until-it-is-answered", test_asks_until_it_is_answered);
#undef TEST

  return g_test_run ();
}
