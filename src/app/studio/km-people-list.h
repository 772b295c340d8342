#pragma once

#include <gtk/gtk.h>

#include "km-room.h"

G_BEGIN_DECLS

#define KM_TYPE_PEOPLE_LIST (km_people_list_get_type ())
G_DECLARE_FINAL_TYPE (KmPeopleList, km_people_list, KM, PEOPLE_LIST, GtkWidget)

void km_people_list_set_room (KmPeopleList *self,
                              KmRoom       *room);

G_END_DECLS
