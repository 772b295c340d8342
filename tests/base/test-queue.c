/* test-queue.c: nothing pushed is lost, reordered or refused without a word
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-queue.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>

#define SIGNALS 50
#define WRITERS 4
#define MESSAGES 20000

typedef struct
{
  KmMessage message;
  guint writer;
  guint number;
} Numbered;

typedef struct
{
  KmQueue *queue;
  guint writer;
} Writer;

static gpointer
write_numbers (gpointer data)
{
  Writer *self = data;

  for (guint i = 0; i < MESSAGES; i++)
    {
      Numbered *numbered = g_new0 (Numbered, 1);

      numbered->writer = self->writer;
      numbered->number = i;
      g_assert_true (km_queue_push (self->queue, &numbered->message));
    }

  return NULL;
}

static void
test_each_writer_in_order (void)
{
  g_autoptr (KmQueue) queue = km_queue_new (0);
  Writer writers[WRITERS];
  GThread *threads[WRITERS];
  guint next[WRITERS] = { 0 };
  guint taken = 0;

  for (guint i = 0; i < WRITERS; i++)
    {
      writers[i] = (Writer) { queue, i };
      threads[i] = g_thread_new ("writer", write_numbers, &writers[i]);
    }

  while (taken < WRITERS * MESSAGES && km_queue_wait (queue, -1))
    {
      KmMessage *message = km_queue_take_all (queue);

      while (message != NULL)
        {
          g_autofree Numbered *numbered = (Numbered *) message;

          message = message->next;
          g_assert_cmpuint (numbered->number, ==, next[numbered->writer]++);
          taken++;
        }
    }

  for (guint i = 0; i < WRITERS; i++)
    g_thread_join (threads[i]);
  g_assert_null (km_queue_take_all (queue));
  g_assert_false (km_queue_wait (queue, 0));
}

static void
test_full_refuses_but_answers_pass (void)
{
  g_autoptr (KmQueue) queue = km_queue_new (2);
  KmMessage messages[4] = { 0 };
  KmMessage *first;

  g_assert_true (km_queue_push (queue, &messages[0]));
  g_assert_true (km_queue_push (queue, &messages[1]));
  g_assert_false (km_queue_push (queue, &messages[2]));

  messages[2].next = &messages[3];
  km_queue_push_all (queue, &messages[2]);

  first = km_queue_take_all (queue);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++, first = first->next)
    g_assert_true (first == &messages[i]);
  g_assert_null (first);

  g_assert_true (km_queue_push (queue, &messages[0]));
  g_assert_true (km_queue_wait (queue, 0));
  g_assert_nonnull (km_queue_take_all (queue));
}

static int n_signals; /* atomic */

static void
count_signal (int number)
{
  g_atomic_int_inc (&n_signals);
}

typedef struct
{
  KmQueue *queue;
  pthread_t thread;
  int ready; /* atomic */
  int ended; /* atomic */
} Waiter;

static gpointer
wait_once (gpointer data)
{
  Waiter *self = data;
  gboolean waits;

  self->thread = pthread_self ();
  g_atomic_int_set (&self->ready, TRUE);
  waits = km_queue_wait (self->queue, -1);
  g_atomic_int_set (&self->ended, TRUE);

  return GINT_TO_POINTER (waits);
}

static void
test_signals_end_no_wait (void)
{
  g_autoptr (KmQueue) queue = km_queue_new (0);
  const struct sigaction action = { .sa_handler = count_signal };
  struct sigaction before;
  KmMessage message = { 0 };
  Waiter waiter = { .queue = queue };
  GThread *thread;

  g_assert_cmpint (sigaction (SIGUSR1, &action, &before), ==, 0);
  thread = g_thread_new ("waiter", wait_once, &waiter);
  while (!g_atomic_int_get (&waiter.ready))
    g_thread_yield ();

  /* Each has been handled before the next, so most of them find it waiting. */
  for (int i = 0; i < SIGNALS; i++)
    {
      g_assert_cmpint (pthread_kill (waiter.thread, SIGUSR1), ==, 0);
      while (g_atomic_int_get (&n_signals) == i &&
             !g_atomic_int_get (&waiter.ended))
        g_thread_yield ();
      g_assert_false (g_atomic_int_get (&waiter.ended));
    }

  g_assert_true (km_queue_push (queue, &message));
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  g_assert_true (km_queue_take_all (queue) == &message);
  sigaction (SIGUSR1, &before, NULL);
}

static gboolean
is_readable (KmQueue *queue)
{
  struct pollfd fd = { .fd = km_queue_get_fd (queue), .events = POLLIN };

  return poll (&fd, 1, 0) == 1;
}

/* It is made when it is asked for: what was pushed before must show. */
static void
test_a_late_descriptor_tells_what_waits (void)
{
  g_autoptr (KmQueue) empty = km_queue_new (0);
  g_autoptr (KmQueue) queue = km_queue_new (0);
  KmMessage messages[3] = { 0 };

  g_assert_false (is_readable (empty));
  g_assert_false (km_queue_wait (empty, 0));

  g_assert_true (km_queue_push (queue, &messages[0]));
  g_assert_true (km_queue_wait (queue, -1));
  g_assert_true (is_readable (queue));
  g_assert_true (km_queue_take_all (queue) == &messages[0]);
  g_assert_false (is_readable (queue));

  g_assert_true (km_queue_push (queue, &messages[1]));
  g_assert_true (km_queue_push (queue, &messages[2]));
  g_assert_true (is_readable (queue));
  g_assert_true (km_queue_wait (queue, -1));
  g_assert_true (km_queue_take_all (queue) == &messages[1]);
  g_assert_false (is_readable (queue));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/queue/each-writer-in-order",
                   test_each_writer_in_order);
  g_test_add_func ("/base/queue/full-refuses-but-answers-pass",
                   test_full_refuses_but_answers_pass);
  g_test_add_func ("/base/queue/signals-end-no-wait",
                   test_signals_end_no_wait);
  g_test_add_func ("/base/queue/a-late-descriptor-tells-what-waits",
                   test_a_late_descriptor_tells_what_waits);
  return g_test_run ();
}
