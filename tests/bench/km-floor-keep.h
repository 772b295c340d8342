#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _KmFloorKeep KmFloorKeep;

KmFloorKeep *km_floor_keep_new    (const char   *directory);
int          km_floor_keep_get_fd (KmFloorKeep  *self);
void         km_floor_keep_put    (KmFloorKeep  *self,
                                   const guint8 *data,
                                   gsize         length);
GBytes      *km_floor_keep_take   (KmFloorKeep  *self);

G_END_DECLS
