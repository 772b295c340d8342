/* km-relay-loop.c: what a relay thread waits for
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One turn waits for descriptors or the next timer and deals with what came.
 * Events of one turn may be about something that an earlier event of the same
 * turn closed: so a watch that was removed is skipped, and what dies is buried
 * only when the turn is over.
 *
 * Thread: one; km_relay_loop_init() may be on another before it.
 */

#include "km-relay-loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_MAX 128

/**
 * km_relay_loop_init:
 * @self: (out caller-allocates): a loop
 * @free_dead: frees what is buried
 * @error: return location for a #GIOErrorEnum
 *
 * Returns: whether the system has one more epoll descriptor
 */
gboolean
km_relay_loop_init (KmRelayLoop   *self,
                    GDestroyNotify free_dead,
                    GError       **error)
{
  *self = (KmRelayLoop) { .now_us = g_get_monotonic_time () };

  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "epoll: %s", g_strerror (code));
      return FALSE;
    }
  km_relay_timers_init (&self->timers);
  self->dead = g_ptr_array_new_with_free_func (free_dead);

  return TRUE;
}

void
km_relay_loop_clear (KmRelayLoop *self)
{
  g_clear_pointer (&self->dead, g_ptr_array_unref);
  km_relay_timers_clear (&self->timers);
  close (self->epoll);
}

/**
 * km_relay_loop_add:
 * @self: a loop
 * @watch: what is called
 * @fd: a descriptor; stays the caller's
 * @events: EPOLLIN, EPOLLOUT or both
 *
 * Returns: whether the system has room for it
 */
gboolean
km_relay_loop_add (KmRelayLoop  *self,
                   KmRelayWatch *watch,
                   int           fd,
                   guint32       events)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };

  watch->fd = -1;
  if (epoll_ctl (self->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
    return FALSE;
  watch->fd = fd;
  watch->events = events;

  return TRUE;
}

/**
 * km_relay_loop_set_events:
 * @self: a loop
 * @watch: a watch that was added
 * @events: what it waits for from now on
 */
void
km_relay_loop_set_events (KmRelayLoop  *self,
                          KmRelayWatch *watch,
                          guint32       events)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };

  if (watch->fd < 0 || watch->events == events)
    return;
  watch->events = events;
  epoll_ctl (self->epoll, EPOLL_CTL_MOD, watch->fd, &event);
}

/**
 * km_relay_loop_remove:
 * @self: a loop
 * @watch: a watch, added or not
 */
void
km_relay_loop_remove (KmRelayLoop  *self,
                      KmRelayWatch *watch)
{
  if (watch->fd < 0)
    return;
  epoll_ctl (self->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
  watch->fd = -1;
}

/**
 * km_relay_loop_bury:
 * @self: a loop
 * @dead: (transfer full): something whose watches and timers are gone
 *
 * It is freed at the end of the turn.
 */
void
km_relay_loop_bury (KmRelayLoop *self,
                    gpointer     dead)
{
  g_ptr_array_add (self->dead, dead);
}

static int
get_timeout_ms (KmRelayLoop *self)
{
  gint64 next_us = km_relay_timers_get_next (&self->timers);
  gint64 left_us = next_us - g_get_monotonic_time ();

  if (next_us < 0)
    return -1;

  return (int) CLAMP ((left_us + 999) / 1000, 0, 60 * 1000);
}

/**
 * km_relay_loop_turn:
 * @self: a loop
 *
 * Waits, and deals with what came.
 */
void
km_relay_loop_turn (KmRelayLoop *self)
{
  struct epoll_event events[EVENTS_MAX];
  int n = epoll_wait (self->epoll, events, EVENTS_MAX, get_timeout_ms (self));

  self->now_us = g_get_monotonic_time ();
  for (int i = 0; i < n; i++)
    {
      KmRelayWatch *watch = events[i].data.ptr;

      if (watch->fd >= 0)
        watch->ready (watch->data, events[i].events);
    }
  km_relay_timers_fire (&self->timers, self->now_us);
  g_ptr_array_set_size (self->dead, 0);
}
