/* km-load.c: a room full of people who talk, in one thread
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Members take turns in sending, at moments that are set before (an open
 * loop: a server that is late gets no less to do), so that each stays within
 * what a room's rules allow while the room as a whole is as busy as wanted.
 * A message counts from the moment at which it was really sent to the one at
 * which each member reads it.
 *
 * Thread: main of the bench.
 */

#include "km-load-private.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define INPUT_BYTES (256 * 1024)
#define EVENTS_A_TURN 512
/* So many connect at the same time; the kernel's own queue is 4096. */
#define CONNECTING_MAX 2048
#define JOIN_US (20 * G_USEC_PER_SEC)
/* Without any delivery for so long, what is missing is lost. */
#define SILENCE_US (3 * G_USEC_PER_SEC)
#define WORDS_MIN 40
#define ECHO_HEAD 11

/* As many bytes as a cluster may have, so that a message can be long. */
static char *
make_long_filler (guint bytes)
{
  static const char cluster[] = "\u660e\u0301\u0301\u0301\u0301";
  GString *filler = g_string_new (NULL);

  while (filler->len + sizeof cluster <= bytes)
    g_string_append (filler, cluster);

  return g_string_free_and_steal (filler);
}

static char *
make_filler (guint bytes)
{
  static const char words[] = "this is what they say in most live rooms ";
  GString *filler = g_string_new (NULL);

  while (filler->len + ECHO_HEAD < bytes)
    g_string_append_c (filler, words[filler->len % (sizeof words - 1)]);

  return g_string_free_and_steal (filler);
}

/* Which words make a frame of the wanted length. */
static guint
count_words (const KmLoadSetup *setup)
{
  static const char around[] = "42[\"say\",\"\"]";
  guint extra = setup->words == KM_LOAD_SOCKET_IO ? sizeof around - 1 : 0;

  return setup->bytes > extra ? setup->bytes - extra : WORDS_MIN;
}

static void
make_rooms (KmLoad *self)
{
  self->n_rooms = MAX (1, self->setup.n_rooms);
  self->seats_each = self->setup.in_all ? self->n_rooms : 1;
  self->rooms = g_new0 (KmLoadRoom, self->n_rooms);
  for (guint i = 0; i < self->n_rooms; i++)
    {
      self->rooms[i].bytes = g_byte_array_new ();
      self->rooms[i].entries = g_array_new (FALSE, FALSE,
                                            sizeof (KmLoadEntry));
    }
}

static void
make_members (KmLoad *self)
{
  guint n = self->setup.n_members;

  self->members = g_new0 (KmLoadMember, n);
  self->seats = g_new0 (KmLoadSeat, n * self->seats_each);
  for (guint i = 0; i < n; i++)
    {
      KmLoadMember *member = &self->members[i];

      member->number = i;
      member->fd = -1;
      member->stalled = i >= n - self->setup.n_stalled;
      member->seats = &self->seats[i * self->seats_each];
      for (guint j = 0; j < self->seats_each; j++)
        {
          member->seats[j].known = -1;
          if (!member->stalled)
            self->rooms[km_load_room_of (self, member, j)].n_members++;
        }
    }
}

/**
 * km_load_new:
 * @setup: whose load; what it points to must outlive the load
 *
 * Returns: (transfer full): members that haven't joined yet
 */
KmLoad *
km_load_new (const KmLoadSetup *setup)
{
  KmLoad *self = g_new0 (KmLoad, 1);

  self->setup = *setup;
  self->dialect = km_load_dialect (setup->words);
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  self->input = g_malloc (INPUT_BYTES);
  self->sent = g_array_new (FALSE, FALSE, sizeof (KmLoadSent));
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->filler = setup->words == KM_LOAD_KAIMU && setup->bytes > 0
                   ? make_long_filler (setup->bytes)
                   : make_filler (count_words (setup));
  make_rooms (self);
  make_members (self);

  return self;
}

