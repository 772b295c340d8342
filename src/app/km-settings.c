/* km-settings.c: one profile's settings and its name on the bus
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `kaimu --profile NAME` is an instance of its own: own files, own settings,
 * own keyring entries, own application id, so that it never hands its windows
 * to another profile.
 *
 * Settings live in a key file in the profile's directory rather than in the
 * desktop's database: a profile is then something that can be copied or
 * removed, and settings last on systems without dconf too.
 *
 * Thread: main.
 */

#define G_SETTINGS_ENABLE_BACKEND

#include "km-settings.h"

#include <gio/gsettingsbackend.h>
#include <glib/gi18n.h>

#define SETTINGS_PATH "/io/github/kaimu_live/Kaimu/"

/* The directory that holds bin/ when installed, the build directory's src/
 * when not: the program finds its data beside itself.
 */
static char *
dup_program_dir (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  return program != NULL ? g_path_get_dirname (program) : g_strdup (".");
}

/**
 * km_settings_find_data:
 * @installed: a path below the prefix: "share/locale"
 * @built: the same in a build directory: "po"
 *
 * The program runs from wherever it was put: its data is looked for beside it,
 * first as in a build directory, then as installed.
 *
 * Returns: (transfer full): where the data is; the installed place when it is
 *   in neither
 */
char *
km_settings_find_data (const char *installed,
                      const char *built)
{
  g_autofree char *dir = dup_program_dir ();
  g_autofree char *in_build = g_build_filename (dir, "..", built, NULL);

  if (g_file_test (in_build, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&in_build);
  return g_build_filename (dir, "..", installed, NULL);
}

/* From where the environment says, else from beside the program. */
static GSettingsSchema *
lookup_schema (GError **error)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) own = NULL;
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autofree char *compiled = NULL;
  g_autofree char *dir = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, KAIMU_APPLICATION_ID,
                                              TRUE);
  if (schema != NULL)
    return g_steal_pointer (&schema);

  compiled = km_settings_find_data ("share/glib-2.0/schemas/gschemas.compiled",
                                   "data/gschemas.compiled");
  dir = g_path_get_dirname (compiled);
  own = g_settings_schema_source_new_from_directory (dir, source, FALSE, NULL);
  if (own != NULL)
    schema = g_settings_schema_source_lookup (own, KAIMU_APPLICATION_ID, FALSE);
  if (schema == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("The description of Kaimu’s settings is missing from %s. "
                   "Install Kaimu again."), dir);
  return g_steal_pointer (&schema);
}

/**
 * km_settings_application_id:
 * @profile: (nullable): a valid profile's name; %NULL: the default
 *
 * Returns: (transfer full): the id under which the profile's instance is alone
 *   on the bus
 */
char *
km_settings_application_id (const char *profile)
{
  if (profile == NULL)
    return g_strdup (KAIMU_APPLICATION_ID);

  /* No element of a bus name begins with a digit. */
  return g_strconcat (KAIMU_APPLICATION_ID ".Profile.",
                      g_ascii_isalpha (profile[0]) ? "" : "_", profile, NULL);
}

/**
 * km_settings_new:
 * @profile: (nullable): a valid profile's name; %NULL: the default
 *
 * Makes the profile's directory of settings, readable by its owner only, where
 * it is missing.
 *
 * Returns: (transfer full): the profile's settings, or %NULL with @error set:
 *   the program isn't installed completely, or its files can't be kept
 */
GSettings *
km_settings_new (const char  *profile,
                 GError     **error)
{
  g_autoptr (GSettingsSchema) schema = lookup_schema (error);
  g_autoptr (GSettingsBackend) backend = NULL;
  g_autofree char *dir = NULL;
  g_autofree char *file = NULL;

  if (schema == NULL)
    return NULL;

  dir = g_build_filename (g_get_user_config_dir (), "kaimu",
                          profile != NULL ? "profiles" : "", profile, NULL);
  if (g_mkdir_with_parents (dir, 0700) < 0)
    {
      int saved = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved),
                   _("Kaimu can’t keep its settings in %s: %s."),
                   dir, g_strerror (saved));
      return NULL;
    }

  file = g_build_filename (dir, "settings.ini", NULL);
  backend = g_keyfile_settings_backend_new (file, SETTINGS_PATH, "settings");
  return g_settings_new_full (schema, backend, SETTINGS_PATH);
}
