/* km-relay-timers.c: what is due when
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A binary heap of timers that live in their owners: each connection has one,
 * set and unset often and fired hardly ever.
 *
 * Thread: one. The time now is an argument.
 */

#include "km-relay-timers.h"

void
km_relay_timers_init (KmRelayTimers *self)
{
  self->heap = g_ptr_array_new ();
  g_ptr_array_add (self->heap, NULL);   /* places count from 1 */
}

/**
 * km_relay_timers_clear:
 * @self: timers; those still set are forgotten
 */
void
km_relay_timers_clear (KmRelayTimers *self)
{
  g_clear_pointer (&self->heap, g_ptr_array_unref);
}

static KmRelayTimer *
timer_at (KmRelayTimers *self,
          guint          place)
{
  return g_ptr_array_index (self->heap, place);
}

static void
put (KmRelayTimers *self,
     guint          place,
     KmRelayTimer  *timer)
{
  g_ptr_array_index (self->heap, place) = timer;
  timer->place = place;
}

static void
sift_up (KmRelayTimers *self,
         guint          place,
         KmRelayTimer  *timer)
{
  while (place > 1 && timer_at (self, place / 2)->due_us > timer->due_us)
    {
      put (self, place, timer_at (self, place / 2));
      place /= 2;
    }
  put (self, place, timer);
}

static void
sift_down (KmRelayTimers *self,
           guint          place,
           KmRelayTimer  *timer)
{
  guint last = self->heap->len - 1;

  for (guint child = 2 * place; child <= last; child = 2 * place)
    {
      if (child < last &&
          timer_at (self, child + 1)->due_us < timer_at (self, child)->due_us)
        child++;
      if (timer_at (self, child)->due_us >= timer->due_us)
        break;
      put (self, place, timer_at (self, child));
      place = child;
    }
  put (self, place, timer);
}

/**
 * km_relay_timers_set:
 * @self: timers
 * @timer: set or unset
 * @due_us: when it fires, monotonic time
 */
void
km_relay_timers_set (KmRelayTimers *self,
                     KmRelayTimer  *timer,
                     gint64         due_us)
{
  km_relay_timers_unset (self, timer);

  timer->due_us = due_us;
  g_ptr_array_add (self->heap, timer);
  sift_up (self, self->heap->len - 1, timer);
}

/**
 * km_relay_timers_unset:
 * @self: timers
 * @timer: set or unset
 */
void
km_relay_timers_unset (KmRelayTimers *self,
                       KmRelayTimer  *timer)
{
  guint place = timer->place;
  KmRelayTimer *last;

  if (place == 0)
    return;

  timer->place = 0;
  last = timer_at (self, self->heap->len - 1);
  g_ptr_array_set_size (self->heap, (int) self->heap->len - 1);
  if (last == timer)
    return;
  sift_down (self, place, last);
  sift_up (self, last->place, last);
}

/**
 * km_relay_timers_get_next:
 * @self: timers
 *
 * Returns: when the next one is due; -1 when none is set
 */
gint64
km_relay_timers_get_next (KmRelayTimers *self)
{
  return self->heap->len > 1 ? timer_at (self, 1)->due_us : -1;
}

/**
 * km_relay_timers_fire:
 * @self: timers
 * @now_us: monotonic time
 *
 * Fires those that are due, in their order.
 */
void
km_relay_timers_fire (KmRelayTimers *self,
                      gint64         now_us)
{
  while (self->heap->len > 1 && timer_at (self, 1)->due_us <= now_us)
    {
      KmRelayTimer *timer = timer_at (self, 1);

      km_relay_timers_unset (self, timer);
      timer->fire (timer->data);
    }
}