void
km_load_free (KmLoad *self)
{
  for (guint i = 0; i < self->setup.n_members; i++)
    {
      if (self->members[i].fd >= 0)
        close (self->members[i].fd);
      g_clear_pointer (&self->members[i].rest, g_byte_array_unref);
    }
  for (guint i = 0; i < self->n_rooms; i++)
    {
      g_byte_array_unref (self->rooms[i].bytes);
      g_array_unref (self->rooms[i].entries);
    }
  close (self->epoll_fd);
  g_array_unref (self->sent);
  g_hash_table_unref (self->asked);
  g_free (self->members);
  g_free (self->seats);
  g_free (self->rooms);
  g_free (self->filler);
  g_free (self->input);
  g_free (self);
}

/* The last of those that it may use. What is started later may use all: they
 * are put back. */
static void
keep_to_one_processor (cpu_set_t *all)
{
  cpu_set_t last;
  int cpu = CPU_SETSIZE - 1;

  sched_getaffinity (0, sizeof *all, all);
  while (cpu > 0 && !CPU_ISSET (cpu, all))
    cpu--;
  CPU_ZERO (&last);
  CPU_SET (cpu, &last);
  sched_setaffinity (0, sizeof last, &last);
}

static void
use_processors (const cpu_set_t *all)
{
  sched_setaffinity (0, sizeof *all, all);
}

/* What the sockets have, or @until_us. */
static gboolean
take_turn (KmLoad *self,
           gint64  until_us)
{
  struct epoll_event events[EVENTS_A_TURN];
  gint64 left_us = until_us - g_get_monotonic_time ();
  gint64 wait_us = MAX (0, left_us);
  const struct timespec timeout = {
    .tv_sec = wait_us / G_USEC_PER_SEC,
    .tv_nsec = wait_us % G_USEC_PER_SEC * 1000,
  };
  int n = epoll_pwait2 (self->epoll_fd, events, EVENTS_A_TURN, &timeout, NULL);

  if (n < 0 && errno != EINTR)
    g_error ("epoll_pwait2: %s", g_strerror (errno));
  for (int i = 0; i < n; i++)
    km_load_socket_ready (self, events[i].data.ptr, events[i].events);

  return n > 0;
}

void
km_load_joined (KmLoad       *self,
                KmLoadMember *member)
{
  member->state = KM_LOAD_JOINED;
  self->joined++;
}

/**
 * km_load_join:
 * @self: a load whose members haven't joined
 * @wall_s: (out) (optional): from the first connect to when the last one is in
 *
 * All at once: as many connect at the same time as the kernel lets wait.
 *
 * Returns: whether all joined
 */
gboolean
km_load_join (KmLoad *self,
              double *wall_s)
{
  gint64 began_us = g_get_monotonic_time ();
  guint n = self->setup.n_members;
  gboolean open = TRUE;
  cpu_set_t all;

  keep_to_one_processor (&all);
  while (open && self->joined + self->closed < n
         && g_get_monotonic_time () < began_us + JOIN_US)
    {
      while (open && self->begun < n
             && self->begun - self->joined - self->closed < CONNECTING_MAX)
        {
          open = km_load_socket_open (self, &self->members[self->begun]);
          self->begun += open;
        }
      take_turn (self, g_get_monotonic_time () + 100000);
    }
  use_processors (&all);
  if (wall_s != NULL)
    *wall_s = (double) (g_get_monotonic_time () - began_us) / G_USEC_PER_SEC;

  return self->joined == n;
}

static KmLoadMember *
find_sender (KmLoad *self,
             guint   number)
{
  guint readers = self->setup.n_members - self->setup.n_stalled;

  return &self->members[number % readers];
}

/* Whose turn it is says a word; one who speaks in many rooms takes another
 * room each time. */
