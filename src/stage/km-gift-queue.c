/* km-gift-queue.c: which gifts are shown when
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Three slots beside the picture and a queue. What grows a combo that is shown
 * or waits merges into it; the rest waits, higher tiers first, then the older.
 * A slot is given up 3 s after its last growth; sooner while others wait, and
 * then after 5 s even though it still grows. The centre of the stage is one,
 * so only one gift of tier 3 comes on at a time.
 *
 * The queue is bounded; what finds it full takes the place of the least of
 * those that wait, never that of a gift which the person at this screen gave.
 *
 * A pure function of the instants it is told. Thread: any, one at a time.
 */

#include "km-gift-queue.h"

#define TIER_MAX 3

struct _KmGiftQueue
{
  KmGiftEntry *shown[KM_GIFT_SLOTS];
  GPtrArray *waiting; /* the next one first */
  GDestroyNotify free_data;
};

static void
free_entry (KmGiftQueue *self,
            KmGiftEntry *entry)
{
  if (entry->data != NULL && self->free_data != NULL)
    self->free_data (entry->data);
  g_free (entry->combo);
  g_free (entry);
}

static gint64
get_hold_us (KmGiftQueue *self)
{
  return self->waiting->len > 0 ? KM_GIFT_HOLD_BUSY_US : KM_GIFT_HOLD_US;
}

/* When an effect ends that runs now. */
static gint64
get_effect_end_us (KmGiftQueue       *self,
                   const KmGiftEntry *entry)
{
  gint64 length_us = km_gift_effect_us (entry->tier);

  if (entry->effect_us < 0)
    return entry->shown_us;
  if (entry->tier == TIER_MAX && self->waiting->len > 0)
    length_us /= 2;

  return entry->effect_us + length_us;
}

/* When an entry begins to fade, if nothing happens until then. */
static gint64
get_end_us (KmGiftQueue       *self,
            const KmGiftEntry *entry)
{
  gint64 end_us = MAX (entry->shown_us + KM_GIFT_IN_US,
                       entry->grown_us) + get_hold_us (self);

  end_us = MAX (end_us, get_effect_end_us (self, entry));
  if (self->waiting->len > 0)
    end_us = MIN (end_us, entry->shown_us + KM_GIFT_TURN_US - KM_GIFT_OUT_US);

  return end_us;
}

static gboolean
is_in_centre (KmGiftQueue *self)
{
  for (guint i = 0; i < KM_GIFT_SLOTS; i++)
    if (self->shown[i] != NULL && self->shown[i]->tier == TIER_MAX)
      return TRUE;

  return FALSE;
}

static void
show (KmGiftQueue *self,
      KmGiftEntry *entry,
      guint        slot,
      gint64       now_us)
{
  entry->slot = slot;
  entry->shown_us = now_us;
  entry->grown_us = now_us;
  entry->effect_us = km_gift_effect_us (entry->tier) > 0 ? now_us : -1;
  self->shown[slot] = entry;
}

/* The next that may come on: two of tier 3 never do together. */
static KmGiftEntry *
steal_next (KmGiftQueue *self)
{
  gboolean centre_taken = is_in_centre (self);

  for (guint i = 0; i < self->waiting->len; i++)
    {
      KmGiftEntry *entry = g_ptr_array_index (self->waiting, i);

      if (entry->tier < TIER_MAX || !centre_taken)
        return g_ptr_array_steal_index (self->waiting, i);
    }

  return NULL;
}

static void
fill_slots (KmGiftQueue *self,
            gint64       now_us)
{
  for (guint i = 0; i < KM_GIFT_SLOTS; i++)
    {
      KmGiftEntry *next = self->shown[i] == NULL ? steal_next (self) : NULL;

      if (next != NULL)
        show (self, next, i, now_us);
    }
}

/* Takes away what had its time and shows what waited for it. */
static void
step (KmGiftQueue *self,
      gint64       now_us)
{
  for (guint i = 0; i < KM_GIFT_SLOTS; i++)
    {
      KmGiftEntry *entry = self->shown[i];

      if (entry == NULL)
        continue;
      if (entry->leaves_us < 0 && now_us >= get_end_us (self, entry))
        entry->leaves_us = now_us;
      if (entry->leaves_us >= 0
          && now_us >= entry->leaves_us + KM_GIFT_OUT_US)
        {
          self->shown[i] = NULL;
          free_entry (self, entry);
        }
    }
  fill_slots (self, now_us);
}

