/* km-test-portal.c: the desktop's portal to cameras, and who answers it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * km-test-portal granted|denied|silent: org.freedesktop.portal.Desktop on the
 * session bus with the camera portal, and with those of the network, without
 * which GLib connects to nothing in a sandbox. Prints "ready" once it has its
 * name, "asked" whenever an app asks for cameras and "closed" when it takes its
 * question back. "denied" is what the portal says once a person has refused;
 * "silent" is a person who doesn't answer. SIGUSR1: the person says yes.
 *
 * What an app may then see is PipeWire's doing, as on a real desktop: it knows
 * a portal's connections by the owner of the name, and WirePlumber asks the
 * permission store (also here) who may have cameras and hides everything else.
 *
 * Thread: main.
 */

#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <pipewire/pipewire.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define APP "io.github.kaimu_live.Kaimu"
#define DESKTOP_PATH "/org/freedesktop/portal/desktop"
#define STORE "org.freedesktop.impl.portal.PermissionStore"
#define STORE_PATH "/org/freedesktop/impl/portal/PermissionStore"
#define REQUEST "org.freedesktop.portal.Request"
#define GRANTED 0u
#define REFUSED 1u

typedef enum
{
  ANSWER_GRANTED,
  ANSWER_DENIED,
  ANSWER_SILENT,
} Answer;

typedef struct
{
  GMainLoop *loop;
  GDBusConnection *bus;
  GDBusNodeInfo *interfaces;
  Answer answer;
  guint n_names;

  char *asker; /* NULL: no question is open */
  char *request_path;
  guint request;
} Portal;

/* One connection to PipeWire, asked and answered. */
typedef struct
{
  struct pw_main_loop *loop;
  struct pw_context *context;
  struct pw_core *core;
  struct pw_registry *registry;
  struct spa_hook core_listener;
  struct spa_hook registry_listener;
  int pending;
  uint32_t node_factory;
  gboolean camera;
} Remote;

static const char interfaces[] =
  "<node>"
  "<interface name='org.freedesktop.portal.Camera'>"
  "  <method name='AccessCamera'>"
  "    <arg type='a{sv}' direction='in'/><arg type='o' direction='out'/>"
  "  </method>"
  "  <method name='OpenPipeWireRemote'>"
  "    <arg type='a{sv}' direction='in'/><arg type='h' direction='out'/>"
  "  </method>"
  "  <property name='IsCameraPresent' type='b' access='read'/>"
  "  <property name='version' type='u' access='read'/>"
  "</interface>"
  "<interface name='" REQUEST "'>"
  "  <method name='Close'/>"
  "  <signal name='Response'><arg type='u'/><arg type='a{sv}'/></signal>"
  "</interface>"
  "<interface name='org.freedesktop.portal.ProxyResolver'>"
  "  <method name='Lookup'>"
  "    <arg type='s' direction='in'/><arg type='as' direction='out'/>"
  "  </method>"
  "  <property name='version' type='u' access='read'/>"
  "</interface>"
  "<interface name='org.freedesktop.portal.NetworkMonitor'>"
  "  <method name='GetStatus'><arg type='a{sv}' direction='out'/></method>"
  "  <property name='version' type='u' access='read'/>"
  "</interface>"
  "<interface name='" STORE "'>"
  "  <method name='Lookup'>"
  "    <arg type='s' direction='in'/><arg type='s' direction='in'/>"
  "    <arg type='a{sas}' direction='out'/><arg type='v' direction='out'/>"
  "  </method>"
  "  <signal name='Changed'>"
  "    <arg type='s'/><arg type='s'/><arg type='b'/><arg type='v'/>"
  "    <arg type='a{sas}'/>"
  "  </signal>"
  "</interface>"
  "</node>";

static void
tell (const char *word)
{
  puts (word);
  fflush (stdout);
}

