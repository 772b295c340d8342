/* km-flights.c: which comments fly, which wait, and where each is
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a comment is follows from when it started and from the host's clock
 * alone; nothing is added up from frame to frame. The clock may stand still
 * (pause) or leap (no frames for a while), and the picture's stream time is
 * told beside it, because a picture may stall while comments fly on.
 *
 * Comments that find no lane wait, at most 64 and at most 2 s; each frame all
 * of them are tried, oldest first, since a short one fits where a long one
 * doesn't. Flying and standing comments share the lanes, so nothing ever
 * covers anything. Lanes below the scroll area are left to standing ones.
 *
 * Thread: any, one at a time; the host's functions are called from within.
 */

#include "km-flights.h"

#include <string.h>

#include "km-timeline.h"

struct _KmFlights
{
  const KmFlightsHost *host;
  gpointer user_data;

  KmFlightsGeometry geometry;
  KmLanes lanes;
  gint64 now_us;
  gint64 position_us;

  GArray *flying;
  KmComment *waiting[KM_FLIGHTS_WAITING_MAX];
  guint n_waiting;
  KmTimeline timeline;
  guint n_started;
  guint n_dropped;
};

/* Takes the reference that waiting or flying had. */
static void
retire (KmFlights *self,
        KmComment *comment)
{
  if (comment->text_px >= 0 && self->host->retire != NULL)
    self->host->retire (comment->data, self->user_data);
  comment->text_px = -1;
  comment->wish_us = G_MININT64;
  km_comment_unref (comment);
}

static void
drop (KmFlights *self,
      KmComment *comment)
{
  self->n_dropped++;
  retire (self, comment);
}

/* Own comments wait before all others; (transfer full). */
static void
enqueue (KmFlights *self,
         KmComment *comment)
{
  guint index = self->n_waiting;

  if (self->n_waiting == KM_FLIGHTS_WAITING_MAX)
    {
      guint oldest = 0;

      while (oldest < self->n_waiting - 1 && self->waiting[oldest]->own)
        oldest++;
      drop (self, self->waiting[oldest]);
      index = --self->n_waiting;
      memmove (&self->waiting[oldest], &self->waiting[oldest + 1],
               (self->n_waiting - oldest) * sizeof *self->waiting);
    }

  while (comment->own && index > 0 && !self->waiting[index - 1]->own)
    index--;

  memmove (&self->waiting[index + 1], &self->waiting[index],
           (self->n_waiting - index) * sizeof *self->waiting);
  self->waiting[index] = comment;
  self->n_waiting++;
  comment->added_us = self->now_us;
}

static KmDanmakuMode
effective_mode (KmFlights       *self,
                const KmComment *comment)
{
  if (comment->mode == KM_DANMAKU_SCROLL && !self->geometry.motion)
    return KM_DANMAKU_TOP;
  return comment->mode;
}

/* Of the lanes that are clear, the one in which the comment may start soonest,
 * not before wish_us; the preferred one, then the first in the mode's order,
 * when several are equal. Returns when; G_MAXINT64 if no lane is clear. */
static gint64
find_lane (KmFlights *self,
           KmComment *comment,
           gint64     wish_us,
           guint      preferred,
           guint     *lane)
{
  KmDanmakuMode mode = effective_mode (self, comment);
  gboolean moves = mode == KM_DANMAKU_SCROLL;
  guint n_lanes = moves ? self->geometry.n_scroll_lanes
                        : self->geometry.n_lanes;
  gint64 best_us = G_MAXINT64;

  for (guint i = 0; i <= n_lanes; i++)
    {
      guint candidate = i == 0 ? preferred : i - 1;
      gint64 earliest_us;

      if (i > 0 && mode == KM_DANMAKU_BOTTOM)
        candidate = n_lanes - i;
      if (candidate >= n_lanes
          || self->lanes.lanes[candidate].clear_us > self->now_us)
        continue;

      earliest_us = km_lanes_earliest (&self->lanes, candidate,
                                       moves ? comment->text_px : -1);
      earliest_us = MAX (earliest_us, wish_us);
      if (earliest_us < best_us)
        {
          best_us = earliest_us;
          *lane = candidate;
        }
      if (best_us == wish_us)
        break;
    }

  return best_us;
}

static gint64
stay_us (KmFlights *self,
         gboolean   moves)
{
  return moves ? self->geometry.duration_us : self->geometry.still_us;
}

/* Starts the comment if a lane takes it by now; then its reference is the
 * flight's. */
