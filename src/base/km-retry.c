/* km-retry.c: how long to wait before the next try
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A pure function of what happened, of the clock that it is told and of
 * chance. A success only counts after it has lasted: a server that accepts
 * and drops each connection at once would otherwise be asked without pause.
 */

#include "km-retry.h"

/**
 * km_retry_reset:
 *
 * Forgets all failures, as when a person asks for a new try.
 */
void
km_retry_reset (KmRetry *self)
{
  self->limit_us = 0;
  self->succeeded_us = 0;
}

/**
 * km_retry_succeed:
 * @now_us: when, by a clock that never goes back
 *
 * Notes that a try succeeded.
 */
void
km_retry_succeed (KmRetry *self,
                  gint64   now_us)
{
  self->succeeded_us = now_us;
}

/**
 * km_retry_fail:
 * @now_us: when, by the clock of km_retry_succeed()
 * @chance: a random number in [0, 1)
 *
 * Notes that a try failed, or that what had succeeded is lost.
 *
 * Returns: how long to wait before the next try, in µs
 */
gint64
km_retry_fail (KmRetry *self,
               gint64   now_us,
               double   chance)
{
  const KmRetryRule *rule = &self->rule;
  double wait_us;

  if (self->succeeded_us != 0 &&
      now_us - self->succeeded_us >= rule->stable_us)
    self->limit_us = 0;
  self->succeeded_us = 0;

  if (self->limit_us == 0)
    self->limit_us = rule->first_us;
  wait_us = (double) self->limit_us * (1 - rule->jitter * chance);
  self->limit_us = (gint64) MIN ((double) self->limit_us * rule->factor,
                                 (double) rule->ceiling_us);

  return (gint64) wait_us;
}
