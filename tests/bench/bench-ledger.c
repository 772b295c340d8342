/* bench-ledger.c: what a gift costs, and how long its giver waits
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gifts as the server writes them, on a real disk: the act that makes a retry
 * safe, the place in the room's log, the group of transfers with the balances
 * that they move, the gift and its event, committed with synchronous=FULL by
 * the real store. Posts are made before the clock runs, as the hub would have
 * them; processor time is that of the whole process, but for what the bench
 * itself takes to wait for the next millisecond and to measure the disk.
 *
 * A gift that arrives waits for the disk. What the disk itself takes is
 * measured beside it, by a file that is appended to and synced, since nobody
 * can be faster than that.
 */

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "km-bench-disk.h"
#include "km-bench.h"
#include "km-gift-post.h"
#include "km-grant.h"
#include "km-id.h"
#include "km-ledger-floor.h"
#include "km-statement.h"
#include "km-test-store.h"

#define ROOMS 20
#define GIVERS 1000
#define GROUPED_GIFTS 200000
#define GROUPED_WAITING 4000
#define GROUPED_GIFTS_PER_MS 30 /* about what it takes to give them all */
#define ARRIVING_SECONDS 8
#define ARRIVING_GIFTS_PER_MS 5
#define ARRIVING_GIFTS (ARRIVING_SECONDS * 1000 * ARRIVING_GIFTS_PER_MS)
#define FLOOR_SECONDS 4
/* A gift's id has the time at which its giver made it. */
#define ON_THE_WAY_MS 50
#define REFUSED_SEEN_US 50000

#define GROUPED_RATE "grouped, gifts per second"
#define GROUPED_CPU "grouped, us of processor each"
#define ARRIVING_CPU "5,000 a second, us of processor each"
#define ARRIVING_WAIT "5,000 a second, p99 ms above the disk's own"
#define WRONG "gifts that aren't in the books as answered"

static KmBenchGoal goals[] = {
  { GROUPED_RATE, 20000, TRUE },
  { GROUPED_CPU, 25 },
  { ARRIVING_CPU, 25 },
  { ARRIVING_WAIT, 10 },
  { WRONG, 0 },
};

typedef struct
{
  KmStore *store;
  KmQueue *answers;
  char *directory;
  KmLedgerRules rules;
  gint64 value_given;
  guint gifts_given;
  int refused; /* by a store that has too much to do */
  double waiting_cpu_us; /* for the time of the next gifts; the submitter's */
} Bench;

typedef struct
{
  KmGiftPost gift;
  Bench *bench;
  gint64 due_us;
  gint64 done_us;
} Gift;

static void
gift_done (KmJob        *job,
           const GError *error)
{
  Gift *self = (Gift *) job;

  self->done_us = g_get_monotonic_time ();
  if (error != NULL)
    g_error ("a gift was refused: %s", error->message);
  self->bench->gifts_given++;
  self->bench->value_given += self->gift.value;
}

static void
make_gift (Bench  *bench,
           Gift   *self,
           gint64  made_ms)
{
  static const char *const kinds[] = { "rose", "candy", "boat" };
  gint64 giver = g_random_int_range (0, GIVERS);
  gint64 room = giver % ROOMS + 1;
  KmRoomEvent *event = km_room_event_new (KM_ROOM_EVENT_GIFT_SENT);
  KmPost *post = &self->gift.post;
  guint8 digest[32] = { 0 };

  self->bench = bench;
  event->gift = km_gift_info_new ();
  event->gift->kind.id =
    g_strdup (kinds[g_random_int_range (0, G_N_ELEMENTS (kinds))]);
  event->gift->count = g_random_int_range (1, 11);
  event->id = km_id_new_timed (made_ms);
  event->from.id = g_strdup ("7");
  event->from.name = g_strdup ("somebody");
  event->from.shown_name = g_strdup ("Somebody who gives");
  km_post_init (post, room, event);
  km_gift_post_init (&self->gift, &bench->rules, FALSE);
  post->account = ROOMS + 1 + giver;
  memcpy (digest, event->id, MIN (strlen (event->id), sizeof digest));
  post->digest = g_bytes_new (digest, sizeof digest);
  post->job.done = gift_done;
  post->job.reply_to = bench->answers;
}

