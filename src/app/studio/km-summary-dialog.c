/* km-summary-dialog.c: how was the stream?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server has counted. Of a stream that was just ended it is asked, and
 * while the stream still runs there, asked again when the room says that it is
 * over; a server that doesn't answer is asked again as soon as it is back.
 *
 * Thread: main.
 */

#include "km-summary-dialog.h"

#include <glib/gi18n.h>

#include "km-figure-row.h"
#include "km-format.h"
#include "km-poll-result-row.h"
#include "km-words.h"

struct _KmSummaryDialog
{
  AdwDialog parent_instance;

  GtkStack *pages;
  AdwStatusPage *loading;
  AdwStatusPage *failed;
  GtkLabel *title;
  GtkLabel *when;
  KmFigureRow *length;
  KmFigureRow *peak;
  KmFigureRow *messages;
  KmFigureRow *likes;
  KmFigureRow *gifts;
  KmFigureRow *income;
  AdwPreferencesGroup *polls;

  KmServer *server;
  KmRoom *room;
  char *stream;
  gboolean awaits_end;
  gboolean shown;
  GPtrArray *rows;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (KmSummaryDialog, km_summary_dialog, ADW_TYPE_DIALOG)

static void
show_number (KmFigureRow *row,
             gint64       number,
             const char  *more)
{
  g_autofree char *figure = km_format_number (number);

  km_figure_row_show (row, figure, more);
}

static void
show_polls (KmSummaryDialog       *self,
            const KmStreamSummary *summary)
{
  guint n_polls = summary->polls != NULL ? summary->polls->len : 0;

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->polls, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);

  for (guint i = 0; i < n_polls; i++)
    {
      GtkWidget *row = km_poll_result_row_new (self->server,
                                               summary->polls->pdata[i]);

      adw_preferences_group_add (self->polls, row);
      g_ptr_array_add (self->rows, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->polls), n_polls > 0);
}

static void
show_gifts (KmSummaryDialog       *self,
            const KmStreamSummary *summary)
{
  g_autofree char *coins = km_format_coins (summary->gift_coins);
  g_autofree char *givers = km_format_number (summary->givers);
  g_autofree char *income = km_format_coins (summary->income);
  g_autofree char *more = NULL;

  if (summary->gifts > 0)
    more = g_strdup_printf (
      /* Translators: what gifts cost ("1,200 coins"), how many people gave */
      ngettext ("%s from %s person", "%s from %s people",
                (gulong) summary->givers), coins, givers);
  show_number (self->gifts, summary->gifts, more);
  km_figure_row_show (self->income, income, NULL);
}

static void
show_summary (KmSummaryDialog       *self,
              const KmStreamSummary *summary)
{
  g_autofree char *length = km_format_duration (summary->duration_ms);
  g_autofree char *at = km_format_date (summary->started_at_ms);
  g_autofree char *chatters = km_format_number (summary->chatters);
  g_autofree char *from = g_strdup_printf (
    /* Translators: how many people wrote messages */
    ngettext ("From %s person", "From %s people", (gulong) summary->chatters),
    chatters);
  /* Translators: when the stream began, which isn't over */
  g_autofree char *running = g_strdup_printf (_("Live since %s"), at);

  gtk_label_set_text (self->title, summary->title);
  gtk_widget_set_visible (GTK_WIDGET (self->title),
                          summary->title != NULL && *summary->title != '\0');
  gtk_label_set_text (self->when, summary->ended_at_ms < 0 ? running : at);
  km_figure_row_show (self->length, length, NULL);
  show_number (self->peak, summary->peak, NULL);
  show_number (self->messages, summary->messages,
               summary->messages > 0 ? from : NULL);
  show_number (self->likes, summary->likes, NULL);
  show_gifts (self, summary);
  show_polls (self, summary);
  gtk_stack_set_visible_child_name (self->pages, "summary");
  self->shown = TRUE;
}

static void
show_failure (KmSummaryDialog *self,
              const GError    *error)
{
  g_autofree char *escaped = g_markup_escape_text (km_words (error), -1);

  if (g_error_matches (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_NOT_FOUND))
    {
      gtk_stack_set_visible_child_name (self->pages, "none");
      return;
    }
  adw_status_page_set_description (self->failed, escaped);
  gtk_stack_set_visible_child_name (self->pages, "failed");
}

