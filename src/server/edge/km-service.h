#pragma once

#include "km-health.h"

G_BEGIN_DECLS

typedef struct _KmService KmService;

KmService *km_service_new   (KmHealth    *health,
                             const char  *status);
void       km_service_free  (KmService   *self);
void       km_service_end   (KmService   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmService, km_service_free)

G_END_DECLS
