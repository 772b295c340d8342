/* km-danmaku-text.c: what of a chat message flies
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line of at most 60 grapheme clusters. A chat text may be longer; the
 * chat list has all of it.
 *
 * Thread: any.
 */

#include "km-danmaku-text.h"

#include <string.h>

/* More than 60 clusters of the longest kind that a server lets pass. */
#define BYTES_MAX 2048

static gboolean
is_space (gunichar c)
{
  return g_unichar_iscntrl (c) || g_unichar_isspace (c)
         || c == 0x2028 || c == 0x2029;
}

/* One space for each run of white space and control characters. */
static GString *
join_lines (const char *text,
            const char *end)
{
  GString *line = g_string_new (NULL);
  gboolean space = FALSE;

  for (const char *p = text; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_space (c))
        {
          space = line->len > 0;
          continue;
        }
      if (space)
        g_string_append_c (line, ' ');
      g_string_append_unichar (line, c);
      space = FALSE;
    }

  return line;
}

static void
cut_clusters (GString *line)
{
  int n_attrs = (int) g_utf8_strlen (line->str, (gssize) line->len) + 1;
  g_autofree PangoLogAttr *attrs = g_new0 (PangoLogAttr, n_attrs);
  guint n_clusters = 0;

  pango_get_log_attrs (line->str, (int) line->len, -1, NULL, attrs, n_attrs);
  for (int i = 1; i < n_attrs; i++)
    {
      const char *cut;

      if (!attrs[i].is_cursor_position
          || ++n_clusters < KM_DANMAKU_TEXT_CLUSTERS
          || i == n_attrs - 1)
        continue;

      cut = g_utf8_offset_to_pointer (line->str, i);
      g_string_truncate (line, (gsize) (cut - line->str));
      g_string_append (line, "…");
      return;
    }
}

/**
 * km_danmaku_text_clean:
 * @text: UTF-8; what is behind the first byte that isn't is left out
 *
 * Returns: (transfer full) (nullable): one line to draw, or %NULL if nothing
 *   of @text can be seen
 */
char *
km_danmaku_text_clean (const char *text)
{
  g_autoptr (GString) line = NULL;
  const char *end;

  g_utf8_validate_len (text, strnlen (text, BYTES_MAX), &end);
  line = join_lines (text, end);
  if (line->len == 0)
    return NULL;

  cut_clusters (line);
  return g_string_free (g_steal_pointer (&line), FALSE);
}

/**
 * km_danmaku_text_language:
 * @text: UTF-8
 *
 * Han characters look different in Chinese and Japanese. Kana say that it is
 * Japanese and Hangul that it is Korean; otherwise, unless the person's own
 * language is one of these, it is Chinese.
 *
 * Returns: (transfer none) (nullable): the language to draw @text in; %NULL
 *   for the person's own
 */
PangoLanguage *
km_danmaku_text_language (const char *text)
{
  const char *own = pango_language_to_string (pango_language_get_default ());
  gboolean han = FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    switch (g_unichar_get_script (g_utf8_get_char (p)))
      {
      case G_UNICODE_SCRIPT_HIRAGANA:
      case G_UNICODE_SCRIPT_KATAKANA:
        return pango_language_from_string ("ja");
      case G_UNICODE_SCRIPT_HANGUL:
        return pango_language_from_string ("ko");
      case G_UNICODE_SCRIPT_HAN:
        han = TRUE;
        break;
      default:
        break;
      }

  if (!han || g_str_has_prefix (own, "zh") || g_str_has_prefix (own, "ja")
      || g_str_has_prefix (own, "ko"))
    return NULL;

  return pango_language_from_string ("zh-cn");
}