static Gift *
make_gifts (Bench *bench,
            guint  n,
            guint  per_ms)
{
  Gift *gifts = g_new0 (Gift, n);
  gint64 first_ms = g_get_real_time () / 1000;

  for (guint i = 0; i < n; i++)
    make_gift (bench, &gifts[i],
               first_ms + i / per_ms - g_random_int_range (0, ON_THE_WAY_MS));

  return gifts;
}

static void
free_gifts (Gift  *gifts,
            guint  n)
{
  for (guint i = 0; i < n; i++)
    km_post_clear (&gifts[i].gift.post);
  g_free (gifts);
}

static void
run_sql (Bench      *bench,
         const char *sql)
{
  g_autoptr (GError) error = NULL;

  if (!km_test_store_run (bench->store, sql, &error))
    g_error ("%s: %s", sql, error->message);
}

static gboolean
apply_grants (KmJob          *job,
              KmTransaction  *transaction,
              GError        **error)
{
  for (gint64 giver = ROOMS + 1; giver <= ROOMS + GIVERS; giver++)
    {
      if (!km_ledger_grant (transaction, giver, 1000000000, NULL, 0, NULL,
                            error))
        return FALSE;
    }

  return TRUE;
}

static void
grants_done (KmJob        *job,
             const GError *error)
{
  if (error != NULL)
    g_error ("the grants: %s", error->message);
}

static void
grant_coins (Bench *bench)
{
  KmJob job = {
    .apply = apply_grants,
    .done = grants_done,
    .reply_to = bench->answers,
  };

  if (!km_store_submit (bench->store, &job))
    g_error ("a new store is busy");
  km_queue_wait (bench->answers, -1);
  km_job_finish_all (km_queue_take_all (bench->answers));
}

static void
open_books (Bench      *bench,
            const char *parent)
{
  g_autoptr (GError) error = NULL;
  bench->directory = g_build_filename (parent, "kaimu-bench-XXXXXX", NULL);
  if (g_mkdtemp (bench->directory) == NULL)
    g_error ("%s: %s", bench->directory, g_strerror (errno));
  bench->store = km_store_open (bench->directory, &error);
  if (bench->store == NULL)
    g_error ("%s", error->message);
  bench->answers = km_queue_new (0);
  bench->rules = (KmLedgerRules) { .share_permille = 500,
                                   .confirm_above_coins = 1000000 };

  km_test_store_add_users (bench->store, ROOMS + GIVERS);
  run_sql (bench, "INSERT INTO stream (id, room, started_at)"
                  " SELECT 's' || id, id, 0 FROM room");
  run_sql (bench, "INSERT INTO gift_kind (id, name, price, tier, art, origin,"
                  " position) VALUES"
                  " ('rose', '{\"en\":\"Rose\"}', 1, 1, 'rose', 'file', 1),"
                  " ('candy', '{\"en\":\"Candy\"}', 5, 1, 'candy', 'file', 2),"
                  " ('boat', '{\"en\":\"Boat\"}', 66, 2, 'boat', 'file', 3)");
  grant_coins (bench);
}

static void
close_books (Bench *bench)
{
  km_store_free (bench->store);
  km_queue_free (bench->answers);
  km_test_store_directory_remove (bench->directory);
}

static double
used_cpu_us (int whose)
{
  struct rusage usage;

  getrusage (whose, &usage);

  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* As fine as the clock is: for the little between two readings. */
static double
thread_cpu_us (void)
{
  struct timespec used;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &used);

  return (double) used.tv_sec * 1e6 + (double) used.tv_nsec / 1000;
}

