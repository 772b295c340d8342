/* km-rate.c: how much a second, measured when it can be
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A timer of a busy main loop comes late. What was counted since an earlier
 * sample is therefore divided by the time that really went by, so that thirty
 * frames a second read as thirty whenever somebody looks.
 */

#include "km-rate.h"

/**
 * km_rate_add:
 * @self: a rate
 * @count: what has been counted so far; never less than before
 * @now_us: the time of that
 *
 * Takes a sample.
 *
 * Returns: how much was counted a second since the oldest sample; 0 while
 *   there is but one
 */
double
km_rate_add (KmRate *self,
             guint64 count,
             gint64  now_us)
{
  guint at = self->n_samples % KM_RATE_SAMPLES;
  guint oldest;
  gint64 passed_us;

  self->at_us[at] = now_us;
  self->counts[at] = count;
  self->n_samples++;

  oldest = self->n_samples < KM_RATE_SAMPLES
             ? 0
             : self->n_samples % KM_RATE_SAMPLES;
  passed_us = now_us - self->at_us[oldest];
  if (passed_us <= 0)
    return 0;

  return (double) (count - self->counts[oldest]) * G_USEC_PER_SEC
         / (double) passed_us;
}
