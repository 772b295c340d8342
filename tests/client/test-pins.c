/* test-pins.c: servers that make their certificates themselves
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-client-error.h"
#include "km-pins.h"
#include "km-server-list.h"
#include "km-test-certificate.h"
#include "km-test-process.h"
#include "km-test-wire.h"
#include "km-pin.h"

#define SECONDS 20
#define SERVERS 4

typedef struct
{
  char *directory;
  KmProfile *profile;
  KmSecrets *secrets;
  KmTestAuthority *authority;
  GTlsCertificate *certificates[2];
  char *fingerprints[2];
  KmTestWire *wire;
  KmServer *server;
  GAsyncResult *result;
} Fixture;

static GTlsCertificate *
issue (Fixture    *self,
       const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *key = NULL;
  g_autofree char *file = km_test_authority_issue (self->authority, name,
                                                   &key);
  GTlsCertificate *certificate = g_tls_certificate_new_from_files (file, key,
                                                                   &error);

  g_assert_no_error (error);

  return certificate;
}

static KmServer *
create_server (Fixture *self)
{
  return km_server_new (self->profile, self->secrets,
                        km_test_wire_get_address (self->wire));
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  static const char *const names[] = { "first", "second" };

  self->directory = km_test_directory_new ("trust");
  self->profile = km_profile_new (NULL, self->directory, self->directory,
                                  "Owner");
  self->secrets = km_secrets_new (self->profile);
  self->authority = km_test_authority_new ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      self->certificates[i] = issue (self, names[i]);
      self->fingerprints[i] = km_fingerprint_new (self->certificates[i]);
    }
  self->wire = km_test_wire_new ();
  km_test_wire_show (self->wire, self->certificates[0]);
  km_test_wire_answer (self->wire, "GET rooms", 200, "{\"rooms\":[]}");
  self->server = create_server (self);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_clear_object (&self->result);
  g_clear_object (&self->server);
  g_clear_pointer (&self->wire, km_test_wire_free);
  g_clear_object (&self->secrets);
  g_clear_pointer (&self->profile, km_profile_unref);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (guint i = 0; i < G_N_ELEMENTS (self->certificates); i++)
    {
      g_clear_object (&self->certificates[i]);
      g_free (self->fingerprints[i]);
    }
  g_clear_pointer (&self->authority, km_test_authority_free);
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

static gboolean
check (Fixture   *self,
       KmServer  *server,
       GError   **error)
{
  g_clear_object (&self->result);
  km_server_check_async (server, NULL, on_result, &self->result);
  g_assert_true (km_test_wait_until (is_set, &self->result, SECONDS));

  return km_server_check_finish (server, self->result, error);
}

static void
assert_accepted (Fixture  *self,
                 KmServer *server)
{
  g_autoptr (GError) error = NULL;

  check (self, server, &error);
  g_assert_no_error (error);
  g_assert_cmpint (km_server_get_state (server), ==, KM_SERVER_ONLINE);
  g_assert_null (km_server_get_refused_certificate (server));
}

/* Nothing is asked of whoever shows it. */
static void
assert_refused (Fixture    *self,
                KmServer   *server,
                const char *fingerprint)
{
  g_autoptr (GError) error = NULL;
  guint asked = km_test_wire_count (self->wire, "GET server");

  g_assert_false (check (self, server, &error));
  g_assert_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_CERTIFICATE);
  g_assert_cmpstr (km_server_get_refused_certificate (server), ==,
                   fingerprint);
  g_assert_cmpint (km_server_get_state (server), ==, KM_SERVER_OFFLINE);
  g_assert_cmpuint (km_test_wire_count (self->wire, "GET server"), ==, asked);
}

static char *
lookup (Fixture *self)
{
  return km_pins_lookup (self->profile,
                         km_test_wire_get_address (self->wire));
}

static void
test_first_use_is_asked (Fixture       *self,
                         gconstpointer  data)
{
  g_autoptr (KmServer) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  assert_refused (self, self->server, self->fingerprints[0]);
  g_assert_null (km_server_get_pin (self->server));
  before = lookup (self);
  g_assert_null (before);

  g_assert_true (km_server_accept_certificate (self->server,
                                               self->fingerprints[0],
                                               &error));
  g_assert_no_error (error);
  assert_accepted (self, self->server);
  after = lookup (self);
  g_assert_cmpstr (after, ==, self->fingerprints[0]);

  again = create_server (self);
  g_assert_cmpstr (km_server_get_pin (again), ==, self->fingerprints[0]);
  assert_accepted (self, again);
}

/* What is agreed to in one window holds in the other. */
static void
test_agreed_to_elsewhere (Fixture       *self,
                          gconstpointer  data)
{
  g_autoptr (KmServer) other = create_server (self);

  assert_refused (self, self->server, self->fingerprints[0]);
  assert_refused (self, other, self->fingerprints[0]);
  km_server_accept_certificate (other, self->fingerprints[0], NULL);
  assert_accepted (self, self->server);
}

static void
test_link_is_no_question (Fixture       *self,
                          gconstpointer  data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  km_server_expect_certificate (self->server, self->fingerprints[0]);
  before = lookup (self);
  g_assert_null (before);
  assert_accepted (self, self->server);
  after = lookup (self);
  g_assert_cmpstr (after, ==, self->fingerprints[0]);
}

