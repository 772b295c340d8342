#pragma once

#include "km-config.h"
#include "km-desk.h"

G_BEGIN_DECLS

gboolean km_gift_files_take (const KmConfig  *config,
                             KmDesk          *desk,
                             GError         **error);

G_END_DECLS
