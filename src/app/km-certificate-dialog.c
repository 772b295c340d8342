/* km-certificate-dialog.c: whether a server is who it says
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks about a certificate that nobody vouches for, at first use, and warns
 * when it is another than before. Only the person can find out which it is, by
 * asking the server's owner, so the dialog shows what to compare and suggests
 * neither answer. A changed one takes a second step: the most common reason is
 * harmless, and people press the button that makes a dialog go away.
 *
 * While nobody has decided, nothing is sent to the server.
 *
 * Thread: main.
 */

#include "km-certificate-dialog.h"

#include <glib/gi18n.h>

#include "km-format.h"

#define QUESTION_KEY "km-certificate-dialog"
#define SERVERS_KEY "km-certificate-servers"

/* What the answer needs; lives with the dialog. */
typedef struct
{
  KmServer *server;
  KmServerList *servers; /* NULL: it can't be removed here */
  char *fingerprint;
} Question;

static void
question_free (Question *self)
{
  g_object_unref (self->server);
  g_clear_object (&self->servers);
  g_free (self->fingerprint);
  g_free (self);
}

static gboolean
is_saved (Question *self)
{
  return self->servers != NULL && km_server_get_local (self->server) == NULL
         && km_server_list_find (self->servers,
                                 km_server_get_address (self->server))
              == self->server;
}

static void
on_answered (AdwAlertDialog *dialog,
             const char     *response,
             Question       *question)
{
  g_autoptr (GError) error = NULL;

  if (g_str_equal (response, "trust"))
    km_server_accept_certificate (question->server, question->fingerprint,
                                  &error);
  else if (g_str_equal (response, "remove"))
    km_server_list_remove (question->servers, question->server, &error);

  if (error != NULL)
    g_message ("%s", error->message);
}

static void
add_fingerprint (GtkBox     *box,
                 const char *title,
                 const char *fingerprint)
{
  g_autofree char *text = km_format_fingerprint (fingerprint);
  GtkWidget *heading = gtk_label_new (title);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (heading), TRUE);
  gtk_widget_add_css_class (heading, "heading");
  /* With the pointer; the focus belongs to what can be answered. */
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_focusable (label, FALSE);
  gtk_widget_add_css_class (label, "monospace");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (label),
                                  GTK_ACCESSIBLE_RELATION_LABELLED_BY, heading,
                                  NULL, -1);
  gtk_box_append (box, heading);
  gtk_box_append (box, label);
}

static void
on_sure_toggled (GtkCheckButton *sure,
                 AdwAlertDialog *dialog)
{
  adw_alert_dialog_set_response_enabled (dialog, "trust",
                                         gtk_check_button_get_active (sure));
}

static void
add_second_step (AdwAlertDialog *dialog,
                 GtkBox         *box)
{
  GtkWidget *sure = gtk_check_button_new ();
  GtkWidget *label = gtk_label_new (
    _("The owner of the server told me that this is its certificate now"));

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (sure), label);
  gtk_widget_set_margin_top (sure, 6);
  gtk_box_append (box, sure);
  g_signal_connect_object (sure, "toggled", G_CALLBACK (on_sure_toggled),
                           dialog, G_CONNECT_DEFAULT);
  adw_alert_dialog_set_response_enabled (dialog, "trust", FALSE);
  adw_dialog_set_focus (ADW_DIALOG (dialog), sure);
}

