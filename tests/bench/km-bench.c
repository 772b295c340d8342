/* km-bench.c: what every bench prints
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One JSON object a line on standard output and nothing else there, so that
 * any program can read a run; a goal that wasn't measured is printed as
 * missed, so that a case that was skipped can't pass for one that was met.
 */

#include "km-bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
append_number (GString *line,
               double   value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (line, g_ascii_formatd (digits, sizeof digits, "%.6g", value));
}

/**
 * km_bench_print_figures:
 * @bench: the bench's name
 * @peer: whose figures they are: `kaimu`, a floor, another program
 * @test_case: which case
 * @first_name: name of the first figure, with its unit (`p50_ms`), followed
 *   by its value as a double, more such pairs, and %NULL
 */
void
km_bench_print_figures (const char *bench,
                        const char *peer,
                        const char *test_case,
                        const char *first_name,
                        ...)
{
  g_autoptr (GString) line = g_string_new (NULL);
  va_list arguments;

  g_string_append_printf (line, "{\"bench\":\"%s\",\"peer\":\"%s\",\"case\":\"%s\"",
                          bench, peer, test_case);
  va_start (arguments, first_name);
  for (const char *name = first_name; name != NULL;
       name = va_arg (arguments, const char *))
    {
      g_string_append_printf (line, ",\"%s\":", name);
      append_number (line, va_arg (arguments, double));
    }
  va_end (arguments);

  puts (g_string_append_c (line, '}')->str);
  fflush (stdout);
}

/**
 * km_bench_print_note:
 * @bench: the bench's name
 * @peer: who wasn't measured
 * @test_case: in which case
 * @words: why not; without quotation marks
 */
void
km_bench_print_note (const char *bench,
                     const char *peer,
                     const char *test_case,
                     const char *words)
{
  printf ("{\"bench\":\"%s\",\"peer\":\"%s\",\"case\":\"%s\","
          "\"not_here\":\"%s\"}\n", bench, peer, test_case, words);
  fflush (stdout);
}

/**
 * km_bench_set_goal:
 * @goals: the bench's table
 * @n_goals: its length
 * @name: one of its names
 * @value: what was measured
 */
void
km_bench_set_goal (KmBenchGoal *goals,
                   gsize        n_goals,
                   const char  *name,
                   double       value)
{
  for (gsize i = 0; i < n_goals; i++)
    {
      if (strcmp (goals[i].name, name) == 0)
        {
          goals[i].value = value;
          goals[i].measured = TRUE;
          return;
        }
    }

  g_error ("no goal is called %s", name);
}

/**
 * km_bench_print_goals:
 * @bench: the bench's name
 * @goals: its table
 * @n_goals: its length
 *
 * Returns: whether all were measured and met
 */
gboolean
km_bench_print_goals (const char  *bench,
                      KmBenchGoal *goals,
                      gsize        n_goals)
{
  gboolean all_met = TRUE;

  for (gsize i = 0; i < n_goals; i++)
    {
      const KmBenchGoal *goal = &goals[i];
      g_autoptr (GString) line = g_string_new (NULL);
      gboolean met = goal->measured
                     && (goal->at_least ? goal->value >= goal->limit
                                        : goal->value <= goal->limit);

      g_string_append_printf (line, "{\"bench\":\"%s\",\"goal\":\"%s\",\"value\":",
                              bench, goal->name);
      if (goal->measured)
        append_number (line, goal->value);
      else
        g_string_append (line, "null");
      g_string_append (line, ",\"limit\":");
      append_number (line, goal->limit);
      g_string_append_printf (line, ",\"met\":%s}", met ? "true" : "false");
      puts (line->str);
      all_met = all_met && met;
    }
  fflush (stdout);

  return all_met;
}

static int
compare_values (gconstpointer a,
                gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/**
 * km_bench_percentile:
 * @values: (element-type double): what was measured; sorted by this call
 * @part: 0.5 for the median
 *
 * Returns: the smallest value that @part of all don't exceed
 */
double
km_bench_percentile (GArray *values,
                     double  part)
{
  guint index;

  g_return_val_if_fail (values->len > 0, 0);

  g_array_sort (values, compare_values);
  index = (guint) (part * values->len);
  return g_array_index (values, double, MIN (index, values->len - 1));
}

/**
 * km_bench_get_usage:
 * @pid: a running process
 * @usage: (out): what it used so far
 *
 * Reads /proc/PID/stat (proc_pid_stat(5): fields 14, 15 and 24).
 *
 * Returns: %FALSE when there is no such process
 */
gboolean
km_bench_get_usage (GPid          pid,
                    KmBenchUsage *usage)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;
  const char *rest;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;

  /* The second field, the name, may hold spaces; the last ")" ends it. */
  rest = strrchr (text, ')');
  fields = g_strsplit (rest + 2, " ", -1);
  if (g_strv_length (fields) < 22)
    return FALSE;

  usage->cpu_s = (g_ascii_strtod (fields[11], NULL)
                  + g_ascii_strtod (fields[12], NULL))
                 / (double) sysconf (_SC_CLK_TCK);
  usage->rss_kib = g_ascii_strtod (fields[21], NULL)
                   * (double) sysconf (_SC_PAGESIZE) / 1024;
  return TRUE;
}

static gboolean
is_called (const char *task,
           const char *name)
{
  g_autofree char *file = g_build_filename (task, "comm", NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (file, &text, NULL, NULL)
         && g_str_equal (g_strchomp (text), name);
}

/**
 * km_bench_get_cpu_s:
 * @pid: a running process
 * @thread: (nullable): the name of one of its threads; %NULL: of all
 *
 * Sums what the scheduler knows of its threads, to the nanosecond; the clock
 * ticks of proc_pid_stat(5) are a tenth of what some cases take. Of threads
 * that have ended nothing is left there: don't ask where many do.
 *
 * Returns: processor time that its threads have used so far
 */
double
km_bench_get_cpu_s (GPid        pid,
                    const char *thread)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task", (int) pid);
  g_autoptr (GDir) tasks = g_dir_open (path, 0, NULL);
  double sum_ns = 0;
  const char *name;

  while (tasks != NULL && (name = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *task = g_build_filename (path, name, NULL);
      g_autofree char *file = g_build_filename (task, "schedstat", NULL);
      g_autofree char *text = NULL;

      if ((thread == NULL || is_called (task, thread))
          && g_file_get_contents (file, &text, NULL, NULL))
        sum_ns += g_ascii_strtod (text, NULL);
    }

  return sum_ns / 1e9;
}
