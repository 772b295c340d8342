/* km-danmaku-scene.c: what flies, as it looks at one instant
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine in danmaku/ says who flies where; here each comment has its
 * texture, and a frame is those textures moved to whole device pixels. Few
 * new textures are made in a frame: who gets none waits for the next. The
 * clock and the picture's position are the caller's, so a scene can be drawn
 * in a window, into a stream or in a test.
 *
 * Thread: main.
 */

#include "km-danmaku-scene.h"

#include <string.h>

#include "km-danmaku-text.h"
#include "km-flights.h"
#include "km-text-cache.h"

/* Text of a twenty-ninth of the height: 25 px on 720. */
#define LINES_A_PICTURE 28.8
#define FONT_MIN_PX 16
#define FONT_MAX_PX 72
#define LANE_EM 1.5

#define FLIGHT_US (8 * G_USEC_PER_SEC)
#define STILL_US (5 * G_USEC_PER_SEC)

/* How far the picture may be off where it should be before it has jumped. */
#define JUMP_BACK_US (G_USEC_PER_SEC / 2)
#define JUMP_AHEAD_US (3 * G_USEC_PER_SEC / 2)

/* A hundred years: what a stranger says is later can't overflow. */
#define TIME_MAX_MS G_GINT64_CONSTANT (3155760000000)

/* How often the picture is asked where it is while something is held. */
#define HELD_POLL_US (G_USEC_PER_SEC / 4)

typedef struct
{
  char *id;
  char *text;
  guint32 rgb;
  gboolean own;
  KmTextSprite *sprite;
  guint style;
} Comment;

struct _KmDanmakuScene
{
  KmFlights *flights;
  KmFlightsGeometry geometry;
  KmTextCache *cache;
  PangoContext *context;

  int font_px;
  int lane_px;
  double scale;
  guint style;
  guint budget;

  gint64 now_us;
  gint64 position_us;
  gint64 position_at_us;
};

static void
comment_free (gpointer data)
{
  Comment *comment = data;

  g_free (comment->id);
  g_free (comment->text);
  g_free (comment);
}

static guint32
pack_rgb (const GdkRGBA *color)
{
  return (guint32) (CLAMP (color->red, 0.0f, 1.0f) * 255 + 0.5f) << 16
         | (guint32) (CLAMP (color->green, 0.0f, 1.0f) * 255 + 0.5f) << 8
         | (guint32) (CLAMP (color->blue, 0.0f, 1.0f) * 255 + 0.5f);
}

/* In use from now on; NULL if it isn't to be had in this frame. */
static KmTextSprite *
get_sprite (KmDanmakuScene *self,
            const Comment  *comment)
{
  KmTextSpec spec = {
    .text = comment->text,
    .rgb = comment->rgb,
    .framed = comment->own,
    .font_px = self->font_px,
    .lane_px = self->lane_px,
    .scale = self->scale,
  };
  KmTextSprite *sprite = km_text_cache_use (self->cache, &spec);

  if (sprite != NULL || self->budget == 0)
    return sprite;

  self->budget--;
  return km_text_cache_make (self->cache, &spec, self->context);
}

static int
prepare (gpointer data,
         gpointer user_data)
{
  Comment *comment = data;
  KmDanmakuScene *self = user_data;

  comment->sprite = get_sprite (self, comment);
  comment->style = self->style;
  return comment->sprite != NULL ? comment->sprite->width_px : -1;
}

static void
retire (gpointer data,
        gpointer user_data)
{
  Comment *comment = data;
  KmDanmakuScene *self = user_data;

  km_text_cache_release (self->cache, g_steal_pointer (&comment->sprite));
}

static const KmFlightsHost flights_host = { prepare, retire, comment_free };

/**
 * km_danmaku_scene_new:
 *
 * Returns: (transfer full): a scene that needs a size
 */
