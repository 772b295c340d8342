/* bench-startup.c: how long until the lobby can be used?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From exec to the frame that shows what the server answered: rooms, or that
 * nobody is live. The server is this computer's own, which the app starts, so
 * its start is part of the time. "cold": nothing of Kaimu's exists yet, not
 * even GStreamer's list of plugins; "warm": every later start. The machine's
 * file cache is warm in both.
 */

#include "km-bench.h"
#include "km-test-desktop.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>

#define COLD_STARTS 3
#define WARM_STARTS 9
#define START_SECONDS 30
#define READY "The lobby shows what the server answered"

static KmBenchGoal goals[] = {
  { "warm start to the first usable lobby, median s", 1.0 },
};

static GPid
read_server (KmTestDesktop *desktop)
{
  g_autofree char *path = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();

  path = g_build_filename (km_test_desktop_get_runtime_dir (desktop), "kaimu",
                           "this-computer.json", NULL);
  if (!json_parser_load_from_file (parser, path, NULL))
    return 0;

  return (GPid) json_object_get_int_member_with_default (
      json_node_get_object (json_parser_get_root (parser)), "pid", 0);
}

static gboolean
has_ended (gpointer data)
{
  GPid pid = *(GPid *) data;

  return pid == 0 || (kill (pid, 0) != 0 && errno == ESRCH);
}

/* Returns the seconds of one start, or a negative number. */
static double
start_once (KmTestDesktop *desktop,
            KmTestScreen  *screen)
{
  const char *argv[] = { "kaimu", NULL };
  gint64 begin_us = g_get_monotonic_time ();
  KmTestProcess *app = km_test_screen_start (screen, argv, "kaimu.log");
  double seconds = -1;
  GPid server;

  for (;;)
    {
      g_autofree char *line = km_test_process_read_line (app, START_SECONDS);

      if (line == NULL)
        break;
      if (strstr (line, READY) != NULL)
        {
          seconds = (double) (g_get_monotonic_time () - begin_us)
                    / G_USEC_PER_SEC;
          break;
        }
    }

  server = read_server (desktop);
  km_test_process_stop (app);
  km_test_wait_until (has_ended, &server, START_SECONDS);
  return seconds;
}

static void
run (GArray *cold_s,
     GArray *warm_s,
     guint   n_warm)
{
  g_autofree char *directory = km_test_directory_new ("bench");
  KmTestDesktop *desktop = km_test_desktop_start (directory);
  KmTestScreen *screen = km_test_desktop_add_screen (desktop, 1280, 800);
  double seconds;

  km_test_desktop_set_variable (desktop, "G_MESSAGES_DEBUG", "kaimu");
  if ((seconds = start_once (desktop, screen)) > 0)
    g_array_append_val (cold_s, seconds);
  for (guint i = 0; i < n_warm; i++)
    {
      if ((seconds = start_once (desktop, screen)) > 0)
        g_array_append_val (warm_s, seconds);
    }

  km_test_desktop_stop (desktop);
  km_test_directory_remove (directory);
}

static void
report (const char *test_case,
        GArray     *seconds)
{
  if (seconds->len > 0)
    km_bench_print_figures ("startup", "kaimu", test_case,
                            "median_s", km_bench_percentile (seconds, 0.5),
                            "min_s", km_bench_percentile (seconds, 0),
                            "max_s", km_bench_percentile (seconds, 1),
                            "starts", (double) seconds->len,
                            NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GArray) cold_s = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) warm_s = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < COLD_STARTS; i++)
    run (cold_s, warm_s, WARM_STARTS / COLD_STARTS);

  report ("cold", cold_s);
  report ("warm", warm_s);
  if (warm_s->len > 0)
    km_bench_set_goal (goals, G_N_ELEMENTS (goals), goals[0].name,
                       km_bench_percentile (warm_s, 0.5));
  return km_bench_print_goals ("startup", goals, G_N_ELEMENTS (goals)) ? 0 : 1;
}
