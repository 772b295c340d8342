/* km-bucket.c: a token bucket in one number
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The generic cell rate algorithm: each act pays for the @spacing that
 * follows it, and may pay ahead by a burst. Nothing has to be refilled.
 *
 * Thread: one (a plain struct).
 */

#include "km-bucket.h"

/**
 * km_bucket_take:
 * @self: a bucket
 * @now_us: now, on any clock that doesn't go back
 * @spacing_us: time between two acts in the long run
 * @burst: acts that may come at once
 *
 * Returns: 0: go ahead, it is counted; else how many µs to wait, and nothing
 *   is counted
 */
gint64
km_bucket_take (KmBucket *self,
                gint64    now_us,
                gint64    spacing_us,
                guint     burst)
{
  gint64 from_us = MAX (self->paid_until_us, now_us);
  gint64 latest_us = now_us + spacing_us * (burst - 1);

  if (from_us > latest_us)
    return from_us - latest_us;

  self->paid_until_us = from_us + spacing_us;

  return 0;
}

/**
 * km_bucket_is_full:
 * @self: a bucket
 * @now_us: now
 *
 * Returns: whether it is as good as a new one, so that it can be forgotten
 */
gboolean
km_bucket_is_full (const KmBucket *self,
                   gint64          now_us)
{
  return self->paid_until_us <= now_us;
}
