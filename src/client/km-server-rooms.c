/* km-server-rooms.c: the rooms of a server, as a list and one by one
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * While somebody watches the list it is asked for every few seconds, and
 * what came is merged into it: a room keeps its object, and stays where it is
 * unless its place changed. A server that doesn't answer is tried again with
 * back-off.
 *
 * Thread: main.
 */

#include "km-client-error.h"
#include "km-json.h"
#include "km-room-item-private.h"
#include "km-room-private.h"
#include "km-server-private.h"

#define POLL_MS 3000
#define ROOMS_MAX 2000

static const char *
id_at (GListStore *rooms,
       guint       position)
{
  g_autoptr (KmRoomItem) item =
    g_list_model_get_item (G_LIST_MODEL (rooms), position);

  return item != NULL ? km_room_item_get_id (item) : NULL;
}

static void
remove_gone (GListStore *rooms,
             GPtrArray  *infos)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < infos->len; i++)
    g_hash_table_add (ids, ((KmRoomInfo *) infos->pdata[i])->id);

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (rooms)); i > 0; i--)
    {
      if (!g_hash_table_contains (ids, id_at (rooms, i - 1)))
        g_list_store_remove (rooms, i - 1);
    }
}

/* Takes the item out of its place further down, if it has one. */
static KmRoomItem *
take_item (GListStore       *rooms,
           guint             from,
           const KmRoomInfo *info)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (rooms));

  for (guint i = from; i < n; i++)
    {
      KmRoomItem *item;

      if (g_strcmp0 (id_at (rooms, i), info->id) != 0)
        continue;
      item = g_list_model_get_item (G_LIST_MODEL (rooms), i);
      g_list_store_remove (rooms, i);
      km_room_item_update (item, info);
      return item;
    }

  return km_room_item_new (info);
}

/**
 * km_server_merge_rooms:
 * @rooms: a store of #KmRoomItem
 * @infos: (element-type KmRoomInfo): what the server says, in its order, no
 *   id twice
 */
void
km_server_merge_rooms (GListStore *rooms,
                       GPtrArray  *infos)
{
  remove_gone (rooms, infos);

  for (guint i = 0; i < infos->len; i++)
    {
      const KmRoomInfo *info = infos->pdata[i];
      g_autoptr (KmRoomItem) item = NULL;

      if (g_strcmp0 (id_at (rooms, i), info->id) == 0)
        {
          item = g_list_model_get_item (G_LIST_MODEL (rooms), i);
          km_room_item_update (item, info);
          continue;
        }
      item = take_item (rooms, i, info);
      g_list_store_insert (rooms, i, item);
    }
}

static GPtrArray *
parse_rooms (JsonObject *answer)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *infos =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_room_info_free);
  JsonNode *node = json_object_get_member (answer, "rooms");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                       ? json_node_get_array (node) : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < MIN (n, ROOMS_MAX); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      KmRoomInfo *info = NULL;

      if (JSON_NODE_HOLDS_OBJECT (element))
        info = km_room_info_from_json (json_node_get_object (element));
      if (info != NULL && g_hash_table_add (seen, info->id))
        g_ptr_array_add (infos, info);
      else if (info != NULL)
        km_room_info_free (info);
    }

  return infos;
}

static void
on_rooms (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmServer *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = km_server_finish_call (self, result, &error);
  g_autoptr (GPtrArray) infos = NULL;

  if (answer == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  infos = parse_rooms (answer);
  km_server_merge_rooms (self->rooms, infos);
  km_server_set_rooms_loaded (self);
  g_task_return_boolean (task, TRUE);
}

/**
 * km_server_load_rooms_async:
 * @self: a server
 * @cancellable: (nullable): to give up
 * @callback: (nullable): called when km_server_get_rooms() is up to date
 * @user_data: for @callback
 */
void
km_server_load_rooms_async (KmServer            *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_server_load_rooms_async);
  km_api_call_async (self->api, "GET", "rooms", NULL, cancellable, on_rooms,
                     task);
}

gboolean
km_server_load_rooms_finish (KmServer      *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
poll_again (gpointer data)
{
  KmServer *self = data;

  self->timer = 0;
  km_server_poll_now (self);

  return G_SOURCE_REMOVE;
}

static void
on_polled (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  KmServer *self = KM_SERVER (source);
  g_autoptr (GError) error = NULL;
  guint delay_ms = POLL_MS;

  if (km_server_load_rooms_finish (self, result, &error))
    km_retry_reset (&self->retry);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  else
    delay_ms = (guint) MAX (km_retry_fail (&self->retry,
                                           g_get_monotonic_time (),
                                           g_random_double ()) / 1000, 100);

  g_clear_object (&self->poll);
  if (self->watchers > 0 && self->timer == 0)
    self->timer = g_timeout_add (delay_ms, poll_again, self);
}

/**
 * km_server_poll_now:
 * @self: a server
 *
 * Asks at once, if somebody watches; a question on its way is dropped.
 */
void
km_server_poll_now (KmServer *self)
{
  km_server_poll_stop (self);
  if (self->watchers == 0 || km_server_get_address (self) == NULL)
    return;

  self->poll = g_cancellable_new ();
  if (!self->checked)
    km_server_check_async (self, self->poll, NULL, NULL);
  km_server_load_rooms_async (self, self->poll, on_polled, NULL);
}

void
km_server_poll_stop (KmServer *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->poll);
  g_clear_object (&self->poll);
}

/**
 * km_server_watch:
 * @self: a server
 *
 * Keeps km_server_get_rooms() up to date until km_server_unwatch(). May be
 * called several times; each needs its own km_server_unwatch().
 */
void
km_server_watch (KmServer *self)
{
  g_return_if_fail (KM_IS_SERVER (self));

  if (self->watchers++ == 0)
    km_server_poll_now (self);
}

void
km_server_unwatch (KmServer *self)
{
  g_return_if_fail (KM_IS_SERVER (self) && self->watchers > 0);

  if (--self->watchers == 0)
    km_server_poll_stop (self);
}

/**
 * km_server_open_room:
 * @self: a server
 * @id: a room's id
 *
 * Joins at once, or as soon as the server is there.
 *
 * Returns: (transfer full): the room; the same object as long as somebody
 *   has it open
 */
KmRoom *
km_server_open_room (KmServer   *self,
                     const char *id)
{
  KmRoom *room;

  g_return_val_if_fail (KM_IS_SERVER (self) && id != NULL, NULL);

  room = g_hash_table_lookup (self->open, id);
  if (room != NULL)
    return g_object_ref (room);

  room = km_room_new (self, self->outbox, id);
  g_hash_table_replace (self->open, (char *) km_room_get_id (room), room);

  return room;
}

/* The wallet knows other gifts than before. */
void
km_server_gifts_changed (KmServer *self)
{
  GHashTableIter iter;
  KmRoom *room;

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &room))
    km_room_rename_gifts (room);
}

/* The room is closed: the next one who opens it gets a new object. */
void
km_server_forget_room (KmServer *self,
                       KmRoom   *room)
{
  if (g_hash_table_lookup (self->open, km_room_get_id (room)) == room)
    g_hash_table_remove (self->open, km_room_get_id (room));
}
