/* km-room-peer.c: the others who tell everybody
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each is a small program in `peers/`, or the floor beside this bench. It
 * prints the port it listens on. Who isn't here is left out, and why is said:
 * a bench that needs the network would measure nothing on most days.
 *
 * Thread: main of the bench.
 */

#include "km-room-peer.h"

#include <signal.h>
#include <string.h>

#include "km-bench-http.h"

#define START_SECONDS 10
#define LISTEN_TRIES 200
#define LISTEN_SPACING_US 50000

typedef struct
{
  const char *name;
  const char *program;  /* %NULL: the floor */
  const char *argument; /* a script in peers/, or the floor's own */
  KmLoadWords words;
} Row;

static const Row rows[KM_N_ROOM_PEERS] = {
  { "floor-each", NULL, "each", KM_LOAD_ECHO },
  { "floor-lead", NULL, "lead", KM_LOAD_ECHO },
  { "floor-kept", NULL, "kept", KM_LOAD_ECHO },
  { "ws", "node", "broadcast-ws.js", KM_LOAD_ECHO },
  { "socket.io", "node", "broadcast-socket-io.js", KM_LOAD_SOCKET_IO },
  { "flask-socketio", "python3", "broadcast-flask.py", KM_LOAD_SOCKET_IO },
};

const char *
km_room_peer_get_name (KmRoomPeer peer)
{
  return rows[peer].name;
}

KmLoadWords
km_room_peer_get_words (KmRoomPeer peer)
{
  return rows[peer].words;
}

/* Debian's own packages, and what `dev bench` has fetched. */
static char **
make_environment (void)
{
  const char *fetched = g_getenv ("KM_BENCH_MODULES");
  g_autofree char *path = g_strdup_printf (
    "%s%s/usr/share/nodejs", fetched != NULL ? fetched : "",
    fetched != NULL ? ":" : "");

  return g_environ_setenv (g_get_environ (), "NODE_PATH", path, TRUE);
}

static gboolean
listens (guint port)
{
  for (guint i = 0; i < LISTEN_TRIES; i++)
    {
      g_autoptr (KmBenchHttp) connection = km_bench_http_new (port);

      if (connection != NULL)
        return TRUE;
      g_usleep (LISTEN_SPACING_US);
    }

  return FALSE;
}

static char *
find_argument (const Row *row)
{
  return row->program == NULL
           ? g_strdup (row->argument)
           : g_build_filename (KM_BENCH_PEERS, row->argument, NULL);
}

/**
 * km_room_peer_start:
 * @peer: who
 * @directory: where it may keep something
 * @port: (out): where it listens
 * @not_here: (out) (nullable) (transfer full): why it isn't
 *
 * Returns: (nullable) (transfer full): the program
 */
KmTestProcess *
km_room_peer_start (KmRoomPeer   peer,
                    const char  *directory,
                    guint       *port,
                    char       **not_here)
{
  const Row *row = &rows[peer];
  g_autofree char *program = g_find_program_in_path (
    row->program != NULL ? row->program : KM_BENCH_FLOOR);
  g_autofree char *argument = find_argument (row);
  g_auto (GStrv) environment = make_environment ();
  g_autofree char *line = NULL;
  g_autoptr (KmTestProcess) process = NULL;

  *not_here = NULL;
  if (program == NULL)
    {
      *not_here = g_strdup_printf ("there is no %s", row->program);
      return NULL;
    }

  process = km_test_process_start (
    (const char *const[]) { program, argument, directory, NULL },
    (const char *const *) environment, "/dev/null");
  line = km_test_process_read_line (process, START_SECONDS);
  if (line == NULL)
    {
      *not_here = g_strdup_printf ("%s doesn't start: is its library here?",
                                   row->argument);
      return NULL;
    }

  *port = (guint) g_ascii_strtoull (line, NULL, 10);
  if (!listens (*port))
    {
      *not_here = g_strdup_printf ("%s doesn't listen", row->argument);
      return NULL;
    }

  return g_steal_pointer (&process);
}