static void
on_global (void                  *data,
           uint32_t               id,
           uint32_t               permissions,
           const char            *type,
           uint32_t               version,
           const struct spa_dict *props)
{
  Remote *remote = data;
  const char *value;

  if (props == NULL)
    return;

  value = spa_dict_lookup (props, PW_KEY_FACTORY_TYPE_NAME);
  if (g_strcmp0 (value, "PipeWire:Interface:ClientNode") == 0)
    remote->node_factory = id;
  value = spa_dict_lookup (props, PW_KEY_MEDIA_ROLE);
  if (g_strcmp0 (value, "Camera") == 0)
    remote->camera = TRUE;
}

static void
on_done (void     *data,
         uint32_t  id,
         int       seq)
{
  Remote *remote = data;

  if (id == PW_ID_CORE && seq == remote->pending)
    pw_main_loop_quit (remote->loop);
}

static void
wait_for_answers (Remote *remote)
{
  remote->pending = pw_core_sync (remote->core, PW_ID_CORE, 0);
  pw_main_loop_run (remote->loop);
}

static void
remote_close (Remote *remote)
{
  if (remote->registry != NULL)
    pw_proxy_destroy ((struct pw_proxy *) remote->registry);
  if (remote->core != NULL)
    pw_core_disconnect (remote->core);
  pw_context_destroy (remote->context);
  pw_main_loop_destroy (remote->loop);
}

static gboolean
remote_open (Remote               *remote,
             struct pw_properties *properties)
{
  static const struct pw_core_events core_events = {
    PW_VERSION_CORE_EVENTS,
    .done = on_done,
  };
  static const struct pw_registry_events registry_events = {
    PW_VERSION_REGISTRY_EVENTS,
    .global = on_global,
  };

  *remote = (Remote) { .loop = pw_main_loop_new (NULL) };
  remote->context =
    pw_context_new (pw_main_loop_get_loop (remote->loop), NULL, 0);
  remote->core = pw_context_connect (remote->context, properties, 0);
  if (remote->core == NULL)
    {
      remote_close (remote);
      return FALSE;
    }

  pw_core_add_listener (remote->core, &remote->core_listener, &core_events,
                        remote);
  remote->registry = pw_core_get_registry (remote->core, PW_VERSION_REGISTRY,
                                           0);
  pw_registry_add_listener (remote->registry, &remote->registry_listener,
                            &registry_events, remote);
  wait_for_answers (remote);
  return TRUE;
}

static gboolean
is_camera_present (void)
{
  struct pw_properties *properties =
    pw_properties_new ("pipewire.access.portal.is_portal", "yes", NULL);
  Remote remote;

  if (!remote_open (&remote, properties))
    return FALSE;

  remote_close (&remote);
  return remote.camera;
}

/* Nothing but what making a stream takes; cameras are WirePlumber's to add. */
static int
open_remote (void)
{
  struct pw_properties *properties =
    pw_properties_new ("pipewire.access.portal.app_id", APP,
                       "pipewire.access.portal.media_roles", "Camera", NULL);
  struct pw_permission permissions[3];
  Remote remote;
  int fd;

  if (!remote_open (&remote, properties))
    return -1;

  permissions[0] = PW_PERMISSION_INIT (PW_ID_CORE, PW_PERM_RWX);
  permissions[1] = PW_PERMISSION_INIT (remote.node_factory, PW_PERM_R);
  permissions[2] = PW_PERMISSION_INIT (PW_ID_ANY, 0);
  pw_client_update_permissions (pw_core_get_client (remote.core),
                                G_N_ELEMENTS (permissions), permissions);
  wait_for_answers (&remote);
  fd = pw_core_steal_fd (remote.core);
  remote_close (&remote);

  return fd;
}

static void
close_request (Portal *self)
{
  if (self->request != 0)
    g_dbus_connection_unregister_object (self->bus, self->request);
  self->request = 0;
  g_clear_pointer (&self->asker, g_free);
  g_clear_pointer (&self->request_path, g_free);
}

