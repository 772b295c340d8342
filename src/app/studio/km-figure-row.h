#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define KM_TYPE_FIGURE_ROW (km_figure_row_get_type ())
G_DECLARE_FINAL_TYPE (KmFigureRow, km_figure_row, KM, FIGURE_ROW, AdwActionRow)

void km_figure_row_show (KmFigureRow *self,
                         const char  *figure,
                         const char  *more);

G_END_DECLS
