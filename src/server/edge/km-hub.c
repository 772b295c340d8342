/* km-hub.c: the thread of rooms and their members' sockets
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One thread sleeps in epoll and owns all sockets of members, all loaded
 * rooms, and what they are told; nothing here is locked. Others hand over
 * requests, answers of the store and news by queues. One turn: the polls whose
 * time is over, what the queues have, what sockets have, who comes in, the rooms
 * whose flush is due, one page for each who catches up, who is silent for too long. What
 * was asked of the hub before a member sent something so comes before it.
 *
 * km-hub-door.c lets sockets in, km-hub-member.c has them, km-hub-room.c has
 * the fan-out,
 * km-hub-command.c what members ask (km-hub-gift.c, km-hub-poll.c and
 * km-hub-people.c have a subject each), km-hub-post.c what comes of it,
 * km-hub-news.c what others say happened, km-hub-figures.c what is kept of a
 * stream, km-hub-sessions.c whose sockets are closed, km-hub-request.c what
 * other threads ask.
 *
 * Thread: hub, but for new and free.
 */

#include "km-hub.h"

#include "km-hub-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_A_TURN 256
#define INPUT_BYTES 65536
#define SWEEP_SPACING_US (60 * G_USEC_PER_SEC)
#define KINDS_HEARD \
  (KM_EVENT_STREAM_STARTED | KM_EVENT_STREAM_ENDED | KM_EVENT_STREAM_EDGE \
   | KM_EVENT_PUBLISH_REFUSED | KM_EVENT_ROOM_CHANGED)

typedef struct
{
  KmJob job;
  GError *error;
} Recovery;

/* News come before requests: what the relay said before the hub was told to
 * stop must be written. */
static void
drain_queues (KmHub *hub)
{
  KmMessage *message = km_queue_take_all (hub->news);

  while (message != NULL)
    {
      KmDelivery *delivery = (KmDelivery *) message;

      message = message->next;
      km_hub_news (hub, delivery->event);
      km_delivery_free (delivery);
    }

  km_job_finish_all (km_queue_take_all (hub->answers));

  km_hub_handle_requests (hub);
}

/* Once nothing is on its way to the disk, so that each gets its reply. */
static void
close_when_quiet (KmHub *hub)
{
  g_autoptr (GPtrArray) members = NULL;

  if (!hub->closing || hub->closed || hub->pending > 0)
    return;

  hub->closed = TRUE;
  km_hub_flush_rooms (hub);
  members = g_hash_table_get_values_as_ptr_array (hub->members);
  for (guint i = 0; i < members->len; i++)
    km_member_send_away (hub, g_ptr_array_index (members, i));
}

static void
check_pulse (KmHub *hub)
{
  KmPulseAction action;
  KmPulseEntry *entry;

  while ((action = km_hub_pulse_take (&hub->pulse, hub->now_us, &entry))
         != KM_PULSE_NONE)
    {
      KmMember *member =
        (KmMember *) ((char *) entry - G_STRUCT_OFFSET (KmMember, pulse));

      if (action == KM_PULSE_PING)
        km_member_send_ping (hub, member);
      else
        km_member_drop (hub, member);
    }
}

static gint64
next_turn_us (KmHub *hub)
{
  gint64 due = MIN (km_hub_rooms_due_us (hub),
                    km_hub_pulse_due_us (&hub->pulse));

  if (hub->catching.length > 0)
    due = hub->now_us;
  due = MIN (due, km_hub_news_due_us (hub));
  due = MIN (due, km_hub_late_news_due_us (hub));
  due = MIN (due, km_hub_polls_due_us (hub));
  due = MIN (due, km_hub_doors_get_due_us (hub->doors));
  due = MIN (due, km_hub_inbox_due_us (hub));
  if (g_hash_table_size (hub->rooms) > 0)
    due = MIN (due, hub->swept_us + SWEEP_SPACING_US);

  return due;
}

static int
wait_for_events (KmHub              *hub,
                 struct epoll_event *events)
{
  gint64 due_us = next_turn_us (hub);
  /* MAX() looks twice. */
  gint64 left_us = due_us - g_get_monotonic_time ();
  gint64 wait_us = MAX (0, left_us);
  gboolean for_ever = due_us == G_MAXINT64;
  const struct timespec timeout = {
    .tv_sec = wait_us / G_USEC_PER_SEC,
    .tv_nsec = wait_us % G_USEC_PER_SEC * 1000,
  };
  int n_events = epoll_pwait2 (hub->epoll_fd, events, EVENTS_A_TURN,
                               for_ever ? NULL : &timeout, NULL);