static void
test_link_that_lies (Fixture       *self,
                     gconstpointer  data)
{
  g_autofree char *pin = NULL;

  km_server_expect_certificate (self->server, self->fingerprints[1]);
  assert_refused (self, self->server, self->fingerprints[0]);
  pin = lookup (self);
  g_assert_null (pin);
}

static gboolean
is_waiting (gpointer data)
{
  return km_connection_get_state (data) == KM_CONNECTION_WAITING;
}

static gboolean
is_online (gpointer data)
{
  return km_connection_get_state (data) == KM_CONNECTION_OPEN;
}

static void
test_changed_one_refuses_everything (Fixture       *self,
                                     gconstpointer  data)
{
  KmConnection *connection = km_server_get_connection (self->server);
  g_autoptr (KmRoom) room = NULL;
  guint tickets;

  km_server_expect_certificate (self->server, self->fingerprints[0]);
  assert_accepted (self, self->server);
  room = km_server_open_room (self->server, "42");
  g_assert_true (km_test_wait_until (is_online, connection, SECONDS));
  tickets = km_test_wire_count (self->wire, "POST socket-tickets");

  km_test_wire_show (self->wire, self->certificates[1]);
  km_test_wire_drop (self->wire);
  g_assert_true (km_test_wait_until (is_waiting, connection, SECONDS));
  assert_refused (self, self->server, self->fingerprints[1]);
  g_assert_cmpstr (km_server_get_pin (self->server), ==,
                   self->fingerprints[0]);
  g_assert_cmpuint (km_test_wire_count (self->wire, "POST socket-tickets"),
                    ==, tickets);

  /* A link to the new one is no agreement. */
  km_server_expect_certificate (self->server, self->fingerprints[1]);
  assert_refused (self, self->server, self->fingerprints[1]);

  km_server_accept_certificate (self->server, self->fingerprints[1], NULL);
  assert_accepted (self, self->server);
  g_assert_true (km_test_wait_until (is_online, connection, SECONDS));
  g_assert_cmpuint (km_test_wire_count (self->wire, "POST socket-tickets"),
                    ==, tickets + 1);
}

static void
test_removed_one_is_forgotten (Fixture       *self,
                               gconstpointer  data)
{
  g_autoptr (KmLocalServer) local = km_local_server_new (self->profile, NULL);
  g_autoptr (KmServerList) list = km_server_list_new (self->profile, local);
  g_autofree char *text = g_strconcat (
    "kaimu", strstr (km_test_wire_get_address (self->wire), "://"),
    "/room/1?fp=", self->fingerprints[0], NULL);
  g_autoptr (KmLink) link = km_link_parse (text, NULL);
  g_autoptr (KmServer) server = km_server_list_dup (list, link);
  g_autoptr (KmServer) added = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  km_server_list_add_async (list, server, NULL, on_result, &self->result);
  g_assert_true (km_test_wait_until (is_set, &self->result, SECONDS));
  added = km_server_list_add_finish (list, self->result, &error);
  g_assert_no_error (error);
  g_assert_true (added == server);
  before = lookup (self);
  g_assert_cmpstr (before, ==, self->fingerprints[0]);

  g_assert_true (km_server_list_remove (list, server, &error));
  after = lookup (self);
  g_assert_null (after);
}

static void
test_broken_file (Fixture       *self,
                      gconstpointer  data)
{
  g_autofree char *kept = NULL;
  g_autofree char *path = g_build_filename (self->profile->data_dir,
                                                 "certificates.ini", NULL);

  for (guint i = 0; i < SERVERS; i++)
    {
      g_autofree char *address = g_strdup_printf ("https://[fd00::%u]:1", i);
      g_autofree char *found = NULL;

      g_assert_true (km_pins_set (self->profile, address,
                                  self->fingerprints[i % 2], NULL));
      found = km_pins_lookup (self->profile, address);
      g_assert_cmpstr (found, ==, self->fingerprints[i % 2]);
    }
  g_assert_true (km_pins_set (self->profile, "https://[fd00::1]:1", NULL,
                              NULL));
  kept = km_pins_lookup (self->profile, "https://[fd00::2]:1");
  g_assert_cmpstr (kept, ==, self->fingerprints[0]);

  g_assert_true (g_file_set_contents (path, "rubbish", -1, NULL));
  g_assert_null (km_pins_lookup (self->profile, "https://[fd00::2]:1"));
}

int
main (int   argc,
      char *argv[])
{
  /* No keyring: a test must not find a real one. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                   \
  g_test_add ("/client/pins/" name, Fixture, NULL, set_up, function,         \
              tear_down)
  ADD ("first-use-is-asked-and-remembered", test_first_use_is_asked);
  ADD ("agreed-to-in-another-window", test_agreed_to_elsewhere);
  ADD ("link-with-fingerprint-is-no-question", test_link_is_no_question);
  ADD ("link-that-lies-pins-nothing", test_link_that_lies);
  ADD ("changed-one-refuses-calls-and-socket",
       test_changed_one_refuses_everything);
  ADD ("removed-server-is-forgotten", test_removed_one_is_forgotten);
  ADD ("broken-file-asks-again", test_broken_file);
#undef ADD

  return g_test_run ();
}
