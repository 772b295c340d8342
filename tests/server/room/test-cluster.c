/* test-cluster.c: characters are counted as people count them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-cluster.h"

static const struct
{
  const char *text;
  guint count;
  guint marks_max;
} texts[] = {
  { "", 0, 0 },
  { "abc", 3, 0 },
  { " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
    "abcdefghijklmnopqrstuvwxyz{|}~", 95, 0 },
  { "a\tb", 3, 0 },
  { "大家好 👋", 5, 0 },
  { "\r\n", 1, 0 },
  { "👨‍👩‍👧‍👦", 1, 0 },            /* seven code points, one family */
  { "🇨🇳🇩🇪", 2, 0 },             /* pairs of regional indicators */
  { "❤️", 1, 0 },              /* a variation selector is no mark to see */
  { "1️⃣", 1, 0 },              /* nor is the keycap */
  { "👍🏽", 1, 0 },
  { "\xea\xb0\x81", 1, 0 },   /* Hangul, composed or not */
  { "\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8", 1, 0 },
  { "e\xcc\x81", 1, 1 },
  { "a\xcc\x81\xcc\x82\xcc\x83\xcc\x84" "b", 2, 4 },
  { "a\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85", 1, 5 },
  /* How many these are depends on ICU's version. */
  { "हिन्दी कार्त्स्न्य", 0, 0 },
  { "क्््््", 0, 4 },
  { "ก็็็็็", 1, 5 },
};

static gpointer
measure_all (gpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      KmClusters clusters = km_cluster_measure (texts[i].text);

      if (texts[i].count > 0 || texts[i].text[0] == '\0')
        g_assert_cmpuint (clusters.count, ==, texts[i].count);
      g_assert_cmpuint (clusters.marks_max, ==, texts[i].marks_max);
    }

  return NULL;
}

static void
test_counts (void)
{
  measure_all (NULL);
}

static void
test_each_thread_for_itself (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("measure", measure_all, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/room/cluster/counts", test_counts);
  g_test_add_func ("/room/cluster/each-thread-for-itself",
                   test_each_thread_for_itself);

  return g_test_run ();
}
