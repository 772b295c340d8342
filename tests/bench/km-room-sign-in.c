/* km-room-sign-in.c: passwords are hashed beside a room that talks
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each sign-in takes argon2id 19 MiB and tens of milliseconds of processor
 * time, on purpose. The room must not notice.
 *
 * Thread: main of the bench; people who sign in have one each.
 */

#include "km-room-bench.h"

#include "km-bench-http.h"
#include "km-bench.h"

#define MEMBERS 1000
#define PER_SECOND 20
#define PEOPLE 4
#define SPACING_US 200000 /* of one of them: 20 a second in all */

typedef struct
{
  guint port;
  char *body;
  int *stop;
  guint done;
  guint failed;
  GThread *thread;
} Person;

static gpointer
sign_in_again_and_again (gpointer data)
{
  Person *self = data;
  g_autoptr (KmBenchHttp) http = km_bench_http_new (self->port);
  gint64 next_us = g_get_monotonic_time ();
  gint64 left_us;

  while (http != NULL && !g_atomic_int_get (self->stop))
    {
      guint status = km_bench_http_call (http, "POST", "/api/v1/sessions",
                                         NULL, self->body, NULL);

      if (status == 200)
        self->done++;
      else
        self->failed++;
      next_us += SPACING_US;
      left_us = next_us - g_get_monotonic_time ();
      g_usleep ((gulong) MAX (0, left_us));
    }

  return NULL;
}

static void
begin (Person       *people,
       KmRoomServer *server,
       int          *stop)
{
  for (guint i = 0; i < PEOPLE; i++)
    {
      g_autofree char *name = g_strdup_printf ("somebody-%u", i);

      g_free (km_test_server_sign_up (server->server, name));
      people[i] = (Person) {
        .port = server->port,
        .body = g_strdup_printf ("{\"name\":\"%s\",\"password\":\""
                                 KM_TEST_PASSWORD "\"}", name),
        .stop = stop,
      };
      people[i].thread = g_thread_new ("person", sign_in_again_and_again,
                                       &people[i]);
    }
}

static void
end (Person *people,
     int    *stop,
     double  seconds)
{
  guint done = 0;
  guint failed = 0;

  g_atomic_int_set (stop, 1);
  for (guint i = 0; i < PEOPLE; i++)
    {
      g_thread_join (people[i].thread);
      done += people[i].done;
      failed += people[i].failed;
      g_free (people[i].body);
    }
  km_bench_print_figures ("room", "kaimu", "sign-ins",
                          "signed_in_per_second", done / seconds,
                          "failed", (double) failed, NULL);
}

static gboolean
measure (KmRoomServer *server,
         gint64        room,
         double        seconds,
         KmRoomRun    *run)
{
  KmLoadSetup setup = { .n_members = MEMBERS, .first_room = room };
  g_autoptr (KmLoad) load = km_room_join_members (server, &setup);

  if (load == NULL)
    return FALSE;

  km_room_run (load, km_room_server_get_pid (server), PER_SECOND, seconds,
               run);

  return TRUE;
}

/**
 * km_room_run_sign_ins:
 * @options: what was asked for
 */
void
km_room_run_sign_ins (const KmRoomOptions *options)
{
  g_autoptr (KmRoomServer) server = NULL;
  Person people[PEOPLE];
  KmRoomRun quiet;
  KmRoomRun busy;
  int stop = 0;
  gint64 began_us;
  gboolean ran;

  if (!km_room_wants_case (options, "sign-ins")
      || !km_room_wants_peer (options, "kaimu"))
    return;

  server = km_room_server_new (MEMBERS, 2);
  if (!measure (server, 1, options->seconds, &quiet))
    return;

  began_us = g_get_monotonic_time ();
  begin (people, server, &stop);
  ran = measure (server, 2, options->seconds, &busy);
  end (people, &stop,
       (double) (g_get_monotonic_time () - began_us) / G_USEC_PER_SEC);
  if (!ran)
    return;

  km_room_print ("kaimu", "sign-ins-none", &quiet);
  km_room_print ("kaimu", "sign-ins", &busy);
  km_room_set_goal ("sign-ins p99 ms more", busy.load.p99_ms
                                              - quiet.load.p99_ms);
}
