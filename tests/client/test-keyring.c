/* test-keyring.c: tokens in a keyring that is open, locked, late or dying
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keyring is a program on a bus of the test's own, whose configuration
 * names no directory of services: nobody's real keyring is ever started.
 */

#include "km-client-error.h"
#include "km-secrets.h"
#include "km-test-keyring.h"

#include <libsecret/secret.h>

#define SERVER "https://example.org:81"
#define WAIT_SECONDS 20

typedef struct
{
  char *directory;
  char *entries;
  char *tokens;
  KmProfile *profile;
  KmSecrets *secrets;
  KmTestProcess *keyring;
  GAsyncResult *result;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->directory = km_test_directory_new ("keyring");
  self->entries = g_build_filename (self->directory, "keyring.ini", NULL);
  self->profile = km_profile_new ("one", self->directory, self->directory,
                                  "Owner");
  self->tokens = g_build_filename (self->profile->data_dir, "tokens.ini",
                                   NULL);
  self->secrets = km_secrets_new (self->profile);
}

/* libsecret keeps what it knows of the one that has gone otherwise. */
static void
stop_keyring (Fixture *self)
{
  g_clear_pointer (&self->keyring, km_test_process_stop);
  secret_service_disconnect ();
}

static void
start_keyring (Fixture    *self,
               const char *mode,
               const char *die_at)
{
  stop_keyring (self);
  self->keyring = km_test_keyring_start (self->entries, mode, die_at, NULL);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  stop_keyring (self);
  g_clear_object (&self->result);
  g_clear_object (&self->secrets);
  g_clear_pointer (&self->profile, km_profile_unref);
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_free (self->entries);
  g_free (self->tokens);
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

static gboolean
is_gone (gpointer data)
{
  return *(gpointer *) data == NULL;
}

/* What the app still does for its tokens ends with it. */
static void
restart_app (Fixture *self)
{
  KmSecrets *old = self->secrets;

  g_object_add_weak_pointer (G_OBJECT (old), (gpointer *) &old);
  g_clear_object (&self->result);
  g_clear_object (&self->secrets);
  g_assert_true (km_test_wait_until (is_gone, &old, WAIT_SECONDS));
  secret_service_disconnect ();
  self->secrets = km_secrets_new (self->profile);
}

static GAsyncResult *
wait_result (Fixture *self)
{
  g_assert_true (km_test_wait_until (is_set, &self->result, WAIT_SECONDS));

  return self->result;
}

static void
store (Fixture    *self,
       const char *token)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->result);
  km_secrets_store_async (self->secrets, SERVER, token, NULL, on_result,
                          &self->result);
  g_assert_true (km_secrets_store_finish (self->secrets, wait_result (self),
                                          &error));
  g_assert_no_error (error);
}

static char *
look_up (Fixture    *self,
         KmSecrets  *secrets,
         GError    **error)
{
  g_clear_object (&self->result);
  km_secrets_lookup_async (secrets, SERVER, NULL, on_result, &self->result);

  return km_secrets_lookup_finish (secrets, wait_result (self), error);
}

static void
assert_found (Fixture    *self,
              const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = look_up (self, self->secrets, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (token, ==, expected);
}

static void
assert_refused (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = look_up (self, self->secrets, &error);

  g_assert_null (token);
  g_assert_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_STORAGE);
}

static gboolean
clear (Fixture  *self,
       GError  **error)
{
  g_clear_object (&self->result);
  km_secrets_clear_async (self->secrets, SERVER, NULL, on_result,
                          &self->result);

  return km_secrets_clear_finish (self->secrets, wait_result (self), error);
}

static void
assert_entries (Fixture    *self,
                const char *expected)
{
  g_autofree char *list = km_test_keyring_list (self->entries);

  g_assert_cmpstr (list, ==, expected);
}

static void
assert_in_file (Fixture  *self,
                gboolean  in_file)
{
  g_assert_cmpint (km_secrets_get_in_file (self->secrets), ==, in_file);
  g_assert_cmpint (g_file_test (self->tokens, G_FILE_TEST_EXISTS), ==,
                   in_file);
}

