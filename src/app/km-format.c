/* km-format.c: numbers and times as people read them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every figure a window shows passes through here, so that it reads the same
 * everywhere and follows the language: the decimal point is the locale's, and
 * where a language counts in ten thousands the translation says so.
 *
 * Thread: any.
 */

#include "km-format.h"

#include <glib/gi18n.h>
#include <math.h>
#include <pango/pango.h>

#define SECOND_MS 1000
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)

/**
 * km_format_duration:
 * @duration_ms: a length of time in milliseconds; negative counts as zero
 *
 * Returns: (transfer full): hours, minutes and seconds, as a clock that runs
 *   shows them: "00:12:43"
 */
char *
km_format_duration (gint64 duration_ms)
{
  gint64 left_ms = MAX (duration_ms, 0);

  return g_strdup_printf ("%02" G_GINT64_FORMAT ":%02d:%02d",
                          left_ms / HOUR_MS,
                          (int) (left_ms % HOUR_MS / MINUTE_MS),
                          (int) (left_ms % MINUTE_MS / SECOND_MS));
}

/**
 * km_format_span:
 * @seconds: a length of time that somebody chose
 *
 * Returns: (transfer full): "30 seconds" or "2 minutes"
 */
char *
km_format_span (guint seconds)
{
  guint minutes = seconds / 60;

  if (minutes > 0 && seconds % 60 == 0)
    return g_strdup_printf (ngettext ("%u minute", "%u minutes", minutes),
                            minutes);
  return g_strdup_printf (ngettext ("%u second", "%u seconds", seconds),
                          seconds);
}

/* One digit behind the point below ten, none above, never rounded up: 1,999
 * viewers are "1.9k", so that nobody sees a round number too early.
 */
static char *
format_units (double      value,
              const char *suffix)
{
  if (value < 10)
    return g_strdup_printf ("%.1f%s", floor (value * 10) / 10, suffix);
  return g_strdup_printf ("%.0f%s", floor (value), suffix);
}

/**
 * km_format_count:
 * @count: how many people or messages
 *
 * Returns: (transfer full): @count in at most four characters or so: "812",
 *   "1.2k", "3.4M"
 */
char *
km_format_count (guint64 count)
{
  /* Translators: the units for short counts, smallest first: "FROM:SUFFIX".
   * A language that counts in ten thousands says so: "10000:万 100000000:亿".
   */
  const char *units = C_("units of short counts", "1000:k 1000000:M");
  g_auto (GStrv) parts = g_strsplit (units, " ", -1);
  guint64 from = 0;
  const char *suffix = NULL;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *end = NULL;
      guint64 value = g_ascii_strtoull (parts[i], &end, 10);

      if (value > 1 && *end == ':' && count >= value)
        {
          from = value;
          suffix = end + 1;
        }
    }

  if (suffix == NULL)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, count);
  return format_units ((double) count / (double) from, suffix);
}

/**
 * km_format_number:
 * @number: of coins, people or votes
 *
 * Returns: (transfer full): all digits of @number, grouped as the locale does:
 *   "12,345"
 */
char *
km_format_number (gint64 number)
{
  return g_strdup_printf ("%'" G_GINT64_FORMAT, number);
}

/**
 * km_format_coins:
 * @coins: an amount, not negative
 *
 * Returns: (transfer full): "1 coin", "1,200 coins"
 */
char *
km_format_coins (gint64 coins)
{
  g_autofree char *number = km_format_number (coins);
  gulong n = (gulong) MIN ((guint64) MAX (coins, 0), G_MAXULONG);

  /* Translators: an amount of money */
  return g_strdup_printf (ngettext ("%s coin", "%s coins", n), number);
}

/**
 * km_format_change:
 * @coins: what came, or went if it is negative
 *
 * Returns: (transfer full): "+50" or "−1,200", with a real minus sign
 */
char *
km_format_change (gint64 coins)
{
  /* The least number has no positive twin. */
  g_autofree char *number = km_format_number (coins);

  if (coins < 0)
    return g_strconcat ("−", number + 1, NULL);
  return g_strconcat (coins > 0 ? "+" : "", number, NULL);
}

/**
 * km_format_times:
 * @count: how many of something
 *
 * Returns: (transfer full): "×3"
 */
char *
km_format_times (gint64 count)
{
  g_autofree char *number = km_format_number (count);

  return g_strconcat ("×", number, NULL);
}

/**
 * km_format_bitrate:
 * @bitrate_bps: bits a second
 *
 * Returns: (transfer full): "812 kb/s" or "2.5 Mb/s"
 */
