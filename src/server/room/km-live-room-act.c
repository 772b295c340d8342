/* km-live-room-act.c: what somebody in a room may do
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing happens here yet: what may be done becomes an event to post. Likes
 * alone are counted at once, since none of them is worth a commit.
 *
 * Thread: hub.
 */

#include "km-live-room-private.h"

#include "km-checked-text.h"

#define CHAT_TIME_BACK_MS 60000

/* Whoever gives clicks as fast as they can, and a combo wants it so. A flood
 * of messages is deleted one by one. */
static const KmPaceRule paces[KM_N_PACES] = {
  [KM_PACE_CHAT] = { G_USEC_PER_SEC / 2, 5 },
  [KM_PACE_GIFT] = { G_USEC_PER_SEC / 10, 60 },
  [KM_PACE_POLL] = { G_USEC_PER_SEC * 2, 10 },
  [KM_PACE_VOTE] = { G_USEC_PER_SEC / 2, 10 },
  [KM_PACE_DELETE] = { G_USEC_PER_SEC / 5, 60 },
  [KM_PACE_REPORT] = { G_USEC_PER_SEC * 2, 10 },
};

/**
 * km_live_room_set_chat_pace:
 * @self: a room
 * @pace: how fast somebody may talk in it from now on
 */
void
km_live_room_set_chat_pace (KmLiveRoom *self,
                            KmPaceRule  pace)
{
  self->chat_pace = pace;
}

static GError *
too_fast_new (gint64 wait_us)
{
  return km_protocol_error_new (KM_PROTOCOL_ERROR_TOO_FAST,
                                (wait_us + 999) / 1000, NULL);
}

/**
 * km_live_room_keep_pace:
 * @self: a room
 * @account: who wants to do something
 * @pace: what
 * @now_us: now, monotonic
 * @error: %KM_PROTOCOL_ERROR_TOO_FAST with the time to wait
 *
 * Counts it, over all sockets of the account, and over the room.
 *
 * Returns: whether it isn't too fast
 */
gboolean
km_live_room_keep_pace (KmLiveRoom  *self,
                        gint64       account,
                        KmPace       pace,
                        gint64       now_us,
                        GError     **error)
{
  const KmPaceRule *rule = pace == KM_PACE_CHAT && self->chat_pace.burst > 0
                             ? &self->chat_pace : &paces[pace];
  KmBucket *bucket = km_buckets_find (&self->buckets[pace], account, now_us);
  gint64 wait_us = km_bucket_take (bucket, now_us, rule->spacing_us,
                                   rule->burst);

  if (wait_us == 0 && account != self->host)
    {
      wait_us = km_bucket_take (&self->bucket, now_us,
                                G_USEC_PER_SEC / KM_ROOM_ACTS_PER_SECOND,
                                2 * KM_ROOM_ACTS_PER_SECOND);
      if (wait_us > 0)
        km_bucket_return (bucket, rule->spacing_us);
    }
  if (wait_us == 0)
    return TRUE;

  g_propagate_error (error, too_fast_new (wait_us));

  return FALSE;
}

