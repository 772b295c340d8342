/* km-gift-files.c: the catalogue that a server starts with
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A catalogue that can't be read is no reason not to serve: the gifts of
 * before are in the table, and the log says what is wrong.
 *
 * Thread: main, before the loop runs.
 */

#include "km-gift-files.h"

#include "km-catalogue-file.h"
#include "km-catalogue.h"

/* The program runs from wherever it was put: its gifts are looked for beside
 * it, first as in a build directory, then as installed. */
static char *
find_directory (void)
{
  static const char *const places[] = { "data/gifts", "share/kaimu/gifts" };
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *directory =
    program != NULL ? g_path_get_dirname (program) : g_strdup (".");

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *place =
        g_build_filename (directory, "..", places[i], NULL);
      g_autofree char *file =
        g_build_filename (place, KM_CATALOGUE_FILE, NULL);

      if (g_file_test (file, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&place);
    }

  return NULL;
}

static gboolean
apply_take (gpointer        data,
            KmTransaction  *transaction,
            GError        **error)
{
  return km_catalogue_take (transaction, data, g_get_real_time () / 1000,
                            error);
}

/**
 * km_gift_files_take:
 * @config: what the owner set
 * @desk: where to hand writes in
 * @error: why nothing could be written
 *
 * Takes the catalogue over into the data.
 *
 * Returns: whether the server can start
 */
gboolean
km_gift_files_take (const KmConfig  *config,
                    KmDesk          *desk,
                    GError         **error)
{
  g_autofree char *directory = config->gifts_dir != NULL
                                 ? g_strdup (config->gifts_dir)
                                 : find_directory ();
  g_autoptr (GPtrArray) kinds = NULL;
  g_autoptr (GError) problem = NULL;

  if (directory == NULL)
    {
      g_message ("there are no files of gifts beside this program; those of "
                 "before are offered. Say where they are in the group [gifts] "
                 "of the configuration");
      return TRUE;
    }

  kinds = km_catalogue_file_read (directory, &problem);
  if (kinds == NULL)
    {
      g_message ("the catalogue of gifts can't be used, those of before are "
                 "offered: %s", problem->message);
      return TRUE;
    }

  return km_desk_run (desk, apply_take, kinds, error);
}
