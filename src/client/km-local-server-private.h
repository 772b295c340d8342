#pragma once

#include "km-local-server.h"

G_BEGIN_DECLS

void km_local_server_spawn (KmLocalServer *self);

G_END_DECLS
