/* km-histogram.c: how often something took how long
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fixed bounds, from a tenth of a millisecond to five seconds: what is told
 * apart below that is no matter to a person, and above it all is lost. One
 * thread adds, any reads; a reading may lack what is being added, but its
 * count is always that of its buckets.
 *
 * Thread: one for add; any for read.
 */

#include "km-histogram.h"

const gint64 km_histogram_bounds_us[KM_HISTOGRAM_BOUNDS] = {
  100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000,
  1000000, 2500000, 5000000,
};

/**
 * km_histogram_add:
 * @self: a histogram
 * @duration_us: how long it took this time
 */
void
km_histogram_add (KmHistogram *self,
                  gint64       duration_us)
{
  guint bucket = 0;

  while (bucket < KM_HISTOGRAM_BOUNDS
         && duration_us > km_histogram_bounds_us[bucket])
    bucket++;

  km_counter_add (&self->buckets[bucket], 1);
  km_counter_add (&self->sum_us, (guint64) MAX (duration_us, 0));
}

/**
 * km_histogram_read:
 * @self: a histogram
 *
 * Returns: what it says now
 */
KmHistogramReading
km_histogram_read (const KmHistogram *self)
{
  KmHistogramReading reading = { .sum_us = km_counter_read (&self->sum_us) };

  for (guint i = 0; i < KM_HISTOGRAM_BOUNDS; i++)
    {
      reading.count += km_counter_read (&self->buckets[i]);
      reading.up_to[i] = reading.count;
    }
  reading.count += km_counter_read (&self->buckets[KM_HISTOGRAM_BOUNDS]);

  return reading;
}