static gboolean
place (KmFlights *self,
       KmComment *comment,
       gint64     wish_us,
       guint      preferred)
{
  KmFlight flight = { .data = comment->data, .text_px = comment->text_px };
  gint64 start_us = find_lane (self, comment, wish_us, preferred,
                               &flight.lane);

  if (start_us > self->now_us)
    return FALSE;

  flight.moves = effective_mode (self, comment) == KM_DANMAKU_SCROLL;
  flight.start_us = start_us;
  flight.comment = comment;
  if (flight.moves)
    km_lanes_take (&self->lanes, flight.lane, flight.text_px, start_us);
  else
    km_lanes_take_still (&self->lanes, flight.lane,
                         start_us + stay_us (self, FALSE));
  g_array_append_val (self->flying, flight);

  return TRUE;
}

static void
land_those_gone (KmFlights *self)
{
  guint kept = 0;

  for (guint i = 0; i < self->flying->len; i++)
    {
      KmFlight flight = g_array_index (self->flying, KmFlight, i);

      if (flight.start_us + stay_us (self, flight.moves) <= self->now_us)
        retire (self, flight.comment);
      else
        g_array_index (self->flying, KmFlight, kept++) = flight;
    }

  g_array_set_size (self->flying, kept);
}

static void
release_due (KmFlights *self)
{
  gint64 position_us = self->position_us < 0 ? G_MAXINT64 : self->position_us;
  KmComment *comment;

  while ((comment = km_timeline_take_due (&self->timeline, position_us)))
    enqueue (self, comment);
}

/* Whether it is worth while to try, and to prepare, any comment at all: in a
 * crowd most frames have no room and most comments never fly. */
static gboolean
any_lane_clear (KmFlights *self)
{
  for (guint i = 0; i < self->geometry.n_lanes; i++)
    if (self->lanes.lanes[i].clear_us <= self->now_us)
      return TRUE;

  return FALSE;
}

/* Returns whether the comment has left the queue. */
static gboolean
try_waiting (KmFlights *self,
             KmComment *comment,
             gboolean   room)
{
  gboolean moves = effective_mode (self, comment) == KM_DANMAKU_SCROLL;
  gint64 wish_us = comment->wish_us;

  if (wish_us == G_MININT64)
    wish_us = self->now_us;

  if (self->now_us - comment->added_us > KM_FLIGHTS_PATIENCE_US
      || wish_us + stay_us (self, moves) <= self->now_us)
    {
      drop (self, comment);
      return TRUE;
    }

  if (!room)
    return FALSE;
  if (comment->text_px < 0)
    comment->text_px = self->host->prepare (comment->data, self->user_data);

  if (comment->text_px < 0 || !place (self, comment, wish_us, G_MAXUINT))
    return FALSE;

  self->n_started++;
  return TRUE;
}

static void
try_all_waiting (KmFlights *self)
{
  gboolean room = any_lane_clear (self);
  guint kept = 0;

  for (guint i = 0; i < self->n_waiting; i++)
    if (!try_waiting (self, self->waiting[i], room))
      self->waiting[kept++] = self->waiting[i];
    else if (room)
      room = any_lane_clear (self);

  self->n_waiting = kept;
}

static int
compare_starts (gconstpointer a,
                gconstpointer b)
{
  const KmFlight *left = a, *right = b;

  return (left->start_us > right->start_us)
         - (left->start_us < right->start_us);
}

/* Puts what flies into the lanes anew, in the order in which it started, each
 * as far on its way as it was. One that would touch another is moved behind
 * it; one that would not have started yet waits again. */
static void
rebuild (KmFlights *self,
         gint64     old_duration_us,
         guint      old_n_lanes,
         double     text_scale)
{
  g_autoptr (GArray) flying = g_steal_pointer (&self->flying);

  self->flying = g_array_new (FALSE, FALSE, sizeof (KmFlight));
  km_lanes_reset (&self->lanes);
  g_array_sort (flying, compare_starts);

  for (guint i = 0; i < flying->len; i++)
    {
      const KmFlight *flight = &g_array_index (flying, KmFlight, i);
      KmComment *comment = flight->comment;
      gint64 age_us = self->now_us - flight->start_us;
      guint lane = flight->lane;

      /* Lanes count from the top; one too many wraps to none preferred. */
      if (comment->mode == KM_DANMAKU_BOTTOM)
        lane += self->geometry.n_lanes - old_n_lanes;
      if (flight->moves)
        age_us = (gint64) ((double) age_us / (double) old_duration_us
                           * (double) self->geometry.duration_us);
      comment->text_px = (int) ((double) comment->text_px * text_scale + 0.999);
      if (!place (self, comment, self->now_us - age_us, lane))
        enqueue (self, comment);
    }
}

/**
 * km_flights_new:
 * @host: who draws; must outlive the engine
 * @user_data: for @host's functions
 *
 * Without a geometry nothing flies; what is added waits.
 *
 * Returns: (transfer full): an engine
 */
