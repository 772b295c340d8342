/* bench-resume.c: does a client's log stay whole however often it is cut?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two hundred of the app's own clients talk while their connections are cut
 * a thousand times, the server is killed under them, and so are they. What
 * each of them showed must be what the store has: nothing missing, nothing
 * twice, and nothing said twice. `build-aux/dev test` runs a short form of it.
 */

#include "km-bench.h"
#include "km-resume.h"

static KmBenchGoal goals[] = {
  { "messages that a client never showed", 0 },
  { "messages that a client showed twice", 0 },
  { "messages shown otherwise than stored", 0 },
  { "messages said that aren't stored", 0 },
  { "messages stored twice", 0 },
  { "clients without the last message", 0 },
  { "lost connections a client", 1, TRUE },
};

static void
set_goals (const KmResumePlan    *plan,
           const KmResumeFigures *figures)
{
  const double values[] = {
    figures->gaps,    figures->repeats, figures->wrong,
    figures->missing, figures->doubled, figures->late,
    (double) figures->lost / plan->clients,
  };

  for (guint i = 0; i < G_N_ELEMENTS (goals); i++)
    km_bench_set_goal (goals, G_N_ELEMENTS (goals), goals[i].name, values[i]);
}

static int
run (const KmResumePlan *plan)
{
  KmResumeFigures figures;

  km_resume_run (plan, &figures);
  km_bench_print_figures (
    "resume", "kaimu", "cut", "seed", (double) plan->seed, "clients",
    (double) plan->clients, "cuts", (double) figures.cuts, "kills",
    (double) plan->kills, "restarts", (double) plan->restarts, "lost",
    (double) figures.lost, "opened", (double) figures.opened, "said",
    (double) figures.said, "acknowledged", (double) figures.acknowledged,
    "heard", (double) figures.heard, NULL);
  set_goals (plan, &figures);

  return km_bench_print_goals ("resume", goals, G_N_ELEMENTS (goals)) ? 0 : 1;
}

int
main (int    argc,
      char **argv)
{
  int clients = 200, workers = 4, cuts = 1000, kills = 8, restarts = 16;
  int seed = g_random_int_range (1, 1000000);
  int first = 0;
  g_autofree char *worker = NULL;
  g_autofree char *address = NULL;
  g_autofree char *room = NULL;
  const GOptionEntry entries[] = {
    { "clients", 0, 0, G_OPTION_ARG_INT, &clients, "How many clients", "N" },
    { "workers", 0, 0, G_OPTION_ARG_INT, &workers,
      "In how many processes they are", "N" },
    { "cuts", 0, 0, G_OPTION_ARG_INT, &cuts,
      "How many connections are cut", "N" },
    { "kills", 0, 0, G_OPTION_ARG_INT, &kills,
      "How often the server is killed", "N" },
    { "restarts", 0, 0, G_OPTION_ARG_INT, &restarts,
      "How often clients are killed", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Of what is random", "N" },
    { "worker", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &worker, NULL,
      NULL },
    { "address", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &address, NULL,
      NULL },
    { "room", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &room, NULL,
      NULL },
    { "first", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &first, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || clients < 1 || workers < 1 || workers > clients || cuts < 0
      || kills < 0 || restarts < 0)
    {
      g_printerr ("%s\n", error != NULL ? error->message
                                        : "there are too few of something");
      return 2;
    }

  if (worker != NULL)
    return km_resume_worker (worker, address, room, (guint) first,
                             (guint) clients);

  return run (&(KmResumePlan) {
    .clients = (guint) clients,
    .workers = (guint) workers,
    .cuts = (guint) cuts,
    .kills = (guint) kills,
    .restarts = (guint) restarts,
    .seed = (guint32) seed,
  });
}
