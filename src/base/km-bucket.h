#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmBucket:
 *
 * How fast somebody may do something: one each @spacing_us in the long run,
 * a burst at once. Zeroes are a full one.
 */
typedef struct
{
  /*< private >*/
  gint64 paid_until_us;
} KmBucket;

gint64   km_bucket_take    (KmBucket       *self,
                            gint64          now_us,
                            gint64          spacing_us,
                            guint           burst);
void     km_bucket_return  (KmBucket       *self,
                            gint64          spacing_us);
gboolean km_bucket_is_full (const KmBucket *self,
                            gint64          now_us);

/**
 * KmBuckets:
 *
 * A bucket for each who lately did something. Zeroes are none.
 */
typedef struct
{
  /*< private >*/
  GHashTable *buckets; /* gint64 whose -> KmBucket */
  guint sweep_at;
} KmBuckets;

KmBucket *km_buckets_find    (KmBuckets      *self,
                              gint64          whose,
                              gint64          now_us);
void      km_buckets_clear   (KmBuckets      *self);

G_END_DECLS
