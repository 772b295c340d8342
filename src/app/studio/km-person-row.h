#pragma once

#include <gtk/gtk.h>

#include "km-room-person.h"

G_BEGIN_DECLS

#define KM_TYPE_PERSON_ROW (km_person_row_get_type ())
G_DECLARE_FINAL_TYPE (KmPersonRow, km_person_row, KM, PERSON_ROW, GtkWidget)

GtkWidget *km_person_row_new       (void);
void       km_person_row_show      (KmPersonRow  *self,
                                    KmRoomPerson *person);
char      *km_person_row_dup_title (KmRoomPerson *person);

G_END_DECLS
