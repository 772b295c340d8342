/* km-lobby-window.c: what opens: a server's live rooms
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window shows one server at a time and watches it while it is shown. The
 * grid says everything about rooms and why there are none; the banner says
 * that what is seen may be old, because the server is away.
 *
 * Going live needs an account: who has none here is asked to sign in first,
 * and then goes on where they wanted to go.
 *
 * Thread: main.
 */

#include "km-lobby-window.h"

#include <glib/gi18n.h>

#include "km-account-button.h"
#include "km-add-server-dialog.h"
#include "km-category.h"
#include "km-certificate-dialog.h"
#include "km-protocol.h"
#include "km-room-grid.h"
#include "km-server-switcher.h"
#include "km-sign-in-dialog.h"
#include "km-words.h"

#define ALL_CATEGORIES "all"

struct _KmLobbyWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  KmServerSwitcher *switcher;
  KmAccountButton *account;
  GtkSearchBar *search_bar;
  GtkEditable *search_entry;
  AdwToggleGroup *categories;
  AdwBanner *banner;
  KmRoomGrid *grid;

  GSettings *settings;
  KmServerList *servers;
  KmServer *server;
};

G_DEFINE_FINAL_TYPE (KmLobbyWindow, km_lobby_window,
                     ADW_TYPE_APPLICATION_WINDOW)

static void
show_toast (KmLobbyWindow *self,
            const char    *message)
{
  AdwToast *toast = adw_toast_new (message);

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* Only what the grid doesn't say already. */
static void
update_banner (KmLobbyWindow *self)
{
  KmLocalServer *local = km_server_get_local (self->server);
  gboolean away = km_server_get_rooms_loaded (self->server)
                  && km_server_get_state (self->server) != KM_SERVER_ONLINE
                  && km_room_grid_shows_rooms (self->grid);
  g_autofree char *title = NULL;

  if (local != NULL)
    title = g_strdup (_("This computer’s server stopped. Starting it again…"));
  else
    /* Translators: the name of a server */
    title = g_strdup_printf (_("Lost %s. Reconnecting…"),
                             km_server_get_name (self->server));
  adw_banner_set_use_markup (self->banner, FALSE);
  adw_banner_set_title (self->banner, title);
  adw_banner_set_revealed (self->banner, away);
}

static void
select_server (KmLobbyWindow *self,
               KmServer      *server)
{
  if (self->server == server)
    return;

  if (self->server != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->server, self);
      km_server_unwatch (self->server);
    }

  g_set_object (&self->server, server);
  km_server_watch (server);
  km_room_grid_set_server (self->grid, server);
  km_server_switcher_set_selected (self->switcher, server);
  km_account_button_set_server (self->account, server);
  g_signal_connect_object (server, "notify", G_CALLBACK (update_banner), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  km_certificate_dialog_watch (GTK_WINDOW (self), server, self->servers);
  update_banner (self);
  g_settings_set_string (self->settings, "server",
                         km_server_get_local (server) != NULL
                           ? "" : km_server_get_address (server));
}

static void
select_saved_server (KmLobbyWindow *self)
{
  g_autofree char *address = g_settings_get_string (self->settings, "server");
  KmServer *server = NULL;

  if (*address != '\0')
    server = km_server_list_find (self->servers, address);
  select_server (self, server != NULL
                         ? server : km_server_list_get_local (self->servers));
}

static void
on_server_chosen (KmLobbyWindow *self,
                  KmServer      *server)
{
  select_server (self, server);
}

static void
on_server_removed (KmLobbyWindow *self,
                   KmServer      *server)
{
  g_autoptr (GError) error = NULL;

  if (!km_server_list_remove (self->servers, server, &error))
    show_toast (self, km_words (error));
}

/* Also when the one that is shown was removed elsewhere. */
static void
on_servers_changed (KmLobbyWindow *self)
{
  GListModel *servers = G_LIST_MODEL (self->servers);

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++)
    {
      g_autoptr (KmServer) server = g_list_model_get_item (servers, i);

      if (server == self->server)
        return;
    }

  select_server (self, km_server_list_get_local (self->servers));
}

