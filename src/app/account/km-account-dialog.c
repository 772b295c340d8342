/* km-account-dialog.c: who one is at a server, and where one is signed in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list is asked for anew after each change: the server alone knows what is
 * there. What is shown stays until the answer comes. The owner of "This
 * computer" has neither a password nor other devices.
 *
 * Thread: main.
 */

#include "km-account-dialog.h"

#include <glib/gi18n.h>

#include "km-format.h"
#include "km-password-page.h"
#include "km-protocol.h"
#include "km-session-row.h"
#include "km-toast.h"
#include "km-words.h"

#define NAME_CLUSTERS 24

struct _KmAccountDialog
{
  AdwDialog parent_instance;

  AdwNavigationView *navigation;
  AdwAvatar *avatar;
  GtkLabel *where;
  GtkEditable *shown_name;
  GtkWidget *password;
  GtkWidget *owner;
  GtkWidget *devices;
  GtkStack *pages;
  GtkLabel *failure;
  GtkListBox *sessions;
  GtkWidget *alone;
  GtkWidget *others;

  KmServer *server;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (KmAccountDialog, km_account_dialog, ADW_TYPE_DIALOG)

static GtkWidget *
create_row (gpointer item,
            gpointer user_data)
{
  return km_session_row_new (item);
}

static void
show_sessions (KmAccountDialog *self,
               GListModel      *sessions)
{
  gboolean alone = g_list_model_get_n_items (sessions) <= 1;

  gtk_list_box_bind_model (self->sessions, sessions, create_row, NULL, NULL);
  gtk_widget_set_visible (self->alone, alone);
  gtk_widget_set_visible (self->others, !alone);
  gtk_stack_set_visible_child_name (self->pages, "sessions");
}

static void
on_loaded (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KmAccountDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) sessions
    = km_server_load_sessions_finish (KM_SERVER (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (sessions != NULL)
    {
      show_sessions (self, sessions);
      return;
    }

  gtk_label_set_label (self->failure, km_words (error));
  gtk_stack_set_visible_child_name (self->pages, "failed");
}

static void
load (KmAccountDialog *self)
{
  if (!km_server_is_owner_here (self->server))
    km_server_load_sessions_async (self->server, self->cancellable, on_loaded,
                                   g_object_ref (self));
}

static void
on_again_clicked (KmAccountDialog *self)
{
  gtk_stack_set_visible_child_name (self->pages, "loading");
  load (self);
}

static void
on_session_ended (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (KmAccountDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (km_server_end_session_finish (KM_SERVER (source), result, &error))
    km_toast_show (GTK_WIDGET (self->sessions),
                   _("That device is signed out"));
  else
    km_toast_error (GTK_WIDGET (self->sessions), error);
  if (!g_cancellable_is_cancelled (self->cancellable))
    load (self);
}

/* The action of the button on each row. */
static void
end_session (GtkWidget  *widget,
             const char *action,
             GVariant   *id)
{
  KmAccountDialog *self = KM_ACCOUNT_DIALOG (widget);

  km_server_end_session_async (self->server, g_variant_get_string (id, NULL),
                               self->cancellable, on_session_ended,
                               g_object_ref (self));
}

static void
on_others_ended (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (KmAccountDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (km_server_end_other_sessions_finish (KM_SERVER (source), result, &error))
    km_toast_show (GTK_WIDGET (self->sessions),
                   _("All other devices are signed out"));
  else
    km_toast_error (GTK_WIDGET (self->sessions), error);
  if (!g_cancellable_is_cancelled (self->cancellable))
    load (self);
}

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KmAccountDialog) self = user_data;
  const char *response
    = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  if (g_str_equal (response, "sign-out"))
    km_server_end_other_sessions_async (self->server, self->cancellable,
                                        on_others_ended, g_object_ref (self));
}

static void
on_others_activated (KmAccountDialog *self)
{
  AdwDialog *dialog = adw_alert_dialog_new (
    _("Sign Out Elsewhere?"),
    _("Your other devices have to sign in again. This one stays signed in."));

  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel",
                                  _("_Cancel"), "sign-out", _("_Sign Out"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog),
                                            "sign-out",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (dialog), GTK_WIDGET (self),
                           self->cancellable, on_answer, g_object_ref (self));
}

static void
on_password_changed (KmAccountDialog *self)
{
  adw_navigation_view_pop (self->navigation);
  km_toast_show (GTK_WIDGET (self->navigation),
                 _("Password changed"));
  load (self);
}

static void
on_password_clicked (KmAccountDialog *self)
{
  AdwNavigationPage *page = km_password_page_new (self->server);

  g_signal_connect_object (page, "changed", G_CALLBACK (on_password_changed),
                           self, G_CONNECT_SWAPPED);
  adw_navigation_view_push (self->navigation, page);
}

static void
on_renamed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (KmAccountDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  gtk_editable_set_editable (self->shown_name, TRUE);
  if (km_server_set_shown_name_finish (KM_SERVER (source), result, &error))
    km_toast_show (GTK_WIDGET (self->navigation), _("Others see this name now"));
  else
    km_toast_error (GTK_WIDGET (self->navigation), error);
}

static void
on_name_applied (KmAccountDialog *self)
{
  gtk_editable_set_editable (self->shown_name, FALSE);
  km_server_set_shown_name_async (self->server,
                                  gtk_editable_get_text (self->shown_name),
                                  self->cancellable, on_renamed,
                                  g_object_ref (self));
}

static void
update (KmAccountDialog *self)
{
  gboolean owner = km_server_is_owner_here (self->server);
  g_autofree char *name = NULL;
  g_autofree char *where = NULL;

  /* Who isn't signed in any more has no account to look at. */
  if (!km_server_get_signed_in (self->server))
    {
      adw_dialog_force_close (ADW_DIALOG (self));
      return;
    }

  name = km_format_short_name (km_server_get_shown_name (self->server),
                               NAME_CLUSTERS);
  /* Translators: account name, server */
  where = g_strdup_printf (_("@%s on %s"),
                           km_server_get_account_name (self->server),
                           km_server_get_local (self->server) != NULL
                             ? _("this computer")
                             : km_server_get_name (self->server));
  adw_avatar_set_text (self->avatar, name);
  gtk_label_set_label (self->where, where);
  gtk_widget_set_visible (self->password, !owner);
  gtk_widget_set_visible (self->devices, !owner);
  gtk_widget_set_visible (self->owner, owner);
}

static void
km_account_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (KM_ACCOUNT_DIALOG (dialog)->cancellable);
}

