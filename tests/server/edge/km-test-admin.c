/* km-test-admin.c: commands of an owner, as a program of their own
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-test-admin.h"

#include <string.h>

void
km_test_said_clear (KmTestSaid *self)
{
  g_free (self->out);
  g_free (self->err);
}

/**
 * km_test_admin:
 * @data: the data directory
 * @words: a command, which is split at spaces
 * @said: (out caller-allocates): what it said
 */
void
km_test_admin (const char *data,
               const char *words,
               KmTestSaid *said)
{
  g_autofree char *program = km_test_server_get_program ();
  g_auto (GStrv) split = g_strsplit (words, " ", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_strv_builder_add_many (builder, program, "admin", "--data-dir", data,
                           NULL);
  g_strv_builder_addv (builder, (const char **) split);
  argv = g_strv_builder_end (builder);
  process = g_subprocess_newv ((const char *const *) argv,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE
                               | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &said->out, &said->err,
                                 &error);
  g_assert_no_error (error);
  said->status = g_subprocess_get_exit_status (process);
  g_test_message ("%s: %d %s%s", words, said->status, said->out, said->err);
}

/**
 * km_test_admin_says:
 * @data: the data directory
 * @words: a command
 * @status: how it must end
 * @part: what must be in what it says, or in its complaint
 */
void
km_test_admin_says (const char *data,
                    const char *words,
                    int         status,
                    const char *part)
{
  g_auto (KmTestSaid) said = { 0 };

  km_test_admin (data, words, &said);
  g_assert_cmpint (said.status, ==, status);
  g_assert_nonnull (strstr (status == 2 ? said.err : said.out, part));
}
