#pragma once

#include "km-protocol.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define KM_TYPE_ROOM_PERSON (km_room_person_get_type ())
G_DECLARE_FINAL_TYPE (KmRoomPerson, km_room_person, KM, ROOM_PERSON, GObject)

const char *km_room_person_get_account_id (KmRoomPerson *self);
const char *km_room_person_get_name       (KmRoomPerson *self);
const char *km_room_person_get_shown_name (KmRoomPerson *self);
KmRole      km_room_person_get_role       (KmRoomPerson *self);

G_END_DECLS
