/* km-add-server-dialog.c: an address in, a server that answers out
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The address is checked before it is kept: something has to answer there and
 * be a Kaimu server. What is wrong stands under the address, which stays as it
 * was typed. Closing the dialog cancels the check.
 *
 * Thread: main.
 */

#include "km-add-server-dialog.h"

#include <glib/gi18n.h>

#include "km-certificate-dialog.h"
#include "km-link.h"
#include "km-words.h"

struct _KmAddServerDialog
{
  AdwDialog parent_instance;

  AdwEntryRow *address;
  GtkLabel *error;
  GtkButton *add_button;
  GtkStack *add_stack;

  KmServerList *servers;
  KmServer *server; /* that is being asked */
  GCancellable *cancellable;
};

enum
{
  ADDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (KmAddServerDialog, km_add_server_dialog, ADW_TYPE_DIALOG)

static void
set_busy (KmAddServerDialog *self,
          gboolean           busy)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->address));

  gtk_stack_set_visible_child_name (self->add_stack, busy ? "busy" : "ready");
  gtk_editable_set_editable (GTK_EDITABLE (self->address), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->add_button),
                            !busy && *text != '\0');
}

static void
show_error (KmAddServerDialog *self,
            const char        *message)
{
  gtk_label_set_label (self->error, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), message != NULL);
  if (message != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), message,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
}

static void
on_question_answered (KmAddServerDialog *self,
                      const char        *response)
{
  if (g_str_equal (response, "trust"))
    gtk_widget_activate (GTK_WIDGET (self->add_button));
}

/* A server that makes its own certificate is one that a person may trust. */
static void
ask_about_certificate (KmAddServerDialog *self)
{
  AdwDialog *dialog;

  if (km_server_get_refused_certificate (self->server) == NULL)
    return;

  dialog = km_certificate_dialog_new (self->server, NULL);
  g_signal_connect_object (dialog, "response",
                           G_CALLBACK (on_question_answered), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
on_added (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KmAddServerDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (KmServer) server
    = km_server_list_add_finish (KM_SERVER_LIST (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  set_busy (self, FALSE);
  if (server == NULL)
    {
      show_error (self, km_words (error));
      gtk_widget_grab_focus (GTK_WIDGET (self->address));
      ask_about_certificate (self);
      return;
    }

  g_signal_emit (self, signals[ADDED], 0, server);
  adw_dialog_close (ADW_DIALOG (self));
}

static void
on_add_clicked (KmAddServerDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmLink) link = km_link_parse (
    gtk_editable_get_text (GTK_EDITABLE (self->address)), &error);

  show_error (self, error != NULL ? km_words (error) : NULL);
  g_clear_object (&self->server);
  if (link == NULL)
    return;

  set_busy (self, TRUE);
  self->server = km_server_list_dup (self->servers, link);
  km_server_list_add_async (self->servers, self->server, self->cancellable,
                            on_added, g_object_ref (self));
}

static void
on_address_changed (KmAddServerDialog *self)
{
  show_error (self, NULL);
  set_busy (self, FALSE);
}

static void
km_add_server_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (KM_ADD_SERVER_DIALOG (dialog)->cancellable);
}

static void
km_add_server_dialog_dispose (GObject *object)
{
  KmAddServerDialog *self = KM_ADD_SERVER_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_ADD_SERVER_DIALOG);
  g_clear_object (&self->servers);
  g_clear_object (&self->server);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (km_add_server_dialog_parent_class)->dispose (object);
}

static void
km_add_server_dialog_class_init (KmAddServerDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_add_server_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = km_add_server_dialog_closed;

  /**
   * KmAddServerDialog::added:
   * @server: the server, which is saved now
   */
  signals[ADDED] = g_signal_new ("added", KM_TYPE_ADD_SERVER_DIALOG,
                                 G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, KM_TYPE_SERVER);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/lobby/km-add-server-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, KmAddServerDialog,
                                        address);
  gtk_widget_class_bind_template_child (widget_class, KmAddServerDialog, error);
  gtk_widget_class_bind_template_child (widget_class, KmAddServerDialog,
                                        add_button);
  gtk_widget_class_bind_template_child (widget_class, KmAddServerDialog,
                                        add_stack);
  gtk_widget_class_bind_template_callback (widget_class, on_add_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_address_changed);
}

static void
km_add_server_dialog_init (KmAddServerDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_add_server_dialog_new:
 * @servers: where the server is added
 *
 * Returns: (transfer full): the dialog, to present over a window
 */
AdwDialog *
km_add_server_dialog_new (KmServerList *servers)
{
  KmAddServerDialog *self = g_object_new (KM_TYPE_ADD_SERVER_DIALOG, NULL);

  self->servers = g_object_ref (servers);
  return ADW_DIALOG (self);
}
