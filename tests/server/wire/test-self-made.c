/* test-self-made.c: a certificate that nobody else vouches for
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "km-certificate.h"
#include "km-pin.h"
#include "km-self-made.h"
#include "km-test-process.h"

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->directory = km_test_directory_new ("self-made");
  self->path = g_build_filename (self->directory, "certificate.pem", NULL);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_free (self->path);
}

static char *
ensure (Fixture *self)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;

  km_self_made_ensure (self->path, &error);
  g_assert_no_error (error);
  certificate = g_tls_certificate_new_from_file (self->path, &error);
  g_assert_no_error (error);

  return km_fingerprint_new (certificate);
}

static void
test_made_once (Fixture       *self,
                gconstpointer  data)
{
  g_autofree char *first = ensure (self);
  g_autofree char *second = ensure (self);
  g_autofree char *third = NULL;
  g_autoptr (KmCertificate) served = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  g_assert_cmpstr (first, ==, second);
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);

  served = km_certificate_new (self->path, self->path, &error);
  g_assert_no_error (error);

  g_assert_true (km_self_made_renew (self->path, &error));
  third = ensure (self);
  g_assert_cmpstr (first, !=, third);
}

/* As another program reads it. */
static void
test_says_what_it_is (Fixture       *self,
                      gconstpointer  data)
{
  g_autofree char *fingerprint = ensure (self);
  const char *argv[] = {
    "openssl", "x509", "-in", self->path, "-noout", "-text", "-checkend",
    "2000000000", NULL
  };
  static const char *const words[] = {
    "NIST CURVE: P-256", "ecdsa-with-SHA256", "9999 GMT", "CA:FALSE",
    "TLS Web Server Authentication", "Certificate will not expire",
  };
  g_autofree char *said = NULL;
  g_autoptr (GError) error = NULL;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                &said, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (said, words[i]) == NULL)
      g_error ("no “%s” in:\n%s", words[i], said);
}

static void
test_no_room (Fixture       *self,
              gconstpointer  data)
{
  g_autofree char *nowhere = g_build_filename (self->directory, "gone",
                                               "certificate.pem", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (km_self_made_ensure (nowhere, &error));
  g_assert_error (error, KM_SELF_MADE_ERROR, KM_SELF_MADE_ERROR_FAILED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                   \
  g_test_add ("/server/wire/self-made/" name, Fixture, NULL, set_up,          \
              function, tear_down)
  ADD ("made-once-and-renewed-by-hand", test_made_once);
  ADD ("for-a-server-and-without-end", test_says_what_it_is);
  ADD ("no-place-is-told", test_no_room);
#undef ADD

  return g_test_run ();
}
