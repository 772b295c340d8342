/* km-test-pipewire.c: a private PipeWire with cameras and microphones
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * pipewire and wireplumber run in a runtime directory of the test's own and
 * know nothing of the machine's. What has to be ready is waited for by what it
 * says: PipeWire by its socket and its first answer, WirePlumber by the
 * "default" metadata that it makes once its policy is loaded, a device by the
 * line that it prints.
 *
 * Thread: main of the test, before any other thread starts when it makes its
 * own runtime directory, since it sets the environment then.
 */

#include "km-test-pipewire.h"

#include <pipewire/extensions/metadata.h>
#include <pipewire/pipewire.h>

#define START_SECONDS 60

struct _KmTestPipewire
{
  char *own_directory; /* NULL: in somebody else's */
  char *log_dir;
  KmTestProcess *bus;
  GDBusConnection *connection;
  KmTestProcess *pipewire;
  KmTestProcess *wireplumber;
};

typedef struct
{
  struct pw_main_loop *loop;
  gboolean found;
} Watch;

static KmTestProcess *
start (KmTestPipewire     *self,
       const char * const *argv)
{
  g_autofree char *name = g_path_get_basename (argv[0]);
  g_autofree char *log_name = g_strconcat (name, ".log", NULL);
  g_autofree char *log = g_build_filename (self->log_dir, log_name, NULL);

  return km_test_process_start (argv, NULL, log);
}

static gboolean
socket_exists (gpointer data)
{
  return g_file_test (data, G_FILE_TEST_EXISTS);
}

static void
on_global (void                  *data,
           uint32_t               id,
           uint32_t               permissions,
           const char            *type,
           uint32_t               version,
           const struct spa_dict *props)
{
  Watch *watch = data;
  const char *name;

  if (!g_str_equal (type, PW_TYPE_INTERFACE_Metadata) || props == NULL)
    return;

  name = spa_dict_lookup (props, PW_KEY_METADATA_NAME);
  if (g_strcmp0 (name, "default") == 0)
    {
      watch->found = TRUE;
      pw_main_loop_quit (watch->loop);
    }
}

static void
on_timeout (void     *data,
            uint64_t  expirations)
{
  Watch *watch = data;

  pw_main_loop_quit (watch->loop);
}

static void
wait_for_policy (void)
{
  static const struct pw_registry_events events = {
    PW_VERSION_REGISTRY_EVENTS,
    .global = on_global,
  };
  Watch watch = { .loop = pw_main_loop_new (NULL) };
  struct pw_loop *loop = pw_main_loop_get_loop (watch.loop);
  struct spa_source *timer = pw_loop_add_timer (loop, on_timeout, &watch);
  struct timespec limit = { .tv_sec = START_SECONDS };
  struct pw_context *context = pw_context_new (loop, NULL, 0);
  struct pw_core *core = pw_context_connect (context, NULL, 0);
  struct pw_registry *registry;
  struct spa_hook listener = { 0 };

  if (core == NULL)
    g_error ("PipeWire doesn't answer");
  registry = pw_core_get_registry (core, PW_VERSION_REGISTRY, 0);
  pw_registry_add_listener (registry, &listener, &events, &watch);
  pw_loop_update_timer (loop, timer, &limit, NULL, FALSE);

  pw_main_loop_run (watch.loop);

  spa_hook_remove (&listener);
  pw_proxy_destroy ((struct pw_proxy *) registry);
  pw_core_disconnect (core);
  pw_context_destroy (context);
  pw_loop_destroy_source (loop, timer);
  pw_main_loop_destroy (watch.loop);
  if (!watch.found)
    g_error ("WirePlumber doesn't get ready");
}

/* Home and bus as well, since WirePlumber keeps its state at home. */
static void
make_session (KmTestPipewire *self)
{
  static const char *const variables[] =
    { "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME" };
  static const char *const argv[] =
    { "dbus-daemon", "--session", "--nofork", "--print-address", NULL };
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    g_setenv (variables[i], self->own_directory, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", self->own_directory, TRUE);
  g_unsetenv ("PIPEWIRE_REMOTE");
  g_unsetenv ("PULSE_SERVER");

  self->bus = start (self, argv);
  address = km_test_process_read_line (self->bus, START_SECONDS);
  if (address == NULL)
    g_error ("dbus-daemon doesn't start");
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);

  /* Whoever asks for the session bus shares this connection, and GLib ends a
   * program whose session bus goes away. */
  self->connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (self->connection, FALSE);
}

