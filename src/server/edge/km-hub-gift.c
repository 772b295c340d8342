/* km-hub-gift.c: gifts and likes of members
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#include "km-reply.h"

static void
append_given (const KmHubPost *self,
              GString         *out)
{
  km_reply_append_given (out, self->re, self->post.event->seq,
                         self->post.event->at_ms, self->gift.value,
                         self->gift.balance);
}

/**
 * km_hub_give:
 * @hub: the hub
 * @member: who gives
 * @command: a `gift.send`
 */
void
km_hub_give (KmHub           *hub,
             KmMember        *member,
             const KmCommand *command)
{
  const KmSpeaker speaker = km_member_speaker (member);
  KmSeat *seat = km_hub_require_seat (hub, member, command);
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event;
  KmHubPost *post;

  if (seat == NULL)
    return;

  event = km_live_room_check_gift (seat->room->live, &speaker, command,
                                   hub->now_us, g_get_real_time () / 1000, &error);
  if (event == NULL)
    {
      km_hub_reply_error (hub, member, command->id, error);
      return;
    }

  post = km_hub_post_new (hub, seat->room, event);
  km_gift_post_init (&post->gift, &hub->rules, command->confirmed);
  post->append_reply = append_given;
  km_hub_post_act (hub, post, member, command);
}

/**
 * km_hub_like:
 * @hub: the hub
 * @member: who likes it
 * @command: a `like.send`
 */
void
km_hub_like (KmHub           *hub,
             KmMember        *member,
             const KmCommand *command)
{
  KmSeat *seat = km_hub_require_seat (hub, member, command);
  g_autoptr (GError) error = NULL;

  if (seat == NULL)
    return;

  if (!km_live_room_like (seat->room->live, member->account, command->count,
                          hub->now_us, &error))
    {
      km_hub_reply_error (hub, member, command->id, error);
      return;
    }

  km_hub_room_mark (hub, seat->room);
  km_hub_reply_empty (hub, member, command->id);
}
