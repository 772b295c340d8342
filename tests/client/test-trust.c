/* test-trust.c: whom an app believes, at a real server within TLS
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-client-error.h"
#include "km-server.h"
#include "km-test-server.h"
#include "km-test-tls.h"
#include "km-trust.h"

#define SECONDS 30

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

/* Asks the server at @address who it is. */
static gboolean
check (KmServer  *server,
       GError   **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  km_server_check_async (server, NULL, on_result, &result);
  g_assert_true (km_test_wait_until (is_set, &result, SECONDS));
  return km_server_check_finish (server, result, error);
}

static KmServer *
make_server (KmTestServer *real,
             const char   *host)
{
  const char *directory = km_test_server_get_directory (real);
  g_autoptr (KmProfile) profile =
    km_profile_new (NULL, directory, directory, "Owner");
  g_autoptr (KmSecrets) secrets = km_secrets_new (profile);
  g_autofree char *web = km_test_server_get_web (real);
  g_autofree char *address =
    g_strdup_printf ("https://%s%s", host, strrchr (web, ':'));

  return km_server_new (profile, secrets, address);
}

/* In a process of its own: what it believes is for the whole of it. */
static void
believe (const char *authorities,
         const char *host,
         gboolean    expected)
{
  /* At every address, so that what is refused isn't the connection. */
  const char *arguments[] = { "--https=0.0.0.0:0", NULL };
  g_autoptr (KmTestServer) real = NULL;
  g_autoptr (KmServer) server = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }

  km_trust_install (authorities);
  real = km_test_server_new (arguments);
  server = make_server (real, host);
  if (!expected)
    {
      g_assert_false (check (server, &error));
      g_assert_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_CERTIFICATE);
      return;
    }

  g_assert_true (check (server, &error));
  g_assert_no_error (error);
}

static void
test_unknown (void)
{
  believe ("/nowhere/at/all", "127.0.0.1", FALSE);
}

static void
test_own (void)
{
  believe (km_test_authority_get_file (km_test_tls_authority ()), "127.0.0.1",
           TRUE);
}

/* The certificate is for localhost and 127.0.0.1. */
static void
test_other_name (void)
{
  believe (km_test_authority_get_file (km_test_tls_authority ()), "127.0.0.2",
           FALSE);
}

/* What a server that is reached within TLS is told to be published to. */
static void
test_streams (void)
{
  g_autoptr (KmTestServer) real = NULL;
  g_autoptr (KmServer) server = NULL;
  g_autofree char *streams = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *address = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }

  km_trust_install (km_test_authority_get_file (km_test_tls_authority ()));
  real = km_test_server_new (NULL);
  server = make_server (real, "127.0.0.1");
  g_assert_true (check (server, NULL));
  streams = km_test_server_get_streams (real);
  expected = g_strconcat (streams, "/live/7", NULL);
  address = km_server_dup_rtmp_address (server, "7");
  g_assert_cmpstr (address, ==, expected);
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_setenv ("LANGUAGE", "en", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/trust/unknown-authority-is-refused", test_unknown);
  g_test_add_func ("/client/trust/own-authority-is-believed", test_own);
  g_test_add_func ("/client/trust/other-name-is-refused", test_other_name);
  g_test_add_func ("/client/trust/streams-go-within-tls", test_streams);

  return g_test_run ();
}
