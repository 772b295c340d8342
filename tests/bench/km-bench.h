#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmBenchGoal:
 * @name: what is measured, as the last lines of the bench say it
 * @limit: the largest value that meets it (the smallest, with @at_least)
 * @at_least: whether more is better
 * @value: what was measured
 * @measured: whether it was
 *
 * A bench keeps its goals in one table.
 */
typedef struct
{
  const char *name;
  double limit;
  gboolean at_least;
  double value;
  gboolean measured;
} KmBenchGoal;

/**
 * KmBenchUsage:
 * @cpu_s: processor time of all threads so far
 * @rss_kib: memory held now
 *
 * What a process has used.
 */
typedef struct
{
  double cpu_s;
  double rss_kib;
} KmBenchUsage;

void     km_bench_print_figures (const char  *bench,
                                 const char  *peer,
                                 const char  *test_case,
                                 const char  *first_name,
                                 ...) G_GNUC_NULL_TERMINATED;
void     km_bench_print_note    (const char  *bench,
                                 const char  *peer,
                                 const char  *test_case,
                                 const char  *words);
void     km_bench_set_goal      (KmBenchGoal *goals,
                                 gsize        n_goals,
                                 const char  *name,
                                 double       value);
gboolean km_bench_print_goals   (const char  *bench,
                                 KmBenchGoal *goals,
                                 gsize        n_goals);
double   km_bench_percentile    (GArray      *values,
                                 double       part);
gboolean km_bench_get_usage     (GPid          pid,
                                 KmBenchUsage *usage);
double   km_bench_get_cpu_s     (GPid          pid,
                                 const char   *thread);

G_END_DECLS
