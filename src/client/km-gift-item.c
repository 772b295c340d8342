/* km-gift-item.c: a gift that can be given, and the list of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A gift whose price or picture changed is another object, so that nobody
 * gives at a price that they didn't see.
 *
 * Thread: any (immutable); the list: main.
 */

#include "km-gift-item-private.h"

#include "km-names.h"

struct _KmGiftItem
{
  GObject parent_instance;
  KmGift *gift;
  char *name;
};

G_DEFINE_FINAL_TYPE (KmGiftItem, km_gift_item, G_TYPE_OBJECT)

static void
km_gift_item_finalize (GObject *object)
{
  KmGiftItem *self = KM_GIFT_ITEM (object);

  km_gift_free (self->gift);
  g_free (self->name);

  G_OBJECT_CLASS (km_gift_item_parent_class)->finalize (object);
}

static void
km_gift_item_class_init (KmGiftItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = km_gift_item_finalize;
}

static void
km_gift_item_init (KmGiftItem *self)
{
}

static KmGiftItem *
km_gift_item_new (const KmGift *gift)
{
  KmGiftItem *self = g_object_new (KM_TYPE_GIFT_ITEM, NULL);

  self->gift = km_gift_copy (gift);
  self->name = km_names_pick (gift->names, g_get_language_names ());
  if (self->name == NULL)
    self->name = g_strdup (gift->id);

  return self;
}

static gboolean
is_same (KmGiftItem   *self,
         const KmGift *gift)
{
  return g_strcmp0 (self->gift->id, gift->id) == 0 &&
         g_strcmp0 (self->gift->names, gift->names) == 0 &&
         g_strcmp0 (self->gift->art, gift->art) == 0 &&
         self->gift->tier == gift->tier && self->gift->price == gift->price;
}

/**
 * km_gift_items_update:
 * @items: a store of #KmGiftItem
 * @gifts: (element-type KmGift): the catalogue, in its order
 */
void
km_gift_items_update (GListStore *items,
                      GPtrArray  *gifts)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (items));
  gboolean same = n == gifts->len;
  g_autoptr (GPtrArray) anew =
    g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; same && i < n; i++)
    {
      g_autoptr (KmGiftItem) item =
        g_list_model_get_item (G_LIST_MODEL (items), i);

      same = is_same (item, gifts->pdata[i]);
    }
  if (same)
    return;

  for (guint i = 0; i < gifts->len; i++)
    g_ptr_array_add (anew, km_gift_item_new (gifts->pdata[i]));
  g_list_store_splice (items, 0, n, anew->pdata, anew->len);
}

const char *
km_gift_item_get_id (KmGiftItem *self)
{
  g_return_val_if_fail (KM_IS_GIFT_ITEM (self), NULL);

  return self->gift->id;
}

/* Returns: what it is called, in the person's language. */
const char *
km_gift_item_get_name (KmGiftItem *self)
{
  g_return_val_if_fail (KM_IS_GIFT_ITEM (self), NULL);

  return self->name;
}

/**
 * km_gift_item_get_art:
 * @self: a gift
 *
 * Returns: the name of its picture: one that the app has, else one for
 *   km_wallet_load_art_async()
 */
const char *
km_gift_item_get_art (KmGiftItem *self)
{
  g_return_val_if_fail (KM_IS_GIFT_ITEM (self), NULL);

  return self->gift->art;
}

/* Returns: how much is made of it, 1 to KM_GIFT_TIER_MAX. */
guint
km_gift_item_get_tier (KmGiftItem *self)
{
  g_return_val_if_fail (KM_IS_GIFT_ITEM (self), 1);

  return self->gift->tier;
}

/* Returns: coins for one. */
gint64
km_gift_item_get_price (KmGiftItem *self)
{
  g_return_val_if_fail (KM_IS_GIFT_ITEM (self), 0);

  return self->gift->price;
}
