/* test-room-gifts.c: a gift is paid once, and never lost without a word
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-client-error.h"
#include "km-id.h"
#include "km-test-process.h"
#include "km-test-room.h"

#include <glib/gstdio.h>
#include <string.h>

#define GIVEN "{\"seq\":1,\"at\":1763700000000,\"value\":30,\"balance\":970}"
#define OLD_ID "00000000000000000000000000"

static void
give (KmTestRoom    *self,
      gint64         count,
      GCancellable  *cancellable,
      GAsyncResult **result)
{
  km_room_send_gift_async (self->room, "rose", count, FALSE, 1234, cancellable,
                           result != NULL ? km_test_on_result : NULL, result);
}

static void
send_event (KmTestRoom *self,
            gint64      seq,
            const char *from,
            const char *id,
            const char *combo,
            gint64      combo_count)
{
  g_autofree char *d =
    g_strdup_printf ("{\"id\":\"%s\",\"from\":{\"id\":\"%s\",\"name\":\"x\","
                     "\"shown_name\":\"X\",\"role\":\"member\"},\"gift\":"
                     "\"rose\",\"names\":{\"en\":\"Rose\"},\"art\":\"rose\","
                     "\"tier\":1,\"price\":3,\"count\":1,\"value\":3,"
                     "\"combo\":\"%s\",\"combo_count\":%" G_GINT64_FORMAT
                     ",\"combo_value\":%" G_GINT64_FORMAT ",\"income\":1,"
                     "\"time_ms\":null}", id, from, combo, combo_count,
                     3 * combo_count);

  km_test_room_event (self, "gift.sent", seq, d);
}

static char *
find_outbox (KmTestRoom *self)
{
  g_autofree char *directory = g_build_filename (self->profile->data_dir,
                                                 "outbox", NULL);
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name = dir != NULL ? g_dir_read_name (dir) : NULL;

  g_assert_nonnull (name);

  return g_build_filename (directory, name, NULL);
}

static gboolean
is_empty (gpointer data)
{
  GStatBuf status;

  return g_stat (data, &status) == 0 && status.st_size == 0;
}

static void
assert_nothing_kept (KmTestRoom *self)
{
  g_autofree char *path = find_outbox (self);

  g_assert_true (km_test_wait_until (is_empty, path, 10));
}

static void
test_receipt (KmTestRoom    *self,
              gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  KmGiftReceipt receipt;

  km_test_room_reply (self, "gift.send", GIVEN);
  give (self, 10, NULL, &result);
  km_test_room_assert_rows (self, "[rose × 10?]");
  km_test_wait_result (&result);
  g_assert_true (km_room_send_gift_finish (self->room, result, &receipt,
                                           NULL));
  g_assert_cmpint (receipt.value, ==, 30);
  g_assert_cmpint (receipt.balance, ==, 970);
  g_assert_true (g_str_has_suffix (self->sent->pdata[0],
                                   " {\"gift\":\"rose\",\"count\":10,"
                                   "\"time_ms\":1234}"));
  km_test_room_assert_rows (self, "[rose × 10]");
  assert_nothing_kept (self);
}

static void
test_paid_once_over_a_cut (KmTestRoom    *self,
                           gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  KmGiftReceipt receipt;

  /* It was paid for, but the cable was cut before the reply. */
  self->resumed = TRUE;
  give (self, 10, NULL, &result);
  km_test_room_wait_sent (self, 1);
  km_test_room_reply (self, "gift.send", GIVEN);
  km_test_room_cut (self);

  km_test_wait_result (&result);
  g_assert_true (km_room_send_gift_finish (self->room, result, &receipt,
                                           NULL));
  g_assert_cmpint (receipt.balance, ==, 970);
  g_assert_cmpuint (self->sent->len, ==, 2);
  g_assert_cmpstr (self->sent->pdata[0], ==, self->sent->pdata[1]);
  assert_nothing_kept (self);
}

static void
test_event_does_not_end_the_asking (KmTestRoom    *self,
                                    gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *id = NULL;
  KmGiftReceipt receipt;

  give (self, 1, NULL, &result);
  km_test_room_wait_sent (self, 1);
  id = km_test_room_dup_id (self, 0);
  send_event (self, 1, "7", id, "c1", 1);
  km_test_room_assert_rows (self, "[Rose × 1]");
  g_assert_null (result);

  self->resumed = TRUE;
  self->head = 1;
  km_test_room_reply (self, "gift.send", GIVEN);
  km_test_room_cut (self);
  km_test_wait_result (&result);
  g_assert_true (km_room_send_gift_finish (self->room, result, &receipt,
                                           NULL));
  g_assert_cmpint (receipt.balance, ==, 970);
  km_test_room_assert_rows (self, "[Rose × 1]");
}