static void
test_found_after_a_restart (Fixture       *self,
                            gconstpointer  data)
{
  start_keyring (self, "open", NULL);
  assert_found (self, NULL);
  store (self, "first");
  store (self, "second");
  assert_entries (self, "[one " SERVER " second]");
  assert_in_file (self, FALSE);

  restart_app (self);
  assert_in_file (self, FALSE);
  assert_found (self, "second");

  /* After a new login the keyring is another process, too. */
  start_keyring (self, "open", NULL);
  restart_app (self);
  assert_found (self, "second");
}

static void
test_each_profile_its_own (Fixture       *self,
                           gconstpointer  data)
{
  g_autoptr (KmProfile) profile = NULL;
  g_autoptr (KmSecrets) secrets = NULL;
  g_autofree char *token = NULL;

  start_keyring (self, "open", NULL);
  store (self, "secret");
  profile = km_profile_new ("two", self->directory, self->directory, "Owner");
  secrets = km_secrets_new (profile);
  token = look_up (self, secrets, NULL);
  g_assert_null (token);

  g_clear_object (&self->result);
  km_secrets_store_async (secrets, SERVER, "other", NULL, on_result,
                          &self->result);
  g_assert_true (km_secrets_store_finish (secrets, wait_result (self), NULL));
  assert_entries (self, "[one " SERVER " secret][two " SERVER " other]");

  g_assert_true (clear (self, NULL));
  assert_entries (self, "[two " SERVER " other]");
  g_clear_object (&secrets);
}

static void
test_cleared_is_gone (Fixture       *self,
                      gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  start_keyring (self, "open", NULL);
  store (self, "secret");
  g_assert_true (clear (self, &error));
  g_assert_no_error (error);
  assert_entries (self, "");
  assert_found (self, NULL);

  /* Nothing to remove is not a failure. */
  g_assert_true (clear (self, &error));
  g_assert_no_error (error);
}

static void
test_prompt_opens_it (Fixture       *self,
                      gconstpointer  data)
{
  start_keyring (self, "open", NULL);
  store (self, "secret");

  start_keyring (self, "unlocks", NULL);
  restart_app (self);
  assert_found (self, "secret");

  start_keyring (self, "unlocks", NULL);
  restart_app (self);
  store (self, "newer");
  assert_entries (self, "[one " SERVER " newer]");
  assert_in_file (self, FALSE);

  start_keyring (self, "unlocks", NULL);
  restart_app (self);
  g_assert_true (clear (self, NULL));
  assert_entries (self, "");
}

static void
test_dismissed_is_told_and_loses_nothing (Fixture       *self,
                                          gconstpointer  data)
{
  start_keyring (self, "open", NULL);
  store (self, "secret");

  start_keyring (self, "dismissed", NULL);
  restart_app (self);
  assert_refused (self);
  assert_entries (self, "[one " SERVER " secret]");

  start_keyring (self, "unlocks", NULL);
  assert_found (self, "secret");
}

static void
test_dismissed_store_goes_to_the_file (Fixture       *self,
                                       gconstpointer  data)
{
  start_keyring (self, "open", NULL);
  store (self, "old");

  start_keyring (self, "dismissed", NULL);
  restart_app (self);
  store (self, "new");
  assert_in_file (self, TRUE);
  assert_entries (self, "[one " SERVER " old]");

  /* The newer one counts, however the keyring feels the next time. */
  restart_app (self);
  assert_found (self, "new");
  start_keyring (self, "open", NULL);
  restart_app (self);
  assert_found (self, "new");
}

static void
test_not_cleared_is_told (Fixture       *self,
                          gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  start_keyring (self, "open", NULL);
  store (self, "secret");
  start_keyring (self, "dismissed", NULL);
  restart_app (self);
  g_assert_false (clear (self, &error));
  g_assert_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_STORAGE);
  assert_entries (self, "[one " SERVER " secret]");
}

static gboolean
left_file (gpointer data)
{
  return !km_secrets_get_in_file (data);
}

static void
test_late_keyring_takes_over (Fixture       *self,
                              gconstpointer  data)
{
  store (self, "secret");
  assert_in_file (self, TRUE);

  start_keyring (self, "open", NULL);
  restart_app (self);
  assert_found (self, "secret");
  g_assert_true (km_test_wait_until (left_file, self->secrets, WAIT_SECONDS));
  assert_in_file (self, FALSE);
  assert_entries (self, "[one " SERVER " secret]");

  restart_app (self);
  assert_found (self, "secret");
}