static void
on_loaded (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KmSummaryDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (KmStreamSummary) summary
    = km_server_load_summary_finish (KM_SERVER (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (summary == NULL)
    show_failure (self, error);
  else if (!self->awaits_end || summary->ended_at_ms >= 0)
    show_summary (self, summary);
}

/* An older question may get an answer that is no longer true. */
static void
ask (KmSummaryDialog *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  if (!self->shown)
    gtk_stack_set_visible_child_name (self->pages, "loading");
  km_server_load_summary_async (self->server, self->stream, self->cancellable,
                                on_loaded, g_object_ref (self));
}

static void
on_again_clicked (KmSummaryDialog *self)
{
  ask (self);
}

static void
on_live_changed (KmSummaryDialog *self)
{
  if (!km_room_get_live (self->room))
    ask (self);
}

static void
on_server_changed (KmSummaryDialog *self)
{
  if (km_server_get_state (self->server) == KM_SERVER_ONLINE && !self->shown)
    ask (self);
}

static void
km_summary_dialog_closed (AdwDialog *dialog)
{
  KmSummaryDialog *self = KM_SUMMARY_DIALOG (dialog);

  g_cancellable_cancel (self->cancellable);
  g_signal_handlers_disconnect_by_data (self->room, self);
  g_signal_handlers_disconnect_by_data (self->server, self);
}

static void
km_summary_dialog_dispose (GObject *object)
{
  KmSummaryDialog *self = KM_SUMMARY_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_SUMMARY_DIALOG);
  g_clear_object (&self->server);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (km_summary_dialog_parent_class)->dispose (object);
}

static void
km_summary_dialog_finalize (GObject *object)
{
  KmSummaryDialog *self = KM_SUMMARY_DIALOG (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_free (self->stream);

  G_OBJECT_CLASS (km_summary_dialog_parent_class)->finalize (object);
}

static void
km_summary_dialog_class_init (KmSummaryDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_summary_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = km_summary_dialog_finalize;
  ADW_DIALOG_CLASS (klass)->closed = km_summary_dialog_closed;

#define BIND(name) \
  gtk_widget_class_bind_template_child (widget_class, KmSummaryDialog, name)
  g_type_ensure (KM_TYPE_FIGURE_ROW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-summary-dialog.ui");
  BIND (pages);
  BIND (loading);
  BIND (failed);
  BIND (title);
  BIND (when);
  BIND (length);
  BIND (peak);
  BIND (messages);
  BIND (likes);
  BIND (gifts);
  BIND (income);
  BIND (polls);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_again_clicked);
}

static void
km_summary_dialog_init (KmSummaryDialog *self)
{
  g_autoptr (GdkPaintable) spinner = NULL;

  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  spinner = GDK_PAINTABLE (
    adw_spinner_paintable_new (GTK_WIDGET (self->loading)));
  adw_status_page_set_paintable (self->loading, spinner);
}

/**
 * km_summary_dialog_new:
 * @server: where one is signed in
 * @room: one's own there
 * @ended: whether its stream is just being ended; it is then waited for
 *
 * Returns: (transfer floating): how that stream was, or else how the last one
 *   was or is so far; to present over a window
 */
AdwDialog *
km_summary_dialog_new (KmServer *server,
                       KmRoom   *room,
                       gboolean  ended)
{
  KmSummaryDialog *self = g_object_new (KM_TYPE_SUMMARY_DIALOG, NULL);

  self->server = g_object_ref (server);
  self->room = g_object_ref (room);
  self->awaits_end = ended;
  if (ended)
    {
      self->stream = g_strdup (km_room_get_stream (room));
      adw_dialog_set_title (ADW_DIALOG (self), _("The Stream Has Ended"));
    }
  g_signal_connect_object (room, "notify::live", G_CALLBACK (on_live_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (server, "notify::state",
                           G_CALLBACK (on_server_changed), self,
                           G_CONNECT_SWAPPED);
  ask (self);
  return ADW_DIALOG (self);
}
