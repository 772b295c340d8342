/* km-poll-box.c: the open poll of a room, and how it stands
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counts what was committed: a vote arrives here when its commit came back,
 * in the order of commits, so that the tallies are those of the rows at some
 * moment not long ago. When the poll closes they aren't asked: the result is
 * counted from the rows.
 *
 * The poll closes by the monotonic clock: when somebody sets the server's
 * clock, an open poll neither ends nor lasts. After a restart there is only
 * the clock; then a poll lasts at most as long as it was asked for.
 *
 * Thread: that of the room.
 */

#include "km-poll-box.h"

void
km_poll_box_clear (KmPollBox *self)
{
  g_clear_pointer (&self->poll, km_poll_info_free);
}

/**
 * km_poll_box_put:
 * @self: a box; what was in it is forgotten
 * @poll: a poll that was opened
 * @now_us: now, monotonic
 * @now_ms: now, ms since 1970
 */
void
km_poll_box_put (KmPollBox        *self,
                 const KmPollInfo *poll,
                 gint64            now_us,
                 gint64            now_ms)
{
  km_poll_box_clear (self);
  self->poll = km_poll_info_copy (poll);
  self->poll->n_tallies = MIN (km_poll_question_count (&poll->ask),
                               KM_POLL_OPTIONS_MAX);
  self->closes_us = G_MAXINT64;
  if (poll->closes_at_ms >= 0)
    self->closes_us =
      now_us + 1000 * CLAMP (poll->closes_at_ms - now_ms, 0,
                             poll->closes_at_ms - poll->opened_at_ms);
}

/**
 * km_poll_box_end:
 * @self: a box with a poll
 * @now_us: now, monotonic
 *
 * What the poll was to last for is over: it is due.
 */
void
km_poll_box_end (KmPollBox *self,
                 gint64     now_us)
{
  self->closes_us = now_us;
}

/**
 * km_poll_box_take:
 * @self: a box
 * @poll: the id of a poll that was closed
 *
 * Returns: whether it was in the box
 */
gboolean
km_poll_box_take (KmPollBox  *self,
                  const char *poll)
{
  if (self->poll == NULL || !g_str_equal (self->poll->id, poll))
    return FALSE;

  km_poll_box_clear (self);

  return TRUE;
}

/**
 * km_poll_box_vote:
 * @self: a box
 * @poll: in which poll somebody voted
 * @before: what they had voted for before; 0: nothing
 * @after: what they vote for now
 *
 * Returns: whether that changed how the poll in the box stands
 */
gboolean
km_poll_box_vote (KmPollBox *self,
                  gint64     poll,
                  guint      before,
                  guint      after)
{
  if (self->poll == NULL || before == after
      || g_ascii_strtoll (self->poll->id, NULL, 10) != poll)
    return FALSE;

  for (guint i = 0; i < self->poll->n_tallies; i++)
    {
      self->poll->tallies[i] -= before >> i & 1;
      self->poll->tallies[i] += after >> i & 1;
    }
  if (before == 0)
    self->poll->voters++;

  return TRUE;
}

/**
 * km_poll_box_peek:
 * @self: a box
 *
 * Returns: (nullable) (transfer none): the open poll with its tallies
 */
const KmPollInfo *
km_poll_box_peek (const KmPollBox *self)
{
  return self->poll;
}

/**
 * km_poll_box_list:
 * @self: a box
 *
 * Returns: (nullable) (transfer full) (element-type KmPollInfo): copies of
 *   the open polls with their tallies
 */
GPtrArray *
km_poll_box_list (const KmPollBox *self)
{
  GPtrArray *polls;

  if (self->poll == NULL)
    return NULL;

  polls = g_ptr_array_new_with_free_func ((GDestroyNotify) km_poll_info_free);
  g_ptr_array_add (polls, km_poll_info_copy (self->poll));

  return polls;
}

/**
 * km_poll_box_closes_us:
 * @self: a box
 *
 * Returns: when the poll in it is to be closed, monotonic; %G_MAXINT64: not by
 *   time
 */
gint64
km_poll_box_closes_us (const KmPollBox *self)
{
  return self->poll != NULL ? self->closes_us : G_MAXINT64;
}

/**
 * km_poll_box_left_ms:
 * @self: a box
 * @now_us: now, monotonic
 *
 * Returns: how long the poll in it is open yet; -1: nobody knows
 */
gint64
km_poll_box_left_ms (const KmPollBox *self,
                     gint64           now_us)
{
  if (self->poll == NULL || self->poll->closes_at_ms < 0)
    return -1;

  return self->closes_us < G_MAXINT64
           ? MAX (0, self->closes_us - now_us) / 1000 : 0;
}

/**
 * km_poll_box_hold:
 * @self: a box
 *
 * Its closing is on its way: it isn't due any more.
 */
void
km_poll_box_hold (KmPollBox *self)
{
  self->closes_us = G_MAXINT64;
}
