/* km-web-own-room.c: HTTP calls of a host about their room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An account has one room, made when it is first asked for. Its key is shown
 * to nobody else and opens publishing; a new key doesn't end what runs.
 *
 * Thread: main; what is given to the desk runs on the store thread.
 */

#include "km-web-private.h"

#include "km-checked-text.h"
#include "km-id.h"
#include "km-room-query.h"
#include "km-statement.h"

/**
 * RoomWrite:
 * @call: the call that waits for it
 * @account: whose room
 * @title: (nullable): the new title
 * @category: (nullable): the new category
 * @slow_s: the new slow mode; -1: as it is
 * @key: (nullable): the new key
 * @epoch: (nullable): of a room that is to be made
 */
typedef struct
{
  KmWebCall *call;
  gint64 account;
  char *title;
  char *category;
  gint64 slow_s;
  char *key;
  char *epoch;
} RoomWrite;

static RoomWrite *
room_write_new (KmWebCall *call)
{
  RoomWrite *self = g_new0 (RoomWrite, 1);

  self->call = call;
  self->account = call->session->account;
  self->slow_s = -1;

  return self;
}

static void
room_write_free (gpointer data)
{
  RoomWrite *self = data;

  g_free (self->title);
  g_free (self->category);
  g_free (self->key);
  g_free (self->epoch);
  g_free (self);
}

/* A room that somebody else's call has made meanwhile is as good. */
static gboolean
apply_make (gpointer        data,
            KmTransaction  *transaction,
            GError        **error)
{
  RoomWrite *self = data;
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "INSERT INTO room (account, title, category, key, epoch, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account) DO NOTHING", error);

  km_statement_bind (statement, "itttti", self->account, self->title,
                     self->category, self->key, self->epoch,
                     g_get_real_time () / 1000);
  return km_statement_run (statement, error);
}

static gboolean
apply_change (gpointer        data,
              KmTransaction  *transaction,
              GError        **error)
{
  RoomWrite *self = data;
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "UPDATE room SET title = COALESCE (?, title),"
    " category = COALESCE (?, category), key = COALESCE (?, key),"
    " slow_s = iif (?4 < 0, slow_s, ?4) WHERE account = ?5", error);

  km_statement_bind (statement, "tttii", self->title, self->category,
                     self->key, self->slow_s, self->account);
  if (!km_statement_run (statement, error))
    return FALSE;

  if (km_transaction_changes (transaction) == 0)
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_ROOM);
      return FALSE;
    }

  return TRUE;
}

/* The account's room and its key. Returns 0 when there is none. */
static gint64
find_own (KmWebCall  *call,
          char      **key,
          GError    **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    call->api->parts.reader, "SELECT id, key FROM room WHERE account = ?",
    error);
  gint64 room = 0;

  km_statement_bind (statement, "i", call->session->account);
  if (km_statement_step (statement, error) == KM_STEP_ROW)
    {
      room = sqlite3_column_int64 (statement, 0);
      if (key != NULL)
        *key = km_statement_dup_text (statement, 1);
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return room;
}

/* Ends @call with the account's room. */
static void
answer_room (KmWebCall *call,
             gint64     room,
             char      *key)
{
  KmRoomRow row;
  GError *error = NULL;
  GString *json;

  if (!km_room_query_row (call->api->parts.reader, room, &row, &error))
    {
      km_web_call_fail (call, error);
      return;
    }

  km_directory_complete (call->api->parts.directory, row.info);
  json = g_string_new ("{\"room\":");
  km_room_info_append (row.info, json);
  if (key != NULL)
    km_json_append_member (json, "key", key);
  g_string_append_c (json, '}');
  km_room_row_clear (&row);
  km_web_call_answer (call, SOUP_STATUS_OK, json);
}

static void
room_made (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  KmWebCall *call = user_data;
  g_autofree char *key = NULL;
  GError *error = NULL;
  gint64 room = 0;

  if (km_desk_run_finish (result, &error) != NULL)
    room = find_own (call, &key, &error);
  if (error != NULL)
    km_web_call_fail (call, error);
  else
    answer_room (call, room, key);
}

