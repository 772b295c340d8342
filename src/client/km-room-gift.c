/* km-room-gift.c: a gift that was given in a room, to show
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: any (immutable once it is given out).
 */

#include "km-room-gift-private.h"

#include "km-names.h"

G_DEFINE_BOXED_TYPE (KmRoomGift, km_room_gift, km_room_gift_ref,
                     km_room_gift_unref)

/* Returns: (transfer full): a gift to fill in. */
KmRoomGift *
km_room_gift_new (void)
{
  KmRoomGift *self = g_atomic_rc_box_new0 (KmRoomGift);

  self->tier = 1;
  self->time_ms = -1;

  return self;
}

static void
clear (gpointer data)
{
  KmRoomGift *self = data;

  g_free (self->id);
  g_free (self->from_id);
  g_free (self->from_name);
  g_free (self->gift);
  g_free (self->name);
  g_free (self->art);
  g_free (self->combo);
}

KmRoomGift *
km_room_gift_ref (KmRoomGift *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
km_room_gift_unref (KmRoomGift *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/**
 * km_room_gift_new_event:
 * @event: a `gift.sent`
 * @own: whether the account that is signed in here gave it
 *
 * Returns: (transfer full): the gift
 */
KmRoomGift *
km_room_gift_new_event (const KmRoomEvent *event,
                        gboolean           own)
{
  KmRoomGift *self = km_room_gift_new ();
  const KmGiftInfo *info = event->gift;

  self->id = g_strdup (event->id);
  self->from_id = g_strdup (event->from.id);
  self->from_name = g_strdup (event->from.shown_name);
  self->role = event->role;
  self->own = own;
  self->gift = g_strdup (info->kind.id);
  self->name = km_names_pick (info->kind.names, g_get_language_names ());
  if (self->name == NULL)
    self->name = g_strdup (info->kind.id);
  self->art = g_strdup (info->kind.art);
  self->tier = info->kind.tier;
  self->price = info->kind.price;
  self->count = info->count;
  self->value = info->value;
  self->combo = g_strdup (info->combo);
  self->combo_count = info->combo_count;
  self->combo_value = info->combo_value;
  self->income = info->income;
  self->time_ms = event->time_ms;
  self->at_ms = event->at_ms;

  return self;
}