static void
on_add_server (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  KmLobbyWindow *self = KM_LOBBY_WINDOW (widget);
  AdwDialog *dialog = km_add_server_dialog_new (self->servers);

  g_signal_connect_object (dialog, "added", G_CALLBACK (select_server), self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, widget);
}

/* The studio and the rooms name a server by its address; the one of this
 * computer has a new address at each start, so it is named by none.
 */
static const char *
get_server_reference (KmLobbyWindow *self)
{
  return km_server_get_local (self->server) != NULL
           ? "" : km_server_get_address (self->server);
}

static void
on_open_room (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  KmLobbyWindow *self = KM_LOBBY_WINDOW (widget);

  gtk_widget_activate_action (widget, "app.open-room", "(ss)",
                              get_server_reference (self),
                              g_variant_get_string (parameter, NULL));
}

static void
open_studio (KmLobbyWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "app.open-studio", "s",
                              get_server_reference (self));
}

static void
on_go_live (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  KmLobbyWindow *self = KM_LOBBY_WINDOW (widget);
  AdwDialog *dialog;

  if (km_server_get_signed_in (self->server)
      || km_server_get_state (self->server) != KM_SERVER_ONLINE)
    {
      open_studio (self);
      return;
    }

  dialog = km_sign_in_dialog_new (self->server);
  g_signal_connect_object (dialog, "signed-in", G_CALLBACK (open_studio), self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, widget);
}

static void
on_refresh (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  KmLobbyWindow *self = KM_LOBBY_WINDOW (widget);
  KmLocalServer *local = km_server_get_local (self->server);

  if (local != NULL
      && km_local_server_get_state (local) == KM_LOCAL_SERVER_FAILED)
    km_local_server_start (local);
  km_server_forget_refused (self->server);
  km_connection_retry_now (km_server_get_connection (self->server));
  km_server_load_rooms_async (self->server, NULL, NULL, NULL);
}

static void
on_show_all (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  KmLobbyWindow *self = KM_LOBBY_WINDOW (widget);

  gtk_editable_set_text (self->search_entry, "");
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  adw_toggle_group_set_active_name (self->categories, ALL_CATEGORIES);
}

static void
on_search (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  KmLobbyWindow *self = KM_LOBBY_WINDOW (widget);

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
on_link_answered (AdwAlertDialog *dialog,
                  const char     *response,
                  KmLobbyWindow  *self)
{
  GtkWidget *entry = adw_alert_dialog_get_extra_child (dialog);

  if (g_str_equal (response, "open"))
    gtk_widget_activate_action (GTK_WIDGET (self), "app.open-link", "s",
                                gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
on_open_link (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  AdwDialog *dialog = adw_alert_dialog_new (_("Open Link"), NULL);
  GtkWidget *entry = gtk_entry_new ();

  adw_alert_dialog_set_body (ADW_ALERT_DIALOG (dialog),
                             _("Paste the link to a room."));
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry),
                                  "kaimu://example.org/room/42");
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Link"), -1);
  adw_alert_dialog_set_extra_child (ADW_ALERT_DIALOG (dialog), entry);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog),
                                  "cancel", _("_Cancel"),
                                  "open", _("_Open"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "open",
                                            ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "open");
  adw_dialog_set_focus (dialog, entry);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_link_answered),
                           widget, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, widget);
}

static void
on_search_changed (KmLobbyWindow *self)
{
  km_room_grid_set_search (self->grid,
                           gtk_editable_get_text (self->search_entry));
}

static void
on_category_changed (KmLobbyWindow *self)
{
  const char *name = adw_toggle_group_get_active_name (self->categories);

  km_room_grid_set_category (self->grid,
                             g_strcmp0 (name, ALL_CATEGORIES) == 0 ? NULL
                                                                   : name);
}

