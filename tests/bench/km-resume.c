/* km-resume.c: clients whose connections are cut, and whose server is killed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The clients talk in one room, in processes of their own. At random moments
 * one of their connections is cut, the server is killed and started on its
 * data, or a process with clients is killed and started on theirs. At last all
 * are left in peace, somebody says the last word, and what each of them showed
 * is held against the store.
 *
 * One thread; moments are random, what is counted isn't.
 */

#include "km-resume.h"

#include <glib/gstdio.h>
#include <signal.h>

#include "km-test-server.h"
#include "km-test-socket.h"

#define PAUSE_US_MIN 5000
#define PAUSE_US_MAX 45000
#define END_S 120

/* No client is a stranger here. */
static const char config[] =
  "[listen]\nconnects=100000\nconnects-of-address=100000\n"
  "waiting=100000\nwaiting-of-address=100000\n";

typedef struct
{
  const KmResumePlan *plan;
  char *directory;
  KmTestServer *server;
  KmTestProcess **workers;
  char *room;
  char *token; /* of the first client, whose room it is */
  GRand *random;
} Resume;

static void
start_worker (Resume *self,
              guint   number)
{
  guint first = self->plan->clients * number / self->plan->workers;
  guint behind = self->plan->clients * (number + 1) / self->plan->workers;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *address = km_test_server_get_web (self->server);
  g_autofree char *from = g_strdup_printf ("--first=%u", first);
  g_autofree char *n = g_strdup_printf ("--clients=%u", behind - first);
  g_autofree char *directory = g_strconcat ("--worker=", self->directory,
                                            NULL);
  g_autofree char *where = g_strconcat ("--address=", address, NULL);
  g_autofree char *room = g_strconcat ("--room=", self->room, NULL);
  g_autofree char *log =
    km_resume_dup_path (self->directory, "worker", (int) number);
  const char *argv[] = { program, directory, where, room, from, n, NULL };
  g_autofree char *line = NULL;

  self->workers[number] = km_test_process_start (argv, NULL, log);
  line = km_test_process_read_line (self->workers[number], END_S);
  g_assert_cmpstr (line, ==, "ready");
}

static void
restart_worker (Resume *self)
{
  guint number = (guint) g_rand_int_range (self->random, 0,
                                           (gint32) self->plan->workers);

  km_test_process_signal (self->workers[number], SIGKILL);
  km_test_process_wait (self->workers[number], 60);
  g_clear_pointer (&self->workers[number], km_test_process_stop);
  start_worker (self, number);
}

static void
sign_up (Resume *self)
{
  for (guint i = 0; i < self->plan->clients; i++)
    {
      g_autofree char *name = g_strdup_printf ("client%u", i);
      g_autofree char *token = km_test_server_sign_up (self->server, name);

      if (i == 0)
        {
          g_autofree char *key =
            km_test_server_get_key (self->server, token, &self->room);

          self->token = g_strdup (token);
        }
    }
}

static void
start_server (Resume *self)
{
  g_autofree char *path = km_resume_dup_path (self->directory, "config", -1);
  g_autofree char *flag = g_strconcat ("--config=", path, NULL);
  const char *arguments[] = { flag, NULL };

  g_assert_true (g_file_set_contents (path, config, -1, NULL));
  self->server = km_test_server_new (arguments);
}

/* Whether, between two counts of cuts, it is the turn of one of @times that are
 * spread over all of them. */
static gboolean
is_due (guint before,
        guint now,
        guint cuts,
        guint times)
{
  guint64 parts = times + 1;

  return times > 0 && now < cuts && now * parts / cuts != before * parts / cuts;
}

static gboolean
all_talk (gpointer data)
{
  Resume *self = data;

  return km_resume_count (self->directory, KM_RESUME_READY)
         >= self->plan->clients;
}

/* A signal that comes twice at once is heard once. */
static void
disturb (Resume *self)
{
  const KmResumePlan *plan = self->plan;
  guint cuts = 0;

  while (cuts < plan->cuts)
    {
      guint number = (guint) g_rand_int_range (self->random, 0,
                                               (gint32) plan->workers);
      guint before = cuts;

      km_test_process_signal (self->workers[number], SIGUSR1);
      g_usleep ((gulong) g_rand_int_range (self->random, PAUSE_US_MIN,
                                           PAUSE_US_MAX));
      cuts = km_resume_count (self->directory, KM_RESUME_CUTS);
      if (is_due (before, cuts, plan->cuts, plan->kills))
        {
          km_test_server_kill (self->server);
          km_test_server_start (self->server);
        }
      if (is_due (before, cuts, plan->cuts, plan->restarts))
        restart_worker (self);
    }
}

static void
say_the_end (Resume *self)
{
  g_autoptr (KmTestSocket) socket =
    km_test_socket_open (self->server, self->token);
  g_autoptr (KmReply) joined =
    km_test_socket_join (socket, self->room, NULL, -1);
  g_autoptr (KmReply) said = NULL;

  g_assert_no_error (joined->error);
  said = km_test_socket_say (socket, self->room, NULL, KM_RESUME_THE_END);
  g_assert_no_error (said->error);
}

static gboolean
all_are_settled (gpointer data)
{
  Resume *self = data;

  return km_resume_count (self->directory, KM_RESUME_SETTLED)
         >= self->plan->workers;
}

static void
end (Resume *self)
{
  for (guint i = 0; i < self->plan->workers; i++)
    km_test_process_signal (self->workers[i], SIGUSR2);
  g_assert_true (km_test_wait_until (all_are_settled, self, END_S));
  say_the_end (self);
  for (guint i = 0; i < self->plan->workers; i++)
    {
      km_test_process_wait (self->workers[i], END_S);
      km_test_process_stop (self->workers[i]);
    }
  g_assert_cmpint (km_test_server_end (self->server), ==, 0);
}

/**
 * km_resume_run:
 * @plan: what is to happen
 * @figures: (out): what came of it
 */
void
km_resume_run (const KmResumePlan *plan,
               KmResumeFigures    *figures)
{
  Resume self = {
    .plan = plan,
    .directory = km_test_directory_new ("resume"),
    .workers = g_new0 (KmTestProcess *, plan->workers),
    .random = g_rand_new_with_seed (plan->seed),
  };
  g_autofree char *database = NULL;

  *figures = (KmResumeFigures) { 0 };
  start_server (&self);
  database = g_build_filename (km_test_server_get_directory (self.server),
                               "data", "kaimu.db", NULL);
  sign_up (&self);
  for (guint i = 0; i < plan->workers; i++)
    start_worker (&self, i);
  g_assert_true (km_test_wait_until (all_talk, &self, END_S));
  disturb (&self);
  end (&self);
  km_resume_check (self.directory, database, plan->clients, figures);

  km_test_server_free (self.server);
  km_test_directory_remove (self.directory);
  g_rand_free (self.random);
  g_free (self.directory);
  g_free (self.workers);
  g_free (self.room);
  g_free (self.token);
}
