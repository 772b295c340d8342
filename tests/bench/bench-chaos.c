/* bench-chaos.c: does anything get lost when the server is killed?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Clients chat, give, vote and ask again while the server is killed with
 * SIGKILL at random moments and started on the same data. What was
 * acknowledged must be there once, nobody may have paid without a receipt,
 * and the books must balance. `build-aux/dev test` runs a short form of it.
 */

#include "km-bench.h"
#include "km-chaos.h"

#define CLIENTS 50
#define KILLS 30

static KmBenchGoal goals[] = {
  { "acknowledged acts lost", 0 },
  { "acts doubled", 0 },
  { "second answers that differ", 0 },
  { "events missed or had twice", 0 },
  { "coins charged without a receipt", 0 },
  { "findings in the books and the database", 0 },
  { "acknowledged acts missing in a backup", 0 },
  { "acknowledged acts a kill", 1, TRUE },
};

static void
set_goals (const KmChaosFigures *figures)
{
  const double values[] = {
    figures->lost,  figures->doubled,         figures->changed,
    figures->gaps,  (double) figures->unpaid, figures->books,
    figures->unsaved,
    figures->kills > 0 ? (double) figures->acknowledged / figures->kills : 0,
  };

  for (guint i = 0; i < G_N_ELEMENTS (goals); i++)
    km_bench_set_goal (goals, G_N_ELEMENTS (goals), goals[i].name, values[i]);
}

int
main (int    argc,
      char **argv)
{
  int n_clients = CLIENTS;
  int n_kills = KILLS;
  int seed = g_random_int_range (1, 1000000);
  const GOptionEntry entries[] = {
    { "clients", 0, 0, G_OPTION_ARG_INT, &n_clients, "How many clients", "N" },
    { "kills", 0, 0, G_OPTION_ARG_INT, &n_kills,
      "How often the server is killed", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Of what is random", "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  KmChaosFigures figures;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || n_clients < 2 || n_kills < 0)
    {
      g_printerr ("%s\n", error != NULL ? error->message
                                        : "at least 2 clients are needed");
      return 2;
    }

  km_chaos_run ((guint) n_clients, (guint) n_kills, (guint32) seed, &figures);
  km_bench_print_figures (
    "chaos", "kaimu", "kill", "seed", (double) seed, "clients",
    (double) n_clients, "kills", (double) figures.kills, "acts",
    (double) figures.acts, "acknowledged", (double) figures.acknowledged,
    "refused", (double) figures.refused, "resent", (double) figures.resent,
    "repeated", (double) figures.repeated, "events", (double) figures.events,
    "backups", (double) figures.backups,
    NULL);
  set_goals (&figures);

  return km_bench_print_goals ("chaos", goals, G_N_ELEMENTS (goals)) ? 0 : 1;
}
