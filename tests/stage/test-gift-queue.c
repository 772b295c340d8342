/* test-gift-queue.c: which gifts are shown when
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The clock is made of numbers.
 */

#include "km-gift-queue.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define FRAME_US (SECOND / 60)
#define WHOLE_US (KM_GIFT_IN_US + KM_GIFT_HOLD_US + KM_GIFT_OUT_US)

static gboolean
give (KmGiftQueue *queue,
      const char  *combo,
      guint        tier,
      gint64       combo_count,
      gint64       now_us)
{
  const KmGiftEntry gift = {
    .combo = (char *) combo,
    .tier = tier,
    .combo_count = combo_count,
    .value = combo_count * tier * 10,
  };

  return km_gift_queue_add (queue, &gift, now_us);
}

static const KmGiftEntry *
find (KmGiftQueue *queue,
      const char  *combo)
{
  for (guint i = 0; i < KM_GIFT_SLOTS; i++)
    {
      const KmGiftEntry *entry = km_gift_queue_get_shown (queue, i);

      if (entry != NULL && g_strcmp0 (entry->combo, combo) == 0)
        return entry;
    }

  return NULL;
}

static void
test_a_combo_counts_up (void)
{
  g_autoptr (KmGiftQueue) queue = km_gift_queue_new (NULL);

  give (queue, "a", 1, 1, 0);
  give (queue, "a", 1, 3, SECOND);
  give (queue, "a", 1, 2, 2 * SECOND);

  g_assert_cmpuint (km_gift_queue_get_n_shown (queue), ==, 1);
  g_assert_cmpint (find (queue, "a")->combo_count, ==, 3);
  g_assert_cmpint (find (queue, "a")->grown_us, ==, SECOND);
}

static void
test_stays_after_the_last_growth (void)
{
  g_autoptr (KmGiftQueue) queue = km_gift_queue_new (NULL);

  give (queue, "a", 1, 1, 0);
  give (queue, "a", 1, 2, 2 * SECOND);
  km_gift_queue_advance (queue, 5 * SECOND - 1);
  g_assert_cmpint (find (queue, "a")->leaves_us, ==, -1);
  km_gift_queue_advance (queue, 5 * SECOND);
  g_assert_cmpint (find (queue, "a")->leaves_us, ==, 5 * SECOND);
  g_assert_true (km_gift_queue_advance (queue, 5 * SECOND + KM_GIFT_OUT_US
                                               - 1));
  g_assert_false (km_gift_queue_advance (queue, 5 * SECOND + KM_GIFT_OUT_US));
  g_assert_cmpint (km_gift_queue_get_change_us (queue), ==, -1);
}

static void
test_one_that_fades_comes_back (void)
{
  g_autoptr (KmGiftQueue) queue = km_gift_queue_new (NULL);

  give (queue, "a", 1, 1, 0);
  give (queue, "a", 1, 2, WHOLE_US - 1);
  g_assert_cmpuint (km_gift_queue_get_n_shown (queue), ==, 1);
  g_assert_cmpint (find (queue, "a")->leaves_us, ==, -1);
  g_assert_cmpint (find (queue, "a")->combo_count, ==, 2);
}

static void
test_without_combo_nothing_merges (void)
{
  g_autoptr (KmGiftQueue) queue = km_gift_queue_new (NULL);

  give (queue, NULL, 1, 1, 0);
  give (queue, NULL, 1, 1, 0);
  give (queue, "", 1, 1, 0);
  g_assert_cmpuint (km_gift_queue_get_n_shown (queue), ==, 3);
}

