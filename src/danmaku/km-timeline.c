/* km-timeline.c: comments that wait for the picture, and those it has passed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Viewers watch with different delays, so a comment belongs to an instant of
 * the stream. It is held until the picture gets there, and kept afterwards, so
 * that a seek can put it back where it was. Bounded: the oldest past one goes
 * first, then the one furthest ahead.
 *
 * Thread: any, one at a time.
 */

#include "km-timeline.h"

/**
 * km_comment_new:
 * @data: (transfer full): what the host draws
 * @free: what forgets @data
 *
 * Returns: (transfer full): a comment without a time
 */
KmComment *
km_comment_new (gpointer       data,
                GDestroyNotify free)
{
  KmComment *self = g_new0 (KmComment, 1);

  g_ref_count_init (&self->ref_count);
  self->data = data;
  self->free = free;
  self->time_us = -1;
  self->text_px = -1;
  self->wish_us = G_MININT64;

  return self;
}

KmComment *
km_comment_ref (KmComment *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

void
km_comment_unref (KmComment *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  if (self->free != NULL)
    self->free (self->data);
  g_free (self);
}

void
km_timeline_init (KmTimeline *self)
{
  self->comments =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_comment_unref);
  self->n_past = 0;
}

void
km_timeline_finish (KmTimeline *self)
{
  g_clear_pointer (&self->comments, g_ptr_array_unref);
}

void
km_timeline_clear (KmTimeline *self)
{
  g_ptr_array_set_size (self->comments, 0);
  self->n_past = 0;
}

/* The first of [from, to) that is later than time_us; to if none is. */
static guint
find_later (KmTimeline *self,
            guint       from,
            guint       to,
            gint64      time_us)
{
  while (from < to)
    {
      guint middle = from + (to - from) / 2;
      const KmComment *comment = self->comments->pdata[middle];

      if (comment->time_us > time_us)
        to = middle;
      else
        from = middle + 1;
    }

  return to;
}

static void
forget_one (KmTimeline *self)
{
  if (self->n_past > 0)
    {
      g_ptr_array_remove_index (self->comments, 0);
      self->n_past--;
    }
  else
    {
      g_ptr_array_remove_index (self->comments, self->comments->len - 1);
    }
}

/**
 * km_timeline_add:
 * @self: a timeline
 * @comment: (transfer none): a comment with a time
 * @position_us: stream time of the picture; %G_MAXINT64 when nothing is to be
 *   waited for
 *
 * Returns: whether the picture is there: the caller shows it now
 */
gboolean
km_timeline_add (KmTimeline *self,
                 KmComment  *comment,
                 gint64      position_us)
{
  gboolean due = comment->time_us <= position_us;
  guint index;

  if (due)
    index = find_later (self, 0, self->n_past, comment->time_us);
  else
    index = find_later (self, self->n_past, self->comments->len,
                        comment->time_us);

  g_ptr_array_insert (self->comments, (int) index, km_comment_ref (comment));
  if (due)
    self->n_past++;
  if (self->comments->len > KM_TIMELINE_MAX)
    forget_one (self);

  return due;
}

/**
 * km_timeline_take_due:
 * @self: a timeline
 * @position_us: stream time of the picture
 *
 * Returns: (nullable) (transfer full): the next comment that the picture has
 *   reached
 */
KmComment *
km_timeline_take_due (KmTimeline *self,
                      gint64      position_us)
{
  KmComment *comment;

  if (self->n_past == self->comments->len)
    return NULL;

  comment = self->comments->pdata[self->n_past];
  if (comment->time_us > position_us)
    return NULL;

  self->n_past++;
  return km_comment_ref (comment);
}

/**
 * km_timeline_peek_past:
 * @self: a timeline
 * @back: 0 for the latest comment that the picture has passed
 *
 * Returns: (nullable) (transfer none): that comment
 */
KmComment *
km_timeline_peek_past (KmTimeline *self,
                       guint       back)
{
  if (back >= self->n_past)
    return NULL;

  return self->comments->pdata[self->n_past - 1 - back];
}

/**
 * km_timeline_remove:
 * @self: a timeline
 * @equal: called with each comment's data and @what
 * @what: which comment goes
 *
 * Returns: whether one went
 */
gboolean
km_timeline_remove (KmTimeline    *self,
                    GEqualFunc     equal,
                    gconstpointer  what)
{
  for (guint i = 0; i < self->comments->len; i++)
    {
      const KmComment *comment = self->comments->pdata[i];

      if (!equal (comment->data, what))
        continue;

      g_ptr_array_remove_index (self->comments, i);
      if (i < self->n_past)
        self->n_past--;
      return TRUE;
    }

  return FALSE;
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  const KmComment *left = *(KmComment * const *) a;
  const KmComment *right = *(KmComment * const *) b;

  return (left->time_us > right->time_us) - (left->time_us < right->time_us);
}

/**
 * km_timeline_seek:
 * @self: a timeline
 * @position_us: stream time that the picture jumped to
 *
 * Divides what is remembered anew into past and to come.
 */
void
km_timeline_seek (KmTimeline *self,
                  gint64      position_us)
{
  g_ptr_array_sort (self->comments, compare_times);
  self->n_past = find_later (self, 0, self->comments->len, position_us);
}

/**
 * km_timeline_next_us:
 * @self: a timeline
 *
 * Returns: stream time of the next comment that is held; -1 if none is
 */
gint64
km_timeline_next_us (KmTimeline *self)
{
  const KmComment *comment;

  if (self->n_past == self->comments->len)
    return -1;

  comment = self->comments->pdata[self->n_past];
  return comment->time_us;
}
