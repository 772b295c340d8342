/* km-fuzz-corpus.c: a fuzz target as a test over its corpus
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each file of the corpus is a case, and so are a few hundred mutations of it,
 * the same ones each time. The bytes are copied to memory of exactly their
 * size, so that the address sanitizer sees a read behind them.
 */

#include <glib.h>

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

#define MUTATIONS 300
#define CHANGES_MAX 4

/* Flips a bit, sets a byte to one that is often an edge, cuts, or doubles. */
static void
change (GRand      *random,
        GByteArray *bytes)
{
  static const guint8 edges[] = { 0, 1, 0x7f, 0x80, 0xfe, 0xff, '"', '}' };
  guint at;

  if (bytes->len == 0)
    return;

  at = (guint) g_rand_int_range (random, 0, (gint32) bytes->len);
  switch (g_rand_int_range (random, 0, 4))
    {
    case 0:
      bytes->data[at] ^= (guint8) (1 << g_rand_int_range (random, 0, 8));
      break;
    case 1:
      bytes->data[at] =
        edges[g_rand_int_range (random, 0, G_N_ELEMENTS (edges))];
      break;
    case 2:
      g_byte_array_remove_range (
        bytes, at,
        (guint) g_rand_int_range (random, 0, (gint32) (bytes->len - at) + 1));
      break;
    default:
      {
        g_autofree guint8 *tail =
          g_memdup2 (bytes->data + at, bytes->len - at);

        g_byte_array_append (bytes, tail, bytes->len - at);
        break;
      }
    }
}

static void
run_mutations (const char *text,
               gsize       size)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (0x6b61696d);

  for (guint i = 0; i < MUTATIONS; i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autofree guint8 *data = NULL;

      g_byte_array_append (bytes, (const guint8 *) text, (guint) size);
      for (gint n = g_rand_int_range (random, 1, CHANGES_MAX + 1); n > 0; n--)
        change (random, bytes);
      data = g_memdup2 (bytes->data, bytes->len);
      LLVMFuzzerTestOneInput (data, bytes->len);
    }
}

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
  run_mutations (text, size);
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
