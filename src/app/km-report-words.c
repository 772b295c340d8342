/* km-report-words.c: reports of messages, in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-report-words.h"

#include <glib/gi18n.h>

#include "km-format.h"

#define NAME_CLUSTERS 24

static const char *const reasons[KM_N_REPORT_REASONS] = {
  [KM_REPORT_SPAM] = N_("Spam"),
  [KM_REPORT_HARASSMENT] = N_("Harassment"),
  [KM_REPORT_HATE] = N_("Hate"),
  [KM_REPORT_SEXUAL] = N_("Nudity or Sexual Content"),
  [KM_REPORT_VIOLENCE] = N_("Violence or Threats"),
  [KM_REPORT_OTHER] = N_("Something Else"),
};

/* Returns: what is wrong with a message, in the reader's language. */
const char *
km_report_words_reason (KmReportReason reason)
{
  g_return_val_if_fail ((guint) reason < KM_N_REPORT_REASONS, "");

  return gettext (reasons[reason]);
}

/* "Spam ×2, Hate" */
static char *
dup_reasons (KmRoomReport *report)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < KM_N_REPORT_REASONS; i++)
    {
      guint n = km_room_report_count (report, (KmReportReason) i);
      g_autofree char *times = NULL;

      if (n == 0)
        continue;
      if (text->len > 0)
        /* Translators: between two of several reasons */
        g_string_append (text, _(", "));
      g_string_append (text, km_report_words_reason ((KmReportReason) i));
      if (n < 2)
        continue;
      times = km_format_times (n);
      g_string_append_printf (text, " %s", times);
    }

  return g_string_free_and_steal (g_steal_pointer (&text));
}

/**
 * km_report_words_dup_count:
 * @report: a message that is reported
 *
 * Returns: (transfer full): how often, and for what
 */
char *
km_report_words_dup_count (KmRoomReport *report)
{
  guint total = km_room_report_get_total (report);
  g_autofree char *number = km_format_number (total);
  g_autofree char *count = g_strdup_printf (
    ngettext ("%s report", "%s reports", total), number);
  g_autofree char *why = dup_reasons (report);

  /* Translators: "3 reports", "Spam ×2, Hate" */
  return g_strdup_printf (_("%s · %s"), count, why);
}

/**
 * km_report_words_dup_title:
 * @report: a message that is reported
 *
 * Returns: (transfer full): all of it, for the screen reader
 */
char *
km_report_words_dup_title (KmRoomReport *report)
{
  g_autofree char *name = km_format_short_name (
    km_room_report_get_from_name (report), NAME_CLUSTERS);
  g_autofree char *count = km_report_words_dup_count (report);

  /* Translators: a reported message for the screen reader: who said it, what
   * they said, how often it is reported and for what */
  return g_strdup_printf (_("%s: %s. %s"), name,
                          km_room_report_get_text (report), count);
}
