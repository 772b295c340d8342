/* test-settings.c: each profile has settings and a name of its own
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-settings.h"

static void
test_application_id (void)
{
  static const struct
  {
    const char *profile;
    const char *expected;
  } table[] = {
    { NULL, KAIMU_APPLICATION_ID },
    { "work", KAIMU_APPLICATION_ID ".Profile.work" },
    { "2", KAIMU_APPLICATION_ID ".Profile._2" },
    { "-a", KAIMU_APPLICATION_ID ".Profile._-a" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *id = km_settings_application_id (table[i].profile);

      g_assert_cmpstr (id, ==, table[i].expected);
      g_assert_true (g_application_id_is_valid (id));
    }
}

static void
test_profiles_are_separate (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSettings) one = km_settings_new (NULL, &error);
  g_autoptr (GSettings) two = NULL;

  g_assert_no_error (error);
  two = km_settings_new ("second", &error);
  g_assert_no_error (error);

  g_settings_set_double (one, "volume", 0.25);
  g_assert_cmpfloat (g_settings_get_double (one, "volume"), ==, 0.25);
  g_assert_cmpfloat (g_settings_get_double (two, "volume"), ==, 1);
}

static void
test_settings_last (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSettings) settings = km_settings_new ("lasting", &error);
  g_autofree char *server = NULL;

  g_assert_no_error (error);
  g_settings_set_string (settings, "server", "https://live.example.org");
  g_settings_sync ();
  g_clear_object (&settings);

  settings = km_settings_new ("lasting", &error);
  g_assert_no_error (error);
  server = g_settings_get_string (settings, "server");
  g_assert_cmpstr (server, ==, "https://live.example.org");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/app/settings/application-id", test_application_id);
  g_test_add_func ("/app/settings/profiles-are-separate",
                   test_profiles_are_separate);
  g_test_add_func ("/app/settings/settings-last", test_settings_last);
  return g_test_run ();
}