static gboolean
answer_request (gpointer data)
{
  Portal *self = data;

  if (self->asker == NULL || self->answer == ANSWER_SILENT)
    return G_SOURCE_REMOVE;

  g_dbus_connection_emit_signal (
    self->bus, self->asker, self->request_path, REQUEST, "Response",
    g_variant_new ("(ua{sv})",
                   self->answer == ANSWER_GRANTED ? GRANTED : REFUSED, NULL),
    NULL);
  close_request (self);
  return G_SOURCE_REMOVE;
}

static void
on_request_call (GDBusConnection       *bus,
                 const char            *sender,
                 const char            *path,
                 const char            *interface,
                 const char            *method,
                 GVariant              *parameters,
                 GDBusMethodInvocation *invocation,
                 gpointer               data)
{
  Portal *self = data;

  g_dbus_method_invocation_return_value (invocation, NULL);
  close_request (self);
  tell ("closed");
}

static void
ask (Portal                *self,
     GDBusMethodInvocation *invocation)
{
  static const GDBusInterfaceVTable table = { .method_call = on_request_call };
  g_autoptr (GVariant) options = NULL;
  const char *asker = g_dbus_method_invocation_get_sender (invocation);
  g_autofree char *name = g_strdelimit (g_strdup (asker + 1), ".", '_');
  const char *token = "t";

  options = g_variant_get_child_value (
    g_dbus_method_invocation_get_parameters (invocation), 0);
  g_variant_lookup (options, "handle_token", "&s", &token);

  close_request (self);
  self->asker = g_strdup (asker);
  self->request_path =
    g_strdup_printf (DESKTOP_PATH "/request/%s/%s", name, token);
  self->request = g_dbus_connection_register_object (
    self->bus, self->request_path,
    g_dbus_node_info_lookup_interface (self->interfaces, REQUEST), &table,
    self, NULL, NULL);
  g_dbus_method_invocation_return_value (
    invocation, g_variant_new ("(o)", self->request_path));
  tell ("asked");
  g_idle_add (answer_request, self);
}

static void
hand_over (Portal                *self,
           GDBusMethodInvocation *invocation)
{
  g_autoptr (GUnixFDList) list = NULL;
  int fd = self->answer == ANSWER_GRANTED ? open_remote () : -1;

  if (fd < 0)
    {
      g_dbus_method_invocation_return_dbus_error (
        invocation, "org.freedesktop.portal.Error.NotAllowed",
        "Permission denied");
      return;
    }

  list = g_unix_fd_list_new_from_array (&fd, 1);
  g_dbus_method_invocation_return_value_with_unix_fd_list (
    invocation, g_variant_new ("(h)", 0), list);
}

static void
on_camera_call (GDBusConnection       *bus,
                const char            *sender,
                const char            *path,
                const char            *interface,
                const char            *method,
                GVariant              *parameters,
                GDBusMethodInvocation *invocation,
                gpointer               data)
{
  if (g_str_equal (method, "AccessCamera"))
    ask (data, invocation);
  else
    hand_over (data, invocation);
}

static GVariant *
on_camera_property (GDBusConnection  *bus,
                    const char       *sender,
                    const char       *path,
                    const char       *interface,
                    const char       *property,
                    GError          **error,
                    gpointer          data)
{
  if (g_str_equal (property, "version"))
    return g_variant_new_uint32 (3);

  return g_variant_new_boolean (is_camera_present ());
}

/* A network without a proxy. */
static void
on_network_call (GDBusConnection       *bus,
                 const char            *sender,
                 const char            *path,
                 const char            *interface,
                 const char            *method,
                 GVariant              *parameters,
                 GDBusMethodInvocation *invocation,
                 gpointer               data)
{
  const char *direct[] = { "direct://", NULL };
  GVariantBuilder status = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (g_str_equal (method, "Lookup"))
    {
      g_dbus_method_invocation_return_value (
        invocation, g_variant_new ("(^as)", direct));
      return;
    }

  g_variant_builder_add (&status, "{sv}", "available",
                         g_variant_new_boolean (TRUE));
  g_variant_builder_add (&status, "{sv}", "metered",
                         g_variant_new_boolean (FALSE));
  g_variant_builder_add (&status, "{sv}", "connectivity",
                         g_variant_new_uint32 (4));
  g_dbus_method_invocation_return_value (
    invocation, g_variant_new ("(a{sv})", &status));
}