/* One that fades comes back when it grows, unless others want its place. */
static KmGiftEntry *
find_combo (KmGiftQueue *self,
            const char  *combo)
{
  if (combo == NULL || *combo == '\0')
    return NULL;

  for (guint i = 0; i < KM_GIFT_SLOTS; i++)
    if (self->shown[i] != NULL
        && (self->shown[i]->leaves_us < 0 || self->waiting->len == 0)
        && g_strcmp0 (self->shown[i]->combo, combo) == 0)
      return self->shown[i];
  for (guint i = 0; i < self->waiting->len; i++)
    {
      KmGiftEntry *entry = g_ptr_array_index (self->waiting, i);

      if (g_strcmp0 (entry->combo, combo) == 0)
        return entry;
    }

  return NULL;
}

/* Events of one combo may come out of order; it never counts down. */
static void
merge (KmGiftQueue       *self,
       KmGiftEntry       *entry,
       const KmGiftEntry *gift,
       gint64             now_us)
{
  gint64 effect_us = km_gift_effect_us (entry->tier);

  entry->own = entry->own || gift->own;
  if (gift->combo_count <= entry->combo_count)
    return;

  entry->combo_count = gift->combo_count;
  entry->value = MAX (entry->value, gift->value);
  if (entry->shown_us < 0)
    return;

  entry->grown_us = now_us;
  entry->leaves_us = -1;
  if (effect_us > 0 && now_us >= entry->effect_us + effect_us)
    entry->effect_us = now_us;
}

/* Whether @a matters more than @b when there is no room for both. */
static gboolean
outweighs (const KmGiftEntry *a,
           const KmGiftEntry *b)
{
  if (a->own != b->own)
    return a->own;
  if (a->tier != b->tier)
    return a->tier > b->tier;

  return a->value > b->value;
}

/* Makes room for @entry; of equals the one that waits already stays. */
static gboolean
make_room (KmGiftQueue       *self,
           const KmGiftEntry *entry)
{
  guint least = 0;

  if (self->waiting->len < KM_GIFTS_WAITING_MAX)
    return TRUE;

  for (guint i = 1; i < self->waiting->len; i++)
    if (!outweighs (g_ptr_array_index (self->waiting, i),
                    g_ptr_array_index (self->waiting, least)))
      least = i;
  if (((KmGiftEntry *) g_ptr_array_index (self->waiting, least))->own)
    return entry->own;
  if (!outweighs (entry, g_ptr_array_index (self->waiting, least)))
    return FALSE;

  free_entry (self, g_ptr_array_steal_index (self->waiting, least));
  return TRUE;
}

static void
wait (KmGiftQueue *self,
      KmGiftEntry *entry)
{
  guint place = self->waiting->len;

  while (place > 0)
    {
      KmGiftEntry *before = g_ptr_array_index (self->waiting, place - 1);

      if (before->tier >= entry->tier)
        break;
      place--;
    }
  g_ptr_array_insert (self->waiting, (int) place, entry);
}

/**
 * km_gift_effect_us:
 * @tier: of a gift
 *
 * Returns: how long the effect beside its pill takes, µs; 0 for none
 */
gint64
km_gift_effect_us (guint tier)
{
  if (tier >= TIER_MAX)
    return KM_GIFT_CENTRE_US;

  return tier == 2 ? KM_GIFT_FLIGHT_US : 0;
}

/**
 * km_gift_queue_new:
 * @free_data: (nullable): frees what entries carry
 *
 * Returns: (transfer full): an empty queue
 */
KmGiftQueue *
km_gift_queue_new (GDestroyNotify free_data)
{
  KmGiftQueue *self = g_new0 (KmGiftQueue, 1);

  self->waiting = g_ptr_array_new ();
  self->free_data = free_data;

  return self;
}

void
km_gift_queue_free (KmGiftQueue *self)
{
  km_gift_queue_clear (self);
  g_ptr_array_unref (self->waiting);
  g_free (self);
}

