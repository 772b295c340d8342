/* km-retry.h: how long to wait before the next try
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmRetryRule:
 * @first_us: the longest wait before the first retry
 * @ceiling_us: no wait is longer
 * @factor: each wait's limit is so many times the one before
 * @jitter: the share of a wait that chance decides: 0 none, 1 all of it
 * @stable_us: so long a success forgets the failures before it
 */
typedef struct
{
  gint64 first_us;
  gint64 ceiling_us;
  double factor;
  double jitter;
  gint64 stable_us;
} KmRetryRule;

/**
 * KmRetry:
 *
 * Private. Zero-filled but for @rule is ready for use.
 */
typedef struct
{
  KmRetryRule rule;
  gint64 limit_us;
  gint64 succeeded_us;
} KmRetry;

void   km_retry_reset   (KmRetry *self);
void   km_retry_succeed (KmRetry *self,
                         gint64   now_us);
gint64 km_retry_fail    (KmRetry *self,
                         gint64   now_us,
                         double   chance);

G_END_DECLS