char *
km_format_bitrate (guint64 bitrate_bps)
{
  if (bitrate_bps < 1000000)
    /* Translators: kilobits per second */
    return g_strdup_printf (_("%.0f kb/s"), (double) bitrate_bps / 1e3);
  /* Translators: megabits per second */
  return g_strdup_printf (_("%.1f Mb/s"), (double) bitrate_bps / 1e6);
}

/**
 * km_format_latency:
 * @latency_ms: how long ago the picture that is shown was taken
 *
 * Returns: (transfer full): seconds with one digit: "0.9 s"
 */
char *
km_format_latency (gint64 latency_ms)
{
  /* Translators: seconds */
  return g_strdup_printf (_("%.1f s"), (double) MAX (latency_ms, 0) / 1e3);
}

/**
 * km_format_time:
 * @at_ms: milliseconds since 1970
 *
 * Returns: (transfer full): the hour and minute of @at_ms where the reader is;
 *   empty when there is no such time
 */
char *
km_format_time (gint64 at_ms)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (at_ms / 1000);

  if (at == NULL)
    return g_strdup ("");
  /* Translators: the time of a message: hours and minutes (g_date_time_format) */
  return g_date_time_format (at, _("%H:%M"));
}

/**
 * km_format_date:
 * @at_ms: milliseconds since 1970
 *
 * Returns: (transfer full): the day, hour and minute of @at_ms where the
 *   reader is; empty when there is no such time
 */
char *
km_format_date (gint64 at_ms)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (at_ms / 1000);

  if (at == NULL)
    return g_strdup ("");
  /* Translators: a day and a time (g_date_time_format) */
  return g_date_time_format (at, _("%b %-d, %Y, %H:%M"));
}

/**
 * km_format_decibels:
 * @level_db: a sound level below full scale
 *
 * Returns: (transfer full): "−12 dB"
 */
char *
km_format_decibels (double level_db)
{
  int rounded_db = (int) lround (fabs (level_db));

  if (rounded_db == 0)
    return g_strdup (_("0 dB"));
  /* Translators: a sound level below full scale, with a real minus sign */
  return g_strdup_printf (level_db < 0 ? _("−%d dB") : _("%d dB"), rounded_db);
}

/* Where each grapheme cluster of @text begins, as Pango sees it. */
static PangoLogAttr *
dup_log_attrs (const char *text,
               glong      *characters)
{
  PangoLogAttr *attrs;

  *characters = g_utf8_strlen (text, -1);
  attrs = g_new0 (PangoLogAttr, *characters + 1);
  pango_get_log_attrs (text, -1, -1, pango_language_get_default (),
                       attrs, (int) *characters + 1);
  return attrs;
}

/**
 * km_format_clusters:
 * @text: UTF-8 text
 *
 * Returns: how many characters a person would count in @text; the server
 *   counts for itself, this is to show what is left
 */
guint
km_format_clusters (const char *text)
{
  glong characters;
  g_autofree PangoLogAttr *attrs = dup_log_attrs (text, &characters);
  guint clusters = 0;

  for (glong i = 0; i < characters; i++)
    clusters += attrs[i].is_cursor_position;
  return clusters;
}

/**
 * km_format_short_name:
 * @name: a name from a server
 * @clusters: how many characters fit
 *
 * Returns: (transfer full): @name without line breaks or characters that
 *   change the direction of what follows, isolated from the text around it,
 *   and cut with "…" behind @clusters characters
 */
char *
km_format_short_name (const char *name,
                      guint       clusters)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autoptr (GString) clean = g_string_new (NULL);
  g_autofree PangoLogAttr *attrs = NULL;
  glong characters;
  guint seen = 0;
  const char *p;

  for (p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT)
        continue;
      g_string_append_unichar (clean, g_unichar_isspace (c) ? ' ' : c);
    }

  attrs = dup_log_attrs (clean->str, &characters);
  p = clean->str;
  for (glong i = 0; i < characters; i++, p = g_utf8_next_char (p))
    if (attrs[i].is_cursor_position && seen++ == clusters)
      {
        g_string_truncate (clean, (gsize) (p - clean->str));
        g_string_append (clean, "…");
        break;
      }

  return g_strdup (clean->str);
}

/**
 * km_format_fingerprint:
 * @fingerprint: of a certificate
 *
 * Returns: (transfer full): the same in four lines of four groups, so that two
 *   people can compare it
 */
char *
km_format_fingerprint (const char *fingerprint)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; fingerprint[i] != '\0'; i++)
    {
      if (i > 0 && i % 4 == 0)
        g_string_append_c (out, i % 16 == 0 ? '\n' : ' ');
      g_string_append_c (out, fingerprint[i]);
    }

  return g_string_free_and_steal (out);
}