static void
test_survives_the_app (KmTestRoom    *self,
                       gconstpointer  data)
{
  give (self, 66, NULL, NULL);
  km_test_room_wait_sent (self, 1);

  km_test_room_reply (self, "gift.send", GIVEN);
  km_test_room_restart (self);
  km_test_room_wait_sent (self, 2);
  g_assert_cmpstr (self->sent->pdata[0], ==, self->sent->pdata[1]);
  km_test_room_assert_rows (self, "[rose × 66]");
  assert_nothing_kept (self);
}

static void
test_refusal_goes_to_who_waits (KmTestRoom    *self,
                                gconstpointer  data)
{
  static const struct
  {
    const char *reply;
    KmProtocolError code;
  } cases[] = {
    { "{\"error\":{\"code\":\"not_enough_coins\",\"message\":\"No.\"}}",
      KM_PROTOCOL_ERROR_NOT_ENOUGH_COINS },
    { "{\"error\":{\"code\":\"confirm_required\",\"message\":\"No.\"}}",
      KM_PROTOCOL_ERROR_CONFIRM_REQUIRED },
    { "{\"error\":{\"code\":\"daily_limit\",\"message\":\"No.\"}}",
      KM_PROTOCOL_ERROR_DAILY_LIMIT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      km_test_room_reply (self, "gift.send", cases[i].reply);
      give (self, 1, NULL, &result);
      km_test_wait_result (&result);
      g_assert_false (km_room_send_gift_finish (self->room, result, NULL,
                                                &error));
      g_assert_error (error, KM_PROTOCOL_ERROR, (int) cases[i].code);
      km_test_room_assert_rows (self, "");
    }

  assert_nothing_kept (self);
  km_test_room_restart (self);
  g_assert_cmpuint (self->sent->len, ==, G_N_ELEMENTS (cases));
}

static void
test_refusal_stays_when_nobody_waits (KmTestRoom    *self,
                                      gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (KmRoomMessage) row = NULL;

  give (self, 1, cancellable, &result);
  km_test_room_wait_sent (self, 1);
  km_test_room_reply (self, "gift.send",
                      "{\"error\":{\"code\":\"confirm_required\","
                      "\"message\":\"Sure?\"}}");
  g_cancellable_cancel (cancellable);
  km_test_room_cut (self);
  km_test_room_assert_rows (self, "[rose × 1!]");

  row = g_list_model_get_item (km_room_get_messages (self->room), 0);
  g_assert_error (km_room_message_get_error (row), KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_CONFIRM_REQUIRED);
  g_assert_cmpstr (km_room_message_get_error (row)->message, ==, "Sure?");

  /* Retrying is the answer to the question. */
  km_test_room_reply (self, "gift.send", GIVEN);
  km_room_retry (self->room, row);
  km_test_room_assert_rows (self, "[rose × 1]");
  g_assert_nonnull (strstr (self->sent->pdata[2], "\"confirmed\":true"));
}

static void
test_unclear_keeps_its_id (KmTestRoom    *self,
                           gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (KmRoomMessage) row = NULL;

  km_test_room_reply (self, "gift.send",
                      "{\"error\":{\"code\":\"internal\",\"message\":"
                      "\"Something broke.\"}}");
  give (self, 1, NULL, &result);
  km_test_wait_result (&result);
  g_assert_false (km_room_send_gift_finish (self->room, result, NULL, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_INTERNAL);
  km_test_room_assert_rows (self, "[rose × 1!]");

  km_test_room_reply (self, "gift.send", GIVEN);
  row = g_list_model_get_item (km_room_get_messages (self->room), 0);
  km_room_retry (self->room, row);
  km_test_room_assert_rows (self, "[rose × 1]");
  km_test_room_wait_sent (self, 2);
  g_assert_cmpstr (self->sent->pdata[0], ==, self->sent->pdata[1]);
  assert_nothing_kept (self);
}

static void
test_wrong_count_is_not_sent (KmTestRoom    *self,
                              gconstpointer  data)
{
  static const gint64 counts[] = { 0, -1, KM_GIFT_COUNT_MAX + 1, G_MAXINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      give (self, counts[i], NULL, &result);
      km_test_wait_result (&result);
      g_assert_false (km_room_send_gift_finish (self->room, result, NULL,
                                                &error));
      g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_BAD_COUNT);
    }
  g_assert_cmpuint (self->sent->len, ==, 0);
}

/* Leaves a gift of an earlier run on disk, @age_min minutes old. */
static void
keep_old (KmTestRoom *self,
          gint64      age_min)
{
  g_autofree char *path = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  gint64 at_ms = g_get_real_time () / 1000 - age_min * 60 * 1000;

  /* So that there is a file. */
  km_test_room_reply (self, "gift.send", GIVEN);
  give (self, 1, NULL, &result);
  km_test_wait_result (&result);
  assert_nothing_kept (self);

  path = find_outbox (self);
  line = g_strdup_printf ("{\"v\":2,\"kind\":\"gift\",\"id\":\"" OLD_ID "\","
                          "\"room\":\"42\",\"account\":\"7\",\"gift\":"
                          "\"rose\",\"count\":5,\"confirmed\":false,"
                          "\"time_ms\":-1,\"at\":%" G_GINT64_FORMAT "}\n",
                          at_ms);
  g_assert_true (g_file_set_contents (path, line, -1, NULL));
  g_ptr_array_set_size (self->sent, 0);
}

static void
test_old_one_asks_first (KmTestRoom    *self,
                         gconstpointer  data)
{
  g_autoptr (KmRoomMessage) row = NULL;

  keep_old (self, 11);
  km_test_room_restart (self);
  km_test_room_assert_rows (self, "[rose × 5!]");
  g_assert_cmpuint (self->sent->len, ==, 0);
  row = g_list_model_get_item (km_room_get_messages (self->room), 0);
  g_assert_error (km_room_message_get_error (row), KM_CLIENT_ERROR,
                  KM_CLIENT_ERROR_INTERRUPTED);

  /* Still there the next time. */
  g_clear_object (&row);
  km_test_room_restart (self);
  km_test_room_assert_rows (self, "[rose × 5!]");

  row = g_list_model_get_item (km_room_get_messages (self->room), 0);
  km_room_retry (self->room, row);
  km_test_room_assert_rows (self, "[rose × 5]");
  km_test_room_wait_sent (self, 1);
  g_assert_true (g_str_has_prefix (self->sent->pdata[0],
                                   "gift.send " OLD_ID " "));
  assert_nothing_kept (self);
}

static void
test_old_one_after_the_stream (KmTestRoom    *self,
                               gconstpointer  data)
{
  keep_old (self, 11);
  self->live = FALSE;
  km_test_room_reply (self, "gift.send",
                      "{\"error\":{\"code\":\"not_live\",\"message\":"
                      "\"Over.\"}}");
  km_test_room_restart (self);
  km_test_room_assert_rows (self, "[rose × 5!]");
  km_test_room_wait_sent (self, 1);
  assert_nothing_kept (self);
}

static void
test_old_one_was_paid (KmTestRoom    *self,
                       gconstpointer  data)
{
  keep_old (self, 11);
  km_test_room_restart (self);
  km_test_room_assert_rows (self, "[rose × 5!]");

  /* The room's history knows it. */
  send_event (self, 1, "7", OLD_ID, "c1", 5);
  km_test_room_assert_rows (self, "[Rose × 5]");
  assert_nothing_kept (self);
  g_assert_cmpuint (self->sent->len, ==, 0);
}

static void
test_young_one_goes_out (KmTestRoom    *self,
                         gconstpointer  data)
{
  keep_old (self, 9);
  km_test_room_restart (self);
  km_test_room_assert_rows (self, "[rose × 5]");
  km_test_room_wait_sent (self, 1);
}

static void
on_gift (KmRoom     *room,
         KmRoomGift *gift,
         gboolean    fresh,
         GString    *seen)
{
  g_string_append_printf (seen, "[%s%s %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT
                          "]", fresh ? "" : "old ", gift->name, gift->count,
                          gift->combo_count);
}

static void
test_combo_grows_one_row (KmTestRoom    *self,
                          gconstpointer  data)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (KmRoomMessage) row = NULL;

  g_signal_connect (self->room, "gift", G_CALLBACK (on_gift), seen);
  send_event (self, 1, "9", "a", "c1", 1);
  km_test_room_say (self, 2);
  send_event (self, 3, "9", "b", "c1", 2);
  send_event (self, 4, "8", "c", "c2", 1);
  send_event (self, 5, "9", "d", "c1", 3);
  km_test_room_assert_rows (self, "[Rose × 3][2][Rose × 1]");
  g_assert_cmpstr (seen->str, ==,
                   "[Rose 1/1][Rose 1/2][Rose 1/1][Rose 1/3]");

  row = g_list_model_get_item (km_room_get_messages (self->room), 0);
  g_assert_cmpint (km_room_message_get_kind (row), ==, KM_ROOM_MESSAGE_GIFT);
  g_assert_cmpint (km_room_message_get_seq (row), ==, 1);
  g_assert_cmpint (km_room_message_get_gift (row)->combo_value, ==, 9);
  g_signal_handlers_disconnect_by_data (self->room, seen);
}

