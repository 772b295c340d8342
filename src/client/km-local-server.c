/* km-local-server.c: the server of "This computer", as a child or a neighbour
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Starts kaimu-server and holds its standard input: when the pipe closes it
 * ends, and for the case that this program is killed the kernel also sends it
 * a signal, so that none is left behind. If another profile's app has one
 * running already (the lock in the runtime directory says so) that one is
 * used, and watched; when it goes away the next start is ours, on the same
 * data.
 *
 * A server that dies is started again, with back-off; one that says what the
 * trouble is, or dies five times in a row soon after its start, is given up
 * until somebody asks again. set_state() is the only writer of the state.
 *
 * Thread: main, always the same: the kernel's signal is tied to it.
 */

#include "km-local-server-private.h"

#include "km-api.h"
#include "km-client-retry.h"
#include "km-client-error.h"
#include "km-json.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#define PROGRAM "kaimu-server"
#define ADDRESS_FILE "this-computer.json"
#define TOKEN_FILE "owner-token"
#define TOKEN_BYTES_MAX 512
#define ADDRESS_BYTES_MAX 4096
#define STATUS_ALREADY_RUNNING 3
#define DEATHS_MAX 5
#define GOOD_AFTER_US (10 * G_USEC_PER_SEC)
#define LOOK_MS 2000

struct _KmLocalServer
{
  GObject parent_instance;
  KmProfile *profile;
  char *program;

  KmLocalServerState state;
  GError *error;
  char *http;
  char *rtmp;

  GSubprocess *process;
  GDataInputStream *lines;
  GCancellable *attempt;   /* of all that belongs to this start */
  gboolean exited;
  gboolean read_out;
  char *trouble_code;
  char *trouble;
  gint64 ready_us;         /* 0: never was */

  KmApi *neighbour;        /* to ask one that isn't ours */
  gboolean looking;
  guint timer;
  KmRetry retry;
  guint deaths;
};

G_DEFINE_ENUM_TYPE (KmLocalServerState, km_local_server_state,
                    G_DEFINE_ENUM_VALUE (KM_LOCAL_SERVER_STOPPED, "stopped"),
                    G_DEFINE_ENUM_VALUE (KM_LOCAL_SERVER_STARTING, "starting"),
                    G_DEFINE_ENUM_VALUE (KM_LOCAL_SERVER_READY, "ready"),
                    G_DEFINE_ENUM_VALUE (KM_LOCAL_SERVER_RESTARTING,
                                         "restarting"),
                    G_DEFINE_ENUM_VALUE (KM_LOCAL_SERVER_FAILED, "failed"))
G_DEFINE_FINAL_TYPE (KmLocalServer, km_local_server, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_ERROR,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
set_state (KmLocalServer      *self,
           KmLocalServerState  state,
           const char         *trouble)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->error != NULL || trouble != NULL)
    {
      g_clear_error (&self->error);
      if (trouble != NULL)
        self->error = g_error_new_literal (KM_CLIENT_ERROR,
                                           KM_CLIENT_ERROR_LOCAL_SERVER,
                                           trouble);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
    }
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

/* Lets go of the child or the neighbour. A child ends when its pipe is
 * closed; it is reaped by GLib, whoever still looks. */
static void
let_go (KmLocalServer *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->attempt);
  g_clear_object (&self->attempt);
  g_clear_object (&self->lines);
  if (self->process != NULL)
    g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL,
                           NULL);
  g_clear_object (&self->process);
  g_clear_object (&self->neighbour);
  g_clear_pointer (&self->trouble, g_free);
  g_clear_pointer (&self->trouble_code, g_free);
  self->looking = FALSE;
  self->exited = FALSE;
  self->read_out = FALSE;
  self->ready_us = 0;
}

static void
fail (KmLocalServer *self,
      const char    *trouble)
{
  g_autofree char *words = g_strdup (trouble);

  let_go (self);
  set_state (self, KM_LOCAL_SERVER_FAILED, words);
}

static gboolean
start_again (gpointer data)
{
  KmLocalServer *self = data;

  self->timer = 0;
  km_local_server_spawn (self);

  return G_SOURCE_REMOVE;
}

