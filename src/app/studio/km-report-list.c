/* km-report-list.c: which messages wait for the host's judgement
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-report-list.h"

#include <glib/gi18n.h>

#include "km-format.h"
#include "km-report-row.h"

struct _KmReportList
{
  GtkWidget parent_instance;

  GtkStack *pages;
  GtkListView *view;
  GtkLabel *older;

  KmRoom *room;
};

G_DEFINE_FINAL_TYPE (KmReportList, km_report_list, GTK_TYPE_WIDGET)

static void
update (KmReportList *self)
{
  guint n_listed = g_list_model_get_n_items (km_room_get_reports (self->room));
  guint n_older = km_room_get_n_reports (self->room) - n_listed;
  g_autofree char *number = km_format_number (n_older);
  g_autofree char *label = g_strdup_printf (
    /* Translators: how many reported messages don't fit into the list yet */
    ngettext ("%s older one follows when these are done",
              "%s older ones follow when these are done", n_older), number);

  gtk_stack_set_visible_child_name (self->pages,
                                    n_listed > 0 ? "reports" : "empty");
  gtk_label_set_text (self->older, label);
  gtk_widget_set_visible (GTK_WIDGET (self->older), n_older > 0);
}

static void
on_setup (KmReportList *self,
          GtkListItem  *list_item)
{
  km_report_row_set_up (list_item);
}

static void
on_bind (KmReportList *self,
         GtkListItem  *list_item)
{
  km_report_row_bind (list_item, self->room);
}

static void
on_unbind (KmReportList *self,
           GtkListItem  *list_item)
{
  km_report_row_unbind (list_item);
}

static void
km_report_list_dispose (GObject *object)
{
  KmReportList *self = KM_REPORT_LIST (object);

  if (self->room != NULL)
    g_signal_handlers_disconnect_by_data (self->room, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_REPORT_LIST);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (km_report_list_parent_class)->dispose (object);
}

static void
km_report_list_class_init (KmReportListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_report_list_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-report-list.ui");
  gtk_widget_class_bind_template_child (widget_class, KmReportList, pages);
  gtk_widget_class_bind_template_child (widget_class, KmReportList, view);
  gtk_widget_class_bind_template_child (widget_class, KmReportList, older);
}

static void
km_report_list_init (KmReportList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->view, factory);
}

/**
 * km_report_list_set_room:
 * @room: one's own; set once
 */
void
km_report_list_set_room (KmReportList *self,
                         KmRoom       *room)
{
  g_autoptr (GtkNoSelection) selection
    = gtk_no_selection_new (g_object_ref (km_room_get_reports (room)));

  g_return_if_fail (self->room == NULL);

  self->room = g_object_ref (room);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (room, "notify::n-reports", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  update (self);
}
