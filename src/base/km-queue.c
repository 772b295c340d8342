/* km-queue.c: how one thread hands work to another
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Many threads push, one takes everything at once, so the lock is held for a
 * few pointer writes whatever the load. The reader sleeps in km_queue_wait(),
 * or in epoll or a main loop on an eventfd, which is made when it is asked
 * for: who only waits is woken and reads with two system calls less. Either is
 * woken only when the queue was empty: a busy reader costs its writers
 * nothing.
 *
 * Bounded: what doesn't fit is refused, and its sender says "busy".
 *
 * Thread: any for push; one owner for take_all, wait and free.
 */

#include "km-queue.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct _KmQueue
{
  GMutex mutex;
  GCond filled;
  KmMessage *first;
  KmMessage **end;
  guint length;
  guint limit;
  gboolean waiting; /* in km_queue_wait() */
  int fd; /* -1: nobody has asked for it */
};

/* Called with the lock held. */
static void
wake (KmQueue *self)
{
  guint64 one = 1;

  /* A signal is a system call even if nobody waits for it. */
  if (self->waiting)
    g_cond_signal (&self->filled);
  if (self->fd < 0)
    return;

  /* The counter can't overflow: it is written only when it is zero. */
  while (write (self->fd, &one, sizeof one) < 0 && errno == EINTR)
    continue;
}

/**
 * km_queue_new:
 * @limit: how many messages km_queue_push() lets wait; 0 for no limit
 *
 * Returns: (transfer full): a queue
 */
KmQueue *
km_queue_new (guint limit)
{
  KmQueue *self = g_new0 (KmQueue, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->filled);
  self->end = &self->first;
  self->limit = limit;
  self->fd = -1;

  return self;
}

/**
 * km_queue_free:
 * @self: (transfer full): an empty queue that nobody pushes to any more
 */
void
km_queue_free (KmQueue *self)
{
  g_assert (self->first == NULL);

  if (self->fd >= 0)
    close (self->fd);
  g_cond_clear (&self->filled);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * km_queue_push:
 * @self: a queue
 * @message: (transfer full): goes to the reader, unless refused
 *
 * Returns: %FALSE when the queue is full: @message is still the caller's
 */
gboolean
km_queue_push (KmQueue   *self,
               KmMessage *message)
{
  gboolean fits;

  message->next = NULL;

  g_mutex_lock (&self->mutex);
  fits = self->limit == 0 || self->length < self->limit;
  if (fits)
    {
      if (self->first == NULL)
        wake (self);
      *self->end = message;
      self->end = &message->next;
      self->length++;
    }
  g_mutex_unlock (&self->mutex);

  return fits;
}

/**
 * km_queue_push_all:
 * @self: a queue
 * @first: (nullable) (transfer full): a chain of messages
 *
 * Appends a chain in its order, whatever the limit: for answers, which must
 * never be refused.
 */
void
km_queue_push_all (KmQueue   *self,
                   KmMessage *first)
{
  KmMessage **end = &first;
  guint length = 0;

  if (first == NULL)
    return;

  for (; *end != NULL; end = &(*end)->next)
    length++;

  g_mutex_lock (&self->mutex);
  if (self->first == NULL)
    wake (self);
  *self->end = first;
  self->end = end;
  self->length += length;
  g_mutex_unlock (&self->mutex);
}

/**
 * km_queue_take_all:
 * @self: a queue
 *
 * Empties the queue and resets its descriptor.
 *
 * Returns: (nullable) (transfer full): the chain of messages, oldest first
 */
KmMessage *
km_queue_take_all (KmQueue *self)
{
  KmMessage *first;

  g_mutex_lock (&self->mutex);
  first = self->first;
  if (first != NULL && self->fd >= 0)
    {
      guint64 count;

      while (read (self->fd, &count, sizeof count) < 0 && errno == EINTR)
        continue;
    }
  self->first = NULL;
  self->end = &self->first;
  self->length = 0;
  g_mutex_unlock (&self->mutex);

  return first;
}

/**
 * km_queue_wait:
 * @self: a queue
 * @timeout_us: how long to wait at most; -1 for ever
 *
 * Blocks until a message waits; a signal doesn't end that.
 *
 * Returns: whether one does
 */
gboolean
km_queue_wait (KmQueue *self,
               gint64   timeout_us)
{
  gint64 until_us = g_get_monotonic_time () + timeout_us;
  gboolean in_time = TRUE;
  gboolean filled;

  g_mutex_lock (&self->mutex);
  while (self->first == NULL && in_time)
    {
      self->waiting = TRUE;
      if (timeout_us < 0)
        g_cond_wait (&self->filled, &self->mutex);
      else
        in_time = g_cond_wait_until (&self->filled, &self->mutex, until_us);
    }
  self->waiting = FALSE;
  filled = self->first != NULL;
  g_mutex_unlock (&self->mutex);

  return filled;
}

/**
 * km_queue_count:
 * @self: a queue
 *
 * Returns: how many messages wait now. Thread: any
 */
guint
km_queue_count (KmQueue *self)
{
  guint length;

  g_mutex_lock (&self->mutex);
  length = self->length;
  g_mutex_unlock (&self->mutex);

  return length;
}

/**
 * km_queue_get_fd:
 * @self: a queue
 *
 * Returns: a descriptor that is readable while messages wait; the queue's own
 */
int
km_queue_get_fd (KmQueue *self)
{
  g_mutex_lock (&self->mutex);
  if (self->fd < 0)
    {
      self->fd = eventfd (self->first != NULL, EFD_CLOEXEC | EFD_NONBLOCK);
      if (self->fd < 0)
        g_error ("eventfd: %s", g_strerror (errno));
    }
  g_mutex_unlock (&self->mutex);

  return self->fd;
}