/**
 * km_gift_queue_add:
 * @self: a queue
 * @gift: combo, tier, own, combo_count, value and data of a gift; the rest is
 *   ignored. Its data belongs to the queue from now on.
 * @now_us: monotonic; never less than before
 *
 * Merges, shows or queues a gift.
 *
 * Returns: %FALSE if there was no room for it and it will never be seen
 */
gboolean
km_gift_queue_add (KmGiftQueue       *self,
                   const KmGiftEntry *gift,
                   gint64             now_us)
{
  KmGiftEntry *entry;

  km_gift_queue_advance (self, now_us);
  entry = find_combo (self, gift->combo);
  if (entry != NULL)
    {
      merge (self, entry, gift, now_us);
      if (gift->data != NULL && self->free_data != NULL)
        self->free_data (gift->data);
      return TRUE;
    }

  entry = g_new0 (KmGiftEntry, 1);
  *entry = *gift;
  entry->combo = g_strdup (gift->combo);
  entry->tier = CLAMP (gift->tier, 1, TIER_MAX);
  entry->shown_us = entry->grown_us = -1;
  entry->leaves_us = entry->effect_us = -1;
  if (!make_room (self, entry))
    {
      free_entry (self, entry);
      return FALSE;
    }

  wait (self, entry);
  step (self, now_us);
  return TRUE;
}

/**
 * km_gift_queue_advance:
 * @self: a queue
 * @now_us: monotonic; never less than before
 *
 * Lets time go by. All comes and goes as if this had been called at every
 * instant since the last time: gifts that nobody saw, since the window was
 * hidden, don't pile up.
 *
 * Returns: whether anything is shown
 */
gboolean
km_gift_queue_advance (KmGiftQueue *self,
                       gint64       now_us)
{
  gint64 change_us = km_gift_queue_get_change_us (self);

  while (change_us >= 0 && change_us <= now_us)
    {
      step (self, change_us);
      change_us = km_gift_queue_get_change_us (self);
    }

  return km_gift_queue_get_n_shown (self) > 0;
}

/**
 * km_gift_queue_clear:
 * @self: a queue
 *
 * Forgets all of it; for another room.
 */
void
km_gift_queue_clear (KmGiftQueue *self)
{
  for (guint i = 0; i < KM_GIFT_SLOTS; i++)
    if (self->shown[i] != NULL)
      free_entry (self, g_steal_pointer (&self->shown[i]));
  while (self->waiting->len > 0)
    free_entry (self, g_ptr_array_steal_index (self->waiting,
                                               self->waiting->len - 1));
}

/**
 * km_gift_queue_get_shown:
 * @self: a queue
 * @slot: 0 to KM_GIFT_SLOTS - 1
 *
 * Returns: (nullable) (transfer none): what is there; until the next call that
 *   changes the queue
 */
const KmGiftEntry *
km_gift_queue_get_shown (KmGiftQueue *self,
                         guint        slot)
{
  return slot < KM_GIFT_SLOTS ? self->shown[slot] : NULL;
}

guint
km_gift_queue_get_n_shown (KmGiftQueue *self)
{
  guint n_shown = 0;

  for (guint i = 0; i < KM_GIFT_SLOTS; i++)
    n_shown += self->shown[i] != NULL;

  return n_shown;
}

guint
km_gift_queue_get_n_waiting (KmGiftQueue *self)
{
  return self->waiting->len;
}

/**
 * km_gift_queue_get_change_us:
 * @self: a queue
 *
 * For who draws nothing that moves.
 *
 * Returns: the instant at which something comes or goes, or -1
 */
gint64
km_gift_queue_get_change_us (KmGiftQueue *self)
{
  gint64 change_us = -1;

  for (guint i = 0; i < KM_GIFT_SLOTS; i++)
    if (self->shown[i] != NULL)
      {
        gint64 end_us = get_end_us (self, self->shown[i]);

        if (self->shown[i]->leaves_us >= 0)
          end_us = self->shown[i]->leaves_us + KM_GIFT_OUT_US;
        change_us = change_us < 0 ? end_us : MIN (change_us, end_us);
      }

  return change_us;
}
