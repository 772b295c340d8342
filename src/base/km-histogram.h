#pragma once

#include "km-counter.h"

G_BEGIN_DECLS

#define KM_HISTOGRAM_BOUNDS 15

/**
 * KmHistogram:
 *
 * How often something took how long. Zeroed at first.
 */
typedef struct
{
  /*< private >*/
  KmCounter buckets[KM_HISTOGRAM_BOUNDS + 1];
  KmCounter sum_us;
} KmHistogram;

/**
 * KmHistogramReading:
 * @up_to: how many took no longer than each bound
 * @count: how many there were
 * @sum_us: how long all of them took
 *
 * What a histogram says at one moment.
 */
typedef struct
{
  guint64 up_to[KM_HISTOGRAM_BOUNDS];
  guint64 count;
  guint64 sum_us;
} KmHistogramReading;

extern const gint64 km_histogram_bounds_us[KM_HISTOGRAM_BOUNDS];

void               km_histogram_add  (KmHistogram       *self,
                                      gint64             duration_us);
KmHistogramReading km_histogram_read (const KmHistogram *self);

G_END_DECLS
