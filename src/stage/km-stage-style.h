#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void km_stage_pack_open (void);
void km_stage_style_use (void);

G_END_DECLS
