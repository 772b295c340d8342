/* test-password-pool.c: who hashes stands back
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-password-pool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The nineteenth field of proc_pid_stat(5). */
#define NICE_FIELD 19

static int
read_nice (const char *task)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/stat", task);
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;

  /* The second field, the name, may hold spaces; the last ")" ends it. */
  fields = g_strsplit (strrchr (text, ')') + 2, " ", -1);

  return atoi (fields[NICE_FIELD - 3]);
}

static guint
count_nice (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  g_autofree char *main_task = g_strdup_printf ("%d", (int) getpid ());
  int own = read_nice (main_task);
  const char *task;
  guint n = 0;

  while ((task = g_dir_read_name (tasks)) != NULL)
    n += read_nice (task) > own;

  return n;
}

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
test_threads_that_hash_stand_back (void)
{
  KmPasswordPool *pool = km_password_pool_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = NULL;

  g_assert_cmpuint (count_nice (), ==, 0);
  km_password_pool_hash_async (pool, "correct horse battery", keep_result,
                               &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  hash = km_password_pool_hash_finish (result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (hash);

  /* The one that hashed, and nobody else. */
  g_assert_cmpuint (count_nice (), ==, 1);
  km_password_pool_free (pool);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/account/password-pool/threads-that-hash-stand-back",
                   test_threads_that_hash_stand_back);

  return g_test_run ();
}
