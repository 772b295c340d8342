/* km-poll-draft.c: a poll that somebody writes
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The draft is kept with the profile's settings while it is written, so that
 * closing the dialog, or a crash in the middle of a stream, loses nothing.
 * Options that are empty are those nobody has filled in yet: they are kept in
 * the draft and left out of the poll.
 *
 * Thread: main.
 */

#include "km-poll-draft.h"

#include "km-format.h"

#define KEY "poll-draft"
#define DURATION_MS_DEFAULT (2 * 60 * 1000)

/**
 * km_poll_draft_new:
 *
 * Returns: (transfer full): a draft with two empty options
 */
KmPollDraft *
km_poll_draft_new (void)
{
  static const char *const empty[] = { "", "", NULL };
  KmPollDraft *self = g_new0 (KmPollDraft, 1);

  self->ask.question = g_strdup ("");
  self->ask.options = g_strdupv ((char **) empty);
  self->ask.changeable = TRUE;
  self->ask.anonymous = TRUE;
  self->duration_ms = DURATION_MS_DEFAULT;

  return self;
}

void
km_poll_draft_free (KmPollDraft *self)
{
  km_poll_question_clear (&self->ask);
  g_free (self);
}

/**
 * km_poll_draft_load:
 * @settings: the profile's
 *
 * Returns: (transfer full): what was being written, or a new draft
 */
KmPollDraft *
km_poll_draft_load (GSettings *settings)
{
  g_autoptr (GVariant) value = g_settings_get_value (settings, KEY);
  KmPollDraft *self = km_poll_draft_new ();
  g_autofree char *question = NULL;
  g_auto (GStrv) options = NULL;
  gboolean multiple, changeable, anonymous;
  gint64 duration_ms;
  guint n_options;

  g_variant_get (value, "(s^asxbbb)", &question, &options, &duration_ms,
                 &multiple, &changeable, &anonymous);
  n_options = g_strv_length (options);
  if (n_options < KM_POLL_OPTIONS_MIN || n_options > KM_POLL_OPTIONS_MAX)
    return self;

  km_poll_question_clear (&self->ask);
  self->ask.question = g_steal_pointer (&question);
  self->ask.options = g_steal_pointer (&options);
  self->ask.multiple = multiple;
  self->ask.changeable = changeable;
  self->ask.anonymous = anonymous;
  self->duration_ms = duration_ms;

  return self;
}

/**
 * km_poll_draft_save:
 * @self: a draft
 * @settings: the profile's
 */
void
km_poll_draft_save (const KmPollDraft *self,
                    GSettings         *settings)
{
  g_settings_set (settings, KEY, "(s^asxbbb)", self->ask.question,
                  self->ask.options, self->duration_ms, self->ask.multiple,
                  self->ask.changeable, self->ask.anonymous);
}

/**
 * km_poll_draft_forget:
 * @settings: the profile's
 *
 * The poll was asked. How it was asked is a good guess for the next one.
 */
void
km_poll_draft_forget (GSettings *settings)
{
  g_autoptr (KmPollDraft) old = km_poll_draft_load (settings);
  g_autoptr (KmPollDraft) new = km_poll_draft_new ();

  new->ask.multiple = old->ask.multiple;
  new->ask.changeable = old->ask.changeable;
  new->ask.anonymous = old->ask.anonymous;
  new->duration_ms = old->duration_ms;
  km_poll_draft_save (new, settings);
}

/**
 * km_poll_draft_finish:
 * @self: a draft
 *
 * Returns: (transfer full): what is asked, without what is empty
 */
KmPollQuestion *
km_poll_draft_finish (const KmPollDraft *self)
{
  KmPollQuestion *ask = km_poll_question_copy (&self->ask);
  guint n = 0;

  g_strstrip (ask->question);
  for (guint i = 0; ask->options[i] != NULL; i++)
    {
      char *option = g_strstrip (ask->options[i]);

      if (*option == '\0')
        g_free (option);
      else
        ask->options[n++] = option;
    }
  ask->options[n] = NULL;

  return ask;
}

/**
 * km_poll_draft_check:
 * @self: a draft
 *
 * Returns: whether it can be asked, and if not, the first thing to mend
 */
KmPollProblem
km_poll_draft_check (const KmPollDraft *self)
{
  g_autoptr (KmPollQuestion) ask = km_poll_draft_finish (self);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  if (*ask->question == '\0')
    return KM_POLL_NO_QUESTION;
  if (km_format_clusters (ask->question) > KM_POLL_QUESTION_CLUSTERS_MAX)
    return KM_POLL_QUESTION_TOO_LONG;
  for (guint i = 0; ask->options[i] != NULL; i++)
    {
      if (km_format_clusters (ask->options[i]) > KM_POLL_OPTION_CLUSTERS_MAX)
        return KM_POLL_OPTION_TOO_LONG;
      if (!g_hash_table_add (seen, ask->options[i]))
        return KM_POLL_SAME_OPTIONS;
    }

  return km_poll_question_count (ask) < KM_POLL_OPTIONS_MIN
           ? KM_POLL_FEW_OPTIONS : KM_POLL_FINE;
}
