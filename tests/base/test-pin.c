/* test-pin.c: which certificates are accepted
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-test-certificate.h"
#include "km-pin.h"

#define ONE "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER "10112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void
test_decisions (void)
{
  const GTlsCertificateFlags self_made = G_TLS_CERTIFICATE_UNKNOWN_CA
                                         | G_TLS_CERTIFICATE_BAD_IDENTITY;
  const GTlsCertificateFlags old = self_made | G_TLS_CERTIFICATE_EXPIRED;
  static const struct
  {
    gboolean good;
    const char *pin;
    KmVerdict trust;
    gboolean accepted;
  } cases[] = {
    { TRUE, NULL, KM_VERDICT_SYSTEM, TRUE },
    { TRUE, ONE, KM_VERDICT_PINNED, TRUE },
    { TRUE, OTHER, KM_VERDICT_SYSTEM, TRUE },
    { FALSE, NULL, KM_VERDICT_UNKNOWN, FALSE },
    { FALSE, ONE, KM_VERDICT_PINNED, TRUE },
    { FALSE, OTHER, KM_VERDICT_OTHER, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GTlsCertificateFlags errors[] = {
        cases[i].good ? 0 : self_made, cases[i].good ? 0 : old,
        cases[i].good ? 0 : G_TLS_CERTIFICATE_VALIDATE_ALL,
      };

      for (guint j = 0; j < G_N_ELEMENTS (errors); j++)
        {
          KmVerdict trust = km_pin_judge (errors[j], ONE, cases[i].pin);

          g_assert_cmpint (trust, ==, cases[i].trust);
          g_assert_cmpint (km_verdict_accepts (trust), ==, cases[i].accepted);
        }
    }
}

static void
test_spellings (void)
{
  static const char *const good[] = {
    ONE, "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF",
    "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:"
    "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff",
    " 0011 2233 4455 6677 8899 aabb ccdd eeff"
    " 0011 2233 4455 6677 8899 aabb ccdd eeff ",
  };
  static const char *const bad[] = {
    NULL, "", "00", ONE "0", "g" ONE, "sha256:" ONE,
    "0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *fingerprint = km_fingerprint_parse (good[i]);

      g_assert_cmpstr (fingerprint, ==, ONE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (km_fingerprint_parse (bad[i]));
}

/* The same number as everybody else's. */
static void
test_openssl_agrees (void)
{
  g_autoptr (KmTestAuthority) authority = km_test_authority_new ();
  const char *file = km_test_authority_get_file (authority);
  const char *argv[] = {
    "openssl", "x509", "-in", file, "-noout", "-fingerprint", "-sha256", NULL
  };
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *fingerprint = NULL;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                &said, NULL, NULL, &error);
  g_assert_no_error (error);
  expected = km_fingerprint_parse (strchr (g_strchomp (said), '=') + 1);
  g_assert_nonnull (expected);

  certificate = g_tls_certificate_new_from_file (file, &error);
  g_assert_no_error (error);
  fingerprint = km_fingerprint_new (certificate);
  g_assert_cmpstr (fingerprint, ==, expected);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/pin/system-or-pin-and-nothing-else",
                   test_decisions);
  g_test_add_func ("/base/pin/fingerprint-in-any-spelling", test_spellings);
  g_test_add_func ("/base/pin/fingerprint-is-that-of-openssl",
                   test_openssl_agrees);

  return g_test_run ();
}
