/* km-room-properties.c: what a room is at the moment
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-room-private.h"

const char *
km_room_get_id (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), NULL);

  return self->id;
}

/* Returns: (nullable): %NULL before the first join. */
const char *
km_room_get_title (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), NULL);

  return self->info->title;
}

const char *
km_room_get_category (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), NULL);

  return self->info->category;
}

const char *
km_room_get_host_id (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), NULL);

  return self->info->host.id;
}

const char *
km_room_get_host_name (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), NULL);

  return self->info->host.shown_name;
}

/* Returns: (nullable): the id of the running stream. */
const char *
km_room_get_stream (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), NULL);

  return self->info->stream;
}

KmRole
km_room_get_role (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), KM_ROLE_GUEST);

  return self->role;
}

gboolean
km_room_get_live (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), FALSE);

  return self->info->live;
}

/* Returns: when the stream started, ms since 1970; -1: not known. */
gint64
km_room_get_since (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), -1);

  return self->info->since_ms;
}

guint
km_room_get_online (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), 0);

  return self->info->online;
}

/**
 * km_room_get_edge_ms:
 * @self: a room
 *
 * Returns: the newest stream time at the server, in ms; -1: not live
 */
gint64
km_room_get_edge_ms (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), -1);

  return self->edge_ms;
}

KmRoomPublisher
km_room_get_publisher (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), KM_ROOM_PUBLISHER_NONE);

  return self->publisher;
}

KmRoomState
km_room_get_state (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), KM_ROOM_CLOSED);

  return self->state;
}

/* Returns: (nullable): why it isn't online, in words to show. */
const GError *
km_room_get_error (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), NULL);

  return self->error;
}

/**
 * km_room_get_messages:
 * @self: a room
 *
 * Returns: (transfer none): a model of #KmRoomMessage, oldest first; at most
 *   500 of them, and behind those one's own that aren't sent
 */
GListModel *
km_room_get_messages (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), NULL);

  return G_LIST_MODEL (self->messages);
}

/* Returns: (transfer full) (nullable): where its pictures are now. */
char *
km_room_dup_flv_address (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), NULL);

  return km_server_dup_flv_address (self->server, self->id);
}
