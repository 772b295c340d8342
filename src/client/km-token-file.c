/* km-token-file.c: session tokens in a file that only its owner reads
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A key file that is removed with its last token, so that where it is missing
 * nothing is kept in it.
 *
 * Thread: main.
 */

#include "km-token-file.h"

#include "km-client-error.h"
#include "km-key-file.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define GROUP "tokens"

/* A server's address isn't a name that a key file takes. */
static char *
key_of (const char *server)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, server, -1);
}

static gboolean
is_empty (GKeyFile *file)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, GROUP, NULL, NULL);

  return keys == NULL || keys[0] == NULL;
}

static gboolean
save (const char  *path,
      GKeyFile    *file,
      GError     **error)
{
  g_autoptr (GError) local = NULL;

  if (is_empty (file))
    {
      if (g_unlink (path) == 0 || errno == ENOENT)
        return TRUE;
      g_set_error (&local, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "%s", g_strerror (errno));
    }
  else if (km_key_file_save (file, path, &local))
    {
      return TRUE;
    }

  g_set_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_STORAGE,
               _("The sign-in can’t be kept on this computer: %s."),
               local->message);

  return FALSE;
}

/**
 * km_token_file_lookup:
 * @path: of the file, which may be missing
 * @server: which server
 *
 * Returns: (transfer full) (nullable): the token of @server
 */
char *
km_token_file_lookup (const char *path,
                      const char *server)
{
  g_autoptr (GKeyFile) file = km_key_file_load (path);
  g_autofree char *key = key_of (server);

  return g_key_file_get_string (file, GROUP, key, NULL);
}

/**
 * km_token_file_store:
 * @path: of the file; made when missing, with its directory
 * @server: which server
 * @token: its session's token
 * @error: %KM_CLIENT_ERROR_STORAGE
 *
 * Returns: whether it is on disk
 */
gboolean
km_token_file_store (const char  *path,
                     const char  *server,
                     const char  *token,
                     GError     **error)
{
  g_autoptr (GKeyFile) file = km_key_file_load (path);
  g_autofree char *key = key_of (server);

  g_key_file_set_string (file, GROUP, key, token);

  return save (path, file, error);
}

/**
 * km_token_file_remove:
 * @path: of the file, which may be missing
 * @server: which server
 * @error: %KM_CLIENT_ERROR_STORAGE
 *
 * Returns: whether no token of @server is in the file now
 */
gboolean
km_token_file_remove (const char  *path,
                      const char  *server,
                      GError     **error)
{
  g_autoptr (GKeyFile) file = km_key_file_load (path);
  g_autofree char *key = key_of (server);

  return !g_key_file_remove_key (file, GROUP, key, NULL) ||
         save (path, file, error);
}

/**
 * km_token_file_is_empty:
 * @path: of the file, which may be missing
 *
 * Returns: whether there are no tokens in it
 */
gboolean
km_token_file_is_empty (const char *path)
{
  g_autoptr (GKeyFile) file = km_key_file_load (path);

  return is_empty (file);
}
