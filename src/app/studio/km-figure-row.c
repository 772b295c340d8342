/* km-figure-row.c: what a figure counts, and the figure
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-figure-row.h"

struct _KmFigureRow
{
  AdwActionRow parent_instance;

  GtkLabel *figure;
};

G_DEFINE_FINAL_TYPE (KmFigureRow, km_figure_row, ADW_TYPE_ACTION_ROW)

static void
km_figure_row_class_init (KmFigureRowClass *klass)
{
}

static void
km_figure_row_init (KmFigureRow *self)
{
  GtkWidget *figure = gtk_label_new (NULL);

  gtk_widget_add_css_class (figure, "numeric");
  gtk_widget_add_css_class (figure, "title-4");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), figure);
  self->figure = GTK_LABEL (figure);
}

/**
 * km_figure_row_show:
 * @figure: what to show large
 * @more: (nullable): what to say about it
 */
void
km_figure_row_show (KmFigureRow *self,
                    const char  *figure,
                    const char  *more)
{
  gtk_label_set_text (self->figure, figure);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), more != NULL ? more : "");
}
