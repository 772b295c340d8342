/* test-poll-draft.c: what is being written is kept, and what can be asked
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-poll-draft.h"
#include "km-settings.h"

static GSettings *
settings_new (void)
{
  g_autoptr (GError) error = NULL;
  GSettings *settings = km_settings_new (NULL, &error);

  g_assert_no_error (error);
  g_settings_reset (settings, "poll-draft");

  return settings;
}

static void
write_draft (KmPollDraft *draft,
             const char  *question,
             const char  *options)
{
  g_set_str (&draft->ask.question, question);
  g_strfreev (draft->ask.options);
  draft->ask.options = g_strsplit (options, "|", -1);
}

static void
test_what_was_typed_is_kept (void)
{
  g_autoptr (GSettings) settings = settings_new ();
  g_autoptr (KmPollDraft) draft = km_poll_draft_load (settings);
  g_autoptr (KmPollDraft) again = NULL;

  g_assert_cmpstr (draft->ask.question, ==, "");
  g_assert_cmpuint (g_strv_length (draft->ask.options), ==, 2);

  write_draft (draft, "今晚吃什么？ ", "面||火锅");
  draft->ask.multiple = TRUE;
  draft->ask.anonymous = FALSE;
  draft->duration_ms = -1;
  km_poll_draft_save (draft, settings);

  again = km_poll_draft_load (settings);
  g_assert_cmpstr (again->ask.question, ==, "今晚吃什么？ ");
  g_assert_cmpuint (g_strv_length (again->ask.options), ==, 3);
  g_assert_cmpstr (again->ask.options[1], ==, "");
  g_assert_true (again->ask.multiple);
  g_assert_true (again->ask.changeable);
  g_assert_false (again->ask.anonymous);
  g_assert_cmpint (again->duration_ms, ==, -1);
}

/* The words are gone when the poll is open; how it was asked stays. */
static void
test_asked_is_forgotten (void)
{
  g_autoptr (GSettings) settings = settings_new ();
  g_autoptr (KmPollDraft) draft = km_poll_draft_new ();
  g_autoptr (KmPollDraft) next = NULL;

  write_draft (draft, "Tea?", "Yes|No|Later");
  draft->duration_ms = 600000;
  draft->ask.multiple = TRUE;
  km_poll_draft_save (draft, settings);
  km_poll_draft_forget (settings);

  next = km_poll_draft_load (settings);
  g_assert_cmpstr (next->ask.question, ==, "");
  g_assert_cmpuint (g_strv_length (next->ask.options), ==, 2);
  g_assert_true (next->ask.multiple);
  g_assert_cmpint (next->duration_ms, ==, 600000);
}

static void
test_what_can_be_asked (void)
{
  g_autoptr (KmPollDraft) draft = km_poll_draft_new ();
  g_autoptr (KmPollQuestion) ask = NULL;
  g_autofree char *long_question = g_strnfill (121, 'x');
  g_autofree char *long_option = g_strnfill (61, 'x');
  g_autofree char *options = g_strconcat ("a|", long_option, NULL);

  g_assert_cmpint (km_poll_draft_check (draft), ==, KM_POLL_NO_QUESTION);
  write_draft (draft, "  ", "a|b");
  g_assert_cmpint (km_poll_draft_check (draft), ==, KM_POLL_NO_QUESTION);
  write_draft (draft, long_question, "a|b");
  g_assert_cmpint (km_poll_draft_check (draft), ==,
                   KM_POLL_QUESTION_TOO_LONG);
  write_draft (draft, "Tea?", "a| |");
  g_assert_cmpint (km_poll_draft_check (draft), ==, KM_POLL_FEW_OPTIONS);
  write_draft (draft, "Tea?", options);
  g_assert_cmpint (km_poll_draft_check (draft), ==, KM_POLL_OPTION_TOO_LONG);
  write_draft (draft, "Tea?", "a|b| a");
  g_assert_cmpint (km_poll_draft_check (draft), ==, KM_POLL_SAME_OPTIONS);

  /* Empty ones are left out, and nobody sees the spaces. */
  write_draft (draft, " Tea? ", "Yes|| No ");
  g_assert_cmpint (km_poll_draft_check (draft), ==, KM_POLL_FINE);
  ask = km_poll_draft_finish (draft);
  g_assert_cmpstr (ask->question, ==, "Tea?");
  g_assert_cmpuint (g_strv_length (ask->options), ==, 2);
  g_assert_cmpstr (ask->options[1], ==, "No");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/app/poll-draft/what-was-typed-is-kept",
                   test_what_was_typed_is_kept);
  g_test_add_func ("/app/poll-draft/asked-is-forgotten",
                   test_asked_is_forgotten);
  g_test_add_func ("/app/poll-draft/what-can-be-asked",
                   test_what_can_be_asked);

  return g_test_run ();
}
