/* km-test-keyring.c: starts a keyring of a test's own, and looks into it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is in it is read from its file and not from the bus, so that a test
 * sees what is there also while it is locked, or dead.
 *
 * Thread: main of the test.
 */

#include "km-test-keyring.h"

#define START_SECONDS 20

/**
 * km_test_keyring_start:
 * @file: where its entries are; made when missing
 * @mode: "open", or how the prompt of a locked one ends: "dismissed" or
 *   "unlocks"
 * @die_at: (nullable): the D-Bus method in the middle of which it dies
 * @environment: (nullable): says which session bus; %NULL for the test's own
 *
 * Returns: (transfer full): a keyring that can be asked
 */
KmTestProcess *
km_test_keyring_start (const char         *file,
                       const char         *mode,
                       const char         *die_at,
                       const char * const *environment)
{
  const char *argv[] = { KM_TEST_SECRET_SERVICE, file, mode, die_at, NULL };
  KmTestProcess *self = km_test_process_start (argv, environment, NULL);
  g_autofree char *line = km_test_process_read_line (self, START_SECONDS);

  g_assert_cmpstr (line, ==, "ready");
  return self;
}

/**
 * km_test_keyring_list:
 * @file: where the entries of a keyring are
 *
 * Returns: (transfer full): "[profile server secret]" of each, in the order
 *   in which they were made
 */
char *
km_test_keyring_list (const char *file)
{
  g_autoptr (GKeyFile) entries = g_key_file_new ();
  g_autoptr (GString) list = g_string_new (NULL);
  g_auto (GStrv) groups = NULL;

  g_key_file_load_from_file (entries, file, G_KEY_FILE_NONE, NULL);
  groups = g_key_file_get_groups (entries, NULL);
  for (char **group = groups; *group != NULL; group++)
    {
      g_autofree char *text = g_key_file_get_string (entries, *group,
                                                     "attributes", NULL);
      g_autofree char *secret = g_key_file_get_string (entries, *group,
                                                       "secret", NULL);
      g_autoptr (GVariant) attributes =
        g_variant_parse (G_VARIANT_TYPE ("a{ss}"), text, NULL, NULL, NULL);
      const char *profile = "", *server = "";

      g_variant_lookup (attributes, "profile", "&s", &profile);
      g_variant_lookup (attributes, "server", "&s", &server);
      g_string_append_printf (list, "[%s %s %s]", profile, server, secret);
    }

  return g_string_free (g_steal_pointer (&list), FALSE);
}
