/* km-watchdog.h: has something stood still for too long?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmWatchdog:
 * @limit_us: how long a standstill may last
 *
 * Watches a counter, such as bytes sent or frames seen. The other fields are
 * private; zero-filled but for @limit_us is a watchdog that sleeps.
 */
typedef struct
{
  gint64 limit_us;
  guint64 count;
  gint64 moved_us;
} KmWatchdog;

void     km_watchdog_start (KmWatchdog *self,
                            guint64     count,
                            gint64      now_us);
void     km_watchdog_stop  (KmWatchdog *self);
gboolean km_watchdog_check (KmWatchdog *self,
                            guint64     count,
                            gint64      now_us);

G_END_DECLS