static KmTestProcess *
start_own (KmTestPipewire *self,
           const char     *program,
           const char     *name,
           const char     *label)
{
  g_autofree char *path = g_build_filename (KM_TEST_DEVICES, program, NULL);
  const char *argv[] = { path, name, label, NULL };
  KmTestProcess *process = start (self, argv);
  g_autofree char *line = km_test_process_read_line (process, START_SECONDS);

  if (g_strcmp0 (line, "ready") != 0)
    g_error ("%s doesn't get ready", program);

  return process;
}

/**
 * km_test_pipewire_start:
 * @runtime_dir: (nullable): the runtime directory to run in, already in
 *   XDG_RUNTIME_DIR, with a session bus in DBUS_SESSION_BUS_ADDRESS; %NULL
 *   makes both and puts them in the test's environment
 * @log_dir: (nullable): where the programs' logs go; %NULL for the runtime
 *   directory
 *
 * Returns: (transfer full): a PipeWire without devices
 */
KmTestPipewire *
km_test_pipewire_start (const char *runtime_dir,
                        const char *log_dir)
{
  static const char *const pipewire[] = { "pipewire", NULL };
  static const char *const wireplumber[] = { "wireplumber", NULL };
  KmTestPipewire *self = g_new0 (KmTestPipewire, 1);
  g_autofree char *path = NULL;

  pw_init (NULL, NULL);
  if (runtime_dir == NULL)
    runtime_dir = self->own_directory = km_test_directory_new ("pipewire");
  self->log_dir = g_strdup (log_dir != NULL ? log_dir : runtime_dir);
  if (self->own_directory != NULL)
    make_session (self);

  self->pipewire = start (self, pipewire);
  path = g_build_filename (runtime_dir, "pipewire-0", NULL);
  if (!km_test_wait_until (socket_exists, path, START_SECONDS))
    g_error ("PipeWire doesn't start");
  self->wireplumber = start (self, wireplumber);
  wait_for_policy ();

  return self;
}

/**
 * km_test_pipewire_stop:
 * @self: (transfer full): a PipeWire; its devices may still run
 */
void
km_test_pipewire_stop (KmTestPipewire *self)
{
  km_test_process_stop (self->wireplumber);
  km_test_process_stop (self->pipewire);
  g_clear_object (&self->connection);
  if (self->bus != NULL)
    km_test_process_stop (self->bus);
  if (self->own_directory != NULL)
    km_test_directory_remove (self->own_directory);
  pw_deinit ();

  g_free (self->own_directory);
  g_free (self->log_dir);
  g_free (self);
}

/**
 * km_test_pipewire_add_pulse:
 * @self: a running PipeWire
 *
 * PulseAudio's socket in the runtime directory, served by PipeWire.
 *
 * Returns: (transfer full): what serves it
 */
KmTestProcess *
km_test_pipewire_add_pulse (KmTestPipewire *self)
{
  static const char *const argv[] = { "pipewire-pulse", NULL };
  g_autofree char *path = g_build_filename (g_getenv ("XDG_RUNTIME_DIR"),
                                            "pulse", "native", NULL);
  KmTestProcess *pulse = start (self, argv);

  if (!km_test_wait_until (socket_exists, path, START_SECONDS))
    g_error ("pipewire-pulse doesn't start");

  return pulse;
}

/**
 * km_test_pipewire_add_portal:
 * @self: a running PipeWire
 * @answer: "granted", "denied" or "silent"
 *
 * The portal to cameras on the session bus; what it prints, and what SIGUSR1
 * does, stands in km-test-portal.c.
 *
 * Returns: (transfer full): the portal
 */
KmTestProcess *
km_test_pipewire_add_portal (KmTestPipewire *self,
                             const char     *answer)
{
  return start_own (self, "km-test-portal", answer, NULL);
}

/**
 * km_test_pipewire_add_camera:
 * @self: a running PipeWire
 * @name: its node.name
 * @label: the name that people see
 *
 * 720p at 30 frames a second; what it paints is in km-barcode.h.
 * km_test_process_stop() unplugs it.
 *
 * Returns: (transfer full): the camera
 */
KmTestProcess *
km_test_pipewire_add_camera (KmTestPipewire *self,
                             const char     *name,
                             const char     *label)
{
  return start_own (self, "km-test-camera", name, label);
}

/**
 * km_test_pipewire_add_microphone:
 * @self: a running PipeWire
 * @name: its node.name
 * @label: the name that people see
 *
 * 440 Hz with an amplitude of −20 dBFS; SIGUSR1 makes it silent and loud
 * again. km_test_process_stop() unplugs it.
 *
 * Returns: (transfer full): the microphone
 */
KmTestProcess *
km_test_pipewire_add_microphone (KmTestPipewire *self,
                                 const char     *name,
                                 const char     *label)
{
  return start_own (self, "km-test-microphone", name, label);
}