KmFlights *
km_flights_new (const KmFlightsHost *host,
                gpointer             user_data)
{
  KmFlights *self = g_new0 (KmFlights, 1);

  self->host = host;
  self->user_data = user_data;
  self->position_us = -1;
  self->flying = g_array_new (FALSE, FALSE, sizeof (KmFlight));
  km_timeline_init (&self->timeline);

  return self;
}

void
km_flights_free (KmFlights *self)
{
  km_flights_clear (self);
  km_timeline_finish (&self->timeline);
  g_array_unref (self->flying);
  g_free (self);
}

/**
 * km_flights_set_geometry:
 * @self: an engine
 * @geometry: the picture's
 * @text_scale: how much larger text is now than it was; 1 if it isn't
 *
 * What flies keeps its order and, where nothing is in the way, its place.
 */
void
km_flights_set_geometry (KmFlights               *self,
                         const KmFlightsGeometry *geometry,
                         double                   text_scale)
{
  gint64 old_duration_us = MAX (self->geometry.duration_us, 1);
  guint old_n_lanes = self->geometry.n_lanes;

  self->geometry = *geometry;
  self->geometry.n_lanes = MIN (geometry->n_lanes, KM_LANES_MAX);
  self->geometry.n_scroll_lanes = MIN (geometry->n_scroll_lanes,
                                       self->geometry.n_lanes);
  self->lanes.width_px = geometry->width_px;
  self->lanes.gap_px = geometry->gap_px;
  self->lanes.duration_us = geometry->duration_us;
  self->lanes.density = CLAMP (geometry->density, 0.05, 1.0);
  self->lanes.n_lanes = self->geometry.n_lanes;

  for (guint i = 0; i < self->n_waiting; i++)
    if (self->waiting[i]->text_px >= 0)
      {
        self->host->retire (self->waiting[i]->data, self->user_data);
        self->waiting[i]->text_px = -1;
      }
  rebuild (self, old_duration_us, old_n_lanes, text_scale);
}

/**
 * km_flights_add:
 * @self: an engine
 * @data: (transfer full): the comment, for the host
 * @mode: how it crosses the picture
 * @time_us: stream time that it belongs to, or -1
 * @own: goes first, and waits for no picture
 * @now_us: the host's clock
 *
 * A comment whose time the picture hasn't reached is held until it has; others
 * fly with the next km_flights_advance().
 */
void
km_flights_add (KmFlights     *self,
                gpointer       data,
                KmDanmakuMode  mode,
                gint64         time_us,
                gboolean       own,
                gint64         now_us)
{
  KmComment *comment = km_comment_new (data, self->host->free);
  gboolean waits = !own && self->position_us >= 0;

  self->now_us = MAX (self->now_us, now_us);
  comment->mode = mode;
  comment->time_us = time_us;
  comment->own = own;

  if (time_us < 0
      || km_timeline_add (&self->timeline, comment,
                          waits ? self->position_us : G_MAXINT64))
    enqueue (self, comment);
  else
    km_comment_unref (comment);
}

/**
 * km_flights_advance:
 * @self: an engine
 * @now_us: the host's clock; one that goes back counts as one that stands
 * @position_us: stream time of the picture, or -1 for none: then nothing is
 *   held
 *
 * Lands what has crossed and starts what may start.
 */
void
km_flights_advance (KmFlights *self,
                    gint64     now_us,
                    gint64     position_us)
{
  self->now_us = MAX (self->now_us, now_us);
  self->position_us = position_us;

  land_those_gone (self);
  release_due (self);
  if (self->geometry.width_px > 0)
    try_all_waiting (self);
}

static void
retire_all (KmFlights *self)
{
  for (guint i = 0; i < self->flying->len; i++)
    retire (self, g_array_index (self->flying, KmFlight, i).comment);
  g_array_set_size (self->flying, 0);

  for (guint i = 0; i < self->n_waiting; i++)
    retire (self, self->waiting[i]);
  self->n_waiting = 0;

  km_lanes_reset (&self->lanes);
}

/**
 * km_flights_seek:
 * @self: an engine
 * @now_us: the host's clock
 * @position_us: stream time that the picture jumped to
 *
 * Puts the comments of the stream time just before back where they would be
 * now; comments without a time go.
 */
