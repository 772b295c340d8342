#pragma once

#include "km-event.h"
#include "km-room-info.h"

G_BEGIN_DECLS

typedef struct _KmDirectory KmDirectory;

/* The kinds of events that a directory wants. */
#define KM_DIRECTORY_KINDS \
  (KM_EVENT_STREAM_STARTED | KM_EVENT_STREAM_ENDED | KM_EVENT_ROOM_ONLINE)

KmDirectory *km_directory_new       (void);
void         km_directory_free      (KmDirectory   *self);
void         km_directory_take      (KmDirectory   *self,
                                     const KmEvent *event);
void         km_directory_complete  (KmDirectory   *self,
                                     KmRoomInfo    *info);
GPtrArray   *km_directory_list_live (KmDirectory   *self,
                                     guint          n_max);
guint        km_directory_count_live (KmDirectory  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmDirectory, km_directory_free)

G_END_DECLS
