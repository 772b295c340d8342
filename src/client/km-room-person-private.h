#pragma once

#include "km-person.h"
#include "km-room-person.h"

#include <gio/gio.h>

G_BEGIN_DECLS

KmRoomPerson *km_room_person_new    (const KmPerson *info);
void          km_room_people_update (GListStore     *people,
                                     GPtrArray      *infos);

G_END_DECLS
