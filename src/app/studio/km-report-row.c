/* km-report-row.c: a message that is reported, and what to do about it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What strangers wrote is only ever given to a label as text. The row stays
 * until the staff's log says that it is settled; meanwhile nothing else can be
 * done with it.
 *
 * Thread: main.
 */

#include "km-report-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "km-format.h"
#include "km-report-words.h"
#include "km-toast.h"

#define NAME_CLUSTERS 24

struct _KmReportRow
{
  GtkWidget parent_instance;

  GtkWidget *root_child;
  GtkLabel *name;
  GtkLabel *time;
  GtkLabel *text;
  GtkLabel *count;
  GtkLabel *notes;
  GtkWidget *actions;

  KmRoom *room;
  KmRoomReport *report;
};

G_DEFINE_FINAL_TYPE (KmReportRow, km_report_row, GTK_TYPE_WIDGET)

/* The newest first. */
static char *
dup_notes (KmRoomReport *report)
{
  g_autoptr (GString) notes = g_string_new (NULL);

  for (guint i = km_room_report_get_n_notes (report); i > 0; i--)
    {
      const char *by;
      const char *text = km_room_report_get_note (report, i - 1, &by);
      g_autofree char *name = km_format_short_name (by, NAME_CLUSTERS);

      if (notes->len > 0)
        g_string_append_c (notes, '\n');
      /* Translators: who reported a message, and what they wrote about it */
      g_string_append_printf (notes, _("%s: “%s”"), name, text);
    }

  return g_string_free_and_steal (g_steal_pointer (&notes));
}

static void
update (KmReportRow *self)
{
  g_autofree char *name = NULL;
  g_autofree char *time = NULL;
  g_autofree char *count = NULL;
  g_autofree char *notes = NULL;

  if (self->report == NULL)
    return;

  name = km_format_short_name (km_room_report_get_from_name (self->report),
                               NAME_CLUSTERS);
  time = km_format_date (km_room_report_get_said_at (self->report));
  count = km_report_words_dup_count (self->report);
  notes = dup_notes (self->report);
  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->time, time);
  gtk_label_set_text (self->text, km_room_report_get_text (self->report));
  gtk_label_set_text (self->count, count);
  gtk_label_set_text (self->notes, notes);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), *notes != '\0');
  gtk_widget_set_sensitive (self->actions,
                            !km_room_report_get_busy (self->report));
}

static void
on_settled (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (KmReportRow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!km_room_settle_finish (KM_ROOM (source), result, &error))
    km_toast_error (GTK_WIDGET (self), error);
}

static void
on_delete_clicked (KmReportRow *self)
{
  km_room_delete_reported_async (self->room, self->report, NULL, on_settled,
                                 g_object_ref (self));
}

static void
on_dismiss_clicked (KmReportRow *self)
{
  km_room_dismiss_async (self->room, self->report, NULL, on_settled,
                         g_object_ref (self));
}

static void
km_report_row_dispose (GObject *object)
{
  KmReportRow *self = KM_REPORT_ROW (object);

  if (self->report != NULL)
    g_signal_handlers_disconnect_by_data (self->report, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_REPORT_ROW);
  g_clear_object (&self->report);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (km_report_row_parent_class)->dispose (object);
}

static void
km_report_row_class_init (KmReportRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_report_row_dispose;

#define BIND(name) \
  gtk_widget_class_bind_template_child (widget_class, KmReportRow, name)
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-report-row.ui");
  BIND (root_child);
  BIND (name);
  BIND (time);
  BIND (text);
  BIND (count);
  BIND (notes);
  BIND (actions);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_delete_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_dismiss_clicked);
}

static void
km_report_row_init (KmReportRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* NULL lets go of the last one. */
static void
set_report (KmReportRow  *self,
            KmRoom       *room,
            KmRoomReport *report)
{
  if (self->report != NULL)
    g_signal_handlers_disconnect_by_data (self->report, self);
  g_set_object (&self->room, room);
  g_set_object (&self->report, report);
  if (report != NULL)
    g_signal_connect_object (report, "notify", G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
  update (self);
}

/**
 * km_report_row_set_up:
 * @list_item: of a list of reports, new
 *
 * Gives it a row.
 */
void
km_report_row_set_up (GtkListItem *list_item)
{
  gtk_list_item_set_child (list_item, g_object_new (KM_TYPE_REPORT_ROW, NULL));
  gtk_list_item_set_activatable (list_item, FALSE);
  gtk_list_item_set_selectable (list_item, FALSE);
}

static void
update_label (GtkListItem  *list_item,
              GParamSpec   *pspec,
              KmRoomReport *report)
{
  g_autofree char *title = km_report_words_dup_title (report);

  gtk_list_item_set_accessible_label (list_item, title);
}

/**
 * km_report_row_bind:
 * @list_item: a set up one, which has got its report
 * @room: where it was said
 *
 * Shows it, to a screen reader, too, and follows what becomes of it.
 */
void
km_report_row_bind (GtkListItem *list_item,
                    KmRoom      *room)
{
  KmRoomReport *report = gtk_list_item_get_item (list_item);

  set_report (KM_REPORT_ROW (gtk_list_item_get_child (list_item)), room,
              report);
  g_signal_connect_object (report, "notify::total", G_CALLBACK (update_label),
                           list_item, G_CONNECT_SWAPPED);
  update_label (list_item, NULL, report);
}

/**
 * km_report_row_unbind:
 * @list_item: a bound one, which still has its report
 *
 * Lets go of the report.
 */
void
km_report_row_unbind (GtkListItem *list_item)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (list_item),
                                        list_item);
  set_report (KM_REPORT_ROW (gtk_list_item_get_child (list_item)), NULL, NULL);
}
