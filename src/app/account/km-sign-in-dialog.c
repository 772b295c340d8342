/* km-sign-in-dialog.c: sign in to a server, or create an account there
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One dialog for both, since whoever comes here may not know which of the two
 * they need; what was typed stays when they change their mind, and when the
 * server refuses it. Closing the dialog cancels what is under way.
 *
 * Thread: main.
 */

#include "km-sign-in-dialog.h"

#include <glib/gi18n.h>

#include "km-protocol.h"
#include "km-this-device.h"
#include "km-words.h"

#define SIGN_IN_HEIGHT_PX 420
#define CREATE_HEIGHT_PX  520

struct _KmSignInDialog
{
  AdwDialog parent_instance;

  AdwPreferencesGroup *group;
  AdwToggleGroup *kind;
  AdwEntryRow *name;
  AdwEntryRow *shown_name;
  AdwEntryRow *password;
  GtkLabel *hint;
  GtkLabel *device;
  GtkLabel *error;
  GtkButton *submit;
  GtkStack *submit_stack;
  GtkLabel *submit_label;

  KmServer *server;
  GCancellable *cancellable;
  gboolean busy;
};

enum
{
  SIGNED_IN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (KmSignInDialog, km_sign_in_dialog, ADW_TYPE_DIALOG)

static gboolean
creates_account (KmSignInDialog *self)
{
  return g_strcmp0 (adw_toggle_group_get_active_name (self->kind),
                    "create") == 0;
}

static const char *
get_text (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static void
update (KmSignInDialog *self)
{
  gboolean create = creates_account (self);
  const char *label = create ? _("Create Account") : _("Sign In");

  gtk_widget_set_visible (GTK_WIDGET (self->shown_name), create);
  gtk_widget_set_visible (GTK_WIDGET (self->hint), create);
  gtk_label_set_label (self->submit_label, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->submit),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  adw_dialog_set_title (ADW_DIALOG (self), label);

  /* A dialog that is open doesn't grow with what is in it; there has to be
   * room for an error. */
  adw_dialog_set_content_height (ADW_DIALOG (self),
                                 create ? CREATE_HEIGHT_PX
                                        : SIGN_IN_HEIGHT_PX);

  gtk_stack_set_visible_child_name (self->submit_stack,
                                    self->busy ? "busy" : "ready");
  gtk_widget_set_sensitive (GTK_WIDGET (self->kind), !self->busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->name), !self->busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->shown_name), !self->busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->password), !self->busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->submit),
                            !self->busy
                            && *get_text (self->name) != '\0'
                            && *get_text (self->password) != '\0');
}

static void
show_error (KmSignInDialog *self,
            const char     *message)
{
  gtk_label_set_label (self->error, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), message != NULL);
  if (message != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), message,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
}

static void
finish (KmSignInDialog *self,
        gboolean        done,
        const GError   *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->busy = FALSE;
  update (self);
  if (done)
    {
      g_signal_emit (self, signals[SIGNED_IN], 0);
      adw_dialog_close (ADW_DIALOG (self));
      return;
    }

  show_error (self, km_words (error));
  gtk_widget_grab_focus (
    g_error_matches (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_BAD_NAME)
        || g_error_matches (error, KM_PROTOCOL_ERROR,
                            KM_PROTOCOL_ERROR_NAME_TAKEN)
      ? GTK_WIDGET (self->name)
      : GTK_WIDGET (self->password));
}

static void
on_registered (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (KmSignInDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = km_server_register_finish (KM_SERVER (source), result,
                                             &error);

  finish (self, done, error);
}

static void
on_signed_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (KmSignInDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = km_server_sign_in_finish (KM_SERVER (source), result, &error);

  finish (self, done, error);
}

static void
on_submit_clicked (KmSignInDialog *self)
{
  const char *shown_name = get_text (self->shown_name);

  show_error (self, NULL);
  self->busy = TRUE;
  update (self);

  if (creates_account (self))
    km_server_register_async (self->server, get_text (self->name),
                              get_text (self->password),
                              *shown_name != '\0' ? shown_name : NULL,
                              self->cancellable, on_registered,
                              g_object_ref (self));
  else
    km_server_sign_in_async (self->server, get_text (self->name),
                             get_text (self->password), self->cancellable,
                             on_signed_in, g_object_ref (self));
}

static void
on_input_changed (KmSignInDialog *self)
{
  show_error (self, NULL);
  update (self);
}

static void
on_kind_changed (KmSignInDialog *self)
{
  show_error (self, NULL);
  update (self);
}

static void
km_sign_in_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (KM_SIGN_IN_DIALOG (dialog)->cancellable);
}

static void
km_sign_in_dialog_dispose (GObject *object)
{
  KmSignInDialog *self = KM_SIGN_IN_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_SIGN_IN_DIALOG);
  g_clear_object (&self->server);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (km_sign_in_dialog_parent_class)->dispose (object);
}

static void
km_sign_in_dialog_class_init (KmSignInDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_sign_in_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = km_sign_in_dialog_closed;

  /**
   * KmSignInDialog::signed-in:
   *
   * The person is signed in now, with a new account or an old one.
   */
  signals[SIGNED_IN] = g_signal_new ("signed-in", KM_TYPE_SIGN_IN_DIALOG,
                                     G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/account/km-sign-in-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, KmSignInDialog, group);
  gtk_widget_class_bind_template_child (widget_class, KmSignInDialog, kind);
  gtk_widget_class_bind_template_child (widget_class, KmSignInDialog, name);
  gtk_widget_class_bind_template_child (widget_class, KmSignInDialog,
                                        shown_name);
  gtk_widget_class_bind_template_child (widget_class, KmSignInDialog, password);
  gtk_widget_class_bind_template_child (widget_class, KmSignInDialog, hint);
  gtk_widget_class_bind_template_child (widget_class, KmSignInDialog, device);
  gtk_widget_class_bind_template_child (widget_class, KmSignInDialog, error);
  gtk_widget_class_bind_template_child (widget_class, KmSignInDialog, submit);
  gtk_widget_class_bind_template_child (widget_class, KmSignInDialog,
                                        submit_stack);
  gtk_widget_class_bind_template_child (widget_class, KmSignInDialog,
                                        submit_label);
  gtk_widget_class_bind_template_callback (widget_class, on_submit_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_input_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_kind_changed);
}

static void
km_sign_in_dialog_init (KmSignInDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}

/* What the server will know of this computer. */
static void
show_device (KmSignInDialog *self)
{
  g_autofree char *name = km_this_device_dup_name ();
  /* Translators: the name of a computer */
  g_autofree char *text
    = g_strdup_printf (_("Your account lists this device as “%s”."), name);

  gtk_label_set_label (self->device, text);
}

/**
 * km_sign_in_dialog_new:
 * @server: where to sign in
 *
 * Returns: (transfer full): the dialog, to present over a window
 */
AdwDialog *
km_sign_in_dialog_new (KmServer *server)
{
  KmSignInDialog *self = g_object_new (KM_TYPE_SIGN_IN_DIALOG, NULL);
  /* Translators: the name of a server */
  g_autofree char *description
    = g_strdup_printf (_("Your account on %s. Watching needs none, talking and "
                         "going live do."),
                       km_server_get_local (server) != NULL
                         ? _("this computer")
                         : km_server_get_name (server));
  g_autofree char *escaped = g_markup_escape_text (description, -1);

  self->server = g_object_ref (server);
  adw_preferences_group_set_description (self->group, escaped);
  show_device (self);
  gtk_widget_set_visible (GTK_WIDGET (self->kind),
                          km_server_get_registration (server));
  return ADW_DIALOG (self);
}
