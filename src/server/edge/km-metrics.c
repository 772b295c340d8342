/* km-metrics.c: figures in Prometheus' text format
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The exposition format, version 0.0.4: for each family HELP and TYPE, then
 * its samples. Names, labels and help are constants of the program, so
 * nothing needs escaping; times are in seconds, as the conventions have it,
 * and written as whole microseconds with a point, which no locale changes.
 *
 * Thread: any.
 */

#include "km-metrics.h"

/**
 * km_metrics_append_family:
 * @out: gets the head of a family
 * @name: its name
 * @type: `counter`, `gauge` or `histogram`
 * @help: what it says, in one line
 */
void
km_metrics_append_family (GString    *out,
                          const char *name,
                          const char *type,
                          const char *help)
{
  g_string_append_printf (out, "# HELP %s %s\n# TYPE %s %s\n", name, help,
                          name, type);
}

/**
 * km_metrics_append_sample:
 * @out: gets a line
 * @name: the family's name
 * @label: (nullable): what tells its samples apart
 * @word: (nullable): which one this is
 * @value: its value
 */
void
km_metrics_append_sample (GString    *out,
                          const char *name,
                          const char *label,
                          const char *word,
                          guint64     value)
{
  g_string_append (out, name);
  if (label != NULL)
    g_string_append_printf (out, "{%s=\"%s\"}", label, word);
  g_string_append_printf (out, " %" G_GUINT64_FORMAT "\n", value);
}

/**
 * km_metrics_append_counter:
 * @out: gets a family of one sample
 * @name: its name, which ends in `_total`
 * @help: what it counts
 * @value: how many so far
 */
void
km_metrics_append_counter (GString    *out,
                           const char *name,
                           const char *help,
                           guint64     value)
{
  km_metrics_append_family (out, name, "counter", help);
  km_metrics_append_sample (out, name, NULL, NULL, value);
}

/**
 * km_metrics_append_gauge:
 * @out: gets a family of one sample
 * @name: its name
 * @help: what it measures
 * @value: how many now
 */
void
km_metrics_append_gauge (GString    *out,
                         const char *name,
                         const char *help,
                         guint64     value)
{
  km_metrics_append_family (out, name, "gauge", help);
  km_metrics_append_sample (out, name, NULL, NULL, value);
}

static void
append_seconds (GString *out,
                guint64  us)
{
  g_string_append_printf (out, "%" G_GUINT64_FORMAT ".%06u",
                          us / G_USEC_PER_SEC, (guint) (us % G_USEC_PER_SEC));
}

/**
 * km_metrics_append_histogram:
 * @out: gets a family
 * @name: its name, which ends in `_seconds`
 * @help: what it measures
 * @histogram: how often it took how long
 */
void
km_metrics_append_histogram (GString           *out,
                             const char        *name,
                             const char        *help,
                             const KmHistogram *histogram)
{
  KmHistogramReading reading = km_histogram_read (histogram);

  km_metrics_append_family (out, name, "histogram", help);
  for (guint i = 0; i < KM_HISTOGRAM_BOUNDS; i++)
    {
      g_string_append_printf (out, "%s_bucket{le=\"", name);
      append_seconds (out, (guint64) km_histogram_bounds_us[i]);
      g_string_append_printf (out, "\"} %" G_GUINT64_FORMAT "\n",
                              reading.up_to[i]);
    }
  g_string_append_printf (out, "%s_bucket{le=\"+Inf\"} %" G_GUINT64_FORMAT
                          "\n%s_sum ", name, reading.count, name);
  append_seconds (out, reading.sum_us);
  g_string_append_printf (out, "\n%s_count %" G_GUINT64_FORMAT "\n", name,
                          reading.count);
}
