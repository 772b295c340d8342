#pragma once

#include "km-desk.h"
#include "km-hub.h"

G_BEGIN_DECLS

typedef struct _KmHealth KmHealth;

/**
 * KmHealthState:
 * @KM_HEALTH_STORE_ANSWERS: the store thread works, whatever the disk says
 * @KM_HEALTH_STORE_WRITES: a change has reached the disk
 * @KM_HEALTH_HUB_TURNS: the hub thread works
 * @KM_HEALTH_ENDING: the server is about to end
 */
typedef enum
{
  KM_HEALTH_STORE_ANSWERS = 1 << 0,
  KM_HEALTH_STORE_WRITES = 1 << 1,
  KM_HEALTH_HUB_TURNS = 1 << 2,
  KM_HEALTH_ENDING = 1 << 3,
} KmHealthState;

#define KM_HEALTH_ALIVE (KM_HEALTH_STORE_ANSWERS | KM_HEALTH_HUB_TURNS)
#define KM_HEALTH_FINE (KM_HEALTH_ALIVE | KM_HEALTH_STORE_WRITES)

KmHealth      *km_health_new          (KmDesk               *desk,
                                       KmHub                *hub,
                                       guint                 bound_ms);
void           km_health_free         (KmHealth             *self);
void           km_health_check_async  (KmHealth             *self,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean       km_health_check_finish (GAsyncResult         *result,
                                       KmHealthState        *state,
                                       GError              **error);
void           km_health_end          (KmHealth             *self);
const char    *km_health_get_trouble  (KmHealthState         state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmHealth, km_health_free)

G_END_DECLS
