/* km-resume-worker.c: clients as the app has them, in a process to be killed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each client is the app's own: a profile with its outbox on disk, a server, a
 * room that joins again by itself. What it shows and what it hears of its own
 * messages goes into a file as it happens, so that nothing of it is lost when
 * the process is:
 *
 *   S                    a run of it begins
 *   M SEQ FROM ID TEXT   a message is shown
 *   A TEXT               it said something
 *   D TEXT               it heard that this was sent
 *
 * SIGUSR1 cuts one connection to the server, whatever is on its way; SIGUSR2
 * has them say no more. It ends when all have shown the last message.
 */

#include "km-resume.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "km-server.h"
#include "km-test-server.h"

#define TURN_MS 20
#define SAY_WITHIN_MS 4000
#define KEEP_MS 1000
#define SIGN_IN_MS 5000

typedef struct _Worker Worker;

typedef struct
{
  Worker *worker;
  guint number;
  int log;
  KmProfile *profile;
  KmSecrets *secrets;
  KmServer *server;
  KmRoom *room;
  gboolean open;
  gboolean ended;
  guint said;
  gint64 say_us;
  gint64 sign_in_us;
} Client;

struct _Worker
{
  const char *directory;
  const char *room;
  guint port;
  GRand *random;
  char *run; /* makes its texts unlike those of other runs */
  Client *clients;
  guint n_clients;
  gboolean quiet;
  gboolean settled;
  GMainLoop *loop;
};

typedef struct
{
  Client *client;
  char *text;
} Sent;

char *
km_resume_dup_path (const char *directory,
                    const char *name,
                    int         number)
{
  g_autofree char *file = number < 0 ? g_strdup (name)
                                     : g_strdup_printf ("%s-%d", name, number);

  return g_build_filename (directory, file, NULL);
}

static void
count (Worker     *self,
       const char *what)
{
  g_autofree char *path = km_resume_dup_path (self->directory, what, -1);
  int fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0 || write (fd, ".", 1) != 1)
    g_error ("%s can't be written", path);
  close (fd);
}

static void G_GNUC_PRINTF (2, 3)
note (Client     *self,
      const char *format,
      ...)
{
  g_autofree char *line = NULL;
  gssize length;
  va_list values;

  va_start (values, format);
  line = g_strdup_vprintf (format, values);
  va_end (values);
  length = (gssize) strlen (line);
  if (write (self->log, line, (gsize) length) != length)
    g_error ("the log of client %u can't be written", self->number);
}

static void
on_message (KmRoom        *room,
            KmRoomMessage *message,
            gboolean       fresh,
            Client        *self)
{
  const char *text = km_room_message_get_text (message);

  note (self, "M %" G_GINT64_FORMAT " %s %s %s\n",
        km_room_message_get_seq (message),
        km_room_message_get_from_id (message),
        km_room_message_get_id (message), text);
  self->ended |= g_str_equal (text, KM_RESUME_THE_END);
}

static void
on_state (KmConnection *connection,
          GParamSpec   *pspec,
          Client       *self)
{
  gboolean is_open =
    km_connection_get_state (connection) == KM_CONNECTION_OPEN;

  if (is_open && !self->open)
    count (self->worker, KM_RESUME_OPENS);
  if (!is_open && self->open)
    count (self->worker, KM_RESUME_LOSSES);
  self->open = is_open;
}

static void
on_sent (GObject      *object,
         GAsyncResult *result,
         gpointer      data)
{
  Sent *sent = data;

  if (km_room_send_chat_finish (KM_ROOM (object), result, NULL))
    note (sent->client, "D %s\n", sent->text);
  g_free (sent->text);
  g_free (sent);
}

static void
say (Client *self)
{
  Sent *sent = g_new0 (Sent, 1);

  sent->client = self;
  sent->text = g_strdup_printf ("client %u run %s number %u", self->number,
                                self->worker->run, self->said++);
  note (self, "A %s\n", sent->text);
  km_room_send_chat_async (self->room, sent->text, KM_CHAT_MODE_PANEL,
                           KM_CHAT_COLOR_DEFAULT, -1, NULL, on_sent, sent);
}

/* Later runs find themselves signed in. */
static void
sign_in (Client *self)
{
  g_autofree char *name = g_strdup_printf ("client%u", self->number);

  km_server_sign_in_async (self->server, name, KM_TEST_PASSWORD, NULL, NULL,
                           NULL);
}

static void
go_on (Client *self,
       gint64  now_us)
{
  if (km_server_get_account_id (self->server) == NULL)
    {
      if (self->sign_in_us > now_us)
        return;
      sign_in (self);
      self->sign_in_us = now_us + SIGN_IN_MS * 1000;
      return;
    }
  if (self->say_us > now_us || !km_server_get_signed_in (self->server))
    return;

  if (self->said == 0)
    count (self->worker, KM_RESUME_READY);
  say (self);
  self->say_us = now_us + 1000 * (KEEP_MS + g_rand_int_range (
    self->worker->random, 0, SAY_WITHIN_MS));
}