static void
test_locked_is_not_opened_for_moving (Fixture       *self,
                                      gconstpointer  data)
{
  g_autoptr (KmProfile) profile = NULL;
  g_autoptr (KmSecrets) other = NULL;

  store (self, "secret");

  /* It would die of the first try. */
  start_keyring (self, "unlocks", "CreateItem");
  restart_app (self);
  assert_found (self, "secret");

  /* What is asked now is answered after what moving asked. */
  profile = km_profile_new ("two", self->directory, self->directory, "Owner");
  other = km_secrets_new (profile);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *token = look_up (self, other, &error);

      g_assert_no_error (error);
      g_assert_null (token);
    }
  g_assert_true (km_test_process_is_running (self->keyring));
  assert_in_file (self, TRUE);
}

static void
test_cleared_while_moving_stays_gone (Fixture       *self,
                                      gconstpointer  data)
{
  store (self, "secret");
  start_keyring (self, "open", NULL);
  restart_app (self);
  assert_found (self, "secret");
  g_assert_true (clear (self, NULL));
  assert_in_file (self, FALSE);
  assert_entries (self, "");
  assert_found (self, NULL);
  assert_entries (self, "");
}

static void
test_dying_keyring (Fixture       *self,
                    gconstpointer  data)
{
  static const char *const while_storing[] = {
    "OpenSession", "CreateItem",
  };
  static const char *const while_looking[] = {
    "SearchItems", "OpenSession", "GetSecrets",
  };

  for (guint i = 0; i < G_N_ELEMENTS (while_storing); i++)
    {
      start_keyring (self, "open", while_storing[i]);
      restart_app (self);
      store (self, while_storing[i]);
      g_assert_cmpint (km_test_process_wait (self->keyring, WAIT_SECONDS), ==,
                       1);
      assert_in_file (self, TRUE);
      assert_found (self, while_storing[i]);
    }

  start_keyring (self, "open", NULL);
  restart_app (self);
  store (self, "secret");
  assert_in_file (self, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (while_looking); i++)
    {
      start_keyring (self, "open", while_looking[i]);
      restart_app (self);
      assert_refused (self);
      g_assert_cmpint (km_test_process_wait (self->keyring, WAIT_SECONDS), ==,
                       1);
    }

  /* The same app finds it when the keyring is back. */
  start_keyring (self, "open", NULL);
  assert_found (self, "secret");
}

static void
test_cancelled_is_not_refused (Fixture       *self,
                               gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  start_keyring (self, "open", NULL);
  km_secrets_store_async (self->secrets, SERVER, "secret", cancellable,
                          on_result, &self->result);
  g_cancellable_cancel (cancellable);
  g_assert_false (km_secrets_store_finish (self->secrets, wait_result (self),
                                           &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_in_file (self, FALSE);
}

int
main (int   argc,
      char *argv[])
{
  /* Never freed: libsecret keeps the connection, which would be waited for. */
  static GTestDBus *bus;
  int status;

  g_test_init (&argc, &argv, NULL);
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
#define ADD(name, function)                                                   \
  g_test_add ("/client/keyring/" name, Fixture, NULL, set_up, function,       \
              tear_down)
  ADD ("found-after-a-restart", test_found_after_a_restart);
  ADD ("each-profile-its-own", test_each_profile_its_own);
  ADD ("cleared-is-gone", test_cleared_is_gone);
  ADD ("prompt-opens-it", test_prompt_opens_it);
  ADD ("dismissed-is-told-and-loses-nothing",
       test_dismissed_is_told_and_loses_nothing);
  ADD ("dismissed-store-goes-to-the-file",
       test_dismissed_store_goes_to_the_file);
  ADD ("not-cleared-is-told", test_not_cleared_is_told);
  ADD ("late-keyring-takes-over", test_late_keyring_takes_over);
  ADD ("locked-is-not-opened-for-moving",
       test_locked_is_not_opened_for_moving);
  ADD ("cleared-while-moving-stays-gone",
       test_cleared_while_moving_stays_gone);
  ADD ("dying-keyring", test_dying_keyring);
  ADD ("cancelled-is-not-refused", test_cancelled_is_not_refused);
#undef ADD
  status = g_test_run ();
  g_test_dbus_stop (bus);

  return status;
}
