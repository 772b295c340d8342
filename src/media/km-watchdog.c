/* km-watchdog.c: has something stood still for too long?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Streaming threads only count; the main loop asks here now and then. Pure:
 * the clock is told.
 */

#include "km-watchdog.h"

/**
 * km_watchdog_start:
 * @count: the counter now
 * @now_us: when, by a clock that never goes back and never reads 0
 */
void
km_watchdog_start (KmWatchdog *self,
                   guint64     count,
                   gint64      now_us)
{
  self->count = count;
  self->moved_us = now_us;
}

/**
 * km_watchdog_stop:
 *
 * km_watchdog_check() says %FALSE from now on.
 */
void
km_watchdog_stop (KmWatchdog *self)
{
  self->moved_us = 0;
}

/**
 * km_watchdog_check:
 * @count: the counter now
 * @now_us: when, by the clock of km_watchdog_start()
 *
 * Returns: whether the counter stands still for longer than the limit
 */
gboolean
km_watchdog_check (KmWatchdog *self,
                   guint64     count,
                   gint64      now_us)
{
  if (self->moved_us == 0)
    return FALSE;

  if (count != self->count)
    {
      self->count = count;
      self->moved_us = now_us;
    }

  return now_us - self->moved_us > self->limit_us;
}