static void
send_next (KmLoad *self)
{
  guint number = self->sent->len;
  KmLoadMember *member = find_sender (self, number);
  guint readers = self->setup.n_members - self->setup.n_stalled;
  guint seat = self->setup.in_all
                 ? (number / readers + number % readers) % self->seats_each
                 : 0;
  guint room = km_load_room_of (self, member, seat);
  KmLoadSent sent = { .place = -1 };
  g_autofree char *words = km_load_words (self, number);
  g_autofree char *text = NULL;

  text = self->dialect->encode (self, room, number, words);
  sent.sent_us = g_get_monotonic_time ();
  g_array_append_val (self->sent, sent);
  if (member->state != KM_LOAD_JOINED
      || !km_load_socket_send (self, member, 0x1, text, strlen (text)))
    return;

  self->figures.sent++;
  self->figures.due += self->rooms[room].n_members;
}

static void
send_due (KmLoad *self,
          gint64  began_us,
          double  per_second,
          gint64  until_us)
{
  gint64 next_us = began_us;
  guint n = 0;

  while (next_us < until_us)
    {
      take_turn (self, next_us);
      while (next_us < until_us && next_us <= g_get_monotonic_time ())
        {
          send_next (self);
          next_us = began_us
                    + (gint64) (++n * (double) G_USEC_PER_SEC / per_second);
        }
    }
}

static gint64
drain (KmLoad *self)
{
  gint64 last_us = g_get_monotonic_time ();

  while (self->figures.delivered < self->figures.due
         && g_get_monotonic_time () < last_us + SILENCE_US)
    {
      guint64 before = self->figures.delivered;

      take_turn (self, g_get_monotonic_time () + 100000);
      if (self->figures.delivered > before)
        last_us = g_get_monotonic_time ();
    }

  return last_us;
}

/**
 * km_load_run:
 * @self: a load that has joined
 * @per_second: messages, of all members together
 * @seconds: how long
 * @figures: (out): what came of it
 *
 * Sends, and waits until all of it is with everybody who reads.
 */
void
km_load_run (KmLoad        *self,
             double         per_second,
             double         seconds,
             KmLoadFigures *figures)
{
  gint64 began_us = g_get_monotonic_time ();
  guint closed_before = self->closed;
  gint64 ended_us;
  cpu_set_t all;

  keep_to_one_processor (&all);
  self->figures = (KmLoadFigures) { 0 };
  memset (&self->times, 0, sizeof self->times);
  memset (&self->reply_times, 0, sizeof self->reply_times);
  send_due (self, began_us, per_second,
            began_us + (gint64) (seconds * G_USEC_PER_SEC));
  ended_us = drain (self);
  use_processors (&all);

  *figures = self->figures;
  figures->closed = self->closed - closed_before;
  figures->wall_s = (double) (ended_us - began_us) / G_USEC_PER_SEC;
  figures->p50_ms = km_load_times_part_ms (&self->times, 0.5);
  figures->p99_ms = km_load_times_part_ms (&self->times, 0.99);
  figures->max_ms = (double) self->times.max_us / 1000;
  figures->reply_p50_ms = km_load_times_part_ms (&self->reply_times, 0.5);
  figures->reply_p99_ms = km_load_times_part_ms (&self->reply_times, 0.99);
}

/**
 * km_load_read_closes:
 * @self: a load whose members that didn't read were closed
 * @code: the code that they should have been told
 *
 * They read at last, to the end.
 *
 * Returns: how many of them find a close frame with that code
 */
guint
km_load_read_closes (KmLoad *self,
                     guint   code)
{
  gint64 until_us = g_get_monotonic_time () + SILENCE_US;
  guint told = 0;

  for (guint i = 0; i < self->setup.n_members; i++)
    {
      if (self->members[i].stalled)
        km_load_socket_resume (self, &self->members[i]);
    }
  while (g_get_monotonic_time () < until_us)
    take_turn (self, until_us);
  for (guint i = 0; i < self->setup.n_members; i++)
    told += self->members[i].stalled && self->members[i].close_code == code;

  return told;
}
