/* km-poll-words.c: how a poll ended, in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same in a row of the chat and in the summary of a stream.
 *
 * Thread: any.
 */

#include "km-poll-words.h"

#include <glib/gi18n.h>
#include <math.h>

#include "km-format.h"

/**
 * km_poll_words_dup_winners:
 * @poll: one that is over
 *
 * Returns: (transfer full) (nullable): a line for each option that nothing
 *   beat, with its share; %NULL if nobody voted
 */
char *
km_poll_words_dup_winners (const KmPollView *poll)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < poll->n_options; i++)
    {
      g_autofree char *percent = NULL;

      if (!km_poll_view_is_winner (poll, i))
        continue;
      percent = g_strdup_printf (
        _("%u %%"), (guint) lround (km_poll_view_get_share (poll, i) * 100));
      if (lines->len > 0)
        g_string_append_c (lines, '\n');
      /* Translators: the winner of a poll: an option, its share in percent */
      g_string_append_printf (lines, _("🏆 %s · %s"), poll->options[i], percent);
    }

  return lines->len > 0 ? g_string_free (g_steal_pointer (&lines), FALSE) : NULL;
}

/**
 * km_poll_words_dup_voters:
 * @n_voters: how many voted
 *
 * Returns: (transfer full): that, as a sentence
 */
char *
km_poll_words_dup_voters (gint64 n_voters)
{
  g_autofree char *number = km_format_number (n_voters);

  if (n_voters <= 0)
    return g_strdup (_("Nobody voted"));
  return g_strdup_printf (
    ngettext ("%s person voted", "%s people voted", (gulong) n_voters), number);
}
