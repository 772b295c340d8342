/* km-room-poll.c: a poll in a room, as one who may vote sees it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the server counted, and on top of it one's own vote while that is on
 * its way: shown at once, and taken back if the server refuses it. The server
 * sends the answer to a vote before the tick that counts it, so a vote that
 * is acknowledged is added to the tallies here until then.
 *
 * When it closes is kept by the clock that nobody sets: the server's may be an
 * hour from this computer's.
 *
 * Thread: main.
 */

#include "km-room-poll-private.h"

struct _KmRoomPoll
{
  GObject parent_instance;
  KmPollInfo *info;   /* as the server has it, `voted` acknowledged */
  guint pending;      /* one's vote on its way; 0: none */
  gint64 closes_us;   /* monotonic; -1: not by itself */
};

G_DEFINE_FINAL_TYPE (KmRoomPoll, km_room_poll, G_TYPE_OBJECT)

enum
{
  PROP_QUESTION = 1,
  PROP_VOTERS,
  PROP_VOTED,
  PROP_CLOSED,
  N_PROPS
};

enum
{
  CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
km_room_poll_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  KmRoomPoll *self = KM_ROOM_POLL (object);

  switch (id)
    {
    case PROP_QUESTION:
      g_value_set_string (value, self->info->ask.question);
      break;
    case PROP_VOTERS:
      g_value_set_int64 (value, km_room_poll_get_voters (self));
      break;
    case PROP_VOTED:
      g_value_set_uint (value, km_room_poll_get_voted (self));
      break;
    case PROP_CLOSED:
      g_value_set_boolean (value, km_room_poll_get_closed (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
km_room_poll_finalize (GObject *object)
{
  km_poll_info_free (KM_ROOM_POLL (object)->info);

  G_OBJECT_CLASS (km_room_poll_parent_class)->finalize (object);
}

static void
km_room_poll_class_init (KmRoomPollClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                      G_PARAM_STATIC_STRINGS;

  object_class->get_property = km_room_poll_get_property;
  object_class->finalize = km_room_poll_finalize;

  properties[PROP_QUESTION] =
    g_param_spec_string ("question", NULL, NULL, NULL, flags);
  properties[PROP_VOTERS] =
    g_param_spec_int64 ("voters", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_VOTED] =
    g_param_spec_uint ("voted", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_CLOSED] =
    g_param_spec_boolean ("closed", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * KmRoomPoll::changed:
   *
   * Tallies, voters, one's own vote or its end changed; after the
   * notifications of those that are properties.
   */
  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
km_room_poll_init (KmRoomPoll *self)
{
}

/* What says nothing of the time that is left was opened just now. */
static void
take_time (KmRoomPoll       *self,
           const KmPollInfo *info)
{
  gint64 left_ms = info->left_ms;

  if (left_ms < 0)
    left_ms = info->closes_at_ms - info->opened_at_ms;

  self->closes_us = -1;
  if (info->closes_at_ms >= 0)
    self->closes_us =
      g_get_monotonic_time ()
      + 1000 * CLAMP (left_ms, 0, KM_POLL_DURATION_MS_MAX);
}

/* Thread: main. @info has at least the question. */
KmRoomPoll *
km_room_poll_new (const KmPollInfo *info)
{
  KmRoomPoll *self = g_object_new (KM_TYPE_ROOM_POLL, NULL);

  self->info = km_poll_info_copy (info);
  take_time (self, info);

  return self;
}

typedef struct
{
  gint64 voters;
  guint voted;
  gboolean closed;
} Before;

static Before
remember (KmRoomPoll *self)
{
  return (Before) {
    .voters = km_room_poll_get_voters (self),
    .voted = km_room_poll_get_voted (self),
    .closed = km_room_poll_get_closed (self),
  };
}

static void
tell (KmRoomPoll *self,
      Before      before)
{
  GObject *object = G_OBJECT (self);

  if (before.voters != km_room_poll_get_voters (self))
    g_object_notify_by_pspec (object, properties[PROP_VOTERS]);
  if (before.voted != km_room_poll_get_voted (self))
    g_object_notify_by_pspec (object, properties[PROP_VOTED]);
  if (before.closed != km_room_poll_get_closed (self))
    g_object_notify_by_pspec (object, properties[PROP_CLOSED]);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
take_tallies (KmRoomPoll       *self,
              const KmPollInfo *info)
{
  if (info->n_tallies == 0)
    return;

  self->info->n_tallies = info->n_tallies;
  memcpy (self->info->tallies, info->tallies, sizeof info->tallies);
  self->info->voters = info->voters;
}

/**
 * km_room_poll_joined:
 * @self: a poll
 * @info: the same, from the answer to a join: with one's own vote
 */
void
km_room_poll_joined (KmRoomPoll       *self,
                     const KmPollInfo *info)
{
  Before before = remember (self);

  take_tallies (self, info);
  if (info->left_ms >= 0)
    take_time (self, info);
  self->info->voted = info->voted;
  tell (self, before);
}

/**
 * km_room_poll_tallied:
 * @self: a poll
 * @info: the same, from a tick
 */
void
km_room_poll_tallied (KmRoomPoll       *self,
                      const KmPollInfo *info)
{
  Before before = remember (self);

  if (info->n_tallies == self->info->n_tallies &&
      info->voters == self->info->voters &&
      memcmp (info->tallies, self->info->tallies, sizeof info->tallies) == 0)
    return;

  take_tallies (self, info);
  tell (self, before);
}

/**
 * km_room_poll_close:
 * @self: a poll
 * @info: the same, with its result
 *
 * What was on its way and isn't in the result came too late.
 */
void
km_room_poll_close (KmRoomPoll       *self,
                    const KmPollInfo *info)
{
  Before before = remember (self);

  take_tallies (self, info);
  self->pending = 0;
  self->info->closed_at_ms = MAX (info->closed_at_ms, 0);
  self->info->reason = info->reason;
  tell (self, before);
}

/* One's own vote goes out. */
void
km_room_poll_pend (KmRoomPoll *self,
                   guint       choices)
{
  Before before = remember (self);

  self->pending = choices;
  tell (self, before);
}

/* The tallies as they are when @choices count and what is acknowledged now
 * doesn't any more. */
static gint64
shift (KmRoomPoll *self,
       guint       index,
       guint       choices)
{
  gint64 tally = self->info->tallies[index];

  tally += (choices >> index) & 1;
  tally -= (self->info->voted >> index) & 1;

  return MAX (tally, 0);
}

/**
 * km_room_poll_settle:
 * @self: a poll
 * @choices: one's own vote, which the server has
 */
void
km_room_poll_settle (KmRoomPoll *self,
                     guint       choices)
{
  Before before = remember (self);

  if (!km_room_poll_get_closed (self))
    {
      self->info->n_tallies = km_room_poll_get_n_options (self);
      for (guint i = 0; i < self->info->n_tallies; i++)
        self->info->tallies[i] = shift (self, i, choices);
      if (self->info->voted == 0)
        self->info->voters++;
    }
  self->info->voted = choices;
  if (self->pending == choices)
    self->pending = 0;
  tell (self, before);
}

/* The server refused one's vote; there may be a newer one on its way. */
void
km_room_poll_roll_back (KmRoomPoll *self,
                        guint       choices)
{
  Before before = remember (self);

  if (self->pending != choices)
    return;

  self->pending = 0;
  tell (self, before);
}

const char *
km_room_poll_get_id (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), NULL);

  return self->info->id;
}

const char *
km_room_poll_get_question (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), NULL);

  return self->info->ask.question;
}

guint
km_room_poll_get_n_options (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), 0);

  return km_poll_question_count (&self->info->ask);
}

const char *
km_room_poll_get_option (KmRoomPoll *self,
                         guint       index)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self) &&
                        index < km_room_poll_get_n_options (self), NULL);

  return self->info->ask.options[index];
}