/* It is gone without having said why. */
static void
died (KmLocalServer *self,
      const char    *why_given_up)
{
  gboolean was_good = self->ready_us != 0 &&
                      g_get_monotonic_time () - self->ready_us > GOOD_AFTER_US;
  gint64 wait_us;

  let_go (self);
  if (was_good)
    {
      self->deaths = 0;
      km_retry_reset (&self->retry);
    }
  if (++self->deaths >= DEATHS_MAX)
    {
      fail (self, why_given_up);
      return;
    }

  wait_us = km_retry_fail (&self->retry, g_get_monotonic_time (),
                           g_random_double ());
  self->timer = g_timeout_add ((guint) (wait_us / 1000), start_again, self);
  set_state (self, KM_LOCAL_SERVER_RESTARTING, NULL);
}

static gboolean
take_address (KmLocalServer *self,
              JsonObject    *address)
{
  const char *http, *rtmp;

  if (address == NULL)
    return FALSE;

  http = km_json_get_string (address, "http", 64);
  rtmp = km_json_get_string (address, "rtmp", 64);
  if (http == NULL || rtmp == NULL)
    return FALSE;

  g_set_str (&self->http, http);
  g_set_str (&self->rtmp, rtmp);

  return TRUE;
}

static void
become_ready (KmLocalServer *self)
{
  self->ready_us = g_get_monotonic_time ();
  set_state (self, KM_LOCAL_SERVER_READY, NULL);
}

static gboolean
look_again (gpointer data)
{
  km_local_server_look (data);

  return G_SOURCE_CONTINUE;
}

static void
on_neighbour (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (KmLocalServer) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = NULL;

  answer = km_api_call_finish (KM_API (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      KM_API (source) != self->neighbour)
    return;

  self->looking = FALSE;
  if (answer == NULL)
    {
      died (self, _("Another Kaimu’s server runs on this computer, but it "
                     "doesn’t answer. Close the other Kaimu, then try again."));
    }
  else if (self->state != KM_LOCAL_SERVER_READY)
    {
      self->timer = g_timeout_add (LOOK_MS, look_again, self);
      become_ready (self);
    }
}

/* Somebody else holds the lock: their address is in the file. */
static void
find_neighbour (KmLocalServer *self)
{
  g_autofree char *path = g_build_filename (self->profile->runtime_dir,
                                            ADDRESS_FILE, NULL);
  g_autofree char *text = NULL;
  g_autoptr (JsonObject) address = NULL;
  g_autofree char *base = NULL;
  gsize length = 0;

  let_go (self);
  if (g_file_get_contents (path, &text, &length, NULL) &&
      length <= ADDRESS_BYTES_MAX)
    address = km_json_parse (text, length, NULL);
  if (!take_address (self, address))
    {
      died (self, _("Another Kaimu’s server is about to start on this "
                    "computer, but doesn’t. Close the other Kaimu, then try "
                    "again."));
      return;
    }

  base = g_strconcat ("http://", self->http, NULL);
  self->attempt = g_cancellable_new ();
  self->neighbour = km_api_new ();
  km_api_set_base (self->neighbour, base);
  km_local_server_look (self);
}

/* Both must have happened: the last line may come after the exit. */
static void
check_gone (KmLocalServer *self)
{
  gboolean normal;

  if (!self->exited || !self->read_out)
    return;

  normal = g_subprocess_get_if_exited (self->process);
  if ((normal && g_subprocess_get_exit_status (self->process) ==
       STATUS_ALREADY_RUNNING) ||
      g_strcmp0 (self->trouble_code, "already_running") == 0)
    find_neighbour (self);
  else if (self->trouble != NULL)
    fail (self, self->trouble);
  else
    died (self, _("The server of this computer ends as soon as it has started. "
                   "Its log says more."));
}

static void
on_exited (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (KmLocalServer) self = data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  if (G_SUBPROCESS (source) != self->process)
    return;

  self->exited = TRUE;
  check_gone (self);
}

static void
read_word (KmLocalServer *self,
           const char    *line)
{
  g_autoptr (JsonObject) object = km_json_parse (line, strlen (line), NULL);
  JsonObject *trouble;
  const char *message;

  if (object == NULL)
    return;

  if (take_address (self, km_json_get_object (object, "ready")))
    {
      become_ready (self);
      return;
    }

  trouble = km_json_get_object (object, "trouble");
  if (trouble == NULL)
    return;
  message = km_json_get_string (trouble, "message", 2000);
  g_set_str (&self->trouble_code, km_json_get_string (trouble, "code", 64));
  g_set_str (&self->trouble, message != NULL
                               ? message
                               : _("The server of this computer can’t start."));
}

static void
on_line (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (KmLocalServer) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  line = g_data_input_stream_read_line_finish_utf8 (
    G_DATA_INPUT_STREAM (source), result, NULL, &error);
  if (G_DATA_INPUT_STREAM (source) != self->lines)
    return;

  if (line == NULL)
    {
      self->read_out = TRUE;
      check_gone (self);
      return;
    }

  read_word (self, line);
  if (self->lines == G_DATA_INPUT_STREAM (source))
    g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT,
                                         self->attempt, on_line,
                                         g_object_ref (self));
}

