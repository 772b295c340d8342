#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * KmTextSpec:
 * @text: (not nullable): one line of UTF-8
 * @rgb: of its letters, 0xrrggbb
 * @framed: whether a frame is drawn around it
 * @font_px: size of an em, in logical px
 * @lane_px: height, in logical px
 * @scale: device px per logical px
 *
 * All that decides what a text looks like.
 */
typedef struct
{
  const char *text;
  guint32 rgb;
  gboolean framed;
  int font_px;
  int lane_px;
  double scale;
} KmTextSpec;

/**
 * KmTextSprite:
 * @node: a texture of the text, its left upper corner at 0, 0
 * @width_px: logical px
 * @n_bytes: that the texture takes
 * @n_users: who draws it now
 *
 * A text, drawn once.
 */
typedef struct
{
  GskRenderNode *node;
  int width_px;
  int font_px;
  gsize n_bytes;

  /*< private: the cache's >*/
  guint n_users;
  char *key;
  GList link;
} KmTextSprite;

KmTextSprite *km_text_sprite_new  (const KmTextSpec *spec,
                                   PangoContext     *context);
void          km_text_sprite_free (KmTextSprite     *self);

G_END_DECLS