KmDanmakuScene *
km_danmaku_scene_new (void)
{
  KmDanmakuScene *self = g_new0 (KmDanmakuScene, 1);

  self->scale = 1.0;
  self->font_px = FONT_MIN_PX;
  self->position_us = -1;
  self->flights = km_flights_new (&flights_host, self);
  self->cache = km_text_cache_new (KM_DANMAKU_TEXTURE_BYTES);

  return self;
}

void
km_danmaku_scene_free (KmDanmakuScene *self)
{
  km_flights_free (self->flights);
  km_text_cache_free (self->cache);
  g_free (self);
}

/* A short way is flown in less time, yet not as fast as it is short: readers
 * of a narrow picture need their time too. */
static gint64
get_duration_us (int    width_px,
                 int    font_px,
                 double speed)
{
  double ems = (double) width_px / font_px;
  double way = MIN (ems / (16.0 / 9.0 * LINES_A_PICTURE), 1.5);

  return (gint64) (FLIGHT_US * (0.4 + 0.6 * way) / speed);
}

/**
 * km_danmaku_scene_set_size:
 * @self: a scene
 * @width_px: of the picture, in logical px
 * @height_px: of the picture
 * @scale: device px per logical px
 * @look: what people chose
 *
 * What flies keeps its order and goes on from where it is; its texts are drawn
 * anew during the next frames, and stretched until then.
 */
void
km_danmaku_scene_set_size (KmDanmakuScene      *self,
                           int                  width_px,
                           int                  height_px,
                           double               scale,
                           const KmDanmakuLook *look)
{
  double font = CLAMP (height_px / LINES_A_PICTURE, FONT_MIN_PX, FONT_MAX_PX);
  int font_px = (int) (font * look->font_scale + 0.5);
  double text_scale = (double) font_px / self->font_px;
  KmFlightsGeometry geometry = {
    .width_px = width_px,
    .duration_us = get_duration_us (width_px, font_px, look->speed),
    .still_us = (gint64) (STILL_US / look->speed),
    .density = look->density,
    .motion = look->motion,
  };

  if (font_px != self->font_px || scale != self->scale)
    self->style++;
  self->font_px = font_px;
  self->scale = scale;
  self->lane_px = (int) (font_px * LANE_EM + 0.5);

  geometry.gap_px = self->lane_px / 2;
  geometry.n_lanes = (guint) MAX (height_px / self->lane_px, 1);
  geometry.n_scroll_lanes = (guint) MAX (geometry.n_lanes * look->area + 0.5,
                                         1);

  if (memcmp (&geometry, &self->geometry, sizeof geometry) == 0)
    return;

  self->geometry = geometry;
  km_flights_set_geometry (self->flights, &geometry, text_scale);
}

/**
 * km_danmaku_scene_add:
 * @self: a scene
 * @danmaku: a comment
 * @now_us: the caller's clock
 *
 * It flies as soon as the picture gets to its time and there is room.
 */
void
km_danmaku_scene_add (KmDanmakuScene  *self,
                      const KmDanmaku *danmaku,
                      gint64           now_us)
{
  g_autofree char *text = km_danmaku_text_clean (danmaku->text);
  gint64 time_ms = MIN (danmaku->time_ms, TIME_MAX_MS);
  Comment *comment;

  if (text == NULL)
    return;

  comment = g_new0 (Comment, 1);
  comment->id = g_strdup (danmaku->id);
  comment->text = g_steal_pointer (&text);
  comment->rgb = pack_rgb (&danmaku->color);
  comment->own = danmaku->own;

  km_flights_add (self->flights, comment, danmaku->mode,
                  time_ms < 0 ? -1 : time_ms * 1000, danmaku->own, now_us);
}

static gboolean
has_id (gconstpointer comment,
        gconstpointer id)
{
  return g_strcmp0 (((const Comment *) comment)->id, id) == 0;
}

