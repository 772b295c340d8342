/* test-certificate.c: files of a certificate, and when they change
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-certificate.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "km-test-certificate.h"

#define MINUTE_US (60 * G_USEC_PER_SEC)

typedef struct
{
  KmTestAuthority *authority;
  char *file;
  char *key;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->authority = km_test_authority_new ();
  fixture->file = km_test_authority_issue (fixture->authority, "first",
                                           &fixture->key);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_test_authority_free (fixture->authority);
  g_free (fixture->file);
  g_free (fixture->key);
}

/* Puts another certificate in the place of the first. */
static void
renew (Fixture *fixture)
{
  g_autofree char *key = NULL;

  g_free (km_test_authority_issue (fixture->authority, "first", &key));
}

static void
test_faults_are_named (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autofree char *other_key = NULL;
  g_autofree char *other =
    km_test_authority_issue (fixture->authority, "second", &other_key);
  const struct
  {
    const char *file;
    const char *key;
    const char *words;
  } cases[] = {
    { "/nowhere/at/all", fixture->key, "/nowhere/at/all" },
    { fixture->file, "/nowhere/at/all", "/nowhere/at/all" },
    { fixture->file, other_key, "isn't that of the certificate" },
    { fixture->key, fixture->key, "aren't a certificate and its key" },
    { fixture->file, fixture->file, "aren't a certificate and its key" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (km_certificate_new (cases[i].file, cases[i].key,
                                         &error));
      g_assert_error (error, KM_CERTIFICATE_ERROR, KM_CERTIFICATE_ERROR_BAD);
      g_assert_nonnull (strstr (error->message, cases[i].words));
    }
}

/* It looks once a minute, and a change is seen then. */
static void
test_change_is_seen (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmCertificate) certificate =
    km_certificate_new (fixture->file, fixture->key, &error);
  g_autoptr (GTlsCertificate) first = NULL;
  gint64 now_us = 5 * MINUTE_US;

  g_assert_no_error (error);
  first = g_object_ref (km_certificate_peek (certificate, now_us));
  renew (fixture);
  now_us += MINUTE_US - 1;
  g_assert_true (km_certificate_peek (certificate, now_us) == first);
  g_assert_false (km_certificate_peek (certificate, now_us + 1) == first);
}

static void
test_unchanged_is_left_alone (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autoptr (KmCertificate) certificate =
    km_certificate_new (fixture->file, fixture->key, NULL);
  GTlsCertificate *first = km_certificate_peek (certificate, 1);

  for (guint i = 1; i < 5; i++)
    g_assert_true (km_certificate_peek (certificate, i * 2 * MINUTE_US) ==
                   first);
}

/* Half a copy changes nothing; the other half does. */
static void
test_bad_one_changes_nothing (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autoptr (KmCertificate) certificate =
    km_certificate_new (fixture->file, fixture->key, NULL);
  GTlsCertificate *first = km_certificate_peek (certificate, 1);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  renew (fixture);
  g_assert_true (g_file_get_contents (fixture->key, &text, NULL, NULL));
  g_assert_true (g_file_set_contents (fixture->key, "half", 4, NULL));
  g_assert_false (km_certificate_reload (certificate, &error));
  g_assert_error (error, KM_CERTIFICATE_ERROR, KM_CERTIFICATE_ERROR_BAD);
  g_assert_true (km_certificate_peek (certificate, 2) == first);

  g_assert_true (g_file_set_contents (fixture->key, text, -1, NULL));
  g_assert_false (km_certificate_peek (certificate, 2 + MINUTE_US) == first);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) \
  g_test_add ("/server/wire/certificate/" path, Fixture, NULL, set_up, test, \
              tear_down)
  ADD ("faults-are-named", test_faults_are_named);
  ADD ("change-is-seen-within-a-minute", test_change_is_seen);
  ADD ("unchanged-is-left-alone", test_unchanged_is_left_alone);
  ADD ("bad-one-changes-nothing", test_bad_one_changes_nothing);

  return g_test_run ();
}
