/* km-web-room.c: HTTP calls that anybody may ask about rooms
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include "km-room-query.h"
#include "km-statement.h"

#define LIVE_MAX 500
#define OTHERS_MAX 100

/**
 * km_web_parse_number:
 * @word: (nullable): what somebody takes for the number of something
 *
 * Returns: the number; 0: it is none
 */
gint64
km_web_parse_number (const char *word)
{
  gint64 number;

  if (word == NULL
      || !g_ascii_string_to_signed (word, 10, 1, G_MAXINT64, &number, NULL))
    return 0;

  return number;
}

static KmRoomInfo *
find_room (KmWeb       *api,
           const char  *id,
           GError     **error)
{
  KmRoomRow row;
  KmRoomInfo *info;

  if (!km_room_query_row (api->parts.reader, km_web_parse_number (id), &row, error))
    return NULL;

  info = g_steal_pointer (&row.info);
  km_room_row_clear (&row);
  km_directory_complete (api->parts.directory, info);

  return info;
}

/**
 * km_web_room_exists:
 * @api: the HTTP side
 * @id: what somebody takes for a room
 * @error: %KM_PROTOCOL_ERROR_NO_SUCH_ROOM, or that of the store
 *
 * Returns: whether it is one
 */
gboolean
km_web_room_exists (KmWeb       *api,
                    const char  *id,
                    GError     **error)
{
  g_autoptr (KmRoomInfo) info = find_room (api, id, error);

  return info != NULL;
}

static void
append_room (KmWeb      *api,
             GString    *json,
             const char *id)
{
  g_autoptr (KmRoomInfo) info = find_room (api, id, NULL);

  if (info == NULL)
    return;

  if (json->str[json->len - 1] != '[')
    g_string_append_c (json, ',');
  km_room_info_append (info, json);
}

/* The rooms where nothing is live, the newest first. */
static gboolean
list_others (KmWeb       *api,
             GHashTable  *seen,
             GPtrArray   *rooms,
             GError     **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    api->parts.reader, "SELECT id FROM room ORDER BY id DESC LIMIT ?", error);
  KmStep step;

  km_statement_bind (statement, "i", (gint64) OTHERS_MAX);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      g_autofree char *id = km_statement_dup_text (statement, 0);

      if (!g_hash_table_contains (seen, id))
        g_ptr_array_add (rooms, g_steal_pointer (&id));
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_DONE;
}

/* GET rooms */
void
km_web_list_rooms (KmWebCall *call)
{
  KmWeb *api = call->api;
  g_autoptr (GPtrArray) rooms = km_directory_list_live (api->parts.directory,
                                                        LIVE_MAX);
  g_autoptr (GHashTable) live = g_hash_table_new_full (g_str_hash,
                                                       g_str_equal, g_free,
                                                       NULL);
  const char *only_live = call->query != NULL
                            ? g_hash_table_lookup (call->query, "live") : NULL;
  GError *error = NULL;
  GString *json;

  for (guint i = 0; i < rooms->len; i++)
    g_hash_table_add (live, g_strdup (g_ptr_array_index (rooms, i)));
  if (g_strcmp0 (only_live, "1") != 0 &&
      !list_others (api, live, rooms, &error))
    {
      km_web_call_fail (call, error);
      return;
    }

  json = g_string_new ("{\"rooms\":[");
  for (guint i = 0; i < rooms->len; i++)
    append_room (api, json, g_ptr_array_index (rooms, i));
  g_string_append (json, "]}");
  km_web_call_answer (call, SOUP_STATUS_OK, json);
}

/* GET rooms/ID */
void
km_web_get_room (KmWebCall *call)
{
  GError *error = NULL;
  g_autoptr (KmRoomInfo) info = find_room (call->api, call->argument, &error);
  GString *json;

  if (info == NULL)
    {
      km_web_call_fail (call, error);
      return;
    }

  json = g_string_new ("{\"room\":");
  km_room_info_append (info, json);
  g_string_append_c (json, '}');
  km_web_call_answer (call, SOUP_STATUS_OK, json);
}
