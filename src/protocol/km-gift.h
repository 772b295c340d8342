#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmGift:
 * @id: its word in the catalogue
 * @names: what it is called, for km_names_pick()
 * @art: the name of its picture
 * @tier: how much is made of it, 1 to %KM_GIFT_TIER_MAX
 * @price: coins for one
 *
 * A gift that can be given. Plain data; the holder owns the strings.
 */
typedef struct
{
  char *id;
  char *names;
  char *art;
  guint tier;
  gint64 price;
} KmGift;

KmGift *km_gift_copy   (const KmGift *self);
void    km_gift_clear  (KmGift       *self);
void    km_gift_free   (KmGift       *self);
void    km_gift_append (const KmGift *self,
                        GString      *out);

/**
 * KmGiftInfo:
 * @kind: what was given
 * @count: how many of it
 * @value: price times count, in coins
 * @combo: the id of the combo that it belongs to
 * @combo_count: how many the combo has with this
 * @combo_value: their value, in coins
 * @income: coins that the host got for this gift
 *
 * What a `gift.sent` says besides who gave it. Plain data.
 */
typedef struct
{
  KmGift kind;
  gint64 count;
  gint64 value;
  char *combo;
  gint64 combo_count;
  gint64 combo_value;
  gint64 income;
} KmGiftInfo;

KmGiftInfo *km_gift_info_new    (void);
void        km_gift_info_free   (KmGiftInfo       *self);
void        km_gift_info_append (const KmGiftInfo *self,
                                 GString          *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmGift, km_gift_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmGiftInfo, km_gift_info_free)

G_END_DECLS
