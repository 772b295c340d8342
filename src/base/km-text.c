/* km-text.c: which text of a stranger may be shown to others
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line of text, in the one form (NFC) in which equal texts have equal
 * bytes, without what draws outside its place or hides: control characters,
 * line breaks, bidirectional embeddings, overrides and isolates (UAX 9,
 * sections 2.1 to 2.4), zero-width characters. How many clusters it has and
 * what it looks like is not judged here: that takes ICU.
 *
 * Thread: any.
 */

#include "km-text.h"

#include <string.h>

/* Format characters (Cf) that are seen: signs that enclose digits. */
static gboolean
is_visible_format (gunichar c)
{
  return (c >= 0x0600 && c <= 0x0605) || c == 0x06dd || c == 0x070f ||
         c == 0x0890 || c == 0x0891 || c == 0x08e2 || c == 0x110bd ||
         c == 0x110cd;
}

/* Zero-width (non-)joiners, which emoji, Persian and Indic scripts need, the
 * marks LRM, RLM and ALM, which keyboards of right-to-left scripts write, and
 * the tags of flags such as Scotland's (UTS 51, annex C). */
static gboolean
is_useful_invisible (gunichar c)
{
  return (c >= 0x200c && c <= 0x200f) || c == 0x061c ||
         (c >= 0xe0020 && c <= 0xe007f);
}

/* What takes room and shows nothing, besides spaces: Hangul fillers and the
 * empty Braille pattern. */
static gboolean
is_blank (gunichar c)
{
  return c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 ||
         c == 0x2800 || g_unichar_isspace (c);
}

static gboolean
is_allowed (gunichar   c,
            KmTextKind kind)
{
  /* Noncharacters (Unicode 16, section 23.7). */
  if ((c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef))
    return FALSE;

  /* The combining grapheme joiner and the Khmer inherent vowels are marks,
   * yet nothing of them is seen. */
  if (kind == KM_TEXT_NAME &&
      (c == 0x034f || c == 0x17b4 || c == 0x17b5 ||
       (is_blank (c) && c != ' ' && c != 0x3000)))
    return FALSE;

  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;

    case G_UNICODE_FORMAT:
      return is_visible_format (c) ||
             (kind == KM_TEXT_LINE && is_useful_invisible (c));

    default:
      return TRUE;
    }
}

static KmTextVerdict
judge (const char *text,
       KmTextKind  kind)
{
  KmTextVerdict verdict = KM_TEXT_EMPTY;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (!is_allowed (c, kind))
        return KM_TEXT_BAD;
      if (!is_blank (c) && !is_useful_invisible (c))
        verdict = KM_TEXT_FINE;
    }

  return verdict;
}

/* Removes white space of any script from both ends. */
static void
strip (char *text)
{
  char *from = text, *end;

  while (*from != '\0' && g_unichar_isspace (g_utf8_get_char (from)))
    from = g_utf8_next_char (from);

  end = from + strlen (from);
  while (end > from)
    {
      char *last = g_utf8_prev_char (end);

      if (!g_unichar_isspace (g_utf8_get_char (last)))
        break;
      end = last;
    }

  *end = '\0';
  memmove (text, from, (gsize) (end - from) + 1);
}

/**
 * km_text_clean:
 * @text: (nullable): what somebody sent
 * @kind: what it is for
 * @bytes_max: how many bytes it may have, before and after
 * @verdict: (out) (optional): what is wrong with it
 *
 * Returns: (transfer full) (nullable): @text in NFC without white space at
 *   its ends; %NULL unless the verdict is %KM_TEXT_FINE
 */
char *
km_text_clean (const char    *text,
               KmTextKind     kind,
               gsize          bytes_max,
               KmTextVerdict *verdict)
{
  g_autofree char *clean = NULL;
  KmTextVerdict result;

  if (text == NULL)
    result = KM_TEXT_EMPTY;
  else if (strnlen (text, bytes_max + 1) > bytes_max)
    result = KM_TEXT_TOO_LONG;
  else if (!g_utf8_validate (text, -1, NULL))
    result = KM_TEXT_BAD;
  else
    {
      /* ASCII is NFC as it is. */
      clean = g_str_is_ascii (text)
                ? g_strdup (text)
                : g_utf8_normalize (text, -1, G_NORMALIZE_NFC);
      strip (clean);
      result = judge (clean, kind);

      /* A few characters get longer in NFC (at most three times). */
      if (result == KM_TEXT_FINE && strlen (clean) > bytes_max)
        result = KM_TEXT_TOO_LONG;
    }

  if (verdict != NULL)
    *verdict = result;

  return result == KM_TEXT_FINE ? g_steal_pointer (&clean) : NULL;
}
