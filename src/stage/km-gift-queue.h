#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KM_GIFT_SLOTS 3
#define KM_GIFTS_WAITING_MAX 32

/* Of what is shown: how it comes, stays after the last growth, and goes. */
#define KM_GIFT_IN_US (G_USEC_PER_SEC * 3 / 10)
#define KM_GIFT_HOLD_US (G_USEC_PER_SEC * 3)
#define KM_GIFT_HOLD_BUSY_US (G_USEC_PER_SEC * 3 / 2)
#define KM_GIFT_OUT_US (G_USEC_PER_SEC * 2 / 5)
#define KM_GIFT_TURN_US (G_USEC_PER_SEC * 5)

/* How long the effects take that go with a pill. */
#define KM_GIFT_FLIGHT_US (G_USEC_PER_SEC * 8 / 5)
#define KM_GIFT_CENTRE_US (G_USEC_PER_SEC * 4)

/**
 * KmGiftEntry:
 * @combo: (nullable): what grows together
 * @tier: 1 to 3, of the gift
 * @own: whether the person at this screen gave it
 * @combo_count: how many were given in this combo so far
 * @value: coins of all of them
 * @shown_us: when it came on, or -1 while it waits
 * @grown_us: when it last grew
 * @leaves_us: when it begins to fade, or -1 while nothing makes it
 * @effect_us: when its flight, or its time in the centre, began, or -1
 * @slot: 0 to KM_GIFT_SLOTS - 1, while it is shown
 * @data: who draws it knows what this is
 *
 * A combo that is shown or waits.
 */
typedef struct
{
  char *combo;
  guint tier;
  gboolean own;
  gint64 combo_count;
  gint64 value;
  gint64 shown_us;
  gint64 grown_us;
  gint64 leaves_us;
  gint64 effect_us;
  guint slot;
  gpointer data;
} KmGiftEntry;

typedef struct _KmGiftQueue KmGiftQueue;

KmGiftQueue       *km_gift_queue_new           (GDestroyNotify     free_data);
void               km_gift_queue_free          (KmGiftQueue       *self);

gboolean           km_gift_queue_add           (KmGiftQueue       *self,
                                                const KmGiftEntry *gift,
                                                gint64             now_us);
gboolean           km_gift_queue_advance       (KmGiftQueue       *self,
                                                gint64             now_us);
void               km_gift_queue_clear         (KmGiftQueue       *self);

const KmGiftEntry *km_gift_queue_get_shown     (KmGiftQueue       *self,
                                                guint              slot);
guint              km_gift_queue_get_n_shown   (KmGiftQueue       *self);
guint              km_gift_queue_get_n_waiting (KmGiftQueue       *self);
gint64             km_gift_queue_get_change_us (KmGiftQueue       *self);
gint64             km_gift_effect_us           (guint              tier);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmGiftQueue, km_gift_queue_free)

G_END_DECLS