/**
 * km_danmaku_scene_remove:
 * @self: a scene
 * @id: of a comment
 *
 * Returns: whether there was one to take away
 */
gboolean
km_danmaku_scene_remove (KmDanmakuScene *self,
                         const char     *id)
{
  return km_flights_remove (self->flights, has_id, id);
}

/**
 * km_danmaku_scene_clear:
 * @self: a scene
 *
 * Forgets every comment and where the picture was.
 */
void
km_danmaku_scene_clear (KmDanmakuScene *self)
{
  km_flights_clear (self->flights);
  km_danmaku_scene_forget_position (self);
}

/**
 * km_danmaku_scene_forget_position:
 * @self: a scene
 *
 * The next position is another picture's: being elsewhere is no jump.
 */
void
km_danmaku_scene_forget_position (KmDanmakuScene *self)
{
  self->position_us = -1;
}

/* What was drawn in another size or for another scale is drawn anew, a few a
 * frame; until then it is stretched. Returns whether some are left. */
static gboolean
freshen (KmDanmakuScene *self)
{
  guint n_flying;
  const KmFlight *flying = km_flights_get_flying (self->flights, &n_flying);

  for (guint i = 0; i < n_flying; i++)
    {
      Comment *comment = flying[i].data;
      KmTextSprite *sprite;

      if (comment->style == self->style)
        continue;
      if (self->budget == 0)
        return TRUE;

      sprite = get_sprite (self, comment);
      comment->style = self->style;
      if (sprite == NULL)
        continue;
      km_text_cache_release (self->cache, comment->sprite);
      comment->sprite = sprite;
    }

  return FALSE;
}

/**
 * km_danmaku_scene_advance:
 * @self: a scene with a size
 * @context: whose font is used
 * @now_us: the caller's clock, standing still in pauses
 * @position_us: stream time of the picture, or -1 for none
 *
 * Makes the scene of this instant.
 *
 * Returns: whether the next frame differs
 */
gboolean
km_danmaku_scene_advance (KmDanmakuScene *self,
                          PangoContext   *context,
                          gint64          now_us,
                          gint64          position_us)
{
  gint64 expected_us = self->position_us + now_us - self->position_at_us;
  gboolean jumped = position_us >= 0 && self->position_us >= 0
                    && (position_us < self->position_us - JUMP_BACK_US
                        || position_us > expected_us + JUMP_AHEAD_US);
  gboolean stale;

  self->now_us = now_us;
  self->position_us = position_us;
  self->position_at_us = now_us;
  self->budget = KM_DANMAKU_NEW_TEXTURES;
  self->context = context;

  if (jumped)
    km_flights_seek (self->flights, now_us, position_us);
  km_flights_advance (self->flights, now_us, position_us);
  stale = freshen (self);
  self->context = NULL;

  return stale || km_flights_needs_frames (self->flights);
}

/**
 * km_danmaku_scene_get_delay_us:
 * @self: a scene whose next frame is like this one
 *
 * Returns: after which time it may differ; -1 if not by itself
 */
gint64
km_danmaku_scene_get_delay_us (KmDanmakuScene *self)
{
  gint64 end_us = km_flights_next_end_us (self->flights);
  gint64 due_us = km_flights_next_due_us (self->flights);
  gint64 delay_us = -1;

  if (end_us >= 0)
    delay_us = MAX (end_us - self->now_us, 0);

  if (due_us >= 0)
    {
      gint64 held_us = CLAMP (due_us - self->position_us, 0, HELD_POLL_US);

      delay_us = delay_us < 0 ? held_us : MIN (delay_us, held_us);
    }

  return delay_us;
}

/* The nearest position whose device pixel is whole. */
static double
snap (double position,
      double origin,
      double scale)
{
  double device = (position + origin) * scale + 0.5;
  gint64 whole = (gint64) device;

  if ((double) whole > device)
    whole--;
  return (double) whole / scale - origin;
}