static void
test_three_at_a_time (void)
{
  g_autoptr (KmGiftQueue) queue = km_gift_queue_new (NULL);
  const char * const combos[] = { "a", "b", "c", "d", "e" };

  for (guint i = 0; i < G_N_ELEMENTS (combos); i++)
    g_assert_true (give (queue, combos[i], 1, 1, (gint64) i));
  g_assert_cmpuint (km_gift_queue_get_n_shown (queue), ==, 3);
  g_assert_cmpuint (km_gift_queue_get_n_waiting (queue), ==, 2);

  /* One that waits grows where it stands in the queue. */
  give (queue, "d", 1, 9, 5);
  g_assert_cmpuint (km_gift_queue_get_n_waiting (queue), ==, 2);
  for (gint64 now_us = 0; find (queue, "d") == NULL; now_us += FRAME_US)
    {
      km_gift_queue_advance (queue, now_us);
      g_assert_cmpuint (km_gift_queue_get_n_shown (queue), <=, 3);
      g_assert_cmpint (now_us, <, 3 * SECOND);
    }
  g_assert_cmpint (find (queue, "d")->combo_count, ==, 9);
}

/* When each of them first came on, frame by frame. */
static void
watch (KmGiftQueue        *queue,
       const char * const *combos,
       gint64             *shown_us,
       guint               n_combos)
{
  for (guint i = 0; i < n_combos; i++)
    shown_us[i] = -1;

  for (gint64 now_us = 0; now_us < 120 * SECOND; now_us += FRAME_US)
    {
      guint in_centre = 0;

      km_gift_queue_advance (queue, now_us);
      for (guint i = 0; i < n_combos; i++)
        {
          const KmGiftEntry *entry = find (queue, combos[i]);

          if (entry == NULL)
            continue;
          in_centre += entry->tier == 3;
          if (shown_us[i] < 0)
            shown_us[i] = entry->shown_us;
          g_assert_cmpint (now_us - entry->grown_us, <=, 5 * SECOND);
        }
      g_assert_cmpuint (in_centre, <=, 1);
    }
  g_assert_cmpuint (km_gift_queue_get_n_shown (queue), ==, 0);
}

static void
test_higher_tiers_first_then_the_older (void)
{
  g_autoptr (KmGiftQueue) queue = km_gift_queue_new (NULL);
  const char * const combos[] = {
    "first", "second", "third", "small", "middle", "big", "later", "bigger",
  };
  const guint tiers[] = { 1, 1, 1, 1, 2, 3, 2, 3 };
  const guint order[] = { 5, 4, 6, 3, 7 };
  gint64 shown_us[G_N_ELEMENTS (combos)];

  for (guint i = 0; i < G_N_ELEMENTS (combos); i++)
    give (queue, combos[i], tiers[i], 1, 0);
  watch (queue, combos, shown_us, G_N_ELEMENTS (combos));

  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (shown_us[i], ==, 0);
  /* Two of tier 3 never share the centre; what can't use it goes ahead. */
  for (guint i = 1; i < G_N_ELEMENTS (order); i++)
    g_assert_cmpint (shown_us[order[i]], >=, shown_us[order[i - 1]]);
}

static void
test_twenty_at_once_all_shown (void)
{
  g_autoptr (KmGiftQueue) queue = km_gift_queue_new (NULL);
  char *combos[21] = { NULL };
  gint64 shown_us[20];

  for (guint i = 0; i < 20; i++)
    {
      combos[i] = g_strdup_printf ("c%u", i);
      g_assert_true (give (queue, combos[i], i % 3 + 1, 1, 0));
    }
  g_assert_cmpuint (km_gift_queue_get_n_waiting (queue), ==, 17);

  watch (queue, (const char * const *) combos, shown_us, 20);
  for (guint i = 0; i < 20; i++)
    {
      g_assert_cmpint (shown_us[i], >=, 0);
      g_free (combos[i]);
    }
}

