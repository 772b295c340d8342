/* km-room-likes.c: hearts for the stream of a room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One's own count at once and go out in batches; others' come as the rise of
 * the server's count. What one has sent is taken off that rise, so that each
 * heart is seen once. The server may drop what is too much without a word:
 * after a while its count is trusted alone.
 *
 * Thread: main.
 */

#include "km-room-private.h"

#include "km-id.h"

#define BATCH_MS 500
#define BATCH_MAX (KM_LIKES_MAX * BATCH_MS / 1000)
#define TRUST_AFTER_MS 3000

static void
set_count (KmRoom *self,
           gint64  likes,
           guint   unseen)
{
  gint64 before = km_room_get_likes (self);

  self->likes = likes;
  self->likes_unseen = unseen;
  if (km_room_get_likes (self) != before)
    g_object_notify (G_OBJECT (self), "likes");
}

static gboolean
on_trust (gpointer data)
{
  KmRoom *self = data;

  self->likes_trust_timer = 0;
  set_count (self, self->likes, 0);

  return G_SOURCE_REMOVE;
}

static gboolean
on_batch (gpointer data)
{
  KmRoom *self = data;
  g_autoptr (KmCommand) command = NULL;

  if (self->likes_unsent == 0 || !self->joined)
    {
      self->likes_unsent = 0;
      self->likes_timer = 0;
      return G_SOURCE_REMOVE;
    }

  command = km_command_new (KM_COMMAND_LIKE_SEND);
  command->id = km_id_new ();
  command->room = g_strdup (self->id);
  command->count = self->likes_unsent;
  self->likes_unsent = 0;
  km_connection_send (self->connection, command, km_connection_ignore_reply,
                      NULL);

  return G_SOURCE_CONTINUE;
}

/**
 * km_room_like:
 * @self: a room
 *
 * Gives the stream a heart. It goes to the server with others within half a
 * second; more than 20 a second aren't counted.
 *
 * Returns: whether it counts: the room is live, one is signed in, and it
 *   isn't too fast; ::liked was emitted then
 */
gboolean
km_room_like (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), FALSE);

  if (!self->joined || !self->info->live || self->role == KM_ROLE_GUEST ||
      self->likes_unsent >= BATCH_MAX)
    return FALSE;

  self->likes_unsent++;
  if (self->likes_timer == 0)
    self->likes_timer = g_timeout_add (BATCH_MS, on_batch, self);
  g_clear_handle_id (&self->likes_trust_timer, g_source_remove);
  self->likes_trust_timer = g_timeout_add (TRUST_AFTER_MS, on_trust, self);

  set_count (self, self->likes, self->likes_unseen + 1);
  g_signal_emit_by_name (self, "liked", 1u);

  return TRUE;
}

/* What came before one joined doesn't rise now. */
void
km_room_likes_joined (KmRoom *self,
                      gint64  likes)
{
  set_count (self, MAX (likes, 0), 0);
}

void
km_room_likes_tick (KmRoom *self,
                    gint64  likes)
{
  gint64 rise = likes - self->likes;
  guint own;

  if (likes < 0 || rise == 0)
    return;

  own = (guint) CLAMP (rise, 0, self->likes_unseen);
  set_count (self, likes, self->likes_unseen - own);
  if (rise > own)
    g_signal_emit_by_name (self, "liked",
                           (guint) MIN (rise - own, G_MAXINT32));
}

void
km_room_likes_clear (KmRoom *self)
{
  g_clear_handle_id (&self->likes_timer, g_source_remove);
  g_clear_handle_id (&self->likes_trust_timer, g_source_remove);
  self->likes_unsent = 0;
  set_count (self, self->likes, 0);
}

/**
 * km_room_get_likes:
 * @self: a room
 *
 * Returns: how many the running stream has, one's own at once
 */
gint64
km_room_get_likes (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), 0);

  return self->likes + self->likes_unseen;
}