void
km_flights_seek (KmFlights *self,
                 gint64     now_us,
                 gint64     position_us)
{
  guint n_rebuilt = 0;

  self->now_us = MAX (self->now_us, now_us);
  self->position_us = position_us;

  retire_all (self);
  km_timeline_seek (&self->timeline, position_us);

  while (n_rebuilt < KM_FLIGHTS_WAITING_MAX)
    {
      KmComment *comment = km_timeline_peek_past (&self->timeline, n_rebuilt);

      if (comment == NULL
          || comment->time_us + self->geometry.duration_us <= position_us)
        break;
      n_rebuilt++;
    }

  while (n_rebuilt > 0)
    {
      KmComment *comment = km_timeline_peek_past (&self->timeline,
                                                  --n_rebuilt);

      comment->wish_us = self->now_us - (position_us - comment->time_us);
      enqueue (self, km_comment_ref (comment));
    }
}

/**
 * km_flights_remove:
 * @self: an engine
 * @equal: called with each comment's data and @what
 * @what: which comment goes
 *
 * Takes a comment away wherever it is. Its lane stays as it was.
 *
 * Returns: whether one went
 */
gboolean
km_flights_remove (KmFlights     *self,
                   GEqualFunc     equal,
                   gconstpointer  what)
{
  gboolean found = FALSE;

  for (guint i = 0; i < self->flying->len; i++)
    if (equal (g_array_index (self->flying, KmFlight, i).data, what))
      {
        retire (self, g_array_index (self->flying, KmFlight, i).comment);
        g_array_remove_index (self->flying, i--);
        found = TRUE;
      }

  for (guint i = 0; i < self->n_waiting; i++)
    if (equal (self->waiting[i]->data, what))
      {
        retire (self, self->waiting[i]);
        self->n_waiting--;
        memmove (&self->waiting[i], &self->waiting[i + 1],
                 (self->n_waiting - i) * sizeof *self->waiting);
        i--;
        found = TRUE;
      }

  return km_timeline_remove (&self->timeline, equal, what) || found;
}

/**
 * km_flights_clear:
 * @self: an engine
 *
 * Forgets every comment.
 */
void
km_flights_clear (KmFlights *self)
{
  retire_all (self);
  km_timeline_clear (&self->timeline);
}

/**
 * km_flights_get_flying:
 * @self: an engine
 * @n_flying: (out): how many there are
 *
 * Returns: (array length=n_flying): what is on the picture, in the order in
 *   which it started; the engine's own, until its next call
 */
const KmFlight *
km_flights_get_flying (KmFlights *self,
                       guint     *n_flying)
{
  *n_flying = self->flying->len;
  return (const KmFlight *) (gpointer) self->flying->data;
}

/**
 * km_flights_x:
 * @self: an engine
 * @flight: one that is on the picture
 * @now_us: the host's clock
 *
 * Returns: where its left edge is, in px
 */
double
km_flights_x (KmFlights      *self,
              const KmFlight *flight,
              gint64          now_us)
{
  if (!flight->moves)
    return (self->geometry.width_px - flight->text_px) / 2;

  return km_lanes_x (&self->lanes, flight->text_px, now_us - flight->start_us);
}

guint
km_flights_get_n_waiting (KmFlights *self)
{
  return self->n_waiting;
}

/**
 * km_flights_get_n_started:
 * @self: an engine
 *
 * Returns: how many comments found a lane since the engine was made
 */
guint
km_flights_get_n_started (KmFlights *self)
{
  return self->n_started;
}

/**
 * km_flights_get_n_dropped:
 * @self: an engine
 *
 * Returns: how many comments waited in vain since the engine was made
 */
guint
km_flights_get_n_dropped (KmFlights *self)
{
  return self->n_dropped;
}

/**
 * km_flights_needs_frames:
 * @self: an engine
 *
 * Returns: whether something moves or waits for room: every frame differs
 */
gboolean
km_flights_needs_frames (KmFlights *self)
{
  if (self->n_waiting > 0)
    return TRUE;

  for (guint i = 0; i < self->flying->len; i++)
    if (g_array_index (self->flying, KmFlight, i).moves)
      return TRUE;

  return FALSE;
}

/**
 * km_flights_next_end_us:
 * @self: an engine
 *
 * Returns: when the next comment leaves, on the host's clock; -1 if nothing is
 *   on the picture
 */
gint64
km_flights_next_end_us (KmFlights *self)
{
  gint64 next_us = -1;

  for (guint i = 0; i < self->flying->len; i++)
    {
      const KmFlight *flight = &g_array_index (self->flying, KmFlight, i);
      gint64 end_us = flight->start_us + stay_us (self, flight->moves);

      if (next_us < 0 || end_us < next_us)
        next_us = end_us;
    }

  return next_us;
}

/**
 * km_flights_next_due_us:
 * @self: an engine
 *
 * Returns: stream time of the next comment that is held; -1 if none is
 */
gint64
km_flights_next_due_us (KmFlights *self)
{
  return km_timeline_next_us (&self->timeline);
}
