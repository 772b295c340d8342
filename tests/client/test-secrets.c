/* test-secrets.c: without a keyring, tokens are in a file nobody else reads
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-secrets.h"
#include "km-test-process.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

typedef struct
{
  char *directory;
  KmProfile *profile;
  KmSecrets *secrets;
  GAsyncResult *result;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->directory = km_test_directory_new ("secrets");
  self->profile = km_profile_new ("one", self->directory, self->directory,
                                  "Owner");
  self->secrets = km_secrets_new (self->profile);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_clear_object (&self->result);
  g_clear_object (&self->secrets);
  g_clear_pointer (&self->profile, km_profile_unref);
  km_test_directory_remove (self->directory);
  g_free (self->directory);
}

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_set_object ((GAsyncResult **) data, result);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

static GAsyncResult *
wait_result (Fixture *self)
{
  g_assert_true (km_test_wait_until (is_set, &self->result, 20));

  return self->result;
}

static gboolean
store (Fixture     *self,
       const char  *server,
       const char  *token,
       GError     **error)
{
  g_clear_object (&self->result);
  km_secrets_store_async (self->secrets, server, token, NULL, on_result,
                          &self->result);

  return km_secrets_store_finish (self->secrets, wait_result (self), error);
}

static char *
look_up (Fixture    *self,
         KmSecrets  *secrets,
         const char *server)
{
  g_clear_object (&self->result);
  km_secrets_lookup_async (secrets, server, NULL, on_result, &self->result);

  return km_secrets_lookup_finish (secrets, wait_result (self), NULL);
}

static void
assert_token (Fixture    *self,
              KmSecrets  *secrets,
              const char *server,
              const char *expected)
{
  g_autofree char *token = look_up (self, secrets, server);

  g_assert_cmpstr (token, ==, expected);
}

static void
test_file_is_private (Fixture       *self,
                      gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->profile->data_dir,
                                            "tokens.ini", NULL);
  GStatBuf status;

  umask (0);
  g_assert_false (km_secrets_get_in_file (self->secrets));
  g_assert_true (store (self, "https://example.org:81", "secret", NULL));
  g_assert_true (km_secrets_get_in_file (self->secrets));

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmphex (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (self->profile->data_dir, &status), ==, 0);
  g_assert_cmphex (status.st_mode & 0777, ==, 0700);

  /* It stays so when it is written again. */
  g_assert_true (store (self, "https://example.org:82", "other", NULL));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmphex (status.st_mode & 0777, ==, 0600);
}

static void
test_each_server_its_own (Fixture       *self,
                          gconstpointer  data)
{
  g_autoptr (KmSecrets) again = NULL;

  g_assert_true (store (self, "https://a", "one", NULL));
  g_assert_true (store (self, "https://b", "two", NULL));
  g_assert_true (store (self, "https://b", "three", NULL));

  again = km_secrets_new (self->profile);
  g_assert_true (km_secrets_get_in_file (again));
  assert_token (self, again, "https://a", "one");
  assert_token (self, again, "https://b", "three");
  assert_token (self, again, "https://c", NULL);

  g_clear_object (&self->result);
  km_secrets_clear_async (again, "https://a", NULL, on_result, &self->result);
  g_assert_true (km_secrets_clear_finish (again, wait_result (self), NULL));
  assert_token (self, again, "https://a", NULL);
  assert_token (self, again, "https://b", "three");
}

static void
test_each_profile_its_own (Fixture       *self,
                           gconstpointer  data)
{
  g_autoptr (KmProfile) profile = NULL;
  g_autoptr (KmSecrets) secrets = NULL;

  g_assert_true (store (self, "https://a", "one", NULL));
  profile = km_profile_new ("two", self->directory, self->directory, "Owner");
  secrets = km_secrets_new (profile);
  assert_token (self, secrets, "https://a", NULL);
}

static void
test_not_kept_is_told (Fixture       *self,
                       gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *in_the_way = g_build_filename (self->directory, "profiles",
                                                  NULL);

  g_assert_true (g_file_set_contents (in_the_way, "a file", -1, NULL));
  g_assert_false (store (self, "https://a", "one", &error));
  g_assert_nonnull (error);
  g_assert_false (km_secrets_get_in_file (self->secrets));
}

int
main (int   argc,
      char *argv[])
{
  /* No keyring: a test must not find a real one. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                   \
  g_test_add ("/client/secrets/" name, Fixture, NULL, set_up, function,       \
              tear_down)
  ADD ("file-is-private", test_file_is_private);
  ADD ("each-server-its-own", test_each_server_its_own);
  ADD ("each-profile-its-own", test_each_profile_its_own);
  ADD ("not-kept-is-told", test_not_kept_is_told);
#undef ADD
  return g_test_run ();
}
