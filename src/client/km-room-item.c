/* km-room-item.c: a room as a list shows it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One object stands for one room as long as the list has it. What the server
 * tells later is written into it, and only what changed is notified, so that
 * a grid of rooms neither flickers nor loses its place.
 *
 * Thread: main.
 */

#include "km-room-item-private.h"

struct _KmRoomItem
{
  GObject parent_instance;
  KmRoomInfo *info;
};

G_DEFINE_FINAL_TYPE (KmRoomItem, km_room_item, G_TYPE_OBJECT)

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
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
km_room_item_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  KmRoomItem *self = KM_ROOM_ITEM (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_string (value, self->info->id);
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
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
km_room_item_finalize (GObject *object)
{
  KmRoomItem *self = KM_ROOM_ITEM (object);

  g_clear_pointer (&self->info, km_room_info_free);

  G_OBJECT_CLASS (km_room_item_parent_class)->finalize (object);
}

static void
km_room_item_class_init (KmRoomItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                      G_PARAM_STATIC_STRINGS;

  object_class->get_property = km_room_item_get_property;
  object_class->finalize = km_room_item_finalize;

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
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
km_room_item_init (KmRoomItem *self)
{
  self->info = km_room_info_new ();
}

/* Thread: main. */
KmRoomItem *
km_room_item_new (const KmRoomInfo *info)
{
  KmRoomItem *self = g_object_new (KM_TYPE_ROOM_ITEM, NULL);

  km_room_item_update (self, info);

  return self;
}

static void
notify_if (KmRoomItem *self,
           gboolean    changed,
           guint       property)
{
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/**
 * km_room_item_update:
 * @self: a room
 * @info: what the server says about it now
 *
 * Notifies what is different from before, after all of it was taken over.
 */
void
km_room_item_update (KmRoomItem       *self,
                     const KmRoomInfo *info)
{
  g_autoptr (KmRoomInfo) old = self->info;
  KmRoomInfo *now = km_room_info_copy (info);

  self->info = now;

  g_object_freeze_notify (G_OBJECT (self));
  notify_if (self, g_strcmp0 (old->id, now->id) != 0, PROP_ID);
  notify_if (self, g_strcmp0 (old->title, now->title) != 0, PROP_TITLE);
  notify_if (self, g_strcmp0 (old->category, now->category) != 0,
             PROP_CATEGORY);
  notify_if (self, g_strcmp0 (old->host.id, now->host.id) != 0, PROP_HOST_ID);
  notify_if (self, g_strcmp0 (old->host.shown_name, now->host.shown_name) != 0,
             PROP_HOST_NAME);
  notify_if (self, g_strcmp0 (old->stream, now->stream) != 0, PROP_STREAM);
  notify_if (self, old->live != now->live, PROP_LIVE);
  notify_if (self, old->since_ms != now->since_ms, PROP_SINCE);
  notify_if (self, old->online != now->online, PROP_ONLINE);
  g_object_thaw_notify (G_OBJECT (self));
}

const char *
km_room_item_get_id (KmRoomItem *self)
{
  g_return_val_if_fail (KM_IS_ROOM_ITEM (self), NULL);

  return self->info->id;
}

const char *
km_room_item_get_title (KmRoomItem *self)
{
  g_return_val_if_fail (KM_IS_ROOM_ITEM (self), NULL);

  return self->info->title;
}

/**
 * km_room_item_get_category:
 * @self: a room
 *
 * Returns: a word of km_room_categories(), or one of a newer server
 */
const char *
km_room_item_get_category (KmRoomItem *self)
{
  g_return_val_if_fail (KM_IS_ROOM_ITEM (self), NULL);

  return self->info->category;
}

const char *
km_room_item_get_host_id (KmRoomItem *self)
{
  g_return_val_if_fail (KM_IS_ROOM_ITEM (self), NULL);

  return self->info->host.id;
}

const char *
km_room_item_get_host_name (KmRoomItem *self)
{
  g_return_val_if_fail (KM_IS_ROOM_ITEM (self), NULL);

  return self->info->host.shown_name;
}

/**
 * km_room_item_get_stream:
 * @self: a room
 *
 * Returns: (nullable): the id of the running stream
 */
const char *
km_room_item_get_stream (KmRoomItem *self)
{
  g_return_val_if_fail (KM_IS_ROOM_ITEM (self), NULL);

  return self->info->stream;
}

gboolean
km_room_item_get_live (KmRoomItem *self)
{
  g_return_val_if_fail (KM_IS_ROOM_ITEM (self), FALSE);

  return self->info->live;
}

/**
 * km_room_item_get_since:
 * @self: a room
 *
 * Returns: when the stream started, ms since 1970; -1: not live
 */
gint64
km_room_item_get_since (KmRoomItem *self)
{
  g_return_val_if_fail (KM_IS_ROOM_ITEM (self), -1);

  return self->info->since_ms;
}

guint
km_room_item_get_online (KmRoomItem *self)
{
  g_return_val_if_fail (KM_IS_ROOM_ITEM (self), 0);

  return self->info->online;
}
