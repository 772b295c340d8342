#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _KmBenchDisk KmBenchDisk;

/**
 * KmBenchDiskFigures:
 * @p50_ms: from the write to the end of its sync
 * @p99_ms: the same
 * @max_ms: the same
 * @syncs: how many there were
 * @cpu_us: what they took of the bench's own processor time
 *
 * What a disk takes to keep a page.
 */
typedef struct
{
  double p50_ms;
  double p99_ms;
  double max_ms;
  guint syncs;
  double cpu_us;
} KmBenchDiskFigures;

KmBenchDisk *km_bench_disk_begin (const char         *directory);
void         km_bench_disk_end   (KmBenchDisk        *self,
                                  KmBenchDiskFigures *figures);

G_END_DECLS