static void
add_category (KmLobbyWindow *self,
              const char    *name,
              const char    *title)
{
  AdwToggle *toggle = adw_toggle_new ();

  adw_toggle_set_name (toggle, name);
  adw_toggle_set_label (toggle, title);
  adw_toggle_group_add (self->categories, toggle);
}

static void
fill_categories (KmLobbyWindow *self)
{
  add_category (self, ALL_CATEGORIES, C_("category", "All"));
  for (const char *const *id = km_room_categories (); *id != NULL; id++)
    add_category (self, *id, km_category_get_title (*id));
  adw_toggle_group_set_active_name (self->categories, ALL_CATEGORIES);
}

static void
km_lobby_window_dispose (GObject *object)
{
  KmLobbyWindow *self = KM_LOBBY_WINDOW (object);

  if (self->server != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->server, self);
      km_server_unwatch (self->server);
    }
  g_clear_object (&self->server);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_LOBBY_WINDOW);
  g_clear_object (&self->servers);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (km_lobby_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/lobby/km-lobby-window.ui");
  gtk_widget_class_bind_template_child (widget_class, KmLobbyWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, KmLobbyWindow, switcher);
  gtk_widget_class_bind_template_child (widget_class, KmLobbyWindow, account);
  gtk_widget_class_bind_template_child (widget_class, KmLobbyWindow,
                                        search_bar);
  gtk_widget_class_bind_template_child (widget_class, KmLobbyWindow,
                                        search_entry);
  gtk_widget_class_bind_template_child (widget_class, KmLobbyWindow,
                                        categories);
  gtk_widget_class_bind_template_child (widget_class, KmLobbyWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, KmLobbyWindow, grid);
  gtk_widget_class_bind_template_callback (widget_class, on_server_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_server_removed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_category_changed);
}

static void
km_lobby_window_class_init (KmLobbyWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_lobby_window_dispose;

  g_type_ensure (KM_TYPE_SERVER_SWITCHER);
  g_type_ensure (KM_TYPE_ACCOUNT_BUTTON);
  g_type_ensure (KM_TYPE_ROOM_GRID);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "lobby.add-server", NULL,
                                   on_add_server);
  gtk_widget_class_install_action (widget_class, "lobby.open-room", "s",
                                   on_open_room);
  gtk_widget_class_install_action (widget_class, "win.go-live", NULL,
                                   on_go_live);
  gtk_widget_class_install_action (widget_class, "win.refresh", NULL,
                                   on_refresh);
  gtk_widget_class_install_action (widget_class, "win.show-all", NULL,
                                   on_show_all);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, on_search);
  gtk_widget_class_install_action (widget_class, "win.open-link", NULL,
                                   on_open_link);
}

static void
km_lobby_window_init (KmLobbyWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, self->search_entry);
  fill_categories (self);
}

/**
 * km_lobby_window_new:
 * @application: whose actions open rooms and the Studio
 * @settings: the profile's
 * @servers: the profile's
 *
 * Returns: (transfer none): the window; GTK owns it
 */
KmLobbyWindow *
km_lobby_window_new (GtkApplication *application,
                     GSettings      *settings,
                     KmServerList   *servers)
{
  KmLobbyWindow *self = g_object_new (KM_TYPE_LOBBY_WINDOW,
                                      "application", application, NULL);

  self->settings = g_object_ref (settings);
  self->servers = g_object_ref (servers);
  g_settings_bind (settings, "lobby-width", self, "default-width",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "lobby-height", self, "default-height",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "lobby-maximized", self, "maximized",
                   G_SETTINGS_BIND_DEFAULT);

  g_signal_connect_object (servers, "items-changed",
                           G_CALLBACK (on_servers_changed), self,
                           G_CONNECT_SWAPPED);
  km_server_switcher_set_servers (self->switcher, servers);
  select_saved_server (self);
  return self;
}

/**
 * km_lobby_window_show_error:
 * @message: a sentence about something that was wanted from outside
 *
 * Shows @message for a while.
 */
void
km_lobby_window_show_error (KmLobbyWindow *self,
                            const char    *message)
{
  show_toast (self, message);
}