static void
submit (Bench *bench,
        Gift  *gift)
{
  if (!km_store_submit (bench->store, &gift->gift.post.job))
    g_atomic_int_inc (&bench->refused);
}

static void
take_answers (Bench *bench)
{
  km_job_finish_all (km_queue_take_all (bench->answers));
}

static void
measure_grouped (Bench *bench)
{
  Gift *gifts = make_gifts (bench, GROUPED_GIFTS, GROUPED_GIFTS_PER_MS);
  gint64 began_us = g_get_monotonic_time ();
  double cpu_us = used_cpu_us (RUSAGE_SELF);
  guint given_before = bench->gifts_given;
  guint submitted = 0;
  double seconds;

  while (bench->gifts_given - given_before < GROUPED_GIFTS)
    {
      while (submitted < GROUPED_GIFTS
             && submitted - (bench->gifts_given - given_before)
                  < GROUPED_WAITING)
        submit (bench, &gifts[submitted++]);
      km_queue_wait (bench->answers, -1);
      take_answers (bench);
    }

  cpu_us = (used_cpu_us (RUSAGE_SELF) - cpu_us) / GROUPED_GIFTS;
  seconds = (double) (g_get_monotonic_time () - began_us) / 1e6;
  km_bench_print_figures ("ledger", "kaimu", "grouped",
                          "gifts_per_second", GROUPED_GIFTS / seconds,
                          "cpu_us_each", cpu_us, "gifts",
                          (double) GROUPED_GIFTS, NULL);
  km_bench_set_goal (goals, G_N_ELEMENTS (goals), GROUPED_RATE,
                     GROUPED_GIFTS / seconds);
  km_bench_set_goal (goals, G_N_ELEMENTS (goals), GROUPED_CPU, cpu_us);
  free_gifts (gifts, GROUPED_GIFTS);
}

static void
wait_until (gint64 due_us)
{
  const struct timespec due = {
    .tv_sec = due_us / G_USEC_PER_SEC,
    .tv_nsec = due_us % G_USEC_PER_SEC * 1000,
  };

  while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
    continue;
}

/* A server waits for sockets instead. */
static void
wait_on_our_account (Bench  *bench,
                     gint64  due_us)
{
  double cpu_us = thread_cpu_us ();

  wait_until (due_us);
  bench->waiting_cpu_us += thread_cpu_us () - cpu_us;
}

static gpointer
submit_arriving (gpointer data)
{
  Gift *gifts = data;
  gint64 began_us = g_get_monotonic_time ();

  for (guint i = 0; i < ARRIVING_GIFTS; i++)
    {
      gint64 due_us = began_us + i / ARRIVING_GIFTS_PER_MS * 1000;

      if (due_us > g_get_monotonic_time ())
        wait_on_our_account (gifts[i].bench, due_us);
      gifts[i].due_us = due_us;
      submit (gifts[i].bench, &gifts[i]);
    }

  return NULL;
}

static void
report_arriving (Gift                     *gifts,
                 const KmBenchDiskFigures *disk,
                 double                    cpu_us)
{
  g_autoptr (GArray) waits_ms = g_array_new (FALSE, FALSE, sizeof (double));
  double p99_ms;

  for (guint i = 0; i < ARRIVING_GIFTS; i++)
    {
      double ms = (double) (gifts[i].done_us - gifts[i].due_us) / 1000;

      if (gifts[i].done_us != 0)
        g_array_append_val (waits_ms, ms);
    }

  p99_ms = km_bench_percentile (waits_ms, 0.99);
  km_bench_print_figures ("ledger", "kaimu", "arriving-5000",
                          "cpu_us_each", cpu_us,
                          "p50_ms", km_bench_percentile (waits_ms, 0.5),
                          "p99_ms", p99_ms,
                          "max_ms", km_bench_percentile (waits_ms, 1),
                          "refused", (double) gifts[0].bench->refused,
                          "bench_cpu_us_each",
                          (gifts[0].bench->waiting_cpu_us + disk->cpu_us)
                            / ARRIVING_GIFTS, NULL);
  km_bench_print_figures ("ledger", "floor", "fdatasync-beside",
                          "p50_ms", disk->p50_ms, "p99_ms", disk->p99_ms,
                          "max_ms", disk->max_ms,
                          "syncs", (double) disk->syncs, NULL);
  km_bench_set_goal (goals, G_N_ELEMENTS (goals), ARRIVING_CPU, cpu_us);
  /* What was refused has waited for ever. */
  if (gifts[0].bench->refused == 0)
    km_bench_set_goal (goals, G_N_ELEMENTS (goals), ARRIVING_WAIT,
                       p99_ms - disk->p99_ms);
}

