/* km-heart-swarm.c: where rising hearts are
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each heart has a time of birth and a few numbers drawn by lot; where it is
 * follows from them and the time alone. Likes come in batches: their hearts
 * are born one after another, and of more than can be shown at once the rest
 * isn't, since the count tells them.
 *
 * The same seed and the same calls give the same hearts. Thread: any, one at a
 * time.
 */

#include "km-heart-swarm.h"

#include <math.h>
#include <string.h>

#define LIFE_US (G_USEC_PER_SEC * 5 / 2)
#define APART_US (G_USEC_PER_SEC * 7 / 100)
#define SWAYS 1.6f

typedef struct
{
  gint64 born_us;
  guint kind;
  float x;
  float sway;
  float phase;
  float scale;
  float height;
} Heart;

struct _KmHeartSwarm
{
  GRand *lot;
  Heart hearts[KM_HEARTS_MAX]; /* the oldest first */
  guint n_hearts;
};

static float
draw (KmHeartSwarm *self,
      double        from,
      double        to)
{
  return (float) g_rand_double_range (self->lot, from, to);
}

static void
place (const Heart *heart,
       gint64       now_us,
       KmHeart     *placed)
{
  float t = (float) (now_us - heart->born_us) / (float) LIFE_US;
  float risen = 1 - (1 - t) * (1 - t) * (0.6f + 0.4f * (1 - t));
  float wave = sinf (heart->phase + t * SWAYS * 2 * (float) G_PI);

  placed->kind = heart->kind;
  placed->x = heart->x + heart->sway * wave * MIN (t * 3, 1);
  placed->y = 1 - risen * heart->height;
  placed->scale = heart->scale * MIN (0.3f + t * 6, 1);
  placed->angle = 14 * wave;
  placed->opacity = CLAMP ((1 - t) * 2.5f, 0.0f, 1.0f);
}

/**
 * km_heart_swarm_new:
 * @seed: what the hearts' lots are drawn from
 *
 * Returns: (transfer full): a swarm without hearts
 */
KmHeartSwarm *
km_heart_swarm_new (guint32 seed)
{
  KmHeartSwarm *self = g_new0 (KmHeartSwarm, 1);

  self->lot = g_rand_new_with_seed (seed);
  return self;
}

void
km_heart_swarm_free (KmHeartSwarm *self)
{
  g_rand_free (self->lot);
  g_free (self);
}

/**
 * km_heart_swarm_add:
 * @self: a swarm
 * @n_likes: of which each would be a heart
 * @now_us: monotonic; never less than before
 *
 * Returns: how many hearts will rise: as many as there is room for
 */
guint
km_heart_swarm_add (KmHeartSwarm *self,
                    guint         n_likes,
                    gint64        now_us)
{
  gint64 born_us = now_us;
  guint n_added;

  km_heart_swarm_advance (self, now_us);
  if (self->n_hearts > 0)
    born_us = MAX (born_us,
                   self->hearts[self->n_hearts - 1].born_us + APART_US);
  n_added = MIN (n_likes, KM_HEARTS_MAX - self->n_hearts);

  for (guint i = 0; i < n_added; i++)
    {
      Heart *heart = &self->hearts[self->n_hearts++];

      heart->born_us = born_us + (gint64) i * APART_US;
      heart->kind = (guint) g_rand_int_range (self->lot, 0, KM_HEART_KINDS);
      heart->x = draw (self, 0.38, 0.62);
      heart->sway = draw (self, 0.08, 0.24);
      heart->phase = draw (self, 0, 2 * G_PI);
      heart->scale = draw (self, 0.7, 1.15);
      heart->height = draw (self, 0.7, 1.0);
    }

  return n_added;
}

/**
 * km_heart_swarm_advance:
 * @self: a swarm
 * @now_us: monotonic; never less than before
 *
 * Forgets the hearts that have risen.
 *
 * Returns: whether there are others
 */
gboolean
km_heart_swarm_advance (KmHeartSwarm *self,
                        gint64        now_us)
{
  guint n_over = 0;

  while (n_over < self->n_hearts
         && now_us >= self->hearts[n_over].born_us + LIFE_US)
    n_over++;

  self->n_hearts -= n_over;
  memmove (self->hearts, self->hearts + n_over,
           self->n_hearts * sizeof (Heart));
  return self->n_hearts > 0;
}

void
km_heart_swarm_clear (KmHeartSwarm *self)
{
  self->n_hearts = 0;
}

/**
 * km_heart_swarm_get:
 * @self: a swarm
 * @now_us: monotonic
 * @hearts: (out caller-allocates): room for %KM_HEARTS_MAX
 *
 * Returns: how many are born and still rise
 */
guint
km_heart_swarm_get (KmHeartSwarm *self,
                    gint64        now_us,
                    KmHeart      *hearts)
{
  guint n_hearts = 0;

  for (guint i = 0; i < self->n_hearts; i++)
    if (now_us >= self->hearts[i].born_us
        && now_us < self->hearts[i].born_us + LIFE_US)
      place (&self->hearts[i], now_us, &hearts[n_hearts++]);

  return n_hearts;
}

/**
 * km_heart_swarm_count:
 * @self: a swarm
 *
 * Returns: how many rise or will
 */
guint
km_heart_swarm_count (KmHeartSwarm *self)
{
  return self->n_hearts;
}