static void
add_responses (AdwAlertDialog *dialog,
               Question       *question,
               gboolean        changed)
{
  adw_alert_dialog_add_response (dialog, "cancel", _("_Don’t Connect"));
  if (changed && is_saved (question))
    adw_alert_dialog_add_response (dialog, "remove", _("_Remove Server"));
  adw_alert_dialog_add_response (dialog, "trust",
                                 changed ? _("Accept _New Certificate")
                                         : _("_Trust"));
  if (changed)
    adw_alert_dialog_set_response_appearance (dialog, "trust",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_close_response (dialog, "cancel");
  adw_alert_dialog_set_default_response (dialog, NULL);
}

static void
set_words (AdwAlertDialog *dialog,
           KmServer       *server,
           gboolean        changed)
{
  const char *address = km_server_get_address (server);
  const char *host = strstr (address, "://") + strlen ("://");

  if (changed)
    {
      adw_alert_dialog_set_heading (dialog,
                                    _("The Server’s Certificate Is Another"));
      /* Translators: the address of a server */
      adw_alert_dialog_format_body (dialog,
                                    _("Either %s got a new certificate, or "
                                      "somebody else answers in its place and "
                                      "could read all that you write. Ask its "
                                      "owner before you go on. Nothing was "
                                      "sent."), host);
      return;
    }

  adw_alert_dialog_set_heading (dialog, _("Trust This Server?"));
  /* Translators: the address of a server */
  adw_alert_dialog_format_body (dialog,
                                _("%s made its certificate itself, so nobody "
                                  "else vouches for it. If its owner sees the "
                                  "same fingerprint, it is the right one. "
                                  "Kaimu will remember it and warn you when "
                                  "it changes."), host);
}

/**
 * km_certificate_dialog_new:
 * @server: with a certificate that was refused
 * @servers: (nullable): from where it can be removed
 *
 * Acts on the answer by itself. Its response is "trust", "remove" or "cancel".
 *
 * Returns: (transfer full): the dialog, to present over a window
 */
AdwDialog *
km_certificate_dialog_new (KmServer     *server,
                           KmServerList *servers)
{
  AdwDialog *dialog = adw_alert_dialog_new (NULL, NULL);
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (dialog);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  const char *pin = km_server_get_pin (server);
  Question *question = g_new0 (Question, 1);

  question->server = g_object_ref (server);
  question->servers = servers != NULL ? g_object_ref (servers) : NULL;
  question->fingerprint = g_strdup (
    km_server_get_refused_certificate (server));
  g_object_set_data_full (G_OBJECT (dialog), QUESTION_KEY, question,
                          (GDestroyNotify) question_free);

  set_words (alert, server, pin != NULL);
  if (pin != NULL)
    add_fingerprint (GTK_BOX (box), _("Expected"), pin);
  add_fingerprint (GTK_BOX (box), pin != NULL ? _("Shown Now")
                                              : _("Fingerprint"),
                   question->fingerprint);
  add_responses (alert, question, pin != NULL);
  if (pin != NULL)
    add_second_step (alert, GTK_BOX (box));
  adw_alert_dialog_set_extra_child (alert, box);
  g_signal_connect (dialog, "response", G_CALLBACK (on_answered), question);

  return dialog;
}

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* Returns: (transfer full) (nullable): the one that asks about @server now. */
static AdwDialog *
dup_open (KmServer *server)
{
  GWeakRef *open = g_object_get_data (G_OBJECT (server), QUESTION_KEY);

  return open != NULL ? g_weak_ref_get (open) : NULL;
}

static void
set_open (KmServer  *server,
          AdwDialog *dialog)
{
  GWeakRef *open = g_new0 (GWeakRef, 1);

  g_weak_ref_init (open, dialog);
  g_object_set_data_full (G_OBJECT (server), QUESTION_KEY, open, weak_free);
}

static void
on_closed (KmServer *server)
{
  g_object_set_data (G_OBJECT (server), QUESTION_KEY, NULL);
}

static void
on_refused (GtkWindow  *window,
            GParamSpec *pspec,
            KmServer   *server)
{
  g_autoptr (AdwDialog) open = dup_open (server);
  GtkApplication *application = gtk_window_get_application (window);
  GtkWindow *front = application != NULL
                       ? gtk_application_get_active_window (application) : NULL;
  AdwDialog *dialog;

  if (km_server_get_refused_certificate (server) == NULL)
    {
      if (open != NULL)
        adw_dialog_force_close (open);
      return;
    }
  if (open != NULL)
    return;

  dialog = km_certificate_dialog_new (
    server, g_object_get_data (G_OBJECT (window), SERVERS_KEY));
  set_open (server, dialog);
  g_signal_connect_object (dialog, "closed", G_CALLBACK (on_closed), server,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (front != NULL ? front : window));
}

/**
 * km_certificate_dialog_watch:
 * @window: shows @server
 * @server: a server
 * @servers: (nullable): from where it can be removed
 *
 * Asks once whenever a certificate of @server was refused, in the window that
 * is in front. The data of the handler is @window.
 */
void
km_certificate_dialog_watch (GtkWindow    *window,
                             KmServer     *server,
                             KmServerList *servers)
{
  if (servers != NULL)
    g_object_set_data_full (G_OBJECT (window), SERVERS_KEY,
                            g_object_ref (servers), g_object_unref);
  g_signal_connect_object (server, "notify::refused-certificate",
                           G_CALLBACK (on_refused), window,
                           G_CONNECT_SWAPPED);
  if (km_server_get_refused_certificate (server) != NULL)
    on_refused (window, NULL, server);
}
