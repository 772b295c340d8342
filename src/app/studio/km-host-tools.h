#pragma once

#include <adwaita.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_HOST_TOOLS (km_host_tools_get_type ())
G_DECLARE_FINAL_TYPE (KmHostTools, km_host_tools, KM, HOST_TOOLS, AdwBin)

void km_host_tools_set_room (KmHostTools *self,
                             KmServer    *server,
                             KmRoom      *room,
                             GSettings   *settings);

G_END_DECLS
