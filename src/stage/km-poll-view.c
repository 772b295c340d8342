/* km-poll-view.c: a poll, as a card shows it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plain data. Tallies and the number of voters come a few times a second and
 * not in one piece with the rest, so they needn't fit each other: shares stay
 * between 0 and 1 whatever they say.
 *
 * Thread: any.
 */

#include "km-poll-view.h"

#include <glib/gi18n.h>

static gint64
get_most (const KmPollView *self)
{
  gint64 most = 0;

  for (guint i = 0; i < self->n_options; i++)
    most = MAX (most, self->tallies[i]);

  return most;
}

/**
 * km_poll_view_copy:
 * @self: (nullable): a poll
 *
 * Returns: (nullable) (transfer full): the same
 */
KmPollView *
km_poll_view_copy (const KmPollView *self)
{
  KmPollView *copy;

  if (self == NULL)
    return NULL;

  copy = g_new (KmPollView, 1);
  *copy = *self;
  copy->id = g_strdup (self->id);
  copy->question = g_strdup (self->question);
  copy->options = g_strdupv (self->options);
  copy->tallies = g_memdup2 (self->tallies,
                             sizeof (gint64) * self->n_options);

  return copy;
}

void
km_poll_view_free (KmPollView *self)
{
  g_free (self->id);
  g_free (self->question);
  g_strfreev (self->options);
  g_free (self->tallies);
  g_free (self);
}

/**
 * km_poll_view_is_valid:
 * @self: (nullable): a poll, from anywhere
 *
 * Returns: whether it has a question and as many texts and numbers as it says
 */
gboolean
km_poll_view_is_valid (const KmPollView *self)
{
  return self != NULL && self->question != NULL && self->options != NULL
         && self->tallies != NULL && self->n_options >= 2
         && self->n_options <= KM_POLL_OPTIONS_MAX
         && g_strv_length (self->options) == self->n_options;
}

/**
 * km_poll_view_is_votable:
 * @self: a poll
 *
 * Returns: whether the person at this screen may vote, or vote again
 */
gboolean
km_poll_view_is_votable (const KmPollView *self)
{
  gboolean voted = self->own_known && self->own_mask != 0;

  return self->can_vote && !self->closed && (self->changeable || !voted);
}

/**
 * km_poll_view_get_share:
 * @self: a valid poll
 * @option: 0 to n_options - 1
 *
 * Returns: of those who voted, the share that chose the option, 0 to 1
 */
double
km_poll_view_get_share (const KmPollView *self,
                        guint             option)
{
  double whole = 0;

  if (self->multiple)
    whole = (double) MAX (self->voters, get_most (self));
  else
    for (guint i = 0; i < self->n_options; i++)
      whole += (double) MAX (self->tallies[i], 0);

  return whole > 0 ? CLAMP ((double) self->tallies[option] / whole, 0, 1) : 0;
}

/**
 * km_poll_view_is_winner:
 * @self: a valid poll
 * @option: 0 to n_options - 1
 *
 * Returns: whether the poll is over and no option has more votes
 */
gboolean
km_poll_view_is_winner (const KmPollView *self,
                        guint             option)
{
  gint64 most = get_most (self);

  return self->closed && most > 0 && self->tallies[option] == most;
}

/**
 * km_poll_view_format_left:
 * @self: a poll
 * @now_us: monotonic time
 *
 * Returns: (nullable) (transfer full): how long it is open yet, for people;
 *   %NULL if it is over or has no end
 */
char *
km_poll_view_format_left (const KmPollView *self,
                          gint64            now_us)
{
  gint64 left_s;
  g_autofree char *left = NULL;

  if (self->closed || self->closes_us < 0)
    return NULL;

  left_s = (self->closes_us - now_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  if (left_s <= 0)
    return g_strdup (_("Closing…"));

  if (left_s >= 3600)
    left = g_strdup_printf ("%d:%02d:%02d", (int) (left_s / 3600),
                            (int) (left_s / 60 % 60), (int) (left_s % 60));
  else
    left = g_strdup_printf ("%d:%02d", (int) (left_s / 60),
                            (int) (left_s % 60));

  /* Translators: how long a poll is open yet, as in "1:25 left" */
  return g_strdup_printf (_("%s left"), left);
}
