/* km-live-room.c: who is in a room, what they may do, what they are told
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules of a room, without sockets and threads. A command becomes an
 * event (km-live-room-act.c), the event is posted, and only when its commit
 * has come back does it become part of the room (km_live_room_happened()); so
 * what is here is never ahead of the disk.
 *
 * Figures that change all the time (online, likes, the live edge) are no
 * events: they go into a tick, of which only the newest counts, sent on change
 * and at most four times a second. Those that a stream is remembered by are
 * written now and then.
 *
 * Thread: hub.
 */

#include "km-live-room-private.h"

#define RESUME_EVENTS_MAX 10000
#define FIGURES_SPACING_US (5 * G_USEC_PER_SEC)
#define NEVER G_MAXINT64

/**
 * km_live_room_new:
 * @row: (transfer full): what the store knows; empty afterwards
 *
 * Returns: (transfer full): a room with nobody in it
 */
KmLiveRoom *
km_live_room_new (KmRoomRow *row)
{
  KmLiveRoom *self = g_new0 (KmLiveRoom, 1);

  self->info = g_steal_pointer (&row->info);
  self->epoch = g_steal_pointer (&row->epoch);
  self->id = g_ascii_strtoll (self->info->id, NULL, 10);
  self->host = g_ascii_strtoll (self->info->host.id, NULL, 10);
  self->edge_ms = -1;
  self->ticked_us = G_MININT64 / 2;
  self->changed = TRUE;
  km_room_log_init (&self->log, row->seq);
  self->present = g_hash_table_new_full (g_int64_hash, g_int64_equal,
                                         g_free, NULL);
  self->figures.likes = row->likes;
  self->figures.peak = row->peak;
  km_slow_mode_set (&self->slow_mode, self->info->slow_s);

  return self;
}

void
km_live_room_free (KmLiveRoom *self)
{
  km_room_log_clear (&self->log);
  km_poll_box_clear (&self->polls);
  km_room_info_free (self->info);
  g_hash_table_unref (self->present);
  for (guint i = 0; i < KM_N_PACES; i++)
    km_buckets_clear (&self->buckets[i]);
  km_buckets_clear (&self->like_buckets);
  km_slow_mode_clear (&self->slow_mode);
  g_clear_pointer (&self->tick, g_bytes_unref);
  g_free (self->epoch);
  g_free (self);
}

gint64
km_live_room_get_id (KmLiveRoom *self)
{
  return self->id;
}

const char *
km_live_room_get_epoch (KmLiveRoom *self)
{
  return self->epoch;
}

static guint
count_online (KmLiveRoom *self)
{
  return g_hash_table_size (self->present) + self->guests;
}

/**
 * km_live_room_peek_info:
 * @self: a room
 *
 * Returns: (transfer none): the room as the protocol shows it, now
 */
const KmRoomInfo *
km_live_room_peek_info (KmLiveRoom *self)
{
  self->info->online = count_online (self);

  return self->info;
}

KmRoomLog *
km_live_room_get_log (KmLiveRoom *self)
{
  return &self->log;
}

/**
 * km_live_room_get_role:
 * @self: a room
 * @account: an account; 0: a guest
 *
 * Returns: what it is in this room
 */
KmRole
km_live_room_get_role (KmLiveRoom *self,
                       gint64      account)
{
  if (account == 0)
    return KM_ROLE_GUEST;

  return account == self->host ? KM_ROLE_HOST : KM_ROLE_MEMBER;
}

/**
 * km_live_room_is_staff:
 * @self: a room
 * @account: an account; 0: a guest
 *
 * Returns: whether it looks after the room: hears of reports and answers them
 */
gboolean
km_live_room_is_staff (KmLiveRoom *self,
                       gint64      account)
{
  return km_live_room_get_role (self, account) == KM_ROLE_HOST;
}

/* The most that were there at once is a matter of the stream. */
static void
count_peak (KmLiveRoom *self)
{
  gint64 online = count_online (self);

  if (!self->info->live || online <= self->figures.peak)
    return;

  self->figures.peak = online;
  self->figures_changed = TRUE;
}

/**
 * km_live_room_enter:
 * @self: a room
 * @account: whose socket joined; 0: a guest's
 *
 * An account counts once however many windows it has.
 */
