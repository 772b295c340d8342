/* km-timing.c: when to show what arrives
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A packet with stream time p that took no time at all would arrive at
 * p + base; base is the least that arrival − p was in the last ten seconds,
 * which follows two clocks that drift apart. Everything is due at
 * p + base + delay. The delay covers all but the latest 3 % of the packets
 * and a margin for decoding, within limits: it is raised at once, since what
 * comes too late is lost, and lowered slowly, since each change is a small
 * cut in the sound.
 *
 * A server begins with the last key frame and all that followed: those packets
 * come in one burst and are old; they set no delay, and are dropped up to the
 * newest. The same line serves sound and picture, which is what keeps them
 * together.
 *
 * Pure: the clock is told.
 */

#include "km-timing.h"

#include <stdlib.h>

#define MS G_TIME_SPAN_MILLISECOND
#define JOIN_US (1000 * MS)
#define MARGIN_US (40 * MS)
#define DELAY_MIN_US (60 * MS)
#define DELAY_MAX_US (300 * MS)
#define STEP_DOWN_US (5 * MS)
#define PERCENTILE 97
/* How late a frame may be and still be worth showing. */
#define LATE_US (100 * MS)
#define SOUND_LATE_US (20 * MS)
/* When everything is late, a picture still moves this often. */
#define ALIVE_US (300 * MS)

static int
compare (const void *a,
         const void *b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static gint64
get_percentile (KmTiming *self)
{
  gint64 sorted_us[KM_TIMING_PACKETS];
  guint n = MIN (self->n_packets, KM_TIMING_PACKETS);

  if (n == 0)
    return 0;

  for (guint i = 0; i < n; i++)
    sorted_us[i] = self->lateness_us[i];
  qsort (sorted_us, n, sizeof sorted_us[0], compare);
  return sorted_us[n * PERCENTILE / 100];
}

/* Keeps the least offset of each of the last seconds. */
static void
update_base (KmTiming *self,
             gint64    offset_us,
             gint64    now_us)
{
  gint64 second = now_us / G_TIME_SPAN_SECOND;

  if (self->first_us == 0 || second - self->second >= KM_TIMING_SECONDS)
    for (guint i = 0; i < KM_TIMING_SECONDS; i++)
      self->minima_us[i] = offset_us;
  else
    for (gint64 s = self->second + 1; s <= second; s++)
      self->minima_us[s % KM_TIMING_SECONDS] = offset_us;

  self->second = second;
  self->minima_us[second % KM_TIMING_SECONDS] =
    MIN (self->minima_us[second % KM_TIMING_SECONDS], offset_us);

  self->base_us = self->minima_us[0];
  for (guint i = 1; i < KM_TIMING_SECONDS; i++)
    self->base_us = MIN (self->base_us, self->minima_us[i]);
}

static void
update_delay (KmTiming *self)
{
  gint64 wanted_us = CLAMP (get_percentile (self) + MARGIN_US,
                            DELAY_MIN_US, DELAY_MAX_US);

  if (wanted_us > self->delay_us)
    self->delay_us = wanted_us;
  else if (wanted_us < self->delay_us - STEP_DOWN_US)
    self->delay_us -= STEP_DOWN_US;
}

/**
 * km_timing_arrive:
 * @pts_us: of a packet of sound or video that just arrived
 * @now_us: when
 */
void
km_timing_arrive (KmTiming *self,
                  gint64    pts_us,
                  gint64    now_us)
{
  gint64 offset_us = now_us - pts_us;

  update_base (self, offset_us, now_us);
  if (self->first_us == 0)
    {
      self->first_us = now_us;
      self->delay_us = DELAY_MIN_US;
    }
  if (now_us - self->first_us < JOIN_US)
    return;

  self->lateness_us[self->n_packets % KM_TIMING_PACKETS] =
    offset_us - self->base_us;
  self->n_packets++;
  /* About once a second; sorting 512 numbers takes some 20 µs. */
  if (self->n_packets % 64 == 0)
    update_delay (self);
}

/**
 * km_timing_get_due:
 * @pts_us: of a frame or a block of sound
 *
 * Returns: when it has to be seen or heard
 */
gint64
km_timing_get_due (KmTiming *self,
                   gint64    pts_us)
{
  return pts_us + self->base_us + self->delay_us;
}

/**
 * km_timing_judge_frame:
 * @pts_us: of a decoded frame
 * @now_us: when it was decoded
 *
 * Returns: whether to show it when it is due, at once, or not at all
 */
KmTimingVerdict
km_timing_judge_frame (KmTiming *self,
                       gint64    pts_us,
                       gint64    now_us)
{
  KmTimingVerdict verdict = KM_TIMING_SHOW;

  if (km_timing_get_due (self, pts_us) < now_us - LATE_US)
    verdict = now_us - self->shown_us >= ALIVE_US ? KM_TIMING_SHOW_NOW
                                                  : KM_TIMING_DROP;
  if (verdict != KM_TIMING_DROP)
    {
      self->shown_us = now_us;
      self->newest_us = pts_us;
    }

  return verdict;
}

/**
 * km_timing_judge_sound:
 * @pts_us: of a decoded block
 * @now_us: when it was decoded
 *
 * Returns: whether to play it when it is due, or not at all
 */
KmTimingVerdict
km_timing_judge_sound (KmTiming *self,
                       gint64    pts_us,
                       gint64    now_us)
{
  return km_timing_get_due (self, pts_us) < now_us - SOUND_LATE_US
           ? KM_TIMING_DROP : KM_TIMING_SHOW;
}

/**
 * km_timing_get_position:
 * @now_us: when
 *
 * Returns: the stream time of what is seen at @now_us, in µs; −1 before the
 *   first frame
 */
gint64
km_timing_get_position (KmTiming *self,
                        gint64    now_us)
{
  if (self->shown_us == 0)
    return -1;

  return CLAMP (now_us - self->base_us - self->delay_us, 0, self->newest_us);
}
