/* km-bucket.c: a token bucket in one number
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The generic cell rate algorithm: each act pays for the @spacing that
 * follows it, and may pay ahead by a burst. Nothing has to be refilled.
 *
 * Thread: one (a plain struct).
 */

#include "km-bucket.h"

#define SWEEP_AT_LEAST 1024

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
 * km_bucket_return:
 * @self: a bucket that an act was just taken from
 * @spacing_us: as it was taken
 *
 * The act didn't happen after all.
 */
void
km_bucket_return (KmBucket *self,
                  gint64    spacing_us)
{
  self->paid_until_us -= spacing_us;
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

static gboolean
is_full (gpointer whose,
         gpointer bucket,
         gpointer now_us)
{
  return km_bucket_is_full (bucket, *(gint64 *) now_us);
}

/* What is full is forgotten, but not before there is twice as much as was
 * left the last time: in a crowd that all do something, looking at each for
 * each who comes would take longer than what they do. */
static void
sweep (KmBuckets *self,
       gint64     now_us)
{
  if (g_hash_table_size (self->buckets) < MAX (self->sweep_at, SWEEP_AT_LEAST))
    return;

  g_hash_table_foreach_remove (self->buckets, is_full, &now_us);
  self->sweep_at = 2 * g_hash_table_size (self->buckets);
}

/**
 * km_buckets_find:
 * @self: buckets
 * @whose: an account, or what else they are told apart by
 * @now_us: now
 *
 * Returns: (transfer none): their bucket, a full one when they had none;
 *   valid until the next call
 */
KmBucket *
km_buckets_find (KmBuckets *self,
                 gint64     whose,
                 gint64     now_us)
{
  KmBucket *bucket;

  if (self->buckets == NULL)
    self->buckets = g_hash_table_new_full (g_int64_hash, g_int64_equal,
                                           g_free, g_free);
  bucket = g_hash_table_lookup (self->buckets, &whose);
  if (bucket != NULL)
    return bucket;

  sweep (self, now_us);
  bucket = g_new0 (KmBucket, 1);
  g_hash_table_insert (self->buckets, g_memdup2 (&whose, sizeof whose),
                       bucket);

  return bucket;
}

/**
 * km_buckets_clear:
 * @self: buckets
 *
 * Frees them: they are all full again.
 */
void
km_buckets_clear (KmBuckets *self)
{
  g_clear_pointer (&self->buckets, g_hash_table_unref);
  self->sweep_at = 0;
}
