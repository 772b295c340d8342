/* km-chaos.c: fifty clients, and a server that is killed under them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A round: the server starts on the same data, the host's program publishes,
 * all clients come back with what they have, send again what was not answered,
 * and go on chatting, giving and voting beside a backup, until SIGKILL comes
 * at a random moment. After the last round everything is answered, the server
 * ends as it should, and the data must be what the clients were told.
 *
 * One thread; moments are random, what is counted isn't.
 */

#include "km-chaos-private.h"

#include <poll.h>

#include "km-test-client.h"

#define ROUND_US_MIN 30000
#define ROUND_US_MAX 500000
#define FRAME_EVERY_US 100000
#define DRAIN_S 60

static const char catalogue[] =
  "[rose]\nName=Rose\nPrice=3\nTier=1\nArt=rose\n"
  "[castle]\nName=Castle\nPrice=500\nTier=3\nArt=castle\n";
static const char picture[] =
  "<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>";

static void
write_file (KmChaos    *self,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (self->directory, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
start_server (KmChaos *self)
{
  g_autofree char *path = g_build_filename (self->directory, "config", NULL);
  g_autofree char *flag = g_strconcat ("--config=", path, NULL);
  g_autofree char *config = g_strdup_printf (
    "[gifts]\ndirectory=%s\n[wallet]\nshare=300\npractice=%d\n",
    self->directory, KM_CHAOS_COINS);
  const char *arguments[] = { flag, NULL };

  write_file (self, "catalogue.ini", catalogue);
  write_file (self, "rose.svg", picture);
  write_file (self, "castle.svg", picture);
  write_file (self, "config", config);
  self->server = km_test_server_new (arguments);
}

static KmTestRtmp *
publish (KmChaos *self)
{
  const char *rtmp = km_test_server_get_rtmp (self->server);
  KmTestRtmp *publisher =
    km_test_rtmp_new_at ((guint) atoi (strrchr (rtmp, ':') + 1));

  km_test_rtmp_publish (publisher, self->key);
  km_test_rtmp_send_headers (publisher);
  km_test_rtmp_send_frame (publisher, 0, TRUE, 200);

  return publisher;
}

static void
open_poll (KmChaos *self)
{
  KmCommand *command = km_command_new (KM_COMMAND_POLL_OPEN);

  command->ask = g_new0 (KmPollQuestion, 1);
  command->ask->question = g_strdup ("今晚吃什么？");
  command->ask->options = g_strsplit ("面|饭|火锅", "|", -1);
  command->ask->changeable = TRUE;
  command->duration_ms = -1;
  km_chaos_client_ask (self->clients, self, command);
}

static void
close_poll (KmChaos *self)
{
  KmCommand *command = km_command_new (KM_COMMAND_POLL_CLOSE);

  command->poll = g_steal_pointer (&self->poll);
  km_chaos_client_ask (self->clients, self, command);
}

/* What the clients have to read, until @until_us. */
static void
take_turn (KmChaos *self,
           gint64   until_us)
{
  g_autofree struct pollfd *fds = g_new0 (struct pollfd, self->n_clients);
  gint64 wait_ms = (until_us - g_get_monotonic_time ()) / 1000;

  for (guint i = 0; i < self->n_clients; i++)
    fds[i] = (struct pollfd) { self->clients[i].member.fd, POLLIN, 0 };
  if (poll (fds, self->n_clients, (int) CLAMP (wait_ms, 0, 20)) <= 0)
    return;

  for (guint i = 0; i < self->n_clients; i++)
    {
      if (fds[i].revents != 0
          && !km_chaos_client_read (&self->clients[i], self))
        km_chaos_client_connect (&self->clients[i], self);
    }
}

/* The host asks something else now and then. */
static void
host_polls (KmChaos *self,
            guint    round)
{
  if (!self->clients[0].joined || self->clients[0].waiting > 0)
    return;

  if (self->poll == NULL)
    open_poll (self);
  else if (round % 5 == 4)
    close_poll (self);
}

static void
play_round (KmChaos *self,
            guint    round)
{
  gint64 until_us = g_get_monotonic_time ()
                    + g_rand_int_range (self->random, ROUND_US_MIN,
                                        ROUND_US_MAX);
  KmTestRtmp *publisher = publish (self);
  gint64 frame_us = g_get_monotonic_time ();
  gboolean asked = FALSE;

  km_chaos_backup_begin (self);
  for (guint i = 0; i < self->n_clients; i++)
    km_chaos_client_connect (&self->clients[i], self);
  for (gint64 now_us; (now_us = g_get_monotonic_time ()) < until_us;)
    {
      if (now_us >= frame_us + FRAME_EVERY_US)
        {
          frame_us = now_us;
          km_test_rtmp_send_frame (publisher, round, FALSE, 200);
        }
      if (!asked && self->clients[0].joined)
        {
          host_polls (self, round);
          asked = TRUE;
        }
      for (guint i = 0; i < self->n_clients; i++)
        {
          km_chaos_client_resend (&self->clients[i], self);
          km_chaos_client_act (&self->clients[i], self);
        }
      take_turn (self, until_us);
    }
  km_test_rtmp_free (publisher);
}

static gboolean
all_is_answered (KmChaos *self)
{
  gint64 head = 0;

  for (guint i = 0; i < self->n_clients; i++)
    {
      if (!self->clients[i].joined || self->clients[i].waiting > 0)
        return FALSE;
      head = MAX (head, self->clients[i].seq);
    }
  for (guint i = 0; i < self->n_clients; i++)
    {
      if (self->clients[i].seq != head)
        return FALSE;
    }

  return TRUE;
}

/* Nothing new begins; what was begun is asked for until it is answered. */
static void
drain (KmChaos *self)
{
  gint64 until_us = g_get_monotonic_time () + DRAIN_S * G_USEC_PER_SEC;
  KmTestRtmp *publisher = publish (self);

  for (guint i = 0; i < self->n_clients; i++)
    km_chaos_client_connect (&self->clients[i], self);
  while (!all_is_answered (self) && g_get_monotonic_time () < until_us)
    {
      for (guint i = 0; i < self->n_clients; i++)
        km_chaos_client_resend (&self->clients[i], self);
      take_turn (self, until_us);
    }
  km_test_rtmp_free (publisher);
}

/* Events of others that somebody never got. */
static void
count_missing_events (KmChaos *self)
{
  gint64 head = 0;

  for (guint i = 0; i < self->n_clients; i++)
    head = MAX (head, self->clients[i].seq);
  for (guint i = 0; i < self->n_clients; i++)
    self->figures->gaps += self->clients[i].seq != head;
}

/**
 * km_chaos_run:
 * @n_clients: how many, one of them the host
 * @n_kills: how often the server is killed
 * @seed: of everything that is random
 * @figures: (out): what came of it
 */
void
km_chaos_run (guint           n_clients,
              guint           n_kills,
              guint32         seed,
              KmChaosFigures *figures)
{
  KmChaos self = {
    .random = g_rand_new_with_seed (seed),
    .directory = km_test_directory_new ("chaos"),
    .clients = g_new0 (KmChaosClient, n_clients),
    .n_clients = n_clients,
    .figures = figures,
  };

  *figures = (KmChaosFigures) { 0 };
  start_server (&self);
  for (guint i = 0; i < n_clients; i++)
    km_chaos_client_init (&self.clients[i], &self, i);
  self.key = km_test_server_get_key (self.server, self.clients[0].token,
                                     &self.room);

  for (; figures->kills < n_kills; figures->kills++)
    {
      play_round (&self, figures->kills);
      km_test_server_kill (self.server);
      km_test_server_start (self.server);
      km_chaos_backup_end (&self);
    }
  drain (&self);
  count_missing_events (&self);
  for (guint i = 0; i < n_clients; i++)
    figures->lost += self.clients[i].waiting;
  g_assert_cmpint (km_test_server_end (self.server), ==, 0);
  km_chaos_check (&self);
  if (figures->backups > 0)
    km_chaos_restore (&self);

  for (guint i = 0; i < n_clients; i++)
    km_chaos_client_clear (&self.clients[i]);
  km_test_server_free (self.server);
  km_test_directory_remove (self.directory);
  g_rand_free (self.random);
  g_free (self.directory);
  g_free (self.clients);
  g_free (self.room);
  g_free (self.key);
  g_free (self.poll);
}
