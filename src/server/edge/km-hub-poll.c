/* km-hub-poll.c: polls are opened, voted in, and close in time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening and closing are events of the room; a vote is none, and what comes
 * of it goes out with the room's next tick. A poll with a time is closed by
 * the hub, also when nobody is in its room and when its time came while no
 * server ran. One without a time goes on until its host closes it or ends the
 * stream; a stream that was lost may come back, and so its poll stays. A
 * server that died between a stream's end and its poll's makes up for it when
 * the room is next needed.
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#include "km-poll-post.h"
#include "km-poll-query.h"
#include "km-reply.h"

#define BUSY_RETRY_MS 500

/* A vote, and who waits for its reply. */
typedef struct
{
  KmBallot ballot;
  KmHub *hub;
  guint64 member;
  char *re;
} HubBallot;

static void
append_asked (const KmHubPost *self,
              GString         *out)
{
  km_reply_append_asked (out, self->re, self->post.event->seq,
                         self->post.event->at_ms, self->post.event->poll->id);
}

/**
 * km_hub_open_poll:
 * @hub: the hub
 * @member: who asks
 * @command: a `poll.open`
 */
void
km_hub_open_poll (KmHub           *hub,
                  KmMember        *member,
                  const KmCommand *command)
{
  KmSeat *seat = km_hub_require_seat (hub, member, command);
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event;
  KmHubPost *post;

  if (seat == NULL)
    return;

  event = km_poll_check_open (
    command, km_live_room_get_role (seat->room->live, member->account),
    g_get_real_time () / 1000, &error);
  if (event == NULL
      || !km_live_room_keep_pace (seat->room->live, member->account,
                                  KM_PACE_POLL, hub->now_us, &error))
    {
      g_clear_pointer (&event, km_room_event_free);
      km_hub_reply_error (hub, member, command->id, error);
      return;
    }

  post = km_hub_post_new (hub, seat->room, event);
  post->post.write = km_poll_write_open;
  post->post.again = km_poll_read_again;
  post->append_reply = append_asked;
  km_hub_post_act (hub, post, member, command);
}

/**
 * km_hub_close_poll:
 * @hub: the hub
 * @member: who asks
 * @command: a `poll.close`
 */
void
km_hub_close_poll (KmHub           *hub,
                   KmMember        *member,
                   const KmCommand *command)
{
  KmSeat *seat = km_hub_require_seat (hub, member, command);
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event;
  KmHubPost *post;

  if (seat == NULL)
    return;

  if (km_live_room_get_role (seat->room->live, member->account)
      != KM_ROLE_HOST)
    km_protocol_error_set (&error, KM_PROTOCOL_ERROR_FORBIDDEN);
  else
    km_live_room_keep_pace (seat->room->live, member->account, KM_PACE_POLL,
                            hub->now_us, &error);
  if (error != NULL)
    {
      km_hub_reply_error (hub, member, command->id, error);
      return;
    }

  event = km_poll_close_event (command->poll, KM_POLL_END_HOST);
  event->id = g_strdup (command->id);
  post = km_hub_post_new (hub, seat->room, event);
  post->post.write = km_poll_write_close;
  km_hub_post_act (hub, post, member, command);
}

static void
ballot_free (HubBallot *self)
{
  km_ballot_clear (&self->ballot);
  g_free (self->re);
  g_free (self);
}

static void
reply_ballot (HubBallot    *self,
              const GError *error)
{
  KmMember *member = g_hash_table_lookup (self->hub->members, &self->member);
  g_autoptr (GString) text = NULL;
  char poll[24];

  if (member == NULL)
    return;
  if (error != NULL)
    {
      km_hub_reply_error (self->hub, member, self->re, error);
      return;
    }

  text = g_string_sized_new (96);
  g_snprintf (poll, sizeof poll, "%" G_GINT64_FORMAT, self->ballot.poll);
  km_reply_append_voted (text, self->re, poll, self->ballot.after);
  km_member_send_text (self->hub, member, text);
}

static void
ballot_done (KmJob        *job,
             const GError *error)
{
  HubBallot *self = (HubBallot *) job;
  KmHub *hub = self->hub;
  KmHubRoom *room = g_hash_table_lookup (hub->rooms, &self->ballot.room);

  hub->pending--;
  room->pending--;
  if (error == NULL && km_live_room_voted (room->live, &self->ballot))
    km_hub_room_mark (hub, room);
  reply_ballot (self, error);
  ballot_free (self);
}

/**
 * km_hub_vote:
 * @hub: the hub
 * @member: who votes
 * @command: a `poll.vote`
 */
