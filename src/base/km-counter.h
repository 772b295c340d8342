#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Counters that one thread keeps and any other may read at any time: a plain
 * load and store each, no lock and no locked instruction. Who keeps several
 * puts them on cache lines of their own, so that readers cost it nothing. */

#define KM_CACHE_LINE_BYTES 64

/**
 * KmCounter:
 *
 * A number. Zeroed at first.
 */
typedef struct
{
  /*< private >*/
  guint64 n;
} KmCounter;

/* Thread: the one that keeps it. */
static inline void
km_counter_set (KmCounter *self,
                guint64    n)
{
  __atomic_store_n (&self->n, n, __ATOMIC_RELAXED);
}

/* Thread: the one that keeps it. */
static inline void
km_counter_add (KmCounter *self,
                guint64    more)
{
  km_counter_set (self, self->n + more);
}

/* For what is rare and happens on several threads. */
static inline void
km_counter_add_shared (KmCounter *self,
                       guint64    more)
{
  __atomic_fetch_add (&self->n, more, __ATOMIC_RELAXED);
}

/* Thread: any. */
static inline guint64
km_counter_read (const KmCounter *self)
{
  return __atomic_load_n (&self->n, __ATOMIC_RELAXED);
}

G_END_DECLS