/* Between fork and exec: only what is safe in a signal handler. */
static void
tie_to_parent (gpointer data)
{
  pid_t parent = (pid_t) GPOINTER_TO_INT (data);

  if (prctl (PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid () != parent)
    _exit (EXIT_FAILURE);
}

static GSubprocess *
run (KmLocalServer  *self,
     GError        **error)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  const char *argv[] = {
    self->program, "--embedded",
    "--data-dir", self->profile->local_data_dir,
    "--runtime-dir", self->profile->runtime_dir,
    "--owner", self->profile->owner_name, NULL
  };

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                        G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, tie_to_parent,
                                         GINT_TO_POINTER ((int) getpid ()),
                                         NULL);

  return g_subprocess_launcher_spawnv (launcher, argv, error);
}

/* For the timer, too: starts a child, now. */
void
km_local_server_spawn (KmLocalServer *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  let_go (self);
  if (self->state != KM_LOCAL_SERVER_RESTARTING)
    set_state (self, KM_LOCAL_SERVER_STARTING, NULL);
  if (self->program == NULL)
    {
      fail (self, _("The program kaimu-server is missing. Install Kaimu again."));
      return;
    }

  g_mkdir_with_parents (self->profile->local_data_dir, 0700);
  g_mkdir_with_parents (self->profile->runtime_dir, 0700);
  self->process = run (self, &error);
  if (self->process == NULL)
    {
      words = g_strdup_printf (_("The server of this computer can’t be "
                                 "started: %s."), error->message);
      /* Memory or processes may be short for a moment only. */
      if (g_error_matches (error, G_SPAWN_ERROR, G_SPAWN_ERROR_FORK) ||
          g_error_matches (error, G_SPAWN_ERROR, G_SPAWN_ERROR_TXTBUSY))
        died (self, words);
      else
        fail (self, words);
      return;
    }

  self->attempt = g_cancellable_new ();
  self->lines = g_data_input_stream_new (
    g_subprocess_get_stdout_pipe (self->process));
  g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT,
                                       self->attempt, on_line,
                                       g_object_ref (self));
  g_subprocess_wait_async (self->process, NULL, on_exited,
                           g_object_ref (self));
}