/* Takes from neither limit what the other refuses. The host may always. */
static gboolean
may_speak (KmLiveRoom  *self,
           gint64       account,
           const char  *id,
           gint64       now_us,
           GError     **error)
{
  gint64 wait_us = account == self->host
                   ? 0 : km_slow_mode_wait_us (&self->slow_mode, account, id,
                                               now_us);

  if (wait_us > 0)
    {
      g_propagate_error (error, too_fast_new (wait_us));
      return FALSE;
    }
  if (!km_live_room_keep_pace (self, account, KM_PACE_CHAT, now_us, error))
    return FALSE;

  if (account != self->host)
    km_slow_mode_say (&self->slow_mode, account, id, now_us);

  return TRUE;
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

/* What every act that others see says. */
static KmRoomEvent *
act_new (KmLiveRoom       *self,
         KmRoomEventKind   kind,
         const KmSpeaker  *speaker,
         const KmCommand  *command,
         gint64            now_ms)
{
  KmRoomEvent *event = km_room_event_new (kind);

  event->id = g_strdup (command->id);
  event->from.id = g_strdup_printf ("%" G_GINT64_FORMAT, speaker->account);
  event->from.name = g_strdup (speaker->name);
  event->from.shown_name = g_strdup (speaker->shown_name);
  event->role = km_live_room_get_role (self, speaker->account);
  event->time_ms = clamp_time (self, command->time_ms, now_ms);

  return event;
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
  if (text == NULL
      || !may_speak (self, speaker->account, command->id, now_us, error))
    return NULL;

  event = act_new (self, KM_ROOM_EVENT_CHAT_MESSAGE, speaker, command, now_ms);
  event->text = g_steal_pointer (&text);
  event->mode = command->mode;
  event->color = command->color;

  return event;
}

/**
 * km_live_room_recall:
 * @self: a room
 * @account: who said something
 * @id: (nullable): how they called it
 * @said_us: when, monotonic
 *
 * What is in the log counts for slow mode, whenever it got there.
 */
void
km_live_room_recall (KmLiveRoom *self,
                     gint64      account,
                     const char *id,
                     gint64      said_us)
{
  if (account != self->host)
    km_slow_mode_said (&self->slow_mode, account, id, said_us);
}

/**
 * km_live_room_chat_wait_ms:
 * @self: a room
 * @account: who may want to say something; 0: a guest
 * @now_us: now, monotonic
 *
 * Returns: how long slow mode makes them wait until then
 */
gint64
km_live_room_chat_wait_ms (KmLiveRoom *self,
                           gint64      account,
                           gint64      now_us)
{
  if (account == 0 || account == self->host)
    return 0;

  return (km_slow_mode_wait_us (&self->slow_mode, account, NULL, now_us) + 999)
         / 1000;
}

/**
 * km_live_room_check_gift:
 * @self: a room
 * @speaker: who gives; has joined
 * @command: a `gift.send`
 * @now_us: now, monotonic
 * @now_ms: now, ms since 1970
 * @error: the reply, of the domain %KM_PROTOCOL_ERROR
 *
 * Whether somebody may give something here at all. Whether there is such a
 * gift, whether they can pay for it and whether the room is live is judged
 * where it is written: a gift that comes again is answered although it is all
 * over.
 *
 * Returns: (transfer full) (nullable): the event to post, whose gift has an
 *   id and a count
 */
KmRoomEvent *
km_live_room_check_gift (KmLiveRoom       *self,
                         const KmSpeaker  *speaker,
                         const KmCommand  *command,
                         gint64            now_us,
                         gint64            now_ms,
                         GError          **error)
{
  KmRoomEvent *event;

  if (speaker->account == 0 || speaker->account == self->host)
    {
      km_protocol_error_set (error,
                             speaker->account == 0
                               ? KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED
                               : KM_PROTOCOL_ERROR_OWN_ROOM);
      return NULL;
    }
  if (!km_live_room_keep_pace (self, speaker->account, KM_PACE_GIFT, now_us,
                               error))
    return NULL;

  event = act_new (self, KM_ROOM_EVENT_GIFT_SENT, speaker, command, now_ms);
  event->gift = km_gift_info_new ();
  event->gift->kind.id = g_strdup (command->gift);
  event->gift->count = command->count;

  return event;
}

/**
 * km_live_room_check_deletion:
 * @self: a room
 * @speaker: who deletes; has joined
 * @command: a `chat.delete`
 * @now_us: now, monotonic
 * @error: the reply, of the domain %KM_PROTOCOL_ERROR
 *
 * Whether somebody may delete what that author said: the author may, and the
 * host. Whether it is there is judged where it is written.
 *
 * Returns: (transfer full) (nullable): the event to post
 */
KmRoomEvent *
km_live_room_check_deletion (KmLiveRoom       *self,
                             const KmSpeaker  *speaker,
                             const KmCommand  *command,
                             gint64            now_us,
                             GError          **error)
{
  gint64 author = g_ascii_strtoll (command->from, NULL, 10);
  KmRoomEvent *event;

  if (speaker->account == 0
      || (speaker->account != author && speaker->account != self->host))
    {
      km_protocol_error_set (error, speaker->account == 0
                                      ? KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED
                                      : KM_PROTOCOL_ERROR_FORBIDDEN);
      return NULL;
    }
  if (!km_live_room_keep_pace (self, speaker->account, KM_PACE_DELETE, now_us,
                               error))
    return NULL;

  event = km_room_event_new (KM_ROOM_EVENT_CHAT_DELETED);
  event->id = g_strdup (command->id);
  event->target = g_strdup (command->message);
  event->from.id = g_strdup (command->from);
  event->deletion = speaker->account == author ? KM_DELETION_AUTHOR
                                               : KM_DELETION_HOST;

  return event;
}

/**
 * km_live_room_like:
 * @self: a room
 * @account: who likes it; 0: a guest
 * @count: how often, 1 to %KM_LIKES_MAX
 * @now_us: now, monotonic
 * @error: the reply, of the domain %KM_PROTOCOL_ERROR
 *
 * What is more than %KM_LIKES_MAX a second doesn't count, and nobody is told.
 *
 * Returns: whether somebody may like it, now
 */
gboolean
km_live_room_like (KmLiveRoom  *self,
                   gint64       account,
                   gint64       count,
                   gint64       now_us,
                   GError     **error)
{
  KmBucket *bucket;

  if (account == 0 || !self->info->live || self->figures_sealed)
    {
      km_protocol_error_set (error, account == 0
                                      ? KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED
                                      : KM_PROTOCOL_ERROR_NOT_LIVE);
      return FALSE;
    }

  bucket = km_buckets_find (&self->like_buckets, account, now_us);
  for (gint64 i = 0; i < count; i++)
    {
      if (km_bucket_take (bucket, now_us, G_USEC_PER_SEC / KM_LIKES_MAX,
                          KM_LIKES_MAX) > 0)
        break;
      self->figures.likes++;
      self->figures_changed = self->changed = TRUE;
    }

  return TRUE;
}