/**
 * km_room_poll_get_tally:
 * @self: a poll
 * @index: which option
 *
 * Returns: how many chose it, one's own vote included from the moment it was
 *   cast
 */
gint64
km_room_poll_get_tally (KmRoomPoll *self,
                        guint       index)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self) &&
                        index < km_room_poll_get_n_options (self), 0);

  return self->pending != 0 ? shift (self, index, self->pending)
                            : self->info->tallies[index];
}

/* Returns: how many voted; with several choices less than all tallies. */
gint64
km_room_poll_get_voters (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), 0);

  return self->info->voters +
         (self->pending != 0 && self->info->voted == 0 ? 1 : 0);
}

/**
 * km_room_poll_get_voted:
 * @self: a poll
 *
 * Returns: what one chose, the lowest bit for the first option; 0: nothing
 */
guint
km_room_poll_get_voted (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), 0);

  return self->pending != 0 ? self->pending : self->info->voted;
}

gboolean
km_room_poll_get_multiple (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), FALSE);

  return self->info->ask.multiple;
}

gboolean
km_room_poll_get_changeable (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), FALSE);

  return self->info->ask.changeable;
}

gboolean
km_room_poll_get_anonymous (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), FALSE);

  return self->info->ask.anonymous;
}

/* Returns: ms since 1970, by the server's clock. */
gint64
km_room_poll_get_opened_at (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), 0);

  return self->info->opened_at_ms;
}

/* Returns: µs by g_get_monotonic_time(); -1: when somebody closes it. */
gint64
km_room_poll_get_closes_us (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), -1);

  return self->closes_us;
}

gboolean
km_room_poll_get_closed (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), TRUE);

  return self->info->closed_at_ms >= 0;
}

/* Returns: ms since 1970, by the server's clock; -1: it is open. */
gint64
km_room_poll_get_closed_at (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), -1);

  return self->info->closed_at_ms;
}

/* Returns: why it was closed, if it was. */
KmPollEnd
km_room_poll_get_reason (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), KM_POLL_END_TIME);

  return self->info->reason;
}

/**
 * km_room_poll_can_vote:
 * @self: a poll
 *
 * Returns: whether it is open, and one hasn't voted or may vote again; who
 *   is a guest can't anyway
 */
gboolean
km_room_poll_can_vote (KmRoomPoll *self)
{
  g_return_val_if_fail (KM_IS_ROOM_POLL (self), FALSE);

  return !km_room_poll_get_closed (self) &&
         (self->info->ask.changeable || km_room_poll_get_voted (self) == 0);
}
