/* km-fuzz-corpus.c: a fuzz target as a test over its corpus
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each file of the corpus is a case. The bytes are copied to memory of exactly
 * their size, so that the address sanitizer sees a read behind them.
 */

#include <glib.h>

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static void
test_file (gconstpointer path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree guint8 *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &text, &size, &error));
  g_assert_no_error (error);
  data = g_memdup2 (text, size);
  LLVMFuzzerTestOneInput (data, size);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 3);

  dir = g_dir_open (argv[2], 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_strconcat ("/fuzz/", argv[1], "/", name, NULL);

      g_test_add_data_func_full (path, g_build_filename (argv[2], name, NULL),
                                 test_file, g_free);
    }
  return g_test_run ();
}
