/* km-ballistics.c: how fast a sound meter falls
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A meter jumps up with the sound and falls 40 dB in 1.7 s, as programme
 * meters do (IEC 60268-10, type I), so that a short word is still seen. The
 * highest level stays marked for 20 s. Time comes from outside: the same
 * sounds at the same times always draw the same meter.
 *
 * Thread: whoever owns the struct.
 */

#include "km-ballistics.h"

#include <math.h>

#define FALL_DB_PER_US (40.0 / 1.7e6)
#define PEAK_HOLD_US   (20 * G_USEC_PER_SEC)

static double
clamp_db (double level_db)
{
  return isnan (level_db) ? KM_BALLISTICS_FLOOR_DB
                          : CLAMP (level_db, KM_BALLISTICS_FLOOR_DB, 0.0);
}

/**
 * km_ballistics_init:
 * @now_us: monotonic time
 *
 * Silence.
 */
void
km_ballistics_init (KmBallistics *self,
                    gint64        now_us)
{
  *self = (KmBallistics) {
    .shown_db = KM_BALLISTICS_FLOOR_DB,
    .peak_db = KM_BALLISTICS_FLOOR_DB,
    .at_us = now_us,
    .peak_until_us = now_us,
  };
}

/**
 * km_ballistics_fall:
 * @now_us: monotonic time
 *
 * Lets the meter fall to where it is at @now_us.
 *
 * Returns: whether it still moves, so that it has to be drawn again later
 */
gboolean
km_ballistics_fall (KmBallistics *self,
                    gint64        now_us)
{
  gint64 passed_us = MAX (now_us - self->at_us, 0);

  self->at_us = MAX (now_us, self->at_us);
  self->shown_db = clamp_db (self->shown_db
                             - FALL_DB_PER_US * (double) passed_us);
  if (now_us >= self->peak_until_us)
    self->peak_db = self->shown_db;

  return self->shown_db > KM_BALLISTICS_FLOOR_DB
         || self->peak_db > KM_BALLISTICS_FLOOR_DB;
}

/**
 * km_ballistics_hear:
 * @level_db: loudness in dB below full scale; anything is accepted
 * @now_us: monotonic time
 *
 * Tells the meter what was heard at @now_us.
 */
void
km_ballistics_hear (KmBallistics *self,
                    double        level_db,
                    gint64        now_us)
{
  double heard_db = clamp_db (level_db);

  km_ballistics_fall (self, now_us);
  self->shown_db = MAX (self->shown_db, heard_db);
  if (heard_db >= self->peak_db)
    {
      self->peak_db = heard_db;
      self->peak_until_us = now_us + PEAK_HOLD_US;
    }
}

/**
 * km_ballistics_fraction:
 * @level_db: a level
 *
 * Returns: how much of the meter's length @level_db fills, 0 to 1
 */
double
km_ballistics_fraction (double level_db)
{
  return 1.0 - clamp_db (level_db) / KM_BALLISTICS_FLOOR_DB;
}
