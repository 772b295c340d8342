/* km-spacing.c: at once when it was quiet, else together with what follows
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A flush to a thousand members, a commit: what they cost hardly depends on
 * how much they carry. So the first of it goes at once (the leading edge), and
 * what comes within a while of that goes together.
 *
 * That while is counted from the end. Counted from the beginning it is over
 * before the work is, as soon as the work takes longer than it: then nothing
 * is left to be taken together but what came during the work, nothing else is
 * done in between, and a thread that has other duties never gets to them.
 * Counted from the beginning it paces a thread that has nothing else to do.
 *
 * Thread: one (a plain struct).
 */

#include "km-spacing.h"

/**
 * km_spacing_begin:
 * @self: a spacing
 * @now_us: now, on any clock that doesn't go back
 */
void
km_spacing_begin (KmSpacing *self,
                  gint64     now_us)
{
  self->began_us = now_us;
}

/**
 * km_spacing_end:
 * @self: a spacing
 * @now_us: now, not when the turn began in which it was done
 */
void
km_spacing_end (KmSpacing *self,
                gint64     now_us)
{
  self->ended_us = now_us;
}

/* How long it took the last time. */
gint64
km_spacing_get_took_us (const KmSpacing *self)
{
  return self->ended_us - self->began_us;
}

gint64
km_spacing_get_ended_us (const KmSpacing *self)
{
  return self->ended_us;
}

/**
 * km_spacing_due_after_end:
 * @self: a spacing
 * @spacing_us: what there is to be between two
 *
 * Returns: when it may be done again; in the past when it was quiet
 */
gint64
km_spacing_due_after_end (const KmSpacing *self,
                          gint64           spacing_us)
{
  return self->ended_us + spacing_us;
}

/**
 * km_spacing_due_after_begin:
 * @self: a spacing
 * @spacing_us: from the beginning of one to that of the next, at least
 *
 * Returns: when it may be done again; not before the last one has ended
 */
gint64
km_spacing_due_after_begin (const KmSpacing *self,
                            gint64           spacing_us)
{
  return MAX (self->ended_us, self->began_us + spacing_us);
}

/**
 * km_spacing_came_fast:
 * @self: a spacing
 * @now_us: now, before it is begun again
 * @n: what has come since it was begun the last time
 * @each_us: one in such a time is fast
 *
 * Returns: whether @n came so fast, or only for so long
 */
gboolean
km_spacing_came_fast (const KmSpacing *self,
                      gint64           now_us,
                      guint            n,
                      gint64           each_us)
{
  return n * each_us >= now_us - self->began_us;
}