static GVariant *
get_permissions (Portal *self)
{
  static const char *const words[] = { "yes", "no", "ask" };
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sas}"));
  const char *permission[] = { words[self->answer], NULL };

  g_variant_builder_add (&builder, "{s^as}", APP, permission);
  return g_variant_builder_end (&builder);
}

static void
on_store_call (GDBusConnection       *bus,
               const char            *sender,
               const char            *path,
               const char            *interface,
               const char            *method,
               GVariant              *parameters,
               GDBusMethodInvocation *invocation,
               gpointer               data)
{
  g_dbus_method_invocation_return_value (
    invocation, g_variant_new ("(@a{sas}v)", get_permissions (data),
                               g_variant_new_byte (0)));
}

static gboolean
on_yes (gpointer data)
{
  Portal *self = data;

  self->answer = ANSWER_GRANTED;
  g_dbus_connection_emit_signal (
    self->bus, NULL, STORE_PATH, STORE, "Changed",
    g_variant_new ("(ssbv@a{sas})", "devices", "camera", FALSE,
                   g_variant_new_byte (0), get_permissions (self)),
    NULL);
  answer_request (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_end (gpointer data)
{
  Portal *self = data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static void
on_name_acquired (GDBusConnection *bus,
                  const char      *name,
                  gpointer         data)
{
  Portal *self = data;

  if (++self->n_names == 2)
    tell ("ready");
}

static void
export (Portal                     *self,
        const char                 *path,
        const char                 *interface,
        const GDBusInterfaceVTable *table)
{
  g_dbus_connection_register_object (
    self->bus, path,
    g_dbus_node_info_lookup_interface (self->interfaces, interface), table,
    self, NULL, NULL);
}

static void
offer (Portal *self)
{
  static const GDBusInterfaceVTable camera = {
    .method_call = on_camera_call,
    .get_property = on_camera_property,
  };
  static const GDBusInterfaceVTable network = {
    .method_call = on_network_call,
    .get_property = on_camera_property,
  };
  static const GDBusInterfaceVTable store = { .method_call = on_store_call };
  static const char *const names[] =
    { "org.freedesktop.portal.Desktop", STORE };

  export (self, DESKTOP_PATH, "org.freedesktop.portal.Camera", &camera);
  export (self, DESKTOP_PATH, "org.freedesktop.portal.ProxyResolver",
          &network);
  export (self, DESKTOP_PATH, "org.freedesktop.portal.NetworkMonitor",
          &network);
  export (self, STORE_PATH, STORE, &store);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_bus_own_name_on_connection (self->bus, names[i],
                                  G_BUS_NAME_OWNER_FLAGS_NONE,
                                  on_name_acquired, NULL, self, NULL);
}

int
main (int    argc,
      char **argv)
{
  static const char *const answers[] =
    { "granted", "denied", "silent", NULL };
  Portal self = { .loop = g_main_loop_new (NULL, FALSE) };

  pw_init (&argc, &argv);
  if (argc < 2 || !g_strv_contains (answers, argv[1]))
    {
      fprintf (stderr, "usage: %s granted|denied|silent\n", argv[0]);
      return 2;
    }
  while (!g_str_equal (answers[self.answer], argv[1]))
    self.answer++;

  self.interfaces = g_dbus_node_info_new_for_xml (interfaces, NULL);
  self.bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  if (self.bus == NULL)
    return 1;
  g_unix_signal_add (SIGUSR1, on_yes, &self);
  g_unix_signal_add (SIGTERM, on_end, &self);
  offer (&self);
  g_main_loop_run (self.loop);

  close_request (&self);
  g_dbus_node_info_unref (self.interfaces);
  g_object_unref (self.bus);
  g_main_loop_unref (self.loop);
  pw_deinit ();
  return 0;
}