static void
test_own_gifts_never_lost (void)
{
  g_autoptr (KmGiftQueue) queue = km_gift_queue_new (NULL);
  g_autoptr (GHashTable) seen =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_lost = 0, n_own = 0;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *combo = g_strdup_printf ("c%u", i);
      const KmGiftEntry gift = {
        .combo = combo,
        .tier = i % 20 == 10 ? 1 : 2,
        .own = i % 20 == 10,
        .combo_count = 1,
        .value = 1000 - i,
      };

      n_lost += !km_gift_queue_add (queue, &gift, 0);
      n_own += gift.own;
    }
  g_assert_cmpuint (km_gift_queue_get_n_waiting (queue), ==,
                    KM_GIFTS_WAITING_MAX);
  g_assert_cmpuint (n_lost, >, 100);

  g_assert_cmpuint (n_own, ==, 10);

  /* Each of them comes on, sooner or later. */
  for (gint64 now_us = 0; km_gift_queue_advance (queue, now_us);
       now_us += FRAME_US)
    for (guint i = 0; i < KM_GIFT_SLOTS; i++)
      {
        const KmGiftEntry *entry = km_gift_queue_get_shown (queue, i);

        if (entry != NULL && entry->own)
          g_hash_table_add (seen, g_strdup (entry->combo));
      }
  g_assert_cmpuint (g_hash_table_size (seen), ==, n_own);
}

static void
test_late_frames_change_nothing (void)
{
  g_autoptr (KmGiftQueue) smooth = km_gift_queue_new (NULL);
  g_autoptr (KmGiftQueue) hidden = km_gift_queue_new (NULL);

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *combo = g_strdup_printf ("c%u", i);

      give (smooth, combo, i % 3 + 1, 1, 0);
      give (hidden, combo, i % 3 + 1, 1, 0);
    }
  for (gint64 now_us = 0; now_us < 9 * SECOND; now_us += 1000)
    km_gift_queue_advance (smooth, now_us);
  km_gift_queue_advance (smooth, 9 * SECOND);
  km_gift_queue_advance (hidden, 9 * SECOND);

  g_assert_cmpuint (km_gift_queue_get_n_waiting (smooth), ==,
                    km_gift_queue_get_n_waiting (hidden));
  for (guint i = 0; i < KM_GIFT_SLOTS; i++)
    {
      const KmGiftEntry *a = km_gift_queue_get_shown (smooth, i);
      const KmGiftEntry *b = km_gift_queue_get_shown (hidden, i);

      g_assert_cmpstr (a != NULL ? a->combo : "", ==,
                       b != NULL ? b->combo : "");
    }
  g_assert_false (km_gift_queue_advance (hidden, 120 * SECOND));
}

static void
count_freed (gpointer data)
{
  (*(guint *) data)++;
}

static void
test_what_it_carries_is_freed_once (void)
{
  KmGiftQueue *queue = km_gift_queue_new (count_freed);
  guint n_freed = 0;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *combo = g_strdup_printf ("c%u", i / 2);
      const KmGiftEntry gift = {
        .combo = combo, .tier = 1, .combo_count = i, .data = &n_freed,
      };

      km_gift_queue_add (queue, &gift, (gint64) i * SECOND / 10);
    }
  km_gift_queue_free (queue);
  g_assert_cmpuint (n_freed, ==, 100);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stage/gift-queue/a-combo-counts-up",
                   test_a_combo_counts_up);
  g_test_add_func ("/stage/gift-queue/stays-after-the-last-growth",
                   test_stays_after_the_last_growth);
  g_test_add_func ("/stage/gift-queue/one-that-fades-comes-back",
                   test_one_that_fades_comes_back);
  g_test_add_func ("/stage/gift-queue/without-combo-nothing-merges",
                   test_without_combo_nothing_merges);
  g_test_add_func ("/stage/gift-queue/three-at-a-time", test_three_at_a_time);
  g_test_add_func ("/stage/gift-queue/higher-tiers-first-then-the-older",
                   test_higher_tiers_first_then_the_older);
  g_test_add_func ("/stage/gift-queue/twenty-at-once-all-shown",
                   test_twenty_at_once_all_shown);
  g_test_add_func ("/stage/gift-queue/own-gifts-never-lost",
                   test_own_gifts_never_lost);
  g_test_add_func ("/stage/gift-queue/late-frames-change-nothing",
                   test_late_frames_change_nothing);
  g_test_add_func ("/stage/gift-queue/what-it-carries-is-freed-once",
                   test_what_it_carries_is_freed_once);
  return g_test_run ();
}
