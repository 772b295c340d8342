#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define KM_TYPE_ROOM_ITEM (km_room_item_get_type ())
G_DECLARE_FINAL_TYPE (KmRoomItem, km_room_item, KM, ROOM_ITEM, GObject)

const char *km_room_item_get_id        (KmRoomItem *self);
const char *km_room_item_get_title     (KmRoomItem *self);
const char *km_room_item_get_category  (KmRoomItem *self);
const char *km_room_item_get_host_id   (KmRoomItem *self);
const char *km_room_item_get_host_name (KmRoomItem *self);
const char *km_room_item_get_stream    (KmRoomItem *self);
gboolean    km_room_item_get_live      (KmRoomItem *self);
gint64      km_room_item_get_since     (KmRoomItem *self);
guint       km_room_item_get_online    (KmRoomItem *self);

G_END_DECLS
