#pragma once

#include "km-protocol.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * KmRoomGift:
 * @id: the id of the act
 * @from_id: id of the account that gave it
 * @from_name: the name to show for it
 * @role: what the giver is in the room
 * @own: whether the account that is signed in here gave it
 * @gift: the gift's id in the catalogue
 * @name: what it is called, in the person's language
 * @art: the name of its picture
 * @tier: how much is made of it, 1 to 5
 * @price: coins for one; 0: not known
 * @count: how many were given by this act
 * @value: coins of this act
 * @combo: (nullable): the id that gifts of one combo share; %NULL while only
 *   this computer has it
 * @combo_count: how many the combo has with this act
 * @combo_value: coins of the combo with this act
 * @income: coins that the host got for this act
 * @time_ms: stream time that the giver saw; -1: none
 * @at_ms: when, ms since 1970
 *
 * A gift that was given in a room. Immutable; a boxed type with a count.
 */
typedef struct
{
  char *id;
  char *from_id;
  char *from_name;
  KmRole role;
  gboolean own;
  char *gift;
  char *name;
  char *art;
  guint tier;
  gint64 price;
  gint64 count;
  gint64 value;
  char *combo;
  gint64 combo_count;
  gint64 combo_value;
  gint64 income;
  gint64 time_ms;
  gint64 at_ms;
} KmRoomGift;

#define KM_TYPE_ROOM_GIFT (km_room_gift_get_type ())
GType       km_room_gift_get_type (void);

KmRoomGift *km_room_gift_ref      (KmRoomGift *self);
void        km_room_gift_unref    (KmRoomGift *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRoomGift, km_room_gift_unref)

G_END_DECLS
