/* km-relay-clock.c: stream time out of publishers' clocks
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stream time is ms since the stream began, and it never goes back, whatever
 * publishers do: they begin anywhere, wrap after 49.7 days, begin again when
 * they reconnect, and jump. One offset for all tracks turns a publisher's time
 * into stream time, so sound and picture keep their distance. When the clock
 * jumps by more than JUMP_MS or begins anew, the offset is chosen so that as
 * much stream time passes as really passed.
 *
 * Thread: the relay thread of its stream. The time now is an argument.
 */

#include "km-relay-clock.h"

#define JUMP_MS 3000

void
km_relay_clock_init (KmRelayClock *self)
{
  *self = (KmRelayClock) { 0 };
}

/**
 * km_relay_clock_resume:
 * @self: a clock
 *
 * What comes next is of another publisher, or of the same with a new clock.
 */
void
km_relay_clock_resume (KmRelayClock *self)
{
  self->anchored = FALSE;
}

static void
anchor (KmRelayClock *self,
        gint64        publisher_ms,
        gint64        now_us)
{
  gint64 passed_ms = (now_us - self->edge_at_us) / 1000;

  self->floor_ms = self->begun ? self->edge_ms + MAX (passed_ms, 1) : 0;
  self->offset_ms = self->floor_ms - publisher_ms;
  self->begun = TRUE;
  self->anchored = TRUE;
}

/**
 * km_relay_clock_map:
 * @self: a clock
 * @track: below %KM_RELAY_CLOCK_TRACKS
 * @time_ms: a timestamp of the publisher, 32-bit serial time
 * @now_us: monotonic time
 *
 * Returns: stream time; never less than before on the same track
 */
gint64
km_relay_clock_map (KmRelayClock *self,
                    guint         track,
                    guint32       time_ms,
                    gint64        now_us)
{
  gint64 step_ms = (gint32) (time_ms - (guint32) self->publisher_ms);
  gint64 mapped_ms;

  if (!self->anchored)
    {
      self->publisher_ms = time_ms;
      anchor (self, self->publisher_ms, now_us);
    }
  else
    {
      self->publisher_ms += step_ms;
      if (ABS (step_ms) > JUMP_MS)
        anchor (self, self->publisher_ms, now_us);
    }

  mapped_ms = MAX (self->publisher_ms + self->offset_ms, self->floor_ms);
  mapped_ms = MAX (mapped_ms, self->track_ms[track]);
  self->track_ms[track] = mapped_ms;
  if (mapped_ms >= self->edge_ms)
    {
      self->edge_ms = mapped_ms;
      self->edge_at_us = now_us;
    }

  return mapped_ms;
}