void
km_live_room_enter (KmLiveRoom *self,
                    gint64      account)
{
  guint sockets;

  self->changed = TRUE;
  if (account == 0)
    {
      self->guests++;
      count_peak (self);
      return;
    }

  sockets = GPOINTER_TO_UINT (g_hash_table_lookup (self->present, &account));
  g_hash_table_insert (self->present,
                       g_memdup2 (&account, sizeof account),
                       GUINT_TO_POINTER (sockets + 1));
  count_peak (self);
}

/**
 * km_live_room_leave:
 * @self: a room
 * @account: whose socket left
 */
void
km_live_room_leave (KmLiveRoom *self,
                    gint64      account)
{
  guint sockets;

  self->changed = TRUE;
  if (account == 0)
    {
      self->guests--;
      return;
    }

  sockets = GPOINTER_TO_UINT (g_hash_table_lookup (self->present, &account));
  if (sockets <= 1)
    g_hash_table_remove (self->present, &account);
  else
    g_hash_table_insert (self->present,
                         g_memdup2 (&account, sizeof account),
                         GUINT_TO_POINTER (sockets - 1));
}

guint
km_live_room_count_guests (KmLiveRoom *self)
{
  return self->guests;
}

/**
 * km_live_room_judge_resume:
 * @self: a room
 * @epoch: (nullable): epoch of the last event had
 * @seq: its seq; -1: none
 *
 * A seq of another history, or one that this history hasn't reached (its tail
 * was lost), says nothing about what is missing.
 *
 * Returns: what somebody who joins gets
 */
KmResume
km_live_room_judge_resume (KmLiveRoom *self,
                           const char *epoch,
                           gint64      seq)
{
  gint64 head = km_room_log_get_head (&self->log);

  if (epoch == NULL || !g_str_equal (epoch, self->epoch))
    return KM_RESUME_SNAPSHOT;
  if (seq > head)
    return KM_RESUME_LOST_TAIL;
  if (seq < 0 || head - seq > RESUME_EVENTS_MAX)
    return KM_RESUME_SNAPSHOT;

  return KM_RESUME_LOG;
}

/**
 * km_live_room_begin_history:
 * @self: a room
 * @epoch: its new one, which is on the disk
 *
 * What anybody had before says nothing any more about what is missing.
 */
void
km_live_room_begin_history (KmLiveRoom *self,
                            const char *epoch)
{
  g_set_str (&self->epoch, epoch);
}

/**
 * km_live_room_peek_recent:
 * @self: a room
 * @n_events: how many
 *
 * Looks back over %KM_RECENT_WITHIN events at most.
 *
 * Returns: (nullable) (transfer full) (element-type GBytes): the frames of
 *   the last of those events that are history, in order; %NULL when memory
 *   doesn't reach back far enough and the store must be asked
 */
GPtrArray *
km_live_room_peek_recent (KmLiveRoom *self,
                          guint       n_events)
{
  gint64 tail = km_room_log_get_tail (&self->log);
  gint64 from = km_room_log_get_head (&self->log) + 1;
  gint64 first = MAX (1, from - KM_RECENT_WITHIN);
  g_autoptr (GPtrArray) frames =
    g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  guint found = 0;

  while (found < n_events && from > MAX (first, tail))
    {
      const KmLogEntry *entry = km_room_log_peek (&self->log, --from);

      if (km_room_query_is_history (entry->kind))
        found++;
    }
  if (found < n_events && from > first)
    return NULL;

  for (; from <= km_room_log_get_head (&self->log); from++)
    {
      const KmLogEntry *entry = km_room_log_peek (&self->log, from);

      if (km_room_query_is_history (entry->kind))
        g_ptr_array_add (frames, g_bytes_ref (entry->frame));
    }

  return g_steal_pointer (&frames);
}

/**
 * km_live_room_rename:
 * @self: a room
 * @account: who has another shown name now
 * @shown_name: the new one
 */
void
km_live_room_rename (KmLiveRoom *self,
                     gint64      account,
                     const char *shown_name)
{
  if (account != self->host)
    return;

  g_free (self->info->host.shown_name);
  self->info->host.shown_name = g_strdup (shown_name);
}

