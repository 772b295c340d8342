/* km-application.c: one profile's instance, its windows and its servers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Windows don't know each other. What one wants of another is an action of the
 * application: `app.open-room` with a server's address and a room's id,
 * `app.open-link` with what somebody pasted,
 * `app.open-studio` with a server's address. The application keeps one Studio,
 * one lobby, and one window a room, and shows the one that is there already.
 *
 * The profile is known before the application registers, because its id, under
 * which it is alone on the session's bus, has the profile's name in it.
 *
 * Thread: main.
 */

#include "km-application.h"

#include <glib/gi18n.h>

#include "km-about.h"
#include "km-app-resources.h"
#include "km-lan-door.h"
#include "km-link.h"
#include "km-lobby-window.h"
#include "km-local-server.h"
#include "km-preferences-dialog.h"
#include "km-profile.h"
#include "km-room-window.h"
#include "km-server-list.h"
#include "km-settings.h"
#include "km-shortcuts-dialog.h"
#include "km-studio-window.h"
#include "km-trust.h"

#define RESOURCES "/io/github/kaimu_live/Kaimu"

struct _KmApplication
{
  AdwApplication parent_instance;

  KmProfile *profile;
  GSettings *settings;
  KmLocalServer *local;
  KmServerList *servers;
  KmLanDoor *door; /* NULL: this profile isn't the owner of This computer */

  /* Not owned; each is cleared when its window goes. */
  GtkWindow *lobby;
  GtkWindow *studio;
};

G_DEFINE_FINAL_TYPE (KmApplication, km_application, ADW_TYPE_APPLICATION)

static void
set_weak_window (GtkWindow **place,
                 GtkWindow  *window)
{
  g_clear_weak_pointer (place);
  g_set_weak_pointer (place, window);
}

static void
show_lobby (KmApplication *self)
{
  if (self->lobby == NULL)
    set_weak_window (&self->lobby,
                     GTK_WINDOW (km_lobby_window_new (GTK_APPLICATION (self),
                                                      self->settings,
                                                      self->servers)));
  gtk_window_present (self->lobby);
}

/* Which server an action means; "" is the one of this computer. */
static KmServer *
dup_server (KmApplication *self,
            const char    *address)
{
  g_autoptr (KmLink) link = NULL;

  if (*address != '\0')
    link = km_link_parse (address, NULL);
  if (link == NULL)
    return g_object_ref (km_server_list_get_local (self->servers));
  return km_server_list_dup (self->servers, link);
}

static GtkWindow *
find_room_window (KmApplication *self,
                  KmServer      *server,
                  const char    *room)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self));
       l != NULL;
       l = l->next)
    if (KM_IS_ROOM_WINDOW (l->data)
        && km_room_window_shows (KM_ROOM_WINDOW (l->data), server, room))
      return l->data;
  return NULL;
}

static void
open_room (KmApplication *self,
           KmServer      *server,
           const char    *room)
{
  GtkWindow *window = find_room_window (self, server, room);

  if (window == NULL)
    window = GTK_WINDOW (km_room_window_new (GTK_APPLICATION (self),
                                             self->settings, server, room));
  gtk_window_present (window);
}

static void
on_open_room (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  g_autoptr (KmServer) server = NULL;
  const char *address;
  const char *room;

  g_variant_get (parameter, "(&s&s)", &address, &room);
  server = dup_server (user_data, address);
  open_room (user_data, server, room);
}

static void
open_link (KmApplication *self,
           const char    *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmLink) link = km_link_parse_room (text, &error);
  g_autoptr (KmServer) server = NULL;

  if (link == NULL)
    {
      show_lobby (self);
      km_lobby_window_show_error (KM_LOBBY_WINDOW (self->lobby),
                                  error->message);
      return;
    }

  server = km_server_list_dup (self->servers, link);
  open_room (self, server, link->room);
}

static void
on_open_link (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  open_link (user_data, g_variant_get_string (parameter, NULL));
}

static void
on_open_studio (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  KmApplication *self = user_data;

  if (self->studio == NULL)
    {
      g_autoptr (KmServer) server
        = dup_server (self, g_variant_get_string (parameter, NULL));

      set_weak_window (&self->studio,
                       GTK_WINDOW (km_studio_window_new (
                         GTK_APPLICATION (self), self->settings, server,
                         km_server_get_local (server) != NULL ? self->door
                                                              : NULL)));
    }
  gtk_window_present (self->studio);
}

static void
on_open_lobby (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  show_lobby (user_data);
}

static GtkWidget *
get_parent (KmApplication *self)
{
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (active == NULL)
    {
      show_lobby (self);
      active = self->lobby;
    }
  return GTK_WIDGET (active);
}

static void
on_preferences (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  KmApplication *self = user_data;

  adw_dialog_present (km_preferences_dialog_new (self->settings),
                      get_parent (self));
}

static void
on_shortcuts (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  adw_dialog_present (km_shortcuts_dialog_new (), get_parent (user_data));
}

static void
on_about (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  adw_dialog_present (km_about_dialog_new (), get_parent (user_data));
}

