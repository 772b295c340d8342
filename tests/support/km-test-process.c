/* km-test-process.c: programs that a test starts and that never outlive it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A child gets SIGKILL from the kernel when the test dies, however it dies, so
 * that no run leaves anything behind. Its standard output is a pipe for
 * answers such as "which port did you get"; its errors go to a log that is
 * kept with the test's artefacts.
 *
 * Thread: main of the test.
 */

#include "km-test-process.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STOP_SECONDS 10

struct _KmTestProcess
{
  GPid pid;
  char *name;
  int input;
  int output;
  GString *pending;
  gboolean reaped;
  int status;
};

static void
die_with_parent (gpointer data)
{
  pid_t parent = GPOINTER_TO_INT (data);

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent)
    _exit (127);
}

/**
 * km_test_process_start:
 * @argv: the command, looked up in PATH
 * @environment: (nullable): its environment; %NULL for the test's own
 * @log_path: (nullable): where its standard error goes; %NULL for the test's
 *
 * Aborts the test when the program can't be started.
 *
 * Returns: (transfer full): the running program
 */
KmTestProcess *
km_test_process_start (const char * const *argv,
                       const char * const *environment,
                       const char         *log_path)
{
  KmTestProcess *self = g_new0 (KmTestProcess, 1);
  g_autoptr (GError) error = NULL;
  int log = -1;

  if (log_path != NULL)
    {
      log = g_open (log_path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
      g_assert_cmpint (log, >=, 0);
    }

  self->name = g_strdup (argv[0]);
  self->pending = g_string_new (NULL);

  if (!g_spawn_async_with_pipes_and_fds (
          NULL, argv, environment,
          G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
          die_with_parent, GINT_TO_POINTER (getpid ()),
          -1, -1, log, NULL, NULL, 0,
          &self->pid, &self->input, &self->output, NULL, &error))
    g_error ("%s can't be started: %s", argv[0], error->message);

  if (log >= 0)
    close (log);

  return self;
}

GPid
km_test_process_get_pid (KmTestProcess *self)
{
  return self->pid;
}

static gboolean
has_ended (gpointer data)
{
  KmTestProcess *self = data;

  if (!self->reaped)
    self->reaped = waitpid (self->pid, &self->status, WNOHANG) == self->pid;

  return self->reaped;
}

gboolean
km_test_process_is_running (KmTestProcess *self)
{
  return !has_ended (self);
}

/**
 * km_test_process_read_line:
 * @self: a program
 * @seconds: how long to wait at most
 *
 * Returns: (nullable) (transfer full): the next line of its standard output
 *   without its end; %NULL when the program closed it or time is up
 */
char *
km_test_process_read_line (KmTestProcess *self,
                           guint          seconds)
{
  gint64 end = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;

  for (;;)
    {
      char *newline = strchr (self->pending->str, '\n');
      struct pollfd poll_fd = { .fd = self->output, .events = POLLIN };
      gint64 left_ms = (end - g_get_monotonic_time ()) / 1000;
      char buffer[4096];
      gssize length;

      if (newline != NULL)
        {
          gsize size = (gsize) (newline - self->pending->str);
          char *line = g_strndup (self->pending->str, size);

          g_string_erase (self->pending, 0, (gssize) size + 1);
          return line;
        }

      if (left_ms <= 0 || poll (&poll_fd, 1, (int) left_ms) <= 0)
        return NULL;
      length = read (self->output, buffer, sizeof buffer);
      if (length <= 0)
        return NULL;
      g_string_append_len (self->pending, buffer, length);
    }
}

void
km_test_process_signal (KmTestProcess *self,
                        int            signal_number)
{
  if (km_test_process_is_running (self))
    kill (self->pid, signal_number);
}

/**
 * km_test_process_wait:
 * @self: a program that is about to end
 * @seconds: how long to wait at most
 *
 * Returns: its exit status, 128 + the signal that ended it, or -1 when it
 *   still runs
 */
int
km_test_process_wait (KmTestProcess *self,
                      guint          seconds)
{
  if (!km_test_wait_until (has_ended, self, seconds))
    return -1;

  return WIFEXITED (self->status) ? WEXITSTATUS (self->status)
                                  : 128 + WTERMSIG (self->status);
}

void
km_test_process_close_input (KmTestProcess *self)
{
  g_clear_fd (&self->input, NULL);
}

/**
 * km_test_process_stop:
 * @self: (transfer full): a program, running or not
 *
 * Asks it to end, kills it when it doesn't, and frees @self.
 */
void
km_test_process_stop (KmTestProcess *self)
{
  km_test_process_close_input (self);
  km_test_process_signal (self, SIGTERM);
  if (km_test_process_wait (self, STOP_SECONDS) == -1)
    {
      km_test_process_signal (self, SIGKILL);
      km_test_process_wait (self, STOP_SECONDS);
    }

  g_clear_fd (&self->output, NULL);
  g_string_free (self->pending, TRUE);
  g_free (self->name);
  g_free (self);
}

/* How many times as long as usual anything may take: a person who tests in a
 * sandbox, or on a machine that has other work, says so. */
static guint
get_patience (void)
{
  const char *text = g_getenv ("KM_TEST_PATIENCE");
  guint64 factor = 1;

  if (text != NULL
      && !g_ascii_string_to_unsigned (text, 10, 1, 100, &factor, NULL))
    g_error ("KM_TEST_PATIENCE is a number from 1 to 100, not \"%s\"", text);

  return (guint) factor;
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/**
 * km_test_wait_until:
 * @condition: what is waited for
 * @data: for @condition
 * @seconds: how long to wait at most
 *
 * Runs the default main context and asks @condition after each turn, at least
 * fifty times a second, for the last time when the time is up: to look may
 * itself take long. KM_TEST_PATIENCE in the environment multiplies @seconds.
 *
 * Returns: whether @condition became true
 */
gboolean
km_test_wait_until (KmTestCondition condition,
                    gpointer        data,
                    guint           seconds)
{
  gint64 end = g_get_monotonic_time ()
               + (gint64) seconds * get_patience () * G_USEC_PER_SEC;
  guint source = g_timeout_add (20, look_again, NULL);
  gboolean late = FALSE;
  gboolean met;

  while (!(met = condition (data)) && !late)
    {
      g_main_context_iteration (NULL, TRUE);
      late = g_get_monotonic_time () >= end;
    }

  g_source_remove (source);
  return met;
}

/**
 * km_test_directory_new:
 * @name: a word for its name
 *
 * Returns: (transfer full): the path of a new directory with mode 0700
 */
char *
km_test_directory_new (const char *name)
{
  g_autofree char *template = g_strdup_printf ("kaimu-%s-XXXXXX", name);
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp (template, &error);

  g_assert_no_error (error);
  return path;
}

static int
remove_entry (const char        *path,
              const struct stat *status,
              int                type,
              struct FTW        *walk)
{
  return remove (path);
}

/**
 * km_test_directory_remove:
 * @path: a directory made by km_test_directory_new(), with all in it
 */
void
km_test_directory_remove (const char *path)
{
  nftw (path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