/**
 * km_live_room_put_poll:
 * @self: a room
 * @poll: its open poll
 * @now_us: now, monotonic
 * @now_ms: now, ms since 1970
 */
void
km_live_room_put_poll (KmLiveRoom       *self,
                       const KmPollInfo *poll,
                       gint64            now_us,
                       gint64            now_ms)
{
  km_poll_box_put (&self->polls, poll, now_us, now_ms);
  self->changed = TRUE;
}

/**
 * km_live_room_get_polls:
 * @self: a room
 *
 * Returns: (transfer none): where its open poll is; it is changed only by what
 *   happens in the room
 */
KmPollBox *
km_live_room_get_polls (KmLiveRoom *self)
{
  return &self->polls;
}

/**
 * km_live_room_voted:
 * @self: a room
 * @ballot: a vote that was committed
 *
 * Returns: whether the tallies have changed by it
 */
gboolean
km_live_room_voted (KmLiveRoom     *self,
                    const KmBallot *ballot)
{
  if (!km_poll_box_vote (&self->polls, ballot->poll, ballot->before,
                         ballot->after))
    return FALSE;

  self->changed = TRUE;

  return TRUE;
}

static void
set_stream (KmLiveRoom *self,
            const char *stream,
            gint64      since_ms)
{
  g_free (self->info->stream);
  self->info->stream = g_strdup (stream);
  self->info->live = stream != NULL;
  self->info->since_ms = since_ms;
  self->edge_ms = -1;
  self->publisher_lost = FALSE;
  self->changed = TRUE;
  self->figures = (KmStreamFigures) { 0 };
  self->figures_changed = FALSE;
  self->figures_sealed = FALSE;
  count_peak (self);
}

static void
apply_event (KmLiveRoom        *self,
             const KmRoomEvent *event,
             gint64             now_us)
{
  switch (event->kind)
    {
    case KM_ROOM_EVENT_STREAM_STARTED:
      set_stream (self, event->stream, event->at_ms);
      break;
    case KM_ROOM_EVENT_STREAM_ENDED:
      if (g_strcmp0 (event->stream, self->info->stream) == 0)
        set_stream (self, NULL, -1);
      break;
    case KM_ROOM_EVENT_ROOM_CHANGED:
      g_set_str (&self->info->title, event->title);
      g_set_str (&self->info->category, event->category);
      self->info->slow_s = event->slow_s;
      km_slow_mode_set (&self->slow_mode, event->slow_s);
      break;
    case KM_ROOM_EVENT_POLL_OPENED:
      km_live_room_put_poll (self, event->poll, now_us, event->at_ms);
      break;
    case KM_ROOM_EVENT_POLL_CLOSED:
      if (km_poll_box_take (&self->polls, event->poll->id))
        self->changed = TRUE;
      break;
    default:
      break;
    }
}

/**
 * km_live_room_happened:
 * @self: a room
 * @post: a post that was committed
 * @now_us: now, monotonic
 *
 * Makes it part of the room; a repeated one already is.
 */
void
km_live_room_happened (KmLiveRoom   *self,
                       const KmPost *post,
                       gint64        now_us)
{
  if (post->repeated)
    return;

  km_room_log_append (&self->log, post->event->seq, post->event->kind,
                      post->frame, now_us);
  if (post->tombstone != NULL)
    km_room_log_replace (&self->log, post->event->of, post->tombstone);
  if (post->event->kind == KM_ROOM_EVENT_CHAT_MESSAGE)
    km_live_room_recall (self, post->account, post->event->id, now_us);
  apply_event (self, post->event, now_us);
}

/**
 * km_live_room_failed:
 * @self: a room
 * @post: a post that added nothing to the log
 *
 * It is as if it had never been asked for.
 */
void
km_live_room_failed (KmLiveRoom   *self,
                     const KmPost *post)
{
  if (post->event->kind == KM_ROOM_EVENT_CHAT_MESSAGE)
    km_slow_mode_take_back (&self->slow_mode, post->account, post->event->id);
}

