/* km-backoff.c: how long to wait before trying again
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-backoff.h"

/**
 * km_backoff_next_ms:
 * @self: a back-off
 *
 * Returns: how long to wait now; the next answer's bound is twice as high
 */
guint
km_backoff_next_ms (KmBackoff *self)
{
  guint bound = KM_BACKOFF_FIRST_MS;

  for (guint i = 0; i < self->attempt && bound < KM_BACKOFF_MAX_MS; i++)
    bound = MIN (2 * bound, KM_BACKOFF_MAX_MS);
  if (bound < KM_BACKOFF_MAX_MS)
    self->attempt++;

  if (self->random != NULL)
    return (guint) g_rand_int_range (self->random, 0, (gint32) bound + 1);

  return (guint) g_random_int_range (0, (gint32) bound + 1);
}

/**
 * km_backoff_reset:
 * @self: a back-off
 *
 * To be called when an attempt succeeded.
 */
void
km_backoff_reset (KmBackoff *self)
{
  self->attempt = 0;
}
