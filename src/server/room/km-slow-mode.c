/* km-slow-mode.c: how long somebody waits before they speak again
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What counts is the last message that an account has in the room's log, over
 * all of its sockets, and whenever slow mode began: who knows the log knows
 * the wait, be it after a restart. One that is on its way there counts
 * already, so that two windows don't get two through; if it doesn't arrive it
 * is as if it had never been.
 *
 * The same message again is none: whoever lost the connection before they
 * heard that it was taken must get to hear it.
 *
 * Thread: one (a plain struct).
 */

#include "km-slow-mode.h"

#define SWEEP_AT_LEAST 1024
#define NEVER (G_MININT64 / 2)

typedef struct
{
  gint64 said_us;
  gint64 before_us; /* of one on its way: what said_us was */
  gboolean on_its_way;
  char *id; /* (nullable): of the last one */
} Speaker;

static void
speaker_free (gpointer data)
{
  Speaker *speaker = data;

  g_free (speaker->id);
  g_free (speaker);
}

static gboolean
is_free (gpointer account,
         gpointer speaker,
         gpointer past_us)
{
  return !((Speaker *) speaker)->on_its_way
         && ((Speaker *) speaker)->said_us <= *(gint64 *) past_us;
}

/* Who doesn't have to wait any more is forgotten, but not before there are
 * twice as many as were left the last time. */
static void
sweep (KmSlowMode *self,
       gint64      now_us)
{
  gint64 past_us = now_us - self->spacing_us;

  if (g_hash_table_size (self->speakers)
      < MAX (self->sweep_at, SWEEP_AT_LEAST))
    return;

  g_hash_table_foreach_remove (self->speakers, is_free, &past_us);
  self->sweep_at = 2 * g_hash_table_size (self->speakers);
}

static Speaker *
find (const KmSlowMode *self,
      gint64            account)
{
  if (self->speakers == NULL)
    return NULL;

  return g_hash_table_lookup (self->speakers, &account);
}

static Speaker *
find_or_add (KmSlowMode *self,
             gint64      account,
             gint64      now_us)
{
  Speaker *speaker = find (self, account);

  if (speaker != NULL)
    return speaker;

  if (self->speakers == NULL)
    self->speakers = g_hash_table_new_full (g_int64_hash, g_int64_equal,
                                            g_free, speaker_free);
  sweep (self, now_us);
  speaker = g_new0 (Speaker, 1);
  speaker->said_us = NEVER;
  g_hash_table_insert (self->speakers, g_memdup2 (&account, sizeof account),
                       speaker);

  return speaker;
}

static gboolean
is_last (const Speaker *speaker,
         const char    *id)
{
  return id != NULL && g_strcmp0 (speaker->id, id) == 0;
}

/**
 * km_slow_mode_clear:
 * @self: a slow mode
 *
 * Switches it off.
 */
void
km_slow_mode_clear (KmSlowMode *self)
{
  g_clear_pointer (&self->speakers, g_hash_table_unref);
  self->spacing_us = 0;
  self->sweep_at = 0;
}

/**
 * km_slow_mode_set:
 * @self: a slow mode
 * @seconds: how far apart messages are from now on; 0: it is off
 *
 * When that is more than before, tell it who has spoken within that time.
 */
void
km_slow_mode_set (KmSlowMode *self,
                  guint       seconds)
{
  if (seconds == 0)
    km_slow_mode_clear (self);
  else
    self->spacing_us = (gint64) seconds * G_USEC_PER_SEC;
}

/**
 * km_slow_mode_wait_us:
 * @self: a slow mode
 * @account: who wants to say something
 * @id: (nullable): how they call it
 * @now_us: now, monotonic
 *
 * Returns: how long they must wait; 0: they may
 */
gint64
km_slow_mode_wait_us (const KmSlowMode *self,
                      gint64            account,
                      const char       *id,
                      gint64            now_us)
{
  const Speaker *speaker = find (self, account);

  if (speaker == NULL || is_last (speaker, id))
    return 0;

  return MAX (0, speaker->said_us + self->spacing_us - now_us);
}

/**
 * km_slow_mode_say:
 * @self: a slow mode
 * @account: who says something, and may
 * @id: how they call it
 * @now_us: now, monotonic
 *
 * It is on its way into the log.
 */
void
km_slow_mode_say (KmSlowMode *self,
                  gint64      account,
                  const char *id,
                  gint64      now_us)
{
  Speaker *speaker;

  if (self->spacing_us == 0)
    return;

  speaker = find_or_add (self, account, now_us);
  if (is_last (speaker, id))
    return;

  speaker->before_us = speaker->said_us;
  speaker->said_us = now_us;
  speaker->on_its_way = TRUE;
  g_set_str (&speaker->id, id);
}

/**
 * km_slow_mode_said:
 * @self: a slow mode
 * @account: who said something
 * @id: (nullable): how they called it
 * @said_us: when, monotonic, if this wasn't told before
 *
 * It is in the log.
 */
void
km_slow_mode_said (KmSlowMode *self,
                   gint64      account,
                   const char *id,
                   gint64      said_us)
{
  Speaker *speaker;

  if (self->spacing_us == 0)
    return;

  speaker = find_or_add (self, account, said_us);
  if (is_last (speaker, id))
    {
      speaker->on_its_way = FALSE;
    }
  else if (speaker->on_its_way)
    {
      speaker->before_us = MAX (speaker->before_us, said_us);
    }
  else if (said_us > speaker->said_us)
    {
      speaker->said_us = said_us;
      g_set_str (&speaker->id, id);
    }
}

/**
 * km_slow_mode_take_back:
 * @self: a slow mode
 * @account: who wanted to say something
 * @id: how they called it
 *
 * It didn't get into the log, or was there long before.
 */
void
km_slow_mode_take_back (KmSlowMode *self,
                        gint64      account,
                        const char *id)
{
  Speaker *speaker = find (self, account);

  if (speaker == NULL || !speaker->on_its_way || !is_last (speaker, id))
    return;

  speaker->said_us = speaker->before_us;
  speaker->on_its_way = FALSE;
  g_clear_pointer (&speaker->id, g_free);
}