/* GET room */
void
km_web_get_own_room (KmWebCall *call)
{
  g_autofree char *key = NULL;
  GError *error = NULL;
  gint64 room = find_own (call, &key, &error);
  RoomWrite *make;

  if (error != NULL)
    {
      km_web_call_fail (call, error);
      return;
    }
  if (room != 0)
    {
      answer_room (call, room, key);
      return;
    }

  make = room_write_new (call);
  make->title = g_strdup (call->session->shown_name);
  make->category = g_strdup ("talk");
  make->key = km_id_new ();
  make->epoch = km_id_new ();
  km_desk_run_async (call->api->parts.desk, apply_make, make, room_write_free,
                     room_made, call);
}

static void
room_changed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  KmWebCall *call = user_data;
  GError *error = NULL;
  gint64 room = 0;
  g_autofree char *id = NULL;

  if (km_desk_run_finish (result, &error) != NULL)
    room = find_own (call, NULL, &error);
  if (error != NULL)
    {
      km_web_call_fail (call, error);
      return;
    }

  id = g_strdup_printf ("%" G_GINT64_FORMAT, room);
  km_post_office_send (call->api->parts.office,
                       km_event_new_room_changed (id));
  answer_room (call, room, NULL);
}

/* PATCH room */
void
km_web_change_room (KmWebCall *call)
{
  RoomWrite *change = room_write_new (call);
  GError *error = NULL;

  if (!km_json_is_null (call->body, "title"))
    change->title =
      km_checked_text_new (km_web_call_get_string (call, "title"),
                           KM_TEXT_LINE, KM_TITLE_BYTES_MAX,
                           KM_TITLE_CLUSTERS_MAX, &error);
  if (error == NULL && !km_json_is_null (call->body, "category"))
    {
      change->category = g_strdup (km_web_call_get_string (call, "category"));
      if (!km_room_category_is_known (change->category))
        km_protocol_error_set (&error, KM_PROTOCOL_ERROR_BAD_REQUEST);
    }
  if (error == NULL && !km_json_is_null (call->body, "slow_s")
      && !km_json_get_integer (call->body, "slow_s", 0, KM_SLOW_MODE_S_MAX,
                               &change->slow_s))
    km_protocol_error_set (&error, KM_PROTOCOL_ERROR_BAD_REQUEST);
  if (error != NULL)
    {
      room_write_free (change);
      km_web_call_fail (call, error);
      return;
    }

  km_desk_run_async (call->api->parts.desk, apply_change, change,
                     room_write_free, room_changed, call);
}

static void
key_rolled (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  KmWebCall *call = user_data;
  GError *error = NULL;
  RoomWrite *change = km_desk_run_finish (result, &error);
  GString *json;

  if (change == NULL)
    {
      km_web_call_fail (call, error);
      return;
    }

  json = g_string_new ("{");
  km_json_append_member (json, "key", change->key);
  g_string_append_c (json, '}');
  km_web_call_answer (call, SOUP_STATUS_OK, json);
}

/* POST room/key */
void
km_web_roll_key (KmWebCall *call)
{
  RoomWrite *change = room_write_new (call);

  change->key = km_id_new ();
  km_desk_run_async (call->api->parts.desk, apply_change, change,
                     room_write_free, key_rolled, call);
}

/* POST room/end */
void
km_web_end_stream (KmWebCall *call)
{
  GError *error = NULL;
  gint64 room = find_own (call, NULL, &error);
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, room);

  if (error == NULL && room == 0)
    km_protocol_error_set (&error, KM_PROTOCOL_ERROR_NO_SUCH_ROOM);
  if (error != NULL)
    {
      km_web_call_fail (call, error);
      return;
    }

  km_relay_end_stream (call->api->parts.relay, id);
  km_web_call_answer (call, SOUP_STATUS_NO_CONTENT, NULL);
}
