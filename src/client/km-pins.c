/* km-pins.c: the certificates that a person agreed to
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A key file of the profile, an entry for each server whose certificate is of
 * its own making, also for one that isn't in the list of servers: who opens a
 * link to it a second time must hear when it has changed. Written anew at each
 * change, which is rare, and read when a server is first spoken to.
 *
 * A file that can't be read has no entries: then each server is asked about
 * again, which is a nuisance and no danger.
 *
 * Thread: main.
 */

#include "km-pins.h"

#include "km-client-error.h"
#include "km-key-file.h"
#include "km-pin.h"

#include <glib/gi18n-lib.h>

#define FILE_NAME "certificates.ini"
#define PINS_MAX 1000

static char *
dup_path (const KmProfile *profile)
{
  return g_build_filename (profile->data_dir, FILE_NAME, NULL);
}

static GKeyFile *
load (const KmProfile *profile)
{
  g_autofree char *path = dup_path (profile);

  return km_key_file_load (path);
}

/* Returns: (transfer full) (nullable): the group about @address. */
static char *
find_group (GKeyFile   *file,
            const char *address)
{
  gsize n = 0;
  g_auto (GStrv) groups = g_key_file_get_groups (file, &n);

  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *value = g_key_file_get_string (file, groups[i],
                                                      "address", NULL);

      if (g_strcmp0 (value, address) == 0)
        return g_strdup (groups[i]);
    }

  return NULL;
}

static char *
dup_free_group (GKeyFile *file)
{
  for (guint i = 1; i <= PINS_MAX; i++)
    {
      g_autofree char *group = g_strdup_printf ("server %u", i);

      if (!g_key_file_has_group (file, group))
        return g_steal_pointer (&group);
    }

  /* The oldest one makes room. */
  return g_strdup ("server 1");
}

static gboolean
save (const KmProfile  *profile,
      GKeyFile         *file,
      GError          **error)
{
  g_autofree char *path = dup_path (profile);
  g_autoptr (GError) local = NULL;

  if (km_key_file_save (file, path, &local))
    return TRUE;

  g_set_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_STORAGE,
               _("The certificate can’t be remembered on this computer: %s."),
               local->message);
  return FALSE;
}

/**
 * km_pins_lookup:
 * @profile: whose
 * @address: a server's, as km_link_parse() has it
 *
 * Returns: (transfer full) (nullable): the fingerprint of the certificate that
 *   was agreed to there
 */
char *
km_pins_lookup (const KmProfile *profile,
                const char      *address)
{
  g_autoptr (GKeyFile) file = load (profile);
  g_autofree char *group = find_group (file, address);
  g_autofree char *value = NULL;

  if (group != NULL)
    value = g_key_file_get_string (file, group, "fingerprint", NULL);

  return km_fingerprint_parse (value);
}

/**
 * km_pins_set:
 * @profile: whose
 * @address: a server's, as km_link_parse() has it
 * @fingerprint: (nullable): of the certificate that was agreed to; %NULL:
 *   forget it
 * @error: %KM_CLIENT_ERROR_STORAGE
 *
 * Returns: whether it is on disk
 */
gboolean
km_pins_set (const KmProfile  *profile,
             const char       *address,
             const char       *fingerprint,
             GError          **error)
{
  g_autoptr (GKeyFile) file = load (profile);
  g_autofree char *group = find_group (file, address);

  if (fingerprint == NULL)
    {
      if (group == NULL)
        return TRUE;
      g_key_file_remove_group (file, group, NULL);
      return save (profile, file, error);
    }

  if (group == NULL)
    group = dup_free_group (file);
  g_key_file_set_string (file, group, "address", address);
  g_key_file_set_string (file, group, "fingerprint", fingerprint);

  return save (profile, file, error);
}
