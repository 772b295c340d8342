/* km-password-page.c: another password
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was typed stays when the server refuses it, and the row that the reason
 * is about gets the focus. Leaving the page cancels what is under way: whether
 * the server took it is then not known, so the old password is still tried
 * first by whoever comes back.
 *
 * Thread: main.
 */

#include "km-password-page.h"

#include <glib/gi18n.h>

#include "km-protocol.h"
#include "km-words.h"

struct _KmPasswordPage
{
  AdwNavigationPage parent_instance;

  AdwEntryRow *old_password;
  AdwEntryRow *new_password;
  AdwEntryRow *again;
  GtkLabel *error;
  GtkWidget *submit;
  GtkStack *submit_stack;

  KmServer *server;
  GCancellable *cancellable;
  gboolean busy;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (KmPasswordPage, km_password_page,
                     ADW_TYPE_NAVIGATION_PAGE)

static const char *
get_text (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static gboolean
is_complete (KmPasswordPage *self)
{
  return *get_text (self->old_password) != '\0'
         && *get_text (self->new_password) != '\0'
         && *get_text (self->again) != '\0';
}

static void
update (KmPasswordPage *self)
{
  gtk_stack_set_visible_child_name (self->submit_stack,
                                    self->busy ? "busy" : "ready");
  gtk_editable_set_editable (GTK_EDITABLE (self->old_password), !self->busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->new_password), !self->busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->again), !self->busy);
  gtk_widget_set_sensitive (self->submit, !self->busy && is_complete (self));
}

static void
show_error (KmPasswordPage *self,
            const char     *message,
            AdwEntryRow    *about)
{
  gtk_label_set_label (self->error, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), message != NULL);
  if (message == NULL)
    return;

  gtk_accessible_announce (GTK_ACCESSIBLE (self), message,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
  gtk_widget_grab_focus (GTK_WIDGET (about));
}

static void
on_changed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (KmPasswordPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (km_server_change_password_finish (KM_SERVER (source), result, &error))
    {
      g_signal_emit (self, signals[CHANGED], 0);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->busy = FALSE;
  update (self);
  show_error (self, km_words (error),
              g_error_matches (error, KM_PROTOCOL_ERROR,
                               KM_PROTOCOL_ERROR_WEAK_PASSWORD)
                ? self->new_password
                : self->old_password);
}

static void
submit (KmPasswordPage *self)
{
  if (self->busy || !is_complete (self))
    return;

  if (g_strcmp0 (get_text (self->new_password), get_text (self->again)) != 0)
    {
      show_error (self,
                  _("The new password was typed in two different ways. "
                    "Type it once more."),
                  self->again);
      return;
    }

  show_error (self, NULL, NULL);
  self->busy = TRUE;
  update (self);
  km_server_change_password_async (self->server, get_text (self->old_password),
                                   get_text (self->new_password),
                                   self->cancellable, on_changed,
                                   g_object_ref (self));
}

static void
on_submit_clicked (KmPasswordPage *self)
{
  submit (self);
}

/* Enter goes on: to the first row that is empty, or to the server. */
static void
on_entry_activated (KmPasswordPage *self)
{
  AdwEntryRow *rows[] = { self->old_password, self->new_password,
                          self->again };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (*get_text (rows[i]) != '\0')
        continue;
      gtk_widget_grab_focus (GTK_WIDGET (rows[i]));
      return;
    }
  submit (self);
}

static void
on_input_changed (KmPasswordPage *self)
{
  show_error (self, NULL, NULL);
  update (self);
}

static void
km_password_page_shown (AdwNavigationPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (KM_PASSWORD_PAGE (page)->old_password));
}

static void
km_password_page_dispose (GObject *object)
{
  KmPasswordPage *self = KM_PASSWORD_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_PASSWORD_PAGE);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (km_password_page_parent_class)->dispose (object);
}

static void
km_password_page_finalize (GObject *object)
{
  g_object_unref (KM_PASSWORD_PAGE (object)->cancellable);

  G_OBJECT_CLASS (km_password_page_parent_class)->finalize (object);
}

static void
km_password_page_hidden (AdwNavigationPage *page)
{
  g_cancellable_cancel (KM_PASSWORD_PAGE (page)->cancellable);
}

static void
km_password_page_class_init (KmPasswordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_password_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = km_password_page_finalize;
  ADW_NAVIGATION_PAGE_CLASS (klass)->shown = km_password_page_shown;
  ADW_NAVIGATION_PAGE_CLASS (klass)->hidden = km_password_page_hidden;

  /**
   * KmPasswordPage::changed:
   *
   * The new password holds, and one is signed in here alone.
   */
  signals[CHANGED] = g_signal_new ("changed", KM_TYPE_PASSWORD_PAGE,
                                   G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/account/km-password-page.ui");
  gtk_widget_class_bind_template_child (widget_class, KmPasswordPage,
                                        old_password);
  gtk_widget_class_bind_template_child (widget_class, KmPasswordPage,
                                        new_password);
  gtk_widget_class_bind_template_child (widget_class, KmPasswordPage, again);
  gtk_widget_class_bind_template_child (widget_class, KmPasswordPage, error);
  gtk_widget_class_bind_template_child (widget_class, KmPasswordPage, submit);
  gtk_widget_class_bind_template_child (widget_class, KmPasswordPage,
                                        submit_stack);
  gtk_widget_class_bind_template_callback (widget_class, on_submit_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_input_changed);
}

static void
km_password_page_init (KmPasswordPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_password_page_new:
 * @server: where one is signed in by a password
 *
 * Returns: (transfer floating): the page, to push onto a navigation view
 */
AdwNavigationPage *
km_password_page_new (KmServer *server)
{
  KmPasswordPage *self = g_object_new (KM_TYPE_PASSWORD_PAGE, NULL);

  self->server = g_object_ref (server);

  return ADW_NAVIGATION_PAGE (self);
}
