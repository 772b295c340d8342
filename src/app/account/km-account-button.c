/* km-account-button.c: who one is on the server that is shown
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-account-button.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "km-account-dialog.h"
#include "km-client-error.h"
#include "km-format.h"
#include "km-secrets.h"
#include "km-sign-in-dialog.h"
#include "km-signed-out.h"
#include "km-toast.h"
#include "km-wallet-dialog.h"
#include "km-words.h"

#define NAME_CLUSTERS 24

struct _KmAccountButton
{
  GtkWidget parent_instance;

  GtkWidget *button;
  GtkStack *face;
  AdwAvatar *avatar;
  GtkPopover *popover;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkWidget *keeping;
  GtkWidget *sign_in;
  GtkWidget *account;
  GtkWidget *wallet;
  GtkWidget *sign_out;

  KmServer *server;
};

G_DEFINE_FINAL_TYPE (KmAccountButton, km_account_button, GTK_TYPE_WIDGET)

static const char *
get_server_name (KmAccountButton *self)
{
  return km_server_get_local (self->server) != NULL
           ? _("this computer")
           : km_server_get_name (self->server);
}

/* Returns: (transfer full): why one is a guest, and what to do. */
static char *
explain_guest (KmAccountButton *self)
{
  const GError *error = km_server_get_guest_error (self->server);

  if (g_error_matches (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_SIGNED_OUT))
    /* Translators: a sentence that says that somebody was signed out */
    return g_strdup_printf (_("%s Sign in again to talk and go live."),
                            km_words (error));
  if (error != NULL)
    /* Translators: a sentence that says what is wrong with the keyring */
    return g_strdup_printf (
      _("%s Open it and start Kaimu again, or sign in once more."),
      km_words (error));

  /* Translators: the name of a server */
  return g_strdup_printf (_("You watch as a guest of %s."),
                          get_server_name (self));
}

static void
update (KmAccountButton *self)
{
  gboolean member = km_server_get_signed_in (self->server);
  gboolean owner = km_server_is_owner_here (self->server);
  g_autofree char *name = NULL;
  g_autofree char *where = NULL;

  gtk_stack_set_visible_child_name (self->face, member ? "member" : "guest");
  gtk_widget_set_visible (self->sign_in, !member);
  gtk_widget_set_visible (self->account, member);
  gtk_widget_set_visible (self->wallet, member);
  gtk_widget_set_visible (self->sign_out, member && !owner);
  if (member)
    {
      name = km_format_short_name (km_server_get_shown_name (self->server),
                                   NAME_CLUSTERS);
      adw_avatar_set_text (self->avatar, name);
      /* Translators: account name, server */
      where = g_strdup_printf (_("@%s on %s"),
                               km_server_get_account_name (self->server),
                               get_server_name (self));
    }
  else
    {
      name = g_strdup (_("Not Signed In"));
      where = explain_guest (self);
    }
  gtk_label_set_label (self->title, name);
  gtk_label_set_label (self->subtitle, where);
  gtk_widget_set_visible (
    self->keeping,
    member && !owner
    && km_secrets_get_in_file (km_server_get_secrets (self->server)));
}

static void
on_sign_in_clicked (KmAccountButton *self)
{
  gtk_popover_popdown (self->popover);
  adw_dialog_present (km_sign_in_dialog_new (self->server), GTK_WIDGET (self));
}

static void
on_account_clicked (KmAccountButton *self)
{
  gtk_popover_popdown (self->popover);
  adw_dialog_present (km_account_dialog_new (self->server), GTK_WIDGET (self));
}

static void
on_wallet_clicked (KmAccountButton *self)
{
  gtk_popover_popdown (self->popover);
  adw_dialog_present (km_wallet_dialog_new (self->server), GTK_WIDGET (self));
}

/* Signed out is signed out here, but something of it may be left elsewhere. */
static void
on_signed_out (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GtkWidget) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!km_server_sign_out_finish (KM_SERVER (source), result, &error))
    km_toast_error (self, error);
}

static void
on_sign_out_clicked (KmAccountButton *self)
{
  gtk_popover_popdown (self->popover);
  km_server_sign_out_async (self->server, NULL, on_signed_out,
                            g_object_ref (self));
}

static void
km_account_button_dispose (GObject *object)
{
  KmAccountButton *self = KM_ACCOUNT_BUTTON (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_ACCOUNT_BUTTON);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (km_account_button_parent_class)->dispose (object);
}

static void
km_account_button_class_init (KmAccountButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_account_button_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/account/km-account-button.ui");
  gtk_widget_class_bind_template_child (widget_class, KmAccountButton, button);
  gtk_widget_class_bind_template_child (widget_class, KmAccountButton, face);
  gtk_widget_class_bind_template_child (widget_class, KmAccountButton, avatar);
  gtk_widget_class_bind_template_child (widget_class, KmAccountButton, popover);
  gtk_widget_class_bind_template_child (widget_class, KmAccountButton, title);
  gtk_widget_class_bind_template_child (widget_class, KmAccountButton, subtitle);
  gtk_widget_class_bind_template_child (widget_class, KmAccountButton, keeping);
  gtk_widget_class_bind_template_child (widget_class, KmAccountButton, sign_in);
  gtk_widget_class_bind_template_child (widget_class, KmAccountButton, account);
  gtk_widget_class_bind_template_child (widget_class, KmAccountButton, wallet);
  gtk_widget_class_bind_template_child (widget_class, KmAccountButton, sign_out);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_account_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_wallet_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_out_clicked);
}

static void
km_account_button_init (KmAccountButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_account_button_set_server:
 * @server: whose account the button is about
 */
void
km_account_button_set_server (KmAccountButton *self,
                              KmServer        *server)
{
  if (self->server != NULL)
    {
      g_signal_handlers_disconnect_by_data (
        km_server_get_secrets (self->server), self);
      g_signal_handlers_disconnect_by_data (self->server, self);
    }
  g_set_object (&self->server, server);
  g_signal_connect_object (km_server_get_secrets (server), "notify",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (server, "notify", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  km_signed_out_watch (GTK_WIDGET (self), server);
  update (self);
}