static void
test_history_is_not_played (KmTestRoom    *self,
                            gconstpointer  data)
{
  g_autoptr (GString) seen = g_string_new (NULL);

  /* A snapshot: what is in it happened before. */
  g_signal_connect (self->room, "gift", G_CALLBACK (on_gift), seen);
  self->head = 9;
  km_test_room_cut (self);
  send_event (self, 8, "9", "a", "c1", 1);
  send_event (self, 9, "9", "b", "c1", 2);
  send_event (self, 10, "9", "c", "c1", 3);
  km_test_room_assert_rows (self, "[Rose × 3]");
  g_assert_cmpstr (seen->str, ==, "[old Rose 1/1][old Rose 1/2][Rose 1/3]");
  g_signal_handlers_disconnect_by_data (self->room, seen);
}

static void
test_own_joins_its_combo (KmTestRoom    *self,
                          gconstpointer  data)
{
  g_autofree char *id = NULL;

  send_event (self, 1, "7", "elsewhere", "c1", 1);
  km_test_room_assert_rows (self, "[Rose × 1]");
  give (self, 1, NULL, NULL);
  km_test_room_assert_rows (self, "[Rose × 1][rose × 1?]");
  km_test_room_wait_sent (self, 1);
  id = km_test_room_dup_id (self, 0);
  send_event (self, 2, "7", id, "c1", 2);
  km_test_room_assert_rows (self, "[Rose × 2]");
}