static void
km_local_server_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  KmLocalServer *self = KM_LOCAL_SERVER (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
km_local_server_dispose (GObject *object)
{
  let_go (KM_LOCAL_SERVER (object));

  G_OBJECT_CLASS (km_local_server_parent_class)->dispose (object);
}

static void
km_local_server_finalize (GObject *object)
{
  KmLocalServer *self = KM_LOCAL_SERVER (object);

  g_clear_pointer (&self->profile, km_profile_unref);
  g_clear_error (&self->error);
  g_free (self->program);
  g_free (self->http);
  g_free (self->rtmp);

  G_OBJECT_CLASS (km_local_server_parent_class)->finalize (object);
}

static void
km_local_server_class_init (KmLocalServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                      G_PARAM_STATIC_STRINGS;

  object_class->get_property = km_local_server_get_property;
  object_class->dispose = km_local_server_dispose;
  object_class->finalize = km_local_server_finalize;

  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, KM_TYPE_LOCAL_SERVER_STATE,
                       KM_LOCAL_SERVER_STOPPED, flags);
  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
km_local_server_init (KmLocalServer *self)
{
  self->retry.rule = KM_CLIENT_RETRY_RULE;
}

/**
 * km_local_server_new:
 * @profile: where its data and its lock are
 * @program: (nullable): path of kaimu-server; %NULL: there is none, and
 *   starting it fails with words
 *
 * Returns: (transfer full): it, not started
 */
KmLocalServer *
km_local_server_new (KmProfile  *profile,
                     const char *program)
{
  KmLocalServer *self = g_object_new (KM_TYPE_LOCAL_SERVER, NULL);

  self->profile = km_profile_ref (profile);
  self->program = g_strdup (program);

  return self;
}

/**
 * km_local_server_start:
 * @self: the server of this computer
 *
 * Starts it, or finds the one that runs. Also after it was given up.
 */
void
km_local_server_start (KmLocalServer *self)
{
  g_return_if_fail (KM_IS_LOCAL_SERVER (self));

  if (self->state != KM_LOCAL_SERVER_STOPPED &&
      self->state != KM_LOCAL_SERVER_FAILED)
    return;

  self->deaths = 0;
  km_retry_reset (&self->retry);
  km_local_server_spawn (self);
}

/**
 * km_local_server_stop:
 * @self: the server of this computer
 *
 * Asks a child to end, by closing its input, and doesn't wait for it. One
 * that another app runs goes on.
 */
void
km_local_server_stop (KmLocalServer *self)
{
  g_return_if_fail (KM_IS_LOCAL_SERVER (self));

  let_go (self);
  set_state (self, KM_LOCAL_SERVER_STOPPED, NULL);
}

/**
 * km_local_server_look:
 * @self: the server of this computer
 *
 * Something that should have answered didn't: looks whether the one that
 * another app runs is still there. (The end of a child is noticed anyway.)
 */
void
km_local_server_look (KmLocalServer *self)
{
  g_return_if_fail (KM_IS_LOCAL_SERVER (self));

  if (self->neighbour == NULL || self->looking)
    return;

  self->looking = TRUE;
  km_api_call_async (self->neighbour, "GET", "server", NULL, self->attempt,
                     on_neighbour, g_object_ref (self));
}

KmLocalServerState
km_local_server_get_state (KmLocalServer *self)
{
  g_return_val_if_fail (KM_IS_LOCAL_SERVER (self), KM_LOCAL_SERVER_STOPPED);

  return self->state;
}

/* Returns: (nullable): "127.0.0.1:8080"; may be an old one when not ready. */
const char *
km_local_server_get_http (KmLocalServer *self)
{
  g_return_val_if_fail (KM_IS_LOCAL_SERVER (self), NULL);

  return self->http;
}

/* Returns: (nullable): "127.0.0.1:1935"; may be an old one when not ready. */
const char *
km_local_server_get_rtmp (KmLocalServer *self)
{
  g_return_val_if_fail (KM_IS_LOCAL_SERVER (self), NULL);

  return self->rtmp;
}

/* Returns: whether this program started the one that runs. */
gboolean
km_local_server_get_is_child (KmLocalServer *self)
{
  g_return_val_if_fail (KM_IS_LOCAL_SERVER (self), FALSE);

  return self->process != NULL;
}

/* Returns: the child's process id; 0: there is no child. */
int
km_local_server_get_pid (KmLocalServer *self)
{
  const char *identifier = NULL;

  g_return_val_if_fail (KM_IS_LOCAL_SERVER (self), 0);

  if (self->process != NULL)
    identifier = g_subprocess_get_identifier (self->process);

  return identifier != NULL ? (int) g_ascii_strtoll (identifier, NULL, 10) : 0;
}

/* Returns: (nullable): why it was given up, in words to show. */
const GError *
km_local_server_get_error (KmLocalServer *self)
{
  g_return_val_if_fail (KM_IS_LOCAL_SERVER (self), NULL);

  return self->error;
}

/**
 * km_local_server_dup_owner_token:
 * @self: the server of this computer
 *
 * Returns: (transfer full) (nullable): the token of the silent owner's
 *   session; %NULL: there is none, or this isn't the default profile
 */
char *
km_local_server_dup_owner_token (KmLocalServer *self)
{
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_return_val_if_fail (KM_IS_LOCAL_SERVER (self), NULL);

  if (!km_profile_is_default (self->profile))
    return NULL;

  path = g_build_filename (self->profile->local_data_dir, TOKEN_FILE, NULL);
  if (!g_file_get_contents (path, &text, &length, NULL) ||
      length > TOKEN_BYTES_MAX || !g_str_is_ascii (text))
    return NULL;

  g_strstrip (text);

  return text[0] != '\0' ? g_steal_pointer (&text) : NULL;
}

/**
 * km_local_server_find_program:
 * @libexecdir: (nullable): where the installed one may be
 *
 * Beside this program first, so that what was built together runs together.
 *
 * Returns: (transfer full) (nullable): the path of kaimu-server
 */
char *
km_local_server_find_program (const char *libexecdir)
{
  g_autofree char *own = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *directory = own != NULL ? g_path_get_dirname (own) : NULL;
  const char *directories[] = { directory, libexecdir };

  for (guint i = 0; i < G_N_ELEMENTS (directories); i++)
    {
      g_autofree char *path = NULL;

      if (directories[i] == NULL)
        continue;
      path = g_build_filename (directories[i], PROGRAM, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&path);
    }

  return g_find_program_in_path (PROGRAM);
}
