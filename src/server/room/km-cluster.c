/* km-cluster.c: how long a text is for a person
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Limits of texts count grapheme clusters (UAX 29), since a family emoji of
 * seven code points is one character to whoever typed it. A cluster that
 * carries many combining marks draws over its neighbours' lines, so these are
 * counted as well.
 *
 * Thread: any; each keeps an iterator, which is dear to open and cheap to
 * point at a text.
 */

#include "km-cluster.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

static void
close_iterator (gpointer data)
{
  ubrk_close (data);
}

static GPrivate iterator_of_thread = G_PRIVATE_INIT (close_iterator);

static UBreakIterator *
get_iterator (void)
{
  UBreakIterator *iterator = g_private_get (&iterator_of_thread);
  UErrorCode code = U_ZERO_ERROR;

  if (iterator == NULL)
    {
      iterator = ubrk_open (UBRK_CHARACTER, "", NULL, 0, &code);
      if (U_FAILURE (code))
        g_error ("ICU has no rules for characters: %s", u_errorName (code));
      g_private_set (&iterator_of_thread, iterator);
    }

  return iterator;
}

#define VIRAMA 9 /* canonical combining class (UAX 44, table 15) */

/* Marks that are drawn above or below what they follow and so pile up. Not
 * those that take room of their own (Mc), nor variation selectors and the
 * enclosing keycap, which are parts of emoji, nor a virama that joins two
 * consonants, of which a conjunct has as many as it needs. */
static gboolean
piles_up (gunichar c,
          gunichar before)
{
  const guint32 mask = U_GC_MN_MASK | U_GC_ME_MASK;

  if ((U_MASK (u_charType ((UChar32) c)) & mask) == 0)
    return FALSE;
  if ((c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef)
      || c == 0x20e3)
    return FALSE;

  return u_getCombiningClass ((UChar32) c) != VIRAMA
         || g_unichar_ismark (before);
}

static guint
count_marks (const char *from,
             const char *to)
{
  gunichar before = 0;
  guint marks = 0;

  for (; from < to; from = g_utf8_next_char (from))
    {
      gunichar c = g_utf8_get_char (from);

      if (piles_up (c, before))
        marks++;
      before = c;
    }

  return marks;
}

/* Each printable character of ASCII is a cluster of its own (UAX 29, rule
 * GB999), and no mark: what is made of them needs no iterator, whose rules
 * would have to be fetched from memory for a short line of chat. */
static gboolean
is_plain (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    {
      if (!g_ascii_isprint (*c))
        return FALSE;
    }

  return TRUE;
}

/**
 * km_cluster_measure:
 * @text: valid UTF-8
 *
 * Returns: the measure of @text
 */
KmClusters
km_cluster_measure (const char *text)
{
  UBreakIterator *iterator;
  UText utext = UTEXT_INITIALIZER;
  UErrorCode code = U_ZERO_ERROR;
  KmClusters clusters = { 0 };
  int32_t from;

  if (is_plain (text))
    return (KmClusters) { .count = (guint) strlen (text) };

  iterator = get_iterator ();
  utext_openUTF8 (&utext, text, (int64_t) strlen (text), &code);
  ubrk_setUText (iterator, &utext, &code);
  if (U_FAILURE (code))
    g_error ("ICU can't read a text: %s", u_errorName (code));

  from = ubrk_first (iterator);
  for (int32_t to = ubrk_next (iterator); to != UBRK_DONE;
       to = ubrk_next (iterator))
    {
      guint marks = count_marks (text + from, text + to);

      clusters.count++;
      clusters.marks_max = MAX (clusters.marks_max, marks);
      from = to;
    }

  /* The iterator has a clone of the UText, which points at @text: it is set
   * anew before it is read again. */
  utext_close (&utext);

  return clusters;
}