static gboolean
is_settled (Client *self)
{
  GListModel *messages = km_room_get_messages (self->room);
  guint n = g_list_model_get_n_items (messages);
  g_autoptr (KmRoomMessage) last = NULL;

  if (n == 0)
    return TRUE;

  last = g_list_model_get_item (messages, n - 1);

  return km_room_message_get_state (last) == KM_ROOM_MESSAGE_SENT;
}

/* All that was said is sent. */
static gboolean
are_settled (Worker *self)
{
  for (guint i = 0; i < self->n_clients; i++)
    {
      if (!is_settled (&self->clients[i]))
        return FALSE;
    }

  return TRUE;
}

static gboolean
have_ended (Worker *self)
{
  for (guint i = 0; i < self->n_clients; i++)
    {
      if (!self->clients[i].ended)
        return FALSE;
    }

  return TRUE;
}

static gboolean
take_turn (gpointer data)
{
  Worker *self = data;
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < self->n_clients; i++)
    {
      Client *client = &self->clients[i];

      if (!self->quiet)
        go_on (client, now_us);
    }
  if (self->quiet && !self->settled && are_settled (self))
    {
      self->settled = TRUE;
      count (self, KM_RESUME_SETTLED);
    }
  if (self->settled && have_ended (self))
    g_main_loop_quit (self->loop);

  return G_SOURCE_CONTINUE;
}

static gboolean
on_quiet (gpointer data)
{
  ((Worker *) data)->quiet = TRUE;

  return G_SOURCE_CONTINUE;
}

static gboolean
leads_to (int   fd,
          guint port)
{
  struct sockaddr_in peer = { 0 };
  socklen_t length = sizeof peer;

  return getpeername (fd, (struct sockaddr *) &peer, &length) == 0
         && peer.sin_family == AF_INET && ntohs (peer.sin_port) == port;
}

/* Some of them carry calls, which are cut as well. */
static gboolean
on_cut (gpointer data)
{
  Worker *self = data;
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  g_autoptr (GArray) sockets = g_array_new (FALSE, FALSE, sizeof (int));
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      int fd = atoi (name);

      if (leads_to (fd, self->port))
        g_array_append_val (sockets, fd);
    }
  if (sockets->len == 0)
    return G_SOURCE_CONTINUE;

  shutdown (g_array_index (sockets, int,
                           g_rand_int_range (self->random, 0,
                                             (gint32) sockets->len)),
            SHUT_RDWR);
  count (self, KM_RESUME_CUTS);

  return G_SOURCE_CONTINUE;
}

static void
client_start (Client     *self,
              Worker     *worker,
              guint       number,
              const char *address)
{
  g_autofree char *directory =
    km_resume_dup_path (worker->directory, "profile", (int) number);
  g_autofree char *log =
    km_resume_dup_path (worker->directory, "log", (int) number);

  self->worker = worker;
  self->number = number;
  self->log = open (log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  note (self, "S\n");
  self->profile = km_profile_new (NULL, directory, directory, "Owner");
  self->secrets = km_secrets_new (self->profile);
  self->server = km_server_new (self->profile, self->secrets, address);
  km_server_check_async (self->server, NULL, NULL, NULL);
  g_signal_connect (km_server_get_connection (self->server), "notify::state",
                    G_CALLBACK (on_state), self);
  self->room = km_server_open_room (self->server, worker->room);
  g_signal_connect (self->room, "message", G_CALLBACK (on_message), self);
}

/**
 * km_resume_worker:
 * @directory: where the profiles and the logs are
 * @address: the server's
 * @room: which room
 * @first: number of the first client
 * @n_clients: how many
 *
 * Returns: the exit status
 */
int
km_resume_worker (const char *directory,
                  const char *address,
                  const char *room,
                  guint       first,
                  guint       n_clients)
{
  Worker self = {
    .directory = directory,
    .room = room,
    .port = (guint) atoi (strrchr (address, ':') + 1),
    .random = g_rand_new (),
    .run = g_uuid_string_random (),
    .clients = g_new0 (Client, n_clients),
    .n_clients = n_clients,
    .loop = g_main_loop_new (NULL, FALSE),
  };

  g_unix_signal_add (SIGUSR1, on_cut, &self);
  g_unix_signal_add (SIGUSR2, on_quiet, &self);
  g_print ("ready\n");
  for (guint i = 0; i < n_clients; i++)
    client_start (&self.clients[i], &self, first + i, address);
  g_timeout_add (TURN_MS, take_turn, &self);
  g_main_loop_run (self.loop);

  /* What the app would do now isn't what is asked here. */
  _exit (0);
}