  /* Linux has it since 5.11; before, a turn may come a millisecond late. */
  if (n_events < 0 && errno == ENOSYS)
    n_events = epoll_wait (hub->epoll_fd, events, EVENTS_A_TURN,
                           for_ever ? -1 : (int) MIN (wait_us / 1000 + 1,
                                                      G_MAXINT));
  if (n_events < 0 && errno != EINTR)
    g_error ("epoll_pwait2: %s", g_strerror (errno));

  return n_events;
}

static void
take_turn (KmHub              *hub,
           struct epoll_event *events,
           int                 n_events)
{
  gboolean knocked = FALSE;

  hub->now_us = g_get_monotonic_time ();
  /* A vote that comes when its poll's time is over comes too late. */
  km_hub_close_polls (hub);
  drain_queues (hub);

  /* A queue's event has no member: its descriptor only wakes. */
  for (int i = 0; i < n_events; i++)
    {
      gpointer target = events[i].data.ptr;

      if (target == NULL)
        continue;
      if (target == hub->doors)
        knocked = TRUE;
      else
        km_member_ready (hub, target, events[i].events);
    }
  km_hub_doors_turn (hub, hub->doors, knocked);
  km_hub_post_late_news (hub);
  km_hub_resubmit (hub);
  if (km_hub_inbox_due_us (hub) <= hub->now_us)
    km_hub_watch_books (hub);
  close_when_quiet (hub);

  km_hub_flush_rooms (hub);
  km_hub_catch_up (hub);
  check_pulse (hub);
  if (hub->now_us >= hub->swept_us + SWEEP_SPACING_US)
    {
      hub->swept_us = hub->now_us;
      km_hub_sweep_rooms (hub);
      km_hub_use_sessions (hub);
    }

  g_ptr_array_set_size (hub->gone, 0);
  km_counter_set (&hub->figures->members, g_hash_table_size (hub->members));
  km_counter_set (&hub->figures->rooms, g_hash_table_size (hub->rooms));
}

static gpointer
run (gpointer data)
{
  KmHub *hub = data;
  struct epoll_event events[EVENTS_A_TURN];

  km_hub_restore_polls (hub);
  while (!hub->stopping || !hub->closed
         || hub->pending > 0 || g_hash_table_size (hub->members) > 0)
    {
      int n_events = wait_for_events (hub, events);

      take_turn (hub, events, MAX (0, n_events));
    }

  return NULL;
}

static gboolean
apply_recovery (KmJob          *job,
                KmTransaction  *transaction,
                GError        **error)
{
  return km_post_close_streams (transaction, error);
}

static void
keep_error (KmJob        *job,
            const GError *error)
{
  Recovery *self = (Recovery *) job;

  self->error = error != NULL ? g_error_copy (error) : NULL;
}

/* Before anything else: no room may show a stream of a server that died. */
static gboolean
recover (KmStore *store,
         GError **error)
{
  g_autoptr (KmQueue) answers = km_queue_new (0);
  Recovery recovery = {
    .job = {
      .apply = apply_recovery,
      .done = keep_error,
      .reply_to = answers,
    },
  };

  if (!km_store_submit (store, &recovery.job))
    {
      g_set_error_literal (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                           "the store is busy");
      return FALSE;
    }

  km_queue_wait (answers, -1);
  km_job_finish_all (km_queue_take_all (answers));
  if (recovery.error == NULL)
    return TRUE;

  g_propagate_error (error, recovery.error);

  return FALSE;
}

static void
watch_queue (KmHub   *self,
             KmQueue *queue)
{
  struct epoll_event event = { .events = EPOLLIN };

  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, km_queue_get_fd (queue),
                 &event) < 0)
    g_error ("epoll_ctl: %s", g_strerror (errno));
}

