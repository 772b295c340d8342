/* km-room-properties.c: what a room is at the moment
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-room-private.h"

enum
{
  PROP_ID = 1,
  PROP_TITLE,
  PROP_CATEGORY,
  PROP_HOST_ID,
  PROP_HOST_NAME,
  PROP_STREAM,
  PROP_LIVE,
  PROP_SINCE,
  PROP_ONLINE,
  PROP_ROLE,
  PROP_EDGE_MS,
  PROP_PUBLISHER,
  PROP_STATE,
  PROP_ERROR,
  PROP_MESSAGES,
  PROP_POLLS,
  PROP_LIKES,
  PROP_PEOPLE,
  PROP_GUESTS,
  PROP_REPORTS,
  PROP_N_REPORTS,
  PROP_SLOW_S,
  PROP_MAY_SAY_US,
  N_PROPS
};

static void
km_room_get_property (GObject    *object,
                      guint       id,
                      GValue     *value,
                      GParamSpec *pspec)
{
  KmRoom *self = KM_ROOM (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->info->title);
      break;
    case PROP_CATEGORY:
      g_value_set_string (value, self->info->category);
      break;
    case PROP_HOST_ID:
      g_value_set_string (value, self->info->host.id);
      break;
    case PROP_HOST_NAME:
      g_value_set_string (value, self->info->host.shown_name);
      break;
    case PROP_STREAM:
      g_value_set_string (value, self->info->stream);
      break;
    case PROP_LIVE:
      g_value_set_boolean (value, self->info->live);
      break;
    case PROP_SINCE:
      g_value_set_int64 (value, self->info->since_ms);
      break;
    case PROP_ONLINE:
      g_value_set_uint (value, self->info->online);
      break;
    case PROP_ROLE:
      g_value_set_uint (value, self->role);
      break;
    case PROP_EDGE_MS:
      g_value_set_int64 (value, self->edge_ms);
      break;
    case PROP_PUBLISHER:
      g_value_set_enum (value, (int) self->publisher);
      break;
    case PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_MESSAGES:
      g_value_set_object (value, self->messages);
      break;
    case PROP_POLLS:
      g_value_set_object (value, self->polls);
      break;
    case PROP_LIKES:
      g_value_set_int64 (value, km_room_get_likes (self));
      break;
    case PROP_PEOPLE:
      g_value_set_object (value, self->people);
      break;
    case PROP_GUESTS:
      g_value_set_uint (value, self->guests);
      break;
    case PROP_REPORTS:
      g_value_set_object (value, self->reports);
      break;
    case PROP_N_REPORTS:
      g_value_set_uint (value, km_room_get_n_reports (self));
      break;
    case PROP_SLOW_S:
      g_value_set_uint (value, self->info->slow_s);
      break;
    case PROP_MAY_SAY_US:
      g_value_set_int64 (value, self->may_say_us);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

void
km_room_install_properties (GObjectClass *object_class)
{
  GParamSpec *properties[N_PROPS] = { NULL, };
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                      G_PARAM_STATIC_STRINGS;

  properties[PROP_ID] =
    g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_CATEGORY] =
    g_param_spec_string ("category", NULL, NULL, NULL, flags);
  properties[PROP_HOST_ID] =
    g_param_spec_string ("host-id", NULL, NULL, NULL, flags);
  properties[PROP_HOST_NAME] =
    g_param_spec_string ("host-name", NULL, NULL, NULL, flags);
  properties[PROP_STREAM] =
    g_param_spec_string ("stream", NULL, NULL, NULL, flags);
  properties[PROP_LIVE] =
    g_param_spec_boolean ("live", NULL, NULL, FALSE, flags);
  properties[PROP_SINCE] =
    g_param_spec_int64 ("since", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_ONLINE] =
    g_param_spec_uint ("online", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_ROLE] =
    g_param_spec_uint ("role", NULL, NULL, 0, KM_N_ROLES, KM_ROLE_GUEST,
                       flags);
  properties[PROP_EDGE_MS] =
    g_param_spec_int64 ("edge-ms", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_PUBLISHER] =
    g_param_spec_enum ("publisher", NULL, NULL, KM_TYPE_ROOM_PUBLISHER,
                       KM_ROOM_PUBLISHER_NONE, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, KM_TYPE_ROOM_STATE,
                       KM_ROOM_JOINING, flags);
  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_MESSAGES] =
    g_param_spec_object ("messages", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_POLLS] =
    g_param_spec_object ("polls", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_LIKES] =
    g_param_spec_int64 ("likes", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_PEOPLE] =
    g_param_spec_object ("people", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_GUESTS] =
    g_param_spec_uint ("guests", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_REPORTS] =
    g_param_spec_object ("reports", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_N_REPORTS] =
    g_param_spec_uint ("n-reports", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_SLOW_S] =
    g_param_spec_uint ("slow-s", NULL, NULL, 0, KM_SLOW_MODE_S_MAX, 0, flags);
  properties[PROP_MAY_SAY_US] =
    g_param_spec_int64 ("may-say-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  object_class->get_property = km_room_get_property;
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

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
