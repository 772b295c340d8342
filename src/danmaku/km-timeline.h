#pragma once

#include "km-danmaku-mode.h"

G_BEGIN_DECLS

/**
 * KmComment:
 * @data: what the host draws
 * @mode: how it crosses the picture
 * @time_us: stream time it belongs to, or -1
 * @own: goes before others
 * @text_px: width, or -1 while it isn't prepared
 * @added_us: when it began to wait
 * @wish_us: when it should have started; %G_MININT64 for as soon as it can
 */
typedef struct
{
  grefcount ref_count;
  GDestroyNotify free;

  gpointer data;
  KmDanmakuMode mode;
  gint64 time_us;
  gboolean own;
  int text_px;
  gint64 added_us;
  gint64 wish_us;
} KmComment;

KmComment *km_comment_new         (gpointer        data,
                                   GDestroyNotify  free);
KmComment *km_comment_ref         (KmComment      *self);
void       km_comment_unref       (KmComment      *self);

/**
 * KmTimeline:
 * @comments: (element-type KmComment): in the order of their stream times
 * @n_past: how many of them the picture has reached
 *
 * The comments that have a stream time, as far as they are remembered. Both
 * parts, past and to come, are in order; the whole is after a seek.
 */
typedef struct
{
  GPtrArray *comments;
  guint n_past;
} KmTimeline;

#define KM_TIMELINE_MAX 1024

void       km_timeline_init       (KmTimeline     *self);
void       km_timeline_finish     (KmTimeline     *self);
void       km_timeline_clear      (KmTimeline     *self);
gboolean   km_timeline_add        (KmTimeline     *self,
                                   KmComment      *comment,
                                   gint64          position_us);
KmComment *km_timeline_take_due   (KmTimeline     *self,
                                   gint64          position_us);
KmComment *km_timeline_peek_past  (KmTimeline     *self,
                                   guint           back);
gboolean   km_timeline_remove     (KmTimeline     *self,
                                   GEqualFunc      equal,
                                   gconstpointer   what);
void       km_timeline_seek       (KmTimeline     *self,
                                   gint64          position_us);
gint64     km_timeline_next_us    (KmTimeline     *self);

G_END_DECLS
