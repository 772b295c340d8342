/* km-timing.h: when to show what arrives
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KM_TIMING_SECONDS 10
#define KM_TIMING_PACKETS 512

/**
 * KmTiming:
 *
 * Private. Zero-filled is ready for use. Times are µs: @pts_us stream time,
 * @now_us one clock that never goes back. Not thread-safe.
 */
typedef struct
{
  gint64 minima_us[KM_TIMING_SECONDS]; /* of each second, a ring */
  gint64 second;                       /* of the newest of them */
  gint64 first_us;                     /* when the first packet came; 0: none */
  gint64 lateness_us[KM_TIMING_PACKETS];
  guint n_packets;
  gint64 base_us;
  gint64 delay_us;
  gint64 newest_us;                    /* pts of the newest frame to show */
  gint64 shown_us;                     /* when a frame was last let through */
} KmTiming;

typedef enum
{
  KM_TIMING_SHOW,
  KM_TIMING_SHOW_NOW,
  KM_TIMING_DROP,
} KmTimingVerdict;

void            km_timing_arrive       (KmTiming *self,
                                        gint64    pts_us,
                                        gint64    now_us);
gint64          km_timing_get_due      (KmTiming *self,
                                        gint64    pts_us);
KmTimingVerdict km_timing_judge_frame  (KmTiming *self,
                                        gint64    pts_us,
                                        gint64    now_us);
KmTimingVerdict km_timing_judge_sound  (KmTiming *self,
                                        gint64    pts_us,
                                        gint64    now_us);
gint64          km_timing_get_position (KmTiming *self,
                                        gint64    now_us);

G_END_DECLS
