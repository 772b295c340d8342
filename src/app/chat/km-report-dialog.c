/* km-report-dialog.c: what is wrong with a message?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing is chosen beforehand: a reason that nobody meant is worth nothing to
 * who looks after the room. The dialog stays until the report has been taken,
 * so that a refusal loses no note; without a connection the report waits on
 * disk, and the dialog doesn't.
 *
 * Thread: main.
 */

#include "km-report-dialog.h"

#include <glib/gi18n.h>

#include "km-format.h"
#include "km-report-words.h"
#include "km-toast.h"
#include "km-words.h"

#define NAME_CLUSTERS 24

struct _KmReportDialog
{
  AdwDialog parent_instance;

  GtkWidget *report_button;
  AdwBanner *banner;
  GtkWidget *content;
  GtkLabel *name;
  GtkLabel *text;
  AdwPreferencesGroup *reasons;
  GtkEditable *note;
  GtkLabel *problem;

  GtkCheckButton *choices[KM_N_REPORT_REASONS];
  KmRoom *room;
  KmRoomMessage *message;
  GtkWidget *opener; /* tells what came of it */
  GCancellable *cancellable;
  gboolean sending;
};

G_DEFINE_FINAL_TYPE (KmReportDialog, km_report_dialog, ADW_TYPE_DIALOG)

/* Returns: the reason; -1: none is chosen. */
static int
get_reason (KmReportDialog *self)
{
  for (int i = 0; i < KM_N_REPORT_REASONS; i++)
    {
      if (gtk_check_button_get_active (self->choices[i]))
        return i;
    }

  return -1;
}

static void
update (KmReportDialog *self)
{
  guint clusters = km_format_clusters (gtk_editable_get_text (self->note));
  gboolean too_long = clusters > KM_REPORT_NOTE_CLUSTERS_MAX;

  gtk_label_set_text (self->problem,
                      too_long ? _("The note is too long: at most 500 "
                                   "characters.") : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), too_long);
  gtk_widget_set_sensitive (self->content, !self->sending);
  gtk_widget_set_sensitive (self->report_button,
                            !self->sending && !too_long
                              && get_reason (self) >= 0);
}

static void
on_changed (KmReportDialog *self)
{
  adw_banner_set_revealed (self->banner, FALSE);
  update (self);
}

static void
on_cancel (KmReportDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

/* With these nothing is left to be said. */
static gboolean
is_over (const GError *error)
{
  return g_error_matches (error, KM_PROTOCOL_ERROR,
                          KM_PROTOCOL_ERROR_ALREADY_REPORTED)
         || g_error_matches (error, KM_PROTOCOL_ERROR,
                             KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE);
}

static void
on_reported (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (KmReportDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = km_room_report_finish (KM_ROOM (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (done || is_over (error))
    {
      if (done)
        km_toast_show (self->opener, _("Report sent. Thank you."));
      else
        km_toast_error (self->opener, error);
      adw_dialog_force_close (ADW_DIALOG (self));
      return;
    }

  self->sending = FALSE;
  adw_banner_set_title (self->banner, km_words (error));
  adw_banner_set_revealed (self->banner, TRUE);
  update (self);
}

/* Without a connection there is nothing to wait for here. */
static void
leave_to_disk (KmReportDialog *self)
{
  if (!self->sending || km_room_get_state (self->room) == KM_ROOM_ONLINE)
    return;

  km_toast_show (self->opener,
                 _("The report is sent when the connection is back"));
  adw_dialog_force_close (ADW_DIALOG (self));
}

static void
on_report (KmReportDialog *self)
{
  g_autofree char *note = g_strdup (gtk_editable_get_text (self->note));
  int reason = get_reason (self);

  g_strstrip (note);
  self->sending = TRUE;
  update (self);
  km_room_report_async (self->room, self->message, (KmReportReason) reason,
                        *note != '\0' ? note : NULL, self->cancellable,
                        on_reported, g_object_ref (self));
  leave_to_disk (self);
}

static void
km_report_dialog_closed (AdwDialog *dialog)
{
  KmReportDialog *self = KM_REPORT_DIALOG (dialog);

  self->sending = FALSE;
  g_cancellable_cancel (self->cancellable);
}

static void
km_report_dialog_dispose (GObject *object)
{
  KmReportDialog *self = KM_REPORT_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_REPORT_DIALOG);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->room);
  g_clear_object (&self->message);
  g_clear_object (&self->opener);

  G_OBJECT_CLASS (km_report_dialog_parent_class)->dispose (object);
}

static void
km_report_dialog_class_init (KmReportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_report_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = km_report_dialog_closed;

#define BIND(name) \
  gtk_widget_class_bind_template_child (widget_class, KmReportDialog, name)
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/chat/km-report-dialog.ui");
  BIND (report_button);
  BIND (banner);
  BIND (content);
  BIND (name);
  BIND (text);
  BIND (reasons);
  BIND (note);
  BIND (problem);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_report);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

static void
add_reason (KmReportDialog *self,
            KmReportReason  reason)
{
  GtkWidget *check = gtk_check_button_new ();
  GtkWidget *row = adw_action_row_new ();

  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  if (reason > 0)
    gtk_check_button_set_group (GTK_CHECK_BUTTON (check), self->choices[0]);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 km_report_words_reason (reason));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  adw_preferences_group_add (self->reasons, row);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  km_report_words_reason (reason), -1);
  self->choices[reason] = GTK_CHECK_BUTTON (check);
  g_signal_connect_object (check, "toggled", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
km_report_dialog_init (KmReportDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < KM_N_REPORT_REASONS; i++)
    add_reason (self, (KmReportReason) i);
  update (self);
}

/**
 * km_report_dialog_present:
 * @room: where it was said
 * @message: what to report; km_room_may_report()
 * @parent: the widget that asks; tells what came of it
 */
void
km_report_dialog_present (KmRoom        *room,
                          KmRoomMessage *message,
                          GtkWidget     *parent)
{
  KmReportDialog *self = g_object_new (KM_TYPE_REPORT_DIALOG, NULL);
  g_autofree char *name = km_format_short_name (
    km_room_message_get_from_name (message), NAME_CLUSTERS);

  self->room = g_object_ref (room);
  self->message = g_object_ref (message);
  self->opener = g_object_ref (parent);
  g_signal_connect_object (room, "notify::state", G_CALLBACK (leave_to_disk),
                           self, G_CONNECT_SWAPPED);
  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->text, km_room_message_get_text (message));
  adw_dialog_present (ADW_DIALOG (self), parent);
}
