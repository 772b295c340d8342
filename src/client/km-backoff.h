#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmBackoff:
 * @random: (nullable): where the jitter comes from; %NULL: the global source
 * @attempt: how many delays were given since the last reset
 *
 * How long to wait before trying again: anything between nothing and a bound
 * that doubles from 0.5 s to 30 s ("full jitter"), so that a thousand apps
 * that lost the same server don't all come back in the same moment.
 *
 * Thread: its owner's.
 */
typedef struct
{
  GRand *random;
  guint attempt;
} KmBackoff;

#define KM_BACKOFF_FIRST_MS 500
#define KM_BACKOFF_MAX_MS 30000

guint km_backoff_next_ms (KmBackoff *self);
void  km_backoff_reset   (KmBackoff *self);

G_END_DECLS