/* What SQLite itself takes here and now for the least that can be called a
 * gift. */
static void
measure_floor (Bench *bench)
{
  km_bench_print_figures ("ledger", "floor", "arriving-5000-bare",
                          "cpu_us_each",
                          km_ledger_floor_measure (bench->directory,
                                                   FLOOR_SECONDS,
                                                   ARRIVING_GIFTS_PER_MS,
                                                   ROOMS, GIVERS), NULL);
}

static void
measure_arriving (Bench *bench)
{
  Gift *gifts = make_gifts (bench, ARRIVING_GIFTS, ARRIVING_GIFTS_PER_MS);
  KmBenchDisk *probe = km_bench_disk_begin (bench->directory);
  KmBenchDiskFigures disk;
  double cpu_us = used_cpu_us (RUSAGE_SELF);
  guint given_before = bench->gifts_given;
  GThread *submitter = g_thread_new ("submit", submit_arriving, gifts);

  while (bench->gifts_given - given_before
           + (guint) g_atomic_int_get (&bench->refused)
         < ARRIVING_GIFTS)
    {
      km_queue_wait (bench->answers, REFUSED_SEEN_US);
      take_answers (bench);
    }
  g_thread_join (submitter);
  km_bench_disk_end (probe, &disk);
  cpu_us = (used_cpu_us (RUSAGE_SELF) - disk.cpu_us - bench->waiting_cpu_us
            - cpu_us)
           / (bench->gifts_given - given_before);

  report_arriving (gifts, &disk, cpu_us);
  free_gifts (gifts, ARRIVING_GIFTS);
}

static void
check_books (Bench *bench)
{
  gint64 gifts = km_test_store_ask (bench->store, "SELECT count(*) FROM gift"
                                                  " JOIN event"
                                                  " ON event.gift = gift.id");
  gint64 acts = km_test_store_ask (bench->store, "SELECT count(*) FROM act");
  gint64 value = km_test_store_ask (bench->store,
                                    "SELECT SUM (balance) FROM ledger_account"
                                    " WHERE kind IN ('host', 'share',"
                                    " 'remainder')");
  gint64 left = km_test_store_ask (bench->store,
                                   "SELECT SUM (balance) FROM ledger_account");

  km_bench_set_goal (goals, G_N_ELEMENTS (goals), WRONG,
                     (double) (ABS (gifts - bench->gifts_given)
                               + ABS (acts - bench->gifts_given)
                               + ABS (value - bench->value_given)
                               + ABS (left)));
}

int
main (int   argc,
      char *argv[])
{
  Bench bench = { 0 };
  g_autofree char *parent = NULL;
  const GOptionEntry entries[] = {
    { "dir", 0, 0, G_OPTION_ARG_FILENAME, &parent,
      "Write below DIR, which is on the disk to measure (/var/tmp)", "DIR" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }

  open_books (&bench, parent != NULL ? parent : "/var/tmp");
  measure_grouped (&bench);
  measure_arriving (&bench);
  measure_floor (&bench);
  check_books (&bench);
  close_books (&bench);

  return km_bench_print_goals ("ledger", goals, G_N_ELEMENTS (goals)) ? 0 : 1;
}
