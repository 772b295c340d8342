/* km-poll-result-row.c: how a poll of one's own ended, and its table as a file
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-poll-result-row.h"

#include <glib/gi18n.h>

#include "km-poll-words.h"
#include "km-toast.h"

struct _KmPollResultRow
{
  AdwActionRow parent_instance;

  GtkWidget *export;

  KmServer *server;
  char *poll;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (KmPollResultRow, km_poll_result_row, ADW_TYPE_ACTION_ROW)

static void
on_saved (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KmPollResultRow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (km_server_save_poll_finish (KM_SERVER (source), result, &error))
    km_toast_show (GTK_WIDGET (self), _("Poll saved"));
  else
    km_toast_error (GTK_WIDGET (self), error);
  gtk_widget_set_sensitive (self->export, TRUE);
}

static void
on_file_chosen (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (KmPollResultRow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file
    = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (file != NULL)
    {
      gtk_widget_set_sensitive (self->export, FALSE);
      km_server_save_poll_async (self->server, self->poll, file,
                                 self->cancellable, on_saved,
                                 g_object_ref (self));
    }
  else if (!g_error_matches (error, GTK_DIALOG_ERROR,
                             GTK_DIALOG_ERROR_DISMISSED))
    km_toast_error (GTK_WIDGET (self), error);
}

static void
on_export_clicked (KmPollResultRow *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *name = g_strdup_printf ("kaimu-poll-%s.csv", self->poll);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_WINDOW (root), self->cancellable,
                        on_file_chosen, g_object_ref (self));
}

static void
km_poll_result_row_dispose (GObject *object)
{
  KmPollResultRow *self = KM_POLL_RESULT_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (km_poll_result_row_parent_class)->dispose (object);
}

static void
km_poll_result_row_finalize (GObject *object)
{
  KmPollResultRow *self = KM_POLL_RESULT_ROW (object);

  g_clear_object (&self->cancellable);
  g_free (self->poll);

  G_OBJECT_CLASS (km_poll_result_row_parent_class)->finalize (object);
}

static void
km_poll_result_row_class_init (KmPollResultRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = km_poll_result_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = km_poll_result_row_finalize;
}

static void
km_poll_result_row_init (KmPollResultRow *self)
{
  self->cancellable = g_cancellable_new ();
  self->export = gtk_button_new_with_label (_("Export…"));
  gtk_widget_set_valign (self->export, GTK_ALIGN_CENTER);
  g_signal_connect_object (self->export, "clicked",
                           G_CALLBACK (on_export_clicked), self,
                           G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->export);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
}

static char *
describe (const KmPollInfo *poll)
{
  /* Only looked at: what it points to stays the poll's. */
  const KmPollView view = {
    .options = poll->ask.options,
    .tallies = (gint64 *) poll->tallies,
    .n_options = MIN (km_poll_question_count (&poll->ask), poll->n_tallies),
    .voters = poll->voters,
    .multiple = poll->ask.multiple,
    .closed = poll->closed_at_ms >= 0,
  };
  g_autofree char *voters = km_poll_words_dup_voters (poll->voters);
  g_autofree char *winners = km_poll_words_dup_winners (&view);

  if (!view.closed)
    /* Translators: of a poll: how many voted so far */
    return g_strdup_printf (_("Still open · %s"), voters);
  return winners != NULL ? g_strdup_printf ("%s\n%s", winners, voters)
                         : g_steal_pointer (&voters);
}

/**
 * km_poll_result_row_new:
 * @server: whose it is
 * @poll: a poll of one's own room
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
km_poll_result_row_new (KmServer         *server,
                        const KmPollInfo *poll)
{
  KmPollResultRow *self = g_object_new (KM_TYPE_POLL_RESULT_ROW, NULL);
  g_autofree char *subtitle = describe (poll);
  /* Translators: saves the result of a poll; its question */
  g_autofree char *label = g_strdup_printf (_("Export “%s”"),
                                            poll->ask.question);

  self->server = g_object_ref (server);
  self->poll = g_strdup (poll->id);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self),
                                 poll->ask.question);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->export),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return GTK_WIDGET (self);
}
