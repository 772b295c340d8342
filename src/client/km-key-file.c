/* km-key-file.c: a small file that only its owner reads, and that is whole
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Written anew for each change: beside the old one, to the disk, and then into
 * its place. Whoever looks, also after a power cut, finds the old or the new
 * one. Its mode is 0600 from its first byte on.
 *
 * Thread: any.
 */

#include "km-key-file.h"


/**
 * km_key_file_load:
 * @path: of the file, which may be missing
 *
 * Returns: (transfer full): what is in it; nothing, if it can't be read
 */
GKeyFile *
km_key_file_load (const char *path)
{
  GKeyFile *file = g_key_file_new ();

  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);

  return file;
}

/**
 * km_key_file_save:
 * @file: what is to be in it
 * @path: of the file; made when missing, with its directory
 * @error: of #GFileError: why the old one is still there
 *
 * Returns: whether it is on the disk
 */
gboolean
km_key_file_save (GKeyFile    *file,
                  const char  *path,
                  GError     **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  gsize length;
  g_autofree char *text = g_key_file_to_data (file, &length, NULL);

  g_mkdir_with_parents (directory, 0700);

  return g_file_set_contents_full (path, text, (gssize) length,
                                   G_FILE_SET_CONTENTS_CONSISTENT
                                     | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}