/* Asks every window, so that one that is live can ask back. */
static void
on_quit (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (user_data));
  g_autoptr (GList) copy = g_list_copy (windows);

  for (GList *l = copy; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

static const GActionEntry actions[] = {
  { "open-room", on_open_room, "(ss)" },
  { "open-link", on_open_link, "s" },
  { "open-studio", on_open_studio, "s" },
  { "open-lobby", on_open_lobby },
  { "preferences", on_preferences },
  { "shortcuts", on_shortcuts },
  { "about", on_about },
  { "quit", on_quit },
};

static void
set_accels (GtkApplication *application)
{
  static const struct
  {
    const char *action;
    const char *accels[3];
  } table[] = {
    { "app.quit", { "<Control>q" } },
    { "app.preferences", { "<Control>comma" } },
    { "app.shortcuts", { "<Control>question", "<Control>slash" } },
    { "app.open-lobby", { "<Control>n" } },
    { "win.search", { "<Control>f" } },
    { "win.refresh", { "<Control>r", "F5" } },
    { "win.go-live", { "<Control>l" } },
    { "win.toggle-panel", { "F9" } },
    { "window.close", { "<Control>w" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    gtk_application_set_accels_for_action (application, table[i].action,
                                           table[i].accels);
}

/* Open as it was left, as long as this program runs. */
static void
prepare_door (KmApplication *self)
{
  static const char *const keys[][2] = {
    { "lan-host", "host" },
    { "lan-port", "port" },
    { "lan-streams", "streams-wanted" },
    { "lan-open", "wanted" },
  };

  if (!km_profile_is_default (self->profile))
    return;

  self->door = km_lan_door_new (self->local);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_bind (self->settings, keys[i][0], self->door, keys[i][1],
                     G_SETTINGS_BIND_DEFAULT);
}

static void
km_application_startup (GApplication *application)
{
  KmApplication *self = KM_APPLICATION (application);
  g_autofree char *program = km_local_server_find_program (NULL);
  g_autofree char *authorities =
    g_build_filename (g_get_user_config_dir (), "kaimu", "authorities.pem",
                      NULL);

  km_app_register_resource ();
  G_APPLICATION_CLASS (km_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (KAIMU_APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions,
                                   G_N_ELEMENTS (actions), self);
  set_accels (GTK_APPLICATION (self));

  km_trust_install (authorities);
  self->local = km_local_server_new (self->profile, program);
  self->servers = km_server_list_new (self->profile, self->local);
  prepare_door (self);
  km_local_server_start (self->local);
}

static void
km_application_activate (GApplication *application)
{
  show_lobby (KM_APPLICATION (application));
}

static void
km_application_open (GApplication  *application,
                     GFile        **files,
                     int            n_files,
                     const char    *hint)
{
  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *link = g_file_get_uri (files[i]);

      open_link (KM_APPLICATION (application), link);
    }
}

/* Here the profile is known and the application not yet registered. */
static int
km_application_handle_local_options (GApplication *application,
                                     GVariantDict *options)
{
  KmApplication *self = KM_APPLICATION (application);
  g_autofree char *data_dir = NULL;
  g_autofree char *runtime_dir = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  const char *name = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Kaimu %s\n", KAIMU_VERSION);
      return 0;
    }

  g_variant_dict_lookup (options, "profile", "&s", &name);
  if (name != NULL && !km_profile_name_is_valid (name))
    {
      g_printerr (_("“%s” can’t be the name of a profile: use letters, digits, "
                    "- and _.\n"), name);
      return 1;
    }

  data_dir = g_build_filename (g_get_user_data_dir (), "kaimu", NULL);
  runtime_dir = g_build_filename (g_get_user_runtime_dir (), "kaimu", NULL);
  self->profile = km_profile_new (name, data_dir, runtime_dir,
                                  g_get_real_name ());
  if (km_profile_is_default (self->profile))
    name = NULL;
  self->settings = km_settings_new (name, &error);
  if (self->settings == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  id = km_settings_application_id (name);
  g_application_set_application_id (application, id);
  return -1;
}

static void
km_application_shutdown (GApplication *application)
{
  KmApplication *self = KM_APPLICATION (application);

  if (self->local != NULL)
    km_local_server_stop (self->local);
  G_APPLICATION_CLASS (km_application_parent_class)->shutdown (application);
}

static void
km_application_dispose (GObject *object)
{
  KmApplication *self = KM_APPLICATION (object);

  g_clear_weak_pointer (&self->lobby);
  g_clear_weak_pointer (&self->studio);
  g_clear_object (&self->door);
  g_clear_object (&self->servers);
  g_clear_object (&self->local);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->profile, km_profile_unref);

  G_OBJECT_CLASS (km_application_parent_class)->dispose (object);
}

static void
km_application_class_init (KmApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->dispose = km_application_dispose;
  application_class->startup = km_application_startup;
  application_class->activate = km_application_activate;
  application_class->open = km_application_open;
  application_class->handle_local_options = km_application_handle_local_options;
  application_class->shutdown = km_application_shutdown;
}

static void
km_application_init (KmApplication *self)
{
  const GOptionEntry options[] = {
    { "profile", 'p', 0, G_OPTION_ARG_STRING, NULL,
      N_("Use the data, settings and accounts of this profile"), N_("NAME") },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL,
      N_("Print the version and exit"), NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (
    G_APPLICATION (self), _("[kaimu://HOST/room/ID]"));
}

/**
 * km_application_new:
 *
 * Returns: (transfer full): the application, for g_application_run()
 */
KmApplication *
km_application_new (void)
{
  return g_object_new (KM_TYPE_APPLICATION,
                       "application-id", KAIMU_APPLICATION_ID,
                       "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", RESOURCES,
                       NULL);
}
