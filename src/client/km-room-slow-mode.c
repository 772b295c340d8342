/* km-room-slow-mode.c: when one may say something again
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server judges; this is so that a person sees it coming. It is counted
 * from one's own last message on a clock of our own, by what the server last
 * said of the wait, if it did: no clock of the server's is needed.
 *
 * What waits to be sent waits as long as the server says, and goes out at once
 * when the mode is switched off.
 *
 * Thread: main.
 */

#include "km-room-private.h"

static gint64
get_spacing_us (KmRoom *self)
{
  return (gint64) self->info->slow_s * G_USEC_PER_SEC;
}

static gint64
compute (KmRoom *self)
{
  const KmSending *newest = g_queue_peek_tail (&self->chats.sending);
  gint64 said_us = self->said_us;

  if (newest != NULL)
    said_us = MAX (said_us, newest->asked_us);
  if (self->info->slow_s == 0 || self->role != KM_ROLE_MEMBER)
    return 0;

  return MAX (0, said_us + get_spacing_us (self));
}

/* Something that the wait follows from has changed. */
void
km_room_slow_mode_update (KmRoom *self)
{
  gint64 may_say_us = compute (self);

  if (self->may_say_us == may_say_us)
    return;

  self->may_say_us = may_say_us;
  g_object_notify (G_OBJECT (self), "may-say-us");
}

/* Nothing is known of what one has said. */
void
km_room_slow_mode_forget (KmRoom *self)
{
  self->said_us = G_MININT64 / 2;
  km_room_slow_mode_update (self);
}

/* A message of one's own has got its place now, from whichever window. */
void
km_room_slow_mode_said (KmRoom *self)
{
  self->said_us = g_get_monotonic_time ();
  km_room_slow_mode_update (self);
}

/**
 * km_room_slow_mode_told:
 * @self: a room
 * @wait_ms: what the server says how long one must wait from now on
 */
void
km_room_slow_mode_told (KmRoom *self,
                        gint64  wait_ms)
{
  if (self->info->slow_s == 0)
    return;

  self->said_us = g_get_monotonic_time () + wait_ms * 1000
                  - get_spacing_us (self);
  km_room_slow_mode_update (self);
}

/**
 * km_room_slow_mode_set:
 * @self: a room
 * @slow_s: what its mode is from now on
 */
void
km_room_slow_mode_set (KmRoom *self,
                       guint   slow_s)
{
  guint before = self->info->slow_s;

  if (slow_s == before)
    return;

  self->info->slow_s = slow_s;
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify (G_OBJECT (self), "slow-s");
  km_room_slow_mode_update (self);
  g_object_thaw_notify (G_OBJECT (self));
  if (slow_s < before)
    km_send_queue_hurry (&self->chats);
}

/**
 * km_room_get_slow_s:
 * @self: a room
 *
 * Returns: how many seconds lie between two messages of anybody but the host;
 *   0: there is no slow mode
 */
guint
km_room_get_slow_s (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), 0);

  return self->info->slow_s;
}

/**
 * km_room_get_may_say_us:
 * @self: a room
 *
 * Returns: when the next message of one's own would be taken, as far as is
 *   known, on the clock of g_get_monotonic_time(); 0: at any time
 */
gint64
km_room_get_may_say_us (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), 0);

  return self->may_say_us;
}
