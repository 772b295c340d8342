#pragma once

#include <glib.h>

G_BEGIN_DECLS

void km_log_install (GLogLevelFlags least);

G_END_DECLS
