/* bench-latency.c: how old is the picture that a viewer sees?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Glass to glass on one machine: the test camera paints the clock into each
 * frame when it makes it, and this program reads it back from the viewer's
 * screen when that has been painted. Everything between is the real app and
 * the real server: PipeWire, preview, x264, RTMP, relay, HTTP-FLV, decoder,
 * GTK.
 */

#include "km-bench-show.h"
#include "km-bench.h"

#define SETTLE_SECONDS 5
#define MEASURE_SECONDS 20
#define FIRST_FRAME_SECONDS 30
/* Older than this, it is a misread barcode. */
#define SANE_US (10 * G_USEC_PER_SEC)

static KmBenchGoal goals[] = {
  { "glass to glass median, ms", 200 },
  { "glass to glass p95, ms", 300 },
};

typedef struct
{
  KmTestApp *viewer;
  KmTestPicture picture;
  guint64 painted_us;
} Eye;

static gboolean
sees_picture (gpointer data)
{
  Eye *eye = data;

  return km_test_app_find_picture (eye->viewer, &eye->picture)
         && km_test_app_read_barcode (eye->viewer, &eye->picture, 0,
                                      &eye->painted_us);
}

static void
measure (Eye    *eye,
         guint   seconds,
         GArray *latencies_ms,
         GArray *gaps_ms)
{
  KmTestScreen *screen = km_test_app_get_screen (eye->viewer);
  gint64 end_us = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  gint64 last_us = 0;

  while (g_get_monotonic_time () < end_us)
    {
      guint64 painted_us;
      gint64 now_us;
      double ms;

      if (!km_test_screen_wait_painted (screen, 100)
          || !km_test_app_read_barcode (eye->viewer, &eye->picture, 0,
                                        &painted_us)
          || painted_us == eye->painted_us)
        continue;

      now_us = g_get_monotonic_time ();
      eye->painted_us = painted_us;
      if (now_us - (gint64) painted_us < 0
          || now_us - (gint64) painted_us > SANE_US)
        continue;

      ms = (double) (now_us - (gint64) painted_us) / 1000;
      g_array_append_val (latencies_ms, ms);
      ms = (double) (now_us - last_us) / 1000;
      if (last_us != 0)
        g_array_append_val (gaps_ms, ms);
      last_us = now_us;
    }
}

static void
report (GArray *latencies_ms,
        GArray *gaps_ms)
{
  double median_ms = km_bench_percentile (latencies_ms, 0.5);
  double p95_ms = km_bench_percentile (latencies_ms, 0.95);

  km_bench_print_figures (
      "latency", "kaimu", "720p30-same-machine",
      "p50_ms", median_ms,
      "p95_ms", p95_ms,
      "p99_ms", km_bench_percentile (latencies_ms, 0.99),
      "max_ms", km_bench_percentile (latencies_ms, 1),
      "gap_p50_ms", km_bench_percentile (gaps_ms, 0.5),
      "gap_p95_ms", km_bench_percentile (gaps_ms, 0.95),
      "frames", (double) latencies_ms->len,
      "frames_per_second", (double) latencies_ms->len / MEASURE_SECONDS,
      NULL);
  km_bench_set_goal (goals, G_N_ELEMENTS (goals), goals[0].name, median_ms);
  km_bench_set_goal (goals, G_N_ELEMENTS (goals), goals[1].name, p95_ms);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GArray) latencies_ms = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) gaps_ms = g_array_new (FALSE, FALSE, sizeof (double));
  KmBenchShow show;
  Eye eye = { 0 };

  km_bench_show_open (&show);
  km_bench_show_watch (&show);
  eye.viewer = show.viewer;

  if (km_test_wait_until (sees_picture, &eye, FIRST_FRAME_SECONDS))
    {
      measure (&eye, SETTLE_SECONDS, latencies_ms, gaps_ms);
      g_array_set_size (latencies_ms, 0);
      g_array_set_size (gaps_ms, 0);
      measure (&eye, MEASURE_SECONDS, latencies_ms, gaps_ms);
    }
  km_bench_show_close (&show);

  if (gaps_ms->len > 0)
    report (latencies_ms, gaps_ms);
  return km_bench_print_goals ("latency", goals, G_N_ELEMENTS (goals)) ? 0 : 1;
}
