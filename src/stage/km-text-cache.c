/* km-text-cache.c: texts that were drawn before, as long as there is room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chats repeat themselves: each distinct text in one style is one texture.
 * When the budget is used up, those that nobody draws go, the one unused for
 * longest first; when all are drawn, no more are made.
 *
 * Thread: main.
 */

#include "km-text-cache.h"

struct _KmTextCache
{
  gsize budget_bytes;
  gsize n_bytes;

  GHashTable *sprites;
  GQueue idle;
};

/**
 * km_text_cache_new:
 * @budget_bytes: of textures, at most
 *
 * Returns: (transfer full): an empty cache
 */
KmTextCache *
km_text_cache_new (gsize budget_bytes)
{
  KmTextCache *self = g_new0 (KmTextCache, 1);

  self->budget_bytes = budget_bytes;
  self->sprites =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                           (GDestroyNotify) km_text_sprite_free);
  g_queue_init (&self->idle);

  return self;
}

void
km_text_cache_free (KmTextCache *self)
{
  g_hash_table_unref (self->sprites);
  g_free (self);
}

static char *
make_key (const KmTextSpec *spec)
{
  return g_strdup_printf ("%06x %d %d %d %d\n%s", spec->rgb, spec->framed,
                          spec->font_px, spec->lane_px,
                          (int) (spec->scale * 120), spec->text);
}

/**
 * km_text_cache_use:
 * @self: a cache
 * @spec: what is drawn
 *
 * Returns: (nullable) (transfer full): the text if it was drawn before;
 *   km_text_cache_release() it
 */
KmTextSprite *
km_text_cache_use (KmTextCache      *self,
                   const KmTextSpec *spec)
{
  g_autofree char *key = make_key (spec);
  KmTextSprite *sprite = g_hash_table_lookup (self->sprites, key);

  if (sprite == NULL)
    return NULL;

  if (sprite->n_users++ == 0)
    g_queue_unlink (&self->idle, &sprite->link);
  return sprite;
}

static void
make_room (KmTextCache *self,
           gsize        n_bytes)
{
  while (self->n_bytes + n_bytes > self->budget_bytes
         && !g_queue_is_empty (&self->idle))
    {
      KmTextSprite *oldest = self->idle.tail->data;

      g_queue_unlink (&self->idle, &oldest->link);
      self->n_bytes -= oldest->n_bytes;
      g_hash_table_remove (self->sprites, oldest->key);
    }
}

/**
 * km_text_cache_make:
 * @self: a cache
 * @spec: what to draw, not in the cache yet
 * @context: whose font family is used
 *
 * Returns: (nullable) (transfer full): the text, drawn; %NULL if what is in
 *   use leaves no room for it
 */
KmTextSprite *
km_text_cache_make (KmTextCache      *self,
                    const KmTextSpec *spec,
                    PangoContext     *context)
{
  KmTextSprite *sprite = km_text_sprite_new (spec, context);

  make_room (self, sprite->n_bytes);
  if (self->n_bytes + sprite->n_bytes > self->budget_bytes)
    {
      km_text_sprite_free (sprite);
      return NULL;
    }

  sprite->key = make_key (spec);
  sprite->link.data = sprite;
  sprite->n_users = 1;
  self->n_bytes += sprite->n_bytes;
  g_hash_table_insert (self->sprites, sprite->key, sprite);

  return sprite;
}

/**
 * km_text_cache_release:
 * @self: a cache
 * @sprite: (transfer full): one that @self gave
 */
void
km_text_cache_release (KmTextCache  *self,
                       KmTextSprite *sprite)
{
  if (--sprite->n_users == 0)
    g_queue_push_head_link (&self->idle, &sprite->link);
}

/**
 * km_text_cache_get_n_bytes:
 * @self: a cache
 *
 * Returns: how much all textures take
 */
gsize
km_text_cache_get_n_bytes (KmTextCache *self)
{
  return self->n_bytes;
}