static void
test_signed_out_gives_nothing (KmTestRoom    *self,
                               gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  give (self, 1, NULL, &result);
  km_test_room_wait_sent (self, 1);
  km_test_wire_answer (self->wire, "DELETE sessions/current", 204, NULL);
  km_server_sign_out_async (self->server, NULL, NULL, NULL);
  km_test_wait_result (&result);
  g_assert_false (km_room_send_gift_finish (self->room, result, NULL, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  km_test_room_assert_rows (self, "");
}

int
main (int   argc,
      char *argv[])
{
  /* No keyring: a test must not find a real one. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                   \
  g_test_add ("/client/room-gifts/" name, KmTestRoom, NULL,                   \
              km_test_room_set_up, function, km_test_room_tear_down)
  ADD ("receipt", test_receipt);
  ADD ("paid-once-over-a-cut", test_paid_once_over_a_cut);
  ADD ("event-does-not-end-the-asking", test_event_does_not_end_the_asking);
  ADD ("survives-the-app", test_survives_the_app);
  ADD ("refusal-goes-to-who-waits", test_refusal_goes_to_who_waits);
  ADD ("refusal-stays-when-nobody-waits",
       test_refusal_stays_when_nobody_waits);
  ADD ("unclear-keeps-its-id", test_unclear_keeps_its_id);
  ADD ("wrong-count-is-not-sent", test_wrong_count_is_not_sent);
  ADD ("old-one-asks-first", test_old_one_asks_first);
  ADD ("old-one-after-the-stream", test_old_one_after_the_stream);
  ADD ("old-one-was-paid", test_old_one_was_paid);
  ADD ("young-one-goes-out", test_young_one_goes_out);
  ADD ("combo-grows-one-row", test_combo_grows_one_row);
  ADD ("history-is-not-played", test_history_is_not_played);
  ADD ("own-joins-its-combo", test_own_joins_its_combo);
  ADD ("signed-out-gives-nothing", test_signed_out_gives_nothing);
#undef ADD
  return g_test_run ();
}
