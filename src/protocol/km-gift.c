/* km-gift.c: a gift in the catalogue, and one that was given
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was given says what it was called, looked like and cost on that day,
 * so that a history can be shown long after the catalogue changed.
 *
 * Thread: any.
 */

#include "km-gift.h"

#include "km-json.h"
#include "km-protocol.h"

#define WORD_BYTES_MAX 64
#define TIER_PLAINEST 1

KmGift *
km_gift_copy (const KmGift *self)
{
  KmGift *copy = g_new (KmGift, 1);

  *copy = *self;
  copy->id = g_strdup (self->id);
  copy->names = g_strdup (self->names);
  copy->art = g_strdup (self->art);

  return copy;
}

/**
 * km_gift_clear:
 * @self: one that is part of another struct
 *
 * Frees what it points to, not @self.
 */
void
km_gift_clear (KmGift *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->names, g_free);
  g_clear_pointer (&self->art, g_free);
}

void
km_gift_free (KmGift *self)
{
  km_gift_clear (self);
  g_free (self);
}

static void
append_look (const KmGift *self,
             GString      *out)
{
  km_json_append_raw (out, "names", self->names, -1);
  km_json_append_member (out, "art", self->art);
  km_json_append_integer (out, "tier", self->tier);
  km_json_append_integer (out, "price", self->price);
}

/**
 * km_gift_append:
 * @self: a gift of the catalogue
 * @out: where its JSON object goes
 */
void
km_gift_append (const KmGift *self,
                GString      *out)
{
  g_string_append_c (out, '{');
  km_json_append_member (out, "id", self->id);
  append_look (self, out);
  g_string_append_c (out, '}');
}

static gboolean
read_kind (KmGift     *self,
           JsonObject *object,
           const char *id_member)
{
  gint64 tier = TIER_PLAINEST;

  self->id = g_strdup (km_json_get_string (object, id_member,
                                           KM_GIFT_ID_MAX));
  self->names = km_names_from_json (km_json_get_object (object, "names"));
  self->art = g_strdup (km_json_get_string (object, "art", WORD_BYTES_MAX));

  /* A tier of a newer server is shown as the greatest of this one. */
  km_json_get_integer (object, "tier", 1, G_MAXINT32, &tier);
  self->tier = (guint) MIN (tier, KM_GIFT_TIER_MAX);

  return self->id != NULL && self->names != NULL && self->art != NULL &&
         km_json_get_integer (object, "price", 1, G_MAXINT64, &self->price);
}

/**
 * km_gift_from_json:
 * @object: (nullable): what should be a gift of the catalogue
 *
 * Returns: (nullable) (transfer full): the gift; %NULL when it isn't one
 */
KmGift *
km_gift_from_json (JsonObject *object)
{
  g_autoptr (KmGift) self = g_new0 (KmGift, 1);

  if (object == NULL || !read_kind (self, object, "id"))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * km_gift_info_new:
 *
 * Returns: (transfer full): a gift with nothing in it yet
 */
KmGiftInfo *
km_gift_info_new (void)
{
  return g_new0 (KmGiftInfo, 1);
}

void
km_gift_info_free (KmGiftInfo *self)
{
  km_gift_clear (&self->kind);
  g_free (self->combo);
  g_free (self);
}

/**
 * km_gift_info_append:
 * @self: a gift that was given
 * @out: where its members go: behind an open `{` or another member
 */
void
km_gift_info_append (const KmGiftInfo *self,
                     GString          *out)
{
  km_json_append_member (out, "gift", self->kind.id);
  append_look (&self->kind, out);
  km_json_append_integer (out, "count", self->count);
  km_json_append_integer (out, "value", self->value);
  km_json_append_member (out, "combo", self->combo);
  km_json_append_integer (out, "combo_count", self->combo_count);
  km_json_append_integer (out, "combo_value", self->combo_value);
  km_json_append_integer (out, "income", self->income);
}

/**
 * km_gift_info_from_json:
 * @d: the `d` of a `gift.sent`
 *
 * Returns: (nullable) (transfer full): the gift; %NULL when it isn't one
 */
KmGiftInfo *
km_gift_info_from_json (JsonObject *d)
{
  g_autoptr (KmGiftInfo) self = km_gift_info_new ();

  self->combo = g_strdup (km_json_get_string (d, "combo", WORD_BYTES_MAX));
  if (!read_kind (&self->kind, d, "gift") || self->combo == NULL ||
      !km_json_get_integer (d, "count", 1, G_MAXINT64, &self->count) ||
      !km_json_get_integer (d, "value", 1, G_MAXINT64, &self->value) ||
      !km_json_get_integer (d, "combo_count", 1, G_MAXINT64,
                            &self->combo_count) ||
      !km_json_get_integer (d, "combo_value", 1, G_MAXINT64,
                            &self->combo_value) ||
      !km_json_get_integer (d, "income", 0, G_MAXINT64, &self->income))
    return NULL;

  return g_steal_pointer (&self);
}
