/* km-rate.h: how much a second, measured when it can be
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** KM_RATE_SAMPLES: the samples that a rate looks back on. */
#define KM_RATE_SAMPLES 11

/**
 * KmRate:
 * @at_us: when each sample was taken; a ring
 * @counts: what had been counted by then
 * @n_samples: how many were taken since it began
 *
 * Zero-filled, it has begun. Thread: any one.
 */
typedef struct
{
  gint64 at_us[KM_RATE_SAMPLES];
  guint64 counts[KM_RATE_SAMPLES];
  guint n_samples;
} KmRate;

double km_rate_add (KmRate *self,
                    guint64 count,
                    gint64  now_us);

G_END_DECLS