static void
km_account_dialog_dispose (GObject *object)
{
  KmAccountDialog *self = KM_ACCOUNT_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_ACCOUNT_DIALOG);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (km_account_dialog_parent_class)->dispose (object);
}

static void
km_account_dialog_finalize (GObject *object)
{
  g_object_unref (KM_ACCOUNT_DIALOG (object)->cancellable);

  G_OBJECT_CLASS (km_account_dialog_parent_class)->finalize (object);
}

static void
km_account_dialog_class_init (KmAccountDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_account_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = km_account_dialog_finalize;
  ADW_DIALOG_CLASS (klass)->closed = km_account_dialog_closed;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/account/km-account-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, KmAccountDialog,
                                        navigation);
  gtk_widget_class_bind_template_child (widget_class, KmAccountDialog, avatar);
  gtk_widget_class_bind_template_child (widget_class, KmAccountDialog, where);
  gtk_widget_class_bind_template_child (widget_class, KmAccountDialog,
                                        shown_name);
  gtk_widget_class_bind_template_child (widget_class, KmAccountDialog,
                                        password);
  gtk_widget_class_bind_template_child (widget_class, KmAccountDialog, owner);
  gtk_widget_class_bind_template_child (widget_class, KmAccountDialog,
                                        devices);
  gtk_widget_class_bind_template_child (widget_class, KmAccountDialog, pages);
  gtk_widget_class_bind_template_child (widget_class, KmAccountDialog,
                                        failure);
  gtk_widget_class_bind_template_child (widget_class, KmAccountDialog,
                                        sessions);
  gtk_widget_class_bind_template_child (widget_class, KmAccountDialog, alone);
  gtk_widget_class_bind_template_child (widget_class, KmAccountDialog, others);
  gtk_widget_class_bind_template_callback (widget_class, on_again_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_name_applied);
  gtk_widget_class_bind_template_callback (widget_class, on_password_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_others_activated);
  gtk_widget_class_install_action (widget_class, KM_SESSION_ROW_END, "s",
                                   end_session);
}

static void
km_account_dialog_init (KmAccountDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_account_dialog_new:
 * @server: where one is signed in
 *
 * Returns: (transfer floating): the dialog, to present over a window
 */
AdwDialog *
km_account_dialog_new (KmServer *server)
{
  KmAccountDialog *self = g_object_new (KM_TYPE_ACCOUNT_DIALOG, NULL);

  self->server = g_object_ref (server);
  gtk_editable_set_text (self->shown_name, km_server_get_shown_name (server));
  g_signal_connect_object (server, "notify::signed-in", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (server, "notify::shown-name", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  update (self);
  load (self);

  return ADW_DIALOG (self);
}