/**
 * km_live_room_moved:
 * @self: a room
 * @edge: a %KM_EVENT_STREAM_EDGE of this room
 *
 * The stream went on. What is said of another one than is live here is of a
 * stream whose start isn't committed yet; the next edge comes soon.
 */
void
km_live_room_moved (KmLiveRoom    *self,
                    const KmEvent *edge)
{
  if (g_strcmp0 (edge->stream, self->info->stream) != 0)
    return;

  if (edge->edge_ms == self->edge_ms
      && self->publisher_lost == !edge->publisher_ok)
    return;

  self->edge_ms = edge->edge_ms;
  self->publisher_lost = !edge->publisher_ok;
  self->changed = TRUE;
}

/**
 * km_live_room_get_likes:
 * @self: a room
 *
 * Returns: how many likes the running stream has; 0: none runs
 */
gint64
km_live_room_get_likes (KmLiveRoom *self)
{
  return self->figures.likes;
}

/**
 * km_live_room_figures_due_us:
 * @self: a room
 *
 * Returns: when km_live_room_take_figures() should be called, monotonic;
 *   %G_MAXINT64 while nothing changed
 */
gint64
km_live_room_figures_due_us (KmLiveRoom *self)
{
  if (!self->figures_changed || self->figures_sealed)
    return NEVER;

  return self->figures_us + FIGURES_SPACING_US;
}

/**
 * km_live_room_take_figures:
 * @self: a room with a stream
 * @now_us: now, monotonic
 *
 * Returns: the running stream's figures, to be written
 */
KmStreamFigures
km_live_room_take_figures (KmLiveRoom *self,
                           gint64      now_us)
{
  self->figures_us = now_us;
  self->figures_changed = FALSE;

  return self->figures;
}

/**
 * km_live_room_seal_figures:
 * @self: a room
 * @stream: a stream whose end is about to be written
 *
 * From now on it gets no more likes, so that what is written is all.
 *
 * Returns: its figures; none when it isn't the one that runs
 */
KmStreamFigures
km_live_room_seal_figures (KmLiveRoom *self,
                           const char *stream)
{
  if (g_strcmp0 (stream, self->info->stream) != 0)
    return (KmStreamFigures) { 0 };

  self->figures_sealed = TRUE;

  return self->figures;
}

/**
 * km_live_room_tick_due_us:
 * @self: a room
 *
 * Returns: when km_live_room_take_tick() has something, monotonic; %G_MAXINT64
 *   while nothing changed
 */
gint64
km_live_room_tick_due_us (KmLiveRoom *self)
{
  if (!self->changed)
    return NEVER;

  return self->ticked_us + KM_TICK_SPACING_MS * 1000;
}

static GBytes *
encode_tick (KmLiveRoom *self)
{
  g_autoptr (KmRoomEvent) event = km_room_event_new (KM_ROOM_EVENT_TICK);
  char *text;

  event->room = g_strdup (self->info->id);
  event->online = count_online (self);
  event->live = self->info->live;
  event->stream = g_strdup (self->info->stream);
  event->edge_ms = self->info->live ? self->edge_ms : -1;
  event->publisher_lost = self->publisher_lost;
  event->likes = self->info->live ? self->figures.likes : -1;
  event->polls = km_poll_box_list (&self->polls);
  text = km_room_event_encode (event);

  return g_bytes_new_take (text, strlen (text));
}

/**
 * km_live_room_take_tick:
 * @self: a room
 * @now_us: now, monotonic
 *
 * Returns: (nullable) (transfer none): the text of a new tick when one is due
 */
GBytes *
km_live_room_take_tick (KmLiveRoom *self,
                        gint64      now_us)
{
  if (km_live_room_tick_due_us (self) > now_us)
    return NULL;

  g_clear_pointer (&self->tick, g_bytes_unref);
  self->tick = encode_tick (self);
  self->tick_number++;
  self->ticked_us = now_us;
  self->changed = FALSE;

  return self->tick;
}

/**
 * km_live_room_peek_tick:
 * @self: a room
 * @number: (out): which one it is; 0: there was none
 *
 * Returns: (nullable) (transfer none): the newest tick
 */
GBytes *
km_live_room_peek_tick (KmLiveRoom *self,
                        guint64    *number)
{
  *number = self->tick_number;

  return self->tick;
}