/**
 * km_danmaku_scene_snapshot:
 * @self: a scene
 * @snapshot: where to draw
 * @origin: where on the surface its corner comes to lie, in logical px
 */
void
km_danmaku_scene_snapshot (KmDanmakuScene   *self,
                           GtkSnapshot      *snapshot,
                           graphene_point_t  origin)
{
  guint n_flying;
  const KmFlight *flying = km_flights_get_flying (self->flights, &n_flying);

  for (guint i = 0; i < n_flying; i++)
    {
      const Comment *comment = flying[i].data;
      double x = km_flights_x (self->flights, &flying[i], self->now_us);
      double y = (double) flying[i].lane * self->lane_px;
      float stretch = (float) self->font_px / (float) comment->sprite->font_px;

      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (
        snapshot,
        &GRAPHENE_POINT_INIT ((float) snap (x, origin.x, self->scale),
                              (float) snap (y, origin.y, self->scale)));
      if (comment->sprite->font_px != self->font_px)
        gtk_snapshot_scale (snapshot, stretch, stretch);
      gtk_snapshot_append_node (snapshot, comment->sprite->node);
      gtk_snapshot_restore (snapshot);
    }
}

/**
 * km_danmaku_scene_get_text_at:
 * @self: a scene
 * @x: in logical px
 * @y: in logical px
 * @where: (out) (optional): the whole comment
 *
 * Returns: (nullable) (transfer none): what the comment there says
 */
const char *
km_danmaku_scene_get_text_at (KmDanmakuScene *self,
                              double          x,
                              double          y,
                              GdkRectangle   *where)
{
  guint n_flying;
  const KmFlight *flying = km_flights_get_flying (self->flights, &n_flying);

  if (y < 0 || self->lane_px == 0)
    return NULL;

  for (guint i = 0; i < n_flying; i++)
    {
      double left = km_flights_x (self->flights, &flying[i], self->now_us);

      if (flying[i].lane != (guint) y / (guint) self->lane_px
          || x < left || x >= left + flying[i].text_px)
        continue;

      if (where != NULL)
        *where = (GdkRectangle) { (int) left,
                                  (int) flying[i].lane * self->lane_px,
                                  flying[i].text_px, self->lane_px };
      return ((const Comment *) flying[i].data)->text;
    }

  return NULL;
}

/**
 * km_danmaku_scene_describe:
 * @self: a scene
 * @n_comments: how many at most
 *
 * Returns: (transfer full): what the newest visible comments say, a line each,
 *   newest first; "" if there are none
 */
char *
km_danmaku_scene_describe (KmDanmakuScene *self,
                           guint           n_comments)
{
  GString *text = g_string_new (NULL);
  guint n_flying;
  const KmFlight *flying = km_flights_get_flying (self->flights, &n_flying);

  for (guint i = 0; i < MIN (n_flying, n_comments); i++)
    {
      const Comment *comment = flying[n_flying - 1 - i].data;

      if (i > 0)
        g_string_append_c (text, '\n');
      g_string_append (text, comment->text);
    }

  return g_string_free (text, FALSE);
}

guint
km_danmaku_scene_get_n_visible (KmDanmakuScene *self)
{
  guint n_flying;

  km_flights_get_flying (self->flights, &n_flying);
  return n_flying;
}

/**
 * km_danmaku_scene_get_n_started:
 * @self: a scene
 *
 * Returns: how many comments became visible since the scene was made
 */
guint
km_danmaku_scene_get_n_started (KmDanmakuScene *self)
{
  return km_flights_get_n_started (self->flights);
}

/**
 * km_danmaku_scene_get_n_bytes:
 * @self: a scene
 *
 * Returns: how much its textures take, at most %KM_DANMAKU_TEXTURE_BYTES
 */
gsize
km_danmaku_scene_get_n_bytes (KmDanmakuScene *self)
{
  return km_text_cache_get_n_bytes (self->cache);
}
