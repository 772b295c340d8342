/* km-test-certificate.c: certificates for one test
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An authority that nobody knows makes them with openssl in a private
 * directory, and both go with the test.
 *
 * Thread: any; one at a time.
 */

#include "km-test-certificate.h"

#include <glib/gstdio.h>

struct _KmTestAuthority
{
  char *directory;
  char *file;
  char *key;
};

/* @more: further arguments of `openssl req`; the files are made for two days */
static void
make (const char         *certificate,
      const char         *key,
      const char *const  *more)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  int status;

  g_strv_builder_add_many (builder, "openssl", "req", "-x509", "-newkey", "ec",
                           "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                           "-days", "2", "-out", certificate, "-keyout", key,
                           NULL);
  g_strv_builder_addv (builder, (const char **) more);
  argv = g_strv_builder_end (builder);
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &said,
                &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("openssl says: %s", said);
}

/**
 * km_test_authority_new:
 *
 * Returns: (transfer full): an authority of the test's own
 */
KmTestAuthority *
km_test_authority_new (void)
{
  static const char *const more[] = {
    "-subj", "/CN=An authority of a test", "-addext",
    "basicConstraints=critical,CA:TRUE", "-addext",
    "keyUsage=critical,keyCertSign", NULL
  };
  KmTestAuthority *self = g_new0 (KmTestAuthority, 1);
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("kaimu-certificates-XXXXXX", &error);
  g_assert_no_error (error);
  self->file = g_build_filename (self->directory, "authority.pem", NULL);
  self->key = g_build_filename (self->directory, "authority-key.pem", NULL);
  make (self->file, self->key, more);

  return self;
}

void
km_test_authority_free (KmTestAuthority *self)
{
  g_autoptr (GDir) directory = g_dir_open (self->directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->directory);
  g_free (self->directory);
  g_free (self->file);
  g_free (self->key);
  g_free (self);
}

/**
 * km_test_authority_get_file:
 * @self: an authority
 *
 * Returns: a PEM file for who trusts it
 */
const char *
km_test_authority_get_file (KmTestAuthority *self)
{
  return self->file;
}

/**
 * km_test_authority_issue:
 * @self: an authority
 * @name: what the certificate is called, and its file; a second one of the
 *   same name takes the place of the first
 * @key: (out) (transfer full): a PEM file with its key
 *
 * Returns: (transfer full): a PEM file with a certificate for this computer
 */
char *
km_test_authority_issue (KmTestAuthority  *self,
                         const char       *name,
                         char            **key)
{
  g_autofree char *subject = g_strdup_printf ("/CN=%s", name);
  g_autofree char *file = g_strdup_printf ("%s.pem", name);
  g_autofree char *key_file = g_strdup_printf ("%s-key.pem", name);
  char *certificate = g_build_filename (self->directory, file, NULL);
  const char *const more[] = {
    "-CA", self->file, "-CAkey", self->key, "-subj", subject, "-addext",
    "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1", "-addext",
    "basicConstraints=critical,CA:FALSE", NULL
  };

  *key = g_build_filename (self->directory, key_file, NULL);
  make (certificate, *key, more);

  return certificate;
}
