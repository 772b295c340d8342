/* km-live-room.c: who is in a room, what they may do, what they are told
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules of a room, without sockets and threads. A command becomes an
 * event (km_live_room_check_chat()), the event is posted, and only when its
 * commit has come back does it become part of the room
 * (km_live_room_happened()); so what is here is never ahead of the disk.
 *
 * Figures that change all the time (online, the live edge) are no events:
 * they go into a tick, of which only the newest counts, sent on change and at
 * most four times a second.
 *
 * Thread: hub.
 */

#include "km-live-room.h"

#include "km-checked-text.h"

#define CHAT_SPACING_US (G_USEC_PER_SEC / 2)
#define CHAT_BURST 5
#define CHAT_TIME_BACK_MS 60000
#define RESUME_EVENTS_MAX 10000
#define BUCKETS_SWEEP_AT 1024
#define NEVER G_MAXINT64

struct _KmLiveRoom
{
  gint64 id;
  gint64 host;
  KmRoomInfo *info; /* its online is what the last tick said */
  char *epoch;
  KmRoomLog log;

  GHashTable *present; /* gint64 account -> sockets */
  guint guests;
  GHashTable *buckets; /* gint64 account -> KmBucket */

  gint64 edge_ms; /* -1: not known */
  gboolean publisher_lost;

  gboolean changed;
  gint64 ticked_us;
  GBytes *tick;
  guint64 tick_number;
};

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
  self->buckets = g_hash_table_new_full (g_int64_hash, g_int64_equal,
                                         g_free, g_free);

  return self;
}

void
km_live_room_free (KmLiveRoom *self)
{
  km_room_log_clear (&self->log);
  km_room_info_free (self->info);
  g_hash_table_unref (self->present);
  g_hash_table_unref (self->buckets);
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
      return;
    }

  sockets = GPOINTER_TO_UINT (g_hash_table_lookup (self->present, &account));
  g_hash_table_insert (self->present,
                       g_memdup2 (&account, sizeof account),
                       GUINT_TO_POINTER (sockets + 1));
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
  if (seq < 0 || seq > head || head - seq > RESUME_EVENTS_MAX)
    return KM_RESUME_SNAPSHOT;

  return KM_RESUME_LOG;
}

/**
 * km_live_room_peek_recent:
 * @self: a room
 * @n_messages: how many
 *
 * Returns: (nullable) (transfer full) (element-type GBytes): the frames of
 *   the last chat messages, in order; %NULL when memory doesn't reach back
 *   far enough and the store must be asked
 */
GPtrArray *
km_live_room_peek_recent (KmLiveRoom *self,
                          guint       n_messages)
{
  gint64 tail = km_room_log_get_tail (&self->log);
  gint64 from = km_room_log_get_head (&self->log) + 1;
  g_autoptr (GPtrArray) frames =
    g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  guint found = 0;

  while (found < n_messages && from > tail)
    {
      const KmLogEntry *entry = km_room_log_peek (&self->log, --from);

      if (entry->kind == KM_ROOM_EVENT_CHAT_MESSAGE)
        found++;
    }
  if (found < n_messages && from > 1)
    return NULL;

  for (; from <= km_room_log_get_head (&self->log); from++)
    {
      const KmLogEntry *entry = km_room_log_peek (&self->log, from);

      if (entry->kind == KM_ROOM_EVENT_CHAT_MESSAGE)
        g_ptr_array_add (frames, g_bytes_ref (entry->frame));
    }

  return g_steal_pointer (&frames);
}

static gboolean
bucket_is_full (gpointer account,
                gpointer bucket,
                gpointer now_us)
{
  return km_bucket_is_full (bucket, *(gint64 *) now_us);
}

/* By account and not by socket, so that coming back doesn't refill it. */
static gboolean
take_token (KmLiveRoom  *self,
            gint64       account,
            gint64       now_us,
            GError     **error)
{
  KmBucket *bucket = g_hash_table_lookup (self->buckets, &account);
  gint64 wait_us;

  if (bucket == NULL)
    {
      if (g_hash_table_size (self->buckets) >= BUCKETS_SWEEP_AT)
        g_hash_table_foreach_remove (self->buckets, bucket_is_full, &now_us);
      bucket = g_new0 (KmBucket, 1);
      g_hash_table_insert (self->buckets,
                           g_memdup2 (&account, sizeof account), bucket);
    }

  wait_us = km_bucket_take (bucket, now_us, CHAT_SPACING_US, CHAT_BURST);
  if (wait_us == 0)
    return TRUE;

  g_propagate_error (error,
                     km_protocol_error_new (KM_PROTOCOL_ERROR_TOO_FAST,
                                            (wait_us + 999) / 1000, NULL));

  return FALSE;
}

/* The stream time that a sender saw lies between the newest one and a minute
 * before; without a stream there is none. */
static gint64
clamp_time (KmLiveRoom *self,
            gint64      time_ms,
            gint64      now_ms)
{
  gint64 edge_ms = self->edge_ms;

  if (time_ms < 0 || !self->info->live)
    return -1;
  if (edge_ms < 0)
    edge_ms = MAX (0, now_ms - self->info->since_ms);

  return CLAMP (time_ms, MAX (0, edge_ms - CHAT_TIME_BACK_MS), edge_ms);
}

/**
 * km_live_room_check_chat:
 * @self: a room
 * @speaker: who says it; has joined
 * @command: a `chat.send`
 * @now_us: now, monotonic
 * @now_ms: now, ms since 1970
 * @error: the reply, of the domain %KM_PROTOCOL_ERROR
 *
 * Whether somebody may say something, now, and how it is said.
 *
 * Returns: (transfer full) (nullable): the event to post
 */
KmRoomEvent *
km_live_room_check_chat (KmLiveRoom       *self,
                         const KmSpeaker  *speaker,
                         const KmCommand  *command,
                         gint64            now_us,
                         gint64            now_ms,
                         GError          **error)
{
  g_autofree char *text = NULL;
  KmRoomEvent *event;

  if (speaker->account == 0)
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
      return NULL;
    }

  text = km_checked_text_new (command->text, KM_TEXT_LINE, KM_CHAT_BYTES_MAX,
                              KM_CHAT_CLUSTERS_MAX, error);
  if (text == NULL || !take_token (self, speaker->account, now_us, error))
    return NULL;

  event = km_room_event_new (KM_ROOM_EVENT_CHAT_MESSAGE);
  event->id = g_strdup (command->id);
  event->from.id = g_strdup_printf ("%" G_GINT64_FORMAT, speaker->account);
  event->from.name = g_strdup (speaker->name);
  event->from.shown_name = g_strdup (speaker->shown_name);
  event->role = km_live_room_get_role (self, speaker->account);
  event->text = g_steal_pointer (&text);
  event->mode = command->mode;
  event->color = command->color;
  event->time_ms = clamp_time (self, command->time_ms, now_ms);

  return event;
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
}

static void
apply_event (KmLiveRoom        *self,
             const KmRoomEvent *event)
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
  apply_event (self, post->event);
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
