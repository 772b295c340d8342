/* km-bench-disk.c: what the disk itself takes, measured beside
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file that is appended to and synced every 20 ms, as a commit does; nobody
 * who keeps what he says can be faster than that.
 *
 * Thread: its own, but for begin and end.
 */

#include "km-bench-disk.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "km-bench.h"

#define SPACING_US 20000
#define PAGE_BYTES 4096

struct _KmBenchDisk
{
  GThread *thread;
  char *path;
  int stop;
  GArray *waits_ms;
  double cpu_us;
};

static double
thread_cpu_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_THREAD, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* Appends and syncs as long as it may; both are what a commit waits for. */
static gpointer
probe_disk (gpointer data)
{
  KmBenchDisk *self = data;
  g_autofree char *page = g_strnfill (PAGE_BYTES, 'x');
  int fd = open (self->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  while (fd >= 0 && !g_atomic_int_get (&self->stop))
    {
      gint64 began_us = g_get_monotonic_time ();
      double ms;

      if (write (fd, page, PAGE_BYTES) != PAGE_BYTES || fdatasync (fd) < 0)
        break;
      ms = (double) (g_get_monotonic_time () - began_us) / 1000;
      g_array_append_val (self->waits_ms, ms);
      g_usleep (SPACING_US);
    }
  if (fd >= 0)
    close (fd);
  self->cpu_us = thread_cpu_us ();

  return NULL;
}

/**
 * km_bench_disk_begin:
 * @directory: on the disk to measure
 *
 * Returns: (transfer full): a probe that runs
 */
KmBenchDisk *
km_bench_disk_begin (const char *directory)
{
  KmBenchDisk *self = g_new0 (KmBenchDisk, 1);

  self->path = g_build_filename (directory, "probe", NULL);
  self->waits_ms = g_array_new (FALSE, FALSE, sizeof (double));
  self->thread = g_thread_new ("probe", probe_disk, self);

  return self;
}

/**
 * km_bench_disk_end:
 * @self: (transfer full): a probe
 * @figures: (out): what it measured
 */
void
km_bench_disk_end (KmBenchDisk        *self,
                   KmBenchDiskFigures *figures)
{
  g_atomic_int_set (&self->stop, 1);
  g_thread_join (self->thread);
  if (self->waits_ms->len == 0)
    g_error ("%s can't be written to", self->path);

  *figures = (KmBenchDiskFigures) {
    .p50_ms = km_bench_percentile (self->waits_ms, 0.5),
    .p99_ms = km_bench_percentile (self->waits_ms, 0.99),
    .max_ms = km_bench_percentile (self->waits_ms, 1),
    .syncs = self->waits_ms->len,
    .cpu_us = self->cpu_us,
  };
  g_unlink (self->path);
  g_array_unref (self->waits_ms);
  g_free (self->path);
  g_free (self);
}
