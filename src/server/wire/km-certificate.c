/* km-certificate.c: what the server shows to prove who it is
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Certificates are renewed every few weeks while people are connected. Only
 * new handshakes need them, so the files are read again when somebody asks
 * for it, or when one of them has changed and another handshake begins; what
 * is connected stays. Files that can't be used, or don't belong together, as
 * when only one of two has been copied, change nothing: the old ones go on,
 * and the log says why, once for each change.
 *
 * Thread: main.
 */

#include "km-certificate.h"

#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define LOOK_SPACING_US (60 * G_USEC_PER_SEC)

/* When a file was changed, and by whom it may have been replaced. */
typedef struct
{
  struct timespec changed;
  ino_t inode;
  off_t size;
} Mark;

struct _KmCertificate
{
  char *file;
  char *key_file;
  GTlsCertificate *certificate;
  Mark marks[2];
  gint64 looked_us;
};

G_DEFINE_QUARK (km-certificate-error-quark, km_certificate_error)

static gboolean
read_file (const char      *path,
           gnutls_datum_t  *text,
           GError         **error)
{
  g_autoptr (GError) cause = NULL;
  gsize length;

  if (g_file_get_contents (path, (char **) &text->data, &length, &cause))
    {
      text->size = (unsigned) length;
      return TRUE;
    }

  g_set_error_literal (error, KM_CERTIFICATE_ERROR, KM_CERTIFICATE_ERROR_BAD,
                       cause->message);
  return FALSE;
}

/* GIO would find out in the first handshake only. */
static gboolean
belong_together (KmCertificate         *self,
                 const gnutls_datum_t  *certificate,
                 const gnutls_datum_t  *key,
                 GError               **error)
{
  gnutls_certificate_credentials_t credentials;
  int result = gnutls_certificate_allocate_credentials (&credentials);

  if (result == GNUTLS_E_SUCCESS)
    {
      result = gnutls_certificate_set_x509_key_mem (
        credentials, certificate, key, GNUTLS_X509_FMT_PEM);
      gnutls_certificate_free_credentials (credentials);
    }
  if (result >= 0)
    return TRUE;

  if (result == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
    g_set_error (error, KM_CERTIFICATE_ERROR, KM_CERTIFICATE_ERROR_BAD,
                 "the key in %s isn't that of the certificate in %s",
                 self->key_file, self->file);
  else
    g_set_error (error, KM_CERTIFICATE_ERROR, KM_CERTIFICATE_ERROR_BAD,
                 "%s and %s aren't a certificate and its key in PEM: %s",
                 self->file, self->key_file, gnutls_strerror (result));

  return FALSE;
}

static GTlsCertificate *
read_both (KmCertificate  *self,
           GError        **error)
{
  gnutls_datum_t texts[2] = { { 0 } };
  GTlsCertificate *certificate = NULL;
  g_autoptr (GError) cause = NULL;

  if (read_file (self->file, &texts[0], error) &&
      read_file (self->key_file, &texts[1], error) &&
      belong_together (self, &texts[0], &texts[1], error))
    {
      certificate = g_tls_certificate_new_from_files (self->file,
                                                      self->key_file, &cause);
      if (certificate == NULL)
        g_set_error (error, KM_CERTIFICATE_ERROR, KM_CERTIFICATE_ERROR_BAD,
                     "%s: %s", self->file, cause->message);
    }

  g_free (texts[0].data);
  if (texts[1].data != NULL)
    gnutls_memset (texts[1].data, 0, texts[1].size);
  g_free (texts[1].data);

  return certificate;
}

static Mark
take_mark (const char *path)
{
  GStatBuf status;

  if (g_stat (path, &status) < 0)
    return (Mark) { 0 };

  return (Mark) { status.st_mtim, status.st_ino, status.st_size };
}

static void
take_marks (KmCertificate *self,
            Mark           marks[2])
{
  marks[0] = take_mark (self->file);
  marks[1] = take_mark (self->key_file);
}

static gboolean
is_same (const Mark *a,
         const Mark *b)
{
  return a->changed.tv_sec == b->changed.tv_sec &&
         a->changed.tv_nsec == b->changed.tv_nsec && a->inode == b->inode &&
         a->size == b->size;
}

static void
tell_until_when (KmCertificate *self)
{
  g_autoptr (GDateTime) end =
    g_tls_certificate_get_not_valid_after (self->certificate);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = end != NULL ? g_date_time_format (end, "%F") : NULL;

  if (end != NULL && g_date_time_compare (end, now) < 0)
    g_message ("the certificate in %s was good until %s only: nobody trusts "
               "it any more", self->file, date);
  else
    g_message ("the certificate in %s is good until %s", self->file,
               date != NULL ? date : "?");
}

/**
 * km_certificate_new:
 * @file: a PEM file with a certificate and those between it and a root
 * @key_file: a PEM file with its key
 * @error: %KM_CERTIFICATE_ERROR
 *
 * Returns: (transfer full) (nullable): both
 */
KmCertificate *
km_certificate_new (const char  *file,
                    const char  *key_file,
                    GError     **error)
{
  g_autoptr (KmCertificate) self = g_new0 (KmCertificate, 1);

  self->file = g_strdup (file);
  self->key_file = g_strdup (key_file);

  return km_certificate_reload (self, error) ? g_steal_pointer (&self) : NULL;
}

void
km_certificate_free (KmCertificate *self)
{
  g_clear_object (&self->certificate);
  g_free (self->file);
  g_free (self->key_file);
  g_free (self);
}

/**
 * km_certificate_reload:
 * @self: a certificate
 * @error: %KM_CERTIFICATE_ERROR
 *
 * Reads the files again.
 *
 * Returns: whether they are used from now on; else what there was is
 */
gboolean
km_certificate_reload (KmCertificate  *self,
                       GError        **error)
{
  GTlsCertificate *certificate;

  take_marks (self, self->marks);
  certificate = read_both (self, error);
  if (certificate == NULL)
    return FALSE;

  g_clear_object (&self->certificate);
  self->certificate = certificate;
  tell_until_when (self);

  return TRUE;
}

/**
 * km_certificate_peek:
 * @self: a certificate
 * @now_us: monotonic time
 *
 * Looks at most once a minute whether the files have changed.
 *
 * Returns: (transfer none): what to show now
 */
GTlsCertificate *
km_certificate_peek (KmCertificate *self,
                     gint64         now_us)
{
  g_autoptr (GError) error = NULL;
  Mark marks[2];

  if (self->looked_us == 0)
    self->looked_us = now_us;
  if (now_us - self->looked_us < LOOK_SPACING_US)
    return self->certificate;

  self->looked_us = now_us;
  take_marks (self, marks);
  if (is_same (&marks[0], &self->marks[0]) &&
      is_same (&marks[1], &self->marks[1]))
    return self->certificate;

  if (!km_certificate_reload (self, &error))
    g_message ("the old certificate goes on: %s", error->message);

  return self->certificate;
}
