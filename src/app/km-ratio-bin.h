#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define KM_TYPE_RATIO_BIN (km_ratio_bin_get_type ())
G_DECLARE_FINAL_TYPE (KmRatioBin, km_ratio_bin, KM, RATIO_BIN, GtkWidget)

G_END_DECLS