static void
make_tables (KmHub *self)
{
  self->requests = km_queue_new (0);
  self->answers = km_queue_new (0);
  self->news = km_queue_new (0);
  self->input = g_malloc (INPUT_BYTES);
  self->members = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->rooms = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                       (GDestroyNotify) km_hub_room_free);
  self->publishes = g_hash_table_new_full (g_str_hash, g_str_equal,
                                           g_free, g_free);
  self->inboxes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                         (GDestroyNotify) g_ptr_array_unref);
  self->due_rooms = g_ptr_array_new ();
  self->timed_polls = g_ptr_array_new ();
  self->gone =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_member_free);
  self->flush.bytes = g_byte_array_new ();
  self->flush.begins = g_array_new (FALSE, FALSE, sizeof (guint));
  self->figures = g_aligned_alloc0 (1, sizeof (KmHubFigures),
                                    KM_CACHE_LINE_BYTES);
  self->now_us = self->swept_us = g_get_monotonic_time ();
}

/**
 * km_hub_new:
 * @store: the store; must outlive the hub
 * @post_office: the post office; must outlive the hub
 * @rules: what holds for gifts; copied
 * @error: %KM_STORE_ERROR
 *
 * Ends the streams that an earlier server left open, and starts the thread.
 * Make it before the relay: it hears what is sent once this has returned.
 *
 * Returns: (nullable) (transfer full): a hub
 */
KmHub *
km_hub_new (KmStore              *store,
            KmPostOffice         *post_office,
            const KmLedgerRules  *rules,
            GError              **error)
{
  KmReader *reader;
  KmHub *self;

  if (!recover (store, error))
    return NULL;

  reader = km_reader_open (store, error);
  if (reader == NULL)
    return NULL;

  self = g_new0 (KmHub, 1);
  self->store = store;
  self->post_office = post_office;
  self->reader = reader;
  self->rules = *rules;
  make_tables (self);
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    g_error ("epoll_create1: %s", g_strerror (errno));
  watch_queue (self, self->requests);
  watch_queue (self, self->answers);
  watch_queue (self, self->news);
  km_post_office_subscribe (post_office, self->news, KINDS_HEARD);
  self->thread = g_thread_new ("hub", run, self);

  return self;
}

/* Takes what came too late for the thread. */
static void
drain_leftovers (KmHub *self)
{
  KmMessage *message = km_queue_take_all (self->news);

  while (message != NULL)
    {
      KmDelivery *delivery = (KmDelivery *) message;

      message = message->next;
      km_delivery_free (delivery);
    }

  km_hub_discard_requests (self);
  g_queue_clear_full (&self->late_news, (GDestroyNotify) km_event_unref);
}

/**
 * km_hub_free:
 * @self: (transfer full): a hub that nobody else uses any more
 *
 * Closes it if km_hub_close() hasn't, waits until what was posted is on the
 * disk and members have answered or had 2 s, and ends the thread. End the
 * relay before, so that the ends of its streams are written, and the store
 * after.
 */
void
km_hub_free (KmHub *self)
{
  km_hub_request_stop (self);
  g_thread_join (self->thread);

  km_post_office_unsubscribe (self->post_office, self->news);
  drain_leftovers (self);
  g_ptr_array_unref (self->due_rooms);
  g_ptr_array_unref (self->timed_polls);
  g_clear_pointer (&self->doors, km_hub_doors_free);
  g_hash_table_unref (self->rooms);
  g_hash_table_unref (self->members);
  g_hash_table_unref (self->publishes);
  g_hash_table_unref (self->inboxes);
  g_ptr_array_unref (self->gone);
  g_byte_array_unref (self->flush.bytes);
  g_array_unref (self->flush.begins);
  km_queue_free (self->requests);
  km_queue_free (self->answers);
  km_queue_free (self->news);
  km_reader_free (self->reader);
  close (self->epoll_fd);
  g_free (self->input);
  g_aligned_free (self->figures);
  g_free (self);
}

/**
 * km_hub_count_waiting:
 * @self: a hub
 *
 * Returns: how much waits for its thread. Thread: any
 */
KmHubWaiting
km_hub_count_waiting (KmHub *self)
{
  return (KmHubWaiting) {
    .requests = km_queue_count (self->requests),
    .answers = km_queue_count (self->answers),
    .news = km_queue_count (self->news),
  };
}

/**
 * km_hub_peek_figures:
 * @self: a hub
 *
 * Returns: (transfer none): what it does and has done, counting on. Thread:
 *   any
 */
const KmHubFigures *
km_hub_peek_figures (KmHub *self)
{
  return self->figures;
}
