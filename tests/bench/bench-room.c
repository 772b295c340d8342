/* bench-room.c: what a room full of people costs, and how long they wait
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A real server with members who have signed in, in a room whose rules are
 * checked, whose every message is committed with synchronous=FULL before it is
 * sent; beside it, in the same run and by the same client, what the kernel
 * alone costs and what others need who keep and check nothing.
 *
 * Processor time is the server's, from /proc; the machine should have nothing
 * else to do. What is kept goes below --dir, which is on the disk to measure.
 */

#include <stdint.h>
#include <sys/resource.h>

#include "km-bench.h"
#include "km-room-bench.h"

/* Two programs with 5,000 sockets each, and what they need besides. */
#define DESCRIPTORS 8192

static KmBenchGoal goals[] = {
  { "n200-r10 ratio to the leading-edge floor", 1.25 },
  { "n200-r10 p50 ms above the disk's", 2 },
  { "n200-r10 p99 ms above the disk's", 6 },
  { "n200-r10 missing, wrong or refused", 0 },
  { "n1000-r20 ratio to the leading-edge floor", 1.12 },
  { "n1000-r20 missing, wrong or refused", 0 },
  { "n1000-r100 ratio to the leading-edge floor", 1.25 },
  { "n1000-r100 p99 ms", 65 },
  { "n1000-r100 missing, wrong or refused", 0 },
  { "n5000-r10 ratio to the leading-edge floor", 1.05 },
  { "n5000-r10 missing, wrong or refused", 0 },
  { "n5000-r100 ratio to the leading-edge floor", 1.12 },
  { "n5000-r100 p99 ms", 150 },
  { "n5000-r100 percent of a core", 55 },
  { "n5000-r100 missing, wrong or refused", 0 },
  { "saturation deliveries per core second", 3e6, TRUE },
  { "saturation missing, wrong or refused", 0 },
  { "memory KiB of the server for each idle member", 1 },
  { "memory-tls KiB of the server for each idle member", 32 },
  { "joins s for 5,000", 1 },
  { "joins us of processor each", 80 },
  { "joins-idle-http s for 5,000", 1 },
  { "joins-idle-http us of processor each", 80 },
  { "slow MiB for 20 who don't read", 20 },
  { "slow s until all 20 are closed", 15 },
  { "slow of the 20 were told why", 20, TRUE },
  { "slow p99 of the others, ratio", 1.2 },
  { "durable p50, ratio to the small program", 1.2 },
  { "durable p99, ratio to the small program", 1.2 },
  { "durable messages refused or lost", 0 },
  { "sign-ins p99 ms more", 5 },
};

gboolean
km_room_wants_case (const KmRoomOptions *options,
                    const char          *test_case)
{
  return options->test_case == NULL
         || g_str_equal (options->test_case, test_case);
}

gboolean
km_room_wants_peer (const KmRoomOptions *options,
                    const char          *peer)
{
  return options->peers == NULL
         || g_strv_contains ((const char *const *) options->peers, peer);
}

/**
 * km_room_set_goal:
 * @name: what was measured
 * @value: how much it is
 *
 * Nothing happens when the issue has no goal of that name.
 */
void
km_room_set_goal (const char *name,
                  double      value)
{
  for (gsize i = 0; i < G_N_ELEMENTS (goals); i++)
    {
      if (g_str_equal (goals[i].name, name))
        km_bench_set_goal (goals, G_N_ELEMENTS (goals), name, value);
    }
}

/* Of a bench of one case, the goals of that case: their names begin with its
 * own. */
static gboolean
print_goals (const KmRoomOptions *options)
{
  g_autofree char *prefix = NULL;
  gboolean met = TRUE;

  if (options->test_case == NULL)
    return km_bench_print_goals ("room", goals, G_N_ELEMENTS (goals));

  prefix = g_strconcat (options->test_case, " ", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (goals); i++)
    {
      if (g_str_has_prefix (goals[i].name, prefix))
        met &= km_bench_print_goals ("room", &goals[i], 1);
    }

  return met;
}

static gboolean
raise_descriptors (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  getrlimit (RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= DESCRIPTORS)
    return TRUE;

  g_printerr ("room: a process may have %ju descriptors here, and this needs "
              "%d (ulimit -Hn)\n", (uintmax_t) limit.rlim_cur, DESCRIPTORS);

  return FALSE;
}

int
main (int   argc,
      char *argv[])
{
  KmRoomOptions options = { .seconds = 4 };
  g_autofree char *parent = NULL;
  const GOptionEntry entries[] = {
    { "case", 0, 0, G_OPTION_ARG_STRING, &options.test_case,
      "Run NAME alone", "NAME" },
    { "peer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.peers,
      "Run NAME alone, or with others so named; the server's own is kaimu",
      "NAME" },
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &options.seconds,
      "Each run of a case takes so long (4)", "S" },
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
  if (!raise_descriptors ())
    return 2;

  g_setenv ("TMPDIR", parent != NULL ? parent : "/var/tmp", TRUE);
  km_room_run_cases (&options);
  km_room_run_more (&options);
  km_room_run_tls (&options);
  km_room_run_slow (&options);
  km_room_run_commit (&options);
  km_room_run_sign_ins (&options);

  return print_goals (&options) ? 0 : 1;
}