void
km_hub_vote (KmHub           *hub,
             KmMember        *member,
             const KmCommand *command)
{
  KmSeat *seat = km_hub_require_seat (hub, member, command);
  g_autoptr (GError) error = NULL;
  HubBallot *self;

  if (seat == NULL)
    return;

  if (member->account == 0)
    km_protocol_error_set (&error, KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  else
    km_live_room_keep_pace (seat->room->live, member->account, KM_PACE_VOTE,
                            hub->now_us, &error);
  if (error != NULL)
    {
      km_hub_reply_error (hub, member, command->id, error);
      return;
    }

  self = g_new0 (HubBallot, 1);
  km_ballot_init (&self->ballot, member->account, command);
  self->ballot.job.done = ballot_done;
  self->ballot.job.reply_to = hub->answers;
  self->hub = hub;
  self->member = member->id;
  self->re = g_strdup (command->id);
  if (hub->closing || !km_store_submit (hub->store, &self->ballot.job))
    {
      ballot_free (self);
      km_hub_reply_code (hub, member, command->id, KM_PROTOCOL_ERROR_BUSY,
                         BUSY_RETRY_MS);
      return;
    }

  hub->pending++;
  seat->room->pending++;
}

/**
 * km_hub_list_polls:
 * @hub: the hub
 * @member: who wants to know
 * @room: a room
 * @error: that of the store
 *
 * Returns: (nullable) (transfer full) (element-type KmPollInfo): the open
 *   polls of @room with the member's own vote and the time left; %NULL
 *   without an error: there are none
 */
GPtrArray *
km_hub_list_polls (KmHub      *hub,
                   KmMember   *member,
                   KmHubRoom  *room,
                   GError    **error)
{
  const KmPollBox *box = km_live_room_get_polls (room->live);
  g_autoptr (GPtrArray) polls = km_poll_box_list (box);

  for (guint i = 0; polls != NULL && i < polls->len; i++)
    {
      KmPollInfo *poll = g_ptr_array_index (polls, i);

      if (!km_poll_query_voted (hub->reader,
                                g_ascii_strtoll (poll->id, NULL, 10),
                                member->account, &poll->voted, error))
        return NULL;
      poll->left_ms = km_poll_box_left_ms (box, hub->now_us);
    }

  return g_steal_pointer (&polls);
}

static void
watch_poll (KmHub     *hub,
            KmHubRoom *room)
{
  KmPollBox *box = km_live_room_get_polls (room->live);

  if (km_poll_box_closes_us (box) < G_MAXINT64
      && !g_ptr_array_find (hub->timed_polls, room, NULL))
    g_ptr_array_add (hub->timed_polls, room);
}

/**
 * km_hub_restore_poll:
 * @hub: the hub
 * @room: a room that has just been loaded
 * @error: that of the store
 *
 * Returns: whether it has the poll now that is open in it, if there is one
 */
gboolean
km_hub_restore_poll (KmHub      *hub,
                     KmHubRoom  *room,
                     GError    **error)
{
  GError *problem = NULL;
  g_autoptr (KmPollInfo) poll =
    km_poll_query_open (hub->reader, room->id, &problem);
  gboolean outlived = FALSE;

  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  if (poll == NULL)
    return TRUE;

  if (poll->closes_at_ms < 0
      && !km_poll_query_outlived (hub->reader,
                                  g_ascii_strtoll (poll->id, NULL, 10),
                                  &outlived, error))
    return FALSE;

  km_live_room_put_poll (room->live, poll, hub->now_us,
                         g_get_real_time () / 1000);
  if (outlived)
    km_poll_box_end (km_live_room_get_polls (room->live), hub->now_us);
  watch_poll (hub, room);

  return TRUE;
}

/* Loads the rooms whose poll will have to be closed, or should have been. One
 * that can't be loaded now is when somebody next comes into it. */
void
km_hub_restore_polls (KmHub *hub)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) rooms = km_poll_query_waiting (hub->reader, &error);

  if (rooms == NULL)
    {
      g_message ("looking for open polls: %s", error->message);
      return;
    }

  for (guint i = 0; i < rooms->len; i++)
    {
      gint64 room = g_array_index (rooms, gint64, i);
      g_autoptr (GError) problem = NULL;

      if (km_hub_get_room (hub, room, &problem) == NULL)
        g_message ("the open poll of room %" G_GINT64_FORMAT ": %s", room,
                   problem->message);
    }
}

static void
post_closing (KmHub     *hub,
              KmHubRoom *room,
              KmPollEnd  reason)
{
  KmPollBox *box = km_live_room_get_polls (room->live);
  KmHubPost *post = km_hub_post_new (
    hub, room, km_poll_close_event (km_poll_box_peek (box)->id, reason));

  km_poll_box_hold (box);
  post->post.write = km_poll_write_close;
  km_hub_post_news (hub, post);
}

/**
 * km_hub_polls_happened:
 * @hub: the hub
 * @room: a room
 * @event: what happened in it
 *
 * What that means for the room's poll.
 */
void
km_hub_polls_happened (KmHub             *hub,
                       KmHubRoom         *room,
                       const KmRoomEvent *event)
{
  const KmPollInfo *poll =
    km_poll_box_peek (km_live_room_get_polls (room->live));

  if (event->kind == KM_ROOM_EVENT_POLL_OPENED)
    watch_poll (hub, room);
  else if (event->kind == KM_ROOM_EVENT_STREAM_ENDED
           && event->reason == KM_STREAM_END_ENDED
           && poll != NULL && poll->closes_at_ms < 0)
    post_closing (hub, room, KM_POLL_END_ENDED);
}

/* When km_hub_close_polls() has something to do. */
gint64
km_hub_polls_due_us (KmHub *hub)
{
  gint64 due = G_MAXINT64;

  for (guint i = 0; i < hub->timed_polls->len; i++)
    {
      KmHubRoom *room = g_ptr_array_index (hub->timed_polls, i);

      due = MIN (due, km_poll_box_closes_us (
                        km_live_room_get_polls (room->live)));
    }

  return due;
}

/* Closes the polls whose time, or stream, is over. */
void
km_hub_close_polls (KmHub *hub)
{
  for (guint i = hub->timed_polls->len; i > 0; i--)
    {
      KmHubRoom *room = g_ptr_array_index (hub->timed_polls, i - 1);
      KmPollBox *box = km_live_room_get_polls (room->live);

      if (km_poll_box_closes_us (box) <= hub->now_us)
        post_closing (hub, room,
                      km_poll_box_peek (box)->closes_at_ms < 0
                        ? KM_POLL_END_ENDED : KM_POLL_END_TIME);
      if (km_poll_box_closes_us (box) == G_MAXINT64)
        g_ptr_array_remove_index_fast (hub->timed_polls, i - 1);
    }
}
