/* km-hub-moderation.c: what keeps a room fit to be in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#include "km-deletion.h"

/**
 * km_hub_delete_message:
 * @hub: the hub
 * @member: who deletes
 * @command: a `chat.delete`
 */
void
km_hub_delete_message (KmHub           *hub,
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

  event = km_live_room_check_deletion (seat->room->live, &speaker, command,
                                       hub->now_us, &error);
  if (event == NULL)
    {
      km_hub_reply_error (hub, member, command->id, error);
      return;
    }

  post = km_hub_post_new (hub, seat->room, event);
  post->post.write = km_deletion_find;
  post->post.write_behind = km_deletion_write;
  km_hub_post_act (hub, post, member, command);
}
