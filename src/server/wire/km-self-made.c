/* km-self-made.c: a certificate that nobody else vouches for
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For the server of somebody's own computer, which has no name in the world
 * and no authority that would sign for it. Those who come know it by its
 * fingerprint. So it says nothing of addresses, which change with each
 * network, and doesn't expire (RFC 5280, 4.1.2.5): a new one looks to them
 * just like a stranger's, and is only made when a person wants it.
 *
 * Key and certificate are one file, so that there is never one without the
 * other; only its owner can read it.
 *
 * Thread: any.
 */

#include "km-self-made.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#define SUBJECT "CN=Kaimu on somebody's own computer"
#define SERIAL_BYTES 16
#define X509_V3 3
/* A clock that is behind is no reason to take it for one of the future. */
#define BACK_S (24 * 60 * 60)
/* 99991231235959Z */
#define WITHOUT_END_S ((time_t) G_GINT64_CONSTANT (253402300799))

/* What is made; each is NULL until then. */
typedef struct
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
} Pair;

G_DEFINE_QUARK (km-self-made-error-quark, km_self_made_error)

static void
pair_clear (Pair *self)
{
  if (self->key != NULL)
    gnutls_x509_privkey_deinit (self->key);
  if (self->certificate != NULL)
    gnutls_x509_crt_deinit (self->certificate);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

/* Keeps the first result that isn't success. */
static void
note (int *result,
      int  next)
{
  if (*result >= 0)
    *result = next;
}

static int
make_key (Pair *self)
{
  int result = gnutls_x509_privkey_init (&self->key);

  if (result >= 0)
    result = gnutls_x509_privkey_generate (
      self->key, GNUTLS_PK_ECDSA,
      GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);

  return result;
}

static int
describe (Pair *self)
{
  gnutls_x509_crt_t certificate = self->certificate;
  guint8 serial[SERIAL_BYTES];
  const char *where = NULL;
  int result = gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);

  /* Positive, and never shorter. */
  serial[0] = (serial[0] & 0x3f) | 0x40;
  note (&result, gnutls_x509_crt_set_version (certificate, X509_V3));
  note (&result, gnutls_x509_crt_set_serial (certificate, serial,
                                             sizeof serial));
  note (&result, gnutls_x509_crt_set_dn (certificate, SUBJECT, &where));
  note (&result, gnutls_x509_crt_set_issuer_dn (certificate, SUBJECT, &where));
  note (&result, gnutls_x509_crt_set_activation_time (certificate,
                                                      time (NULL) - BACK_S));
  note (&result, gnutls_x509_crt_set_expiration_time (
                   certificate, WITHOUT_END_S));
  note (&result, gnutls_x509_crt_set_basic_constraints (certificate, 0, -1));
  note (&result, gnutls_x509_crt_set_key_usage (certificate,
                                                GNUTLS_KEY_DIGITAL_SIGNATURE));
  note (&result, gnutls_x509_crt_set_key_purpose_oid (
                   certificate, GNUTLS_KP_TLS_WWW_SERVER, 0));

  return result;
}

static int
make_certificate (Pair *self)
{
  int result = gnutls_x509_crt_init (&self->certificate);

  if (result >= 0)
    result = gnutls_x509_crt_set_key (self->certificate, self->key);
  if (result >= 0)
    result = describe (self);
  if (result >= 0)
    result = gnutls_x509_crt_sign2 (self->certificate, self->certificate,
                                    self->key, GNUTLS_DIG_SHA256, 0);

  return result;
}

static int
write_both (Pair    *self,
            GString *text)
{
  gnutls_datum_t key = { 0 }, certificate = { 0 };
  int result = gnutls_x509_privkey_export2_pkcs8 (
    self->key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key);

  if (result >= 0)
    result = gnutls_x509_crt_export2 (self->certificate, GNUTLS_X509_FMT_PEM,
                                      &certificate);
  if (result >= 0)
    {
      g_string_append_len (text, (const char *) key.data, key.size);
      g_string_append_len (text, (const char *) certificate.data,
                           certificate.size);
    }

  if (key.data != NULL)
    gnutls_memset (key.data, 0, key.size);
  gnutls_free (key.data);
  gnutls_free (certificate.data);

  return result;
}

/**
 * km_self_made_renew:
 * @path: where to write it
 * @error: %KM_SELF_MADE_ERROR
 *
 * Makes a key on the curve P-256 and a certificate, and puts both in the place
 * of what is there. Everybody who knows the server has to be told.
 *
 * Returns: whether they are there
 */
gboolean
km_self_made_renew (const char  *path,
                    GError     **error)
{
  g_auto (Pair) pair = { NULL };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) cause = NULL;
  gboolean written;
  int result = make_key (&pair);

  if (result >= 0)
    result = make_certificate (&pair);
  if (result >= 0)
    result = write_both (&pair, text);
  if (result < 0)
    {
      g_set_error (error, KM_SELF_MADE_ERROR, KM_SELF_MADE_ERROR_FAILED,
                   "a certificate can't be made: %s",
                   gnutls_strerror (result));
      return FALSE;
    }

  written = g_file_set_contents_full (path, text->str, (gssize) text->len,
                                      G_FILE_SET_CONTENTS_CONSISTENT |
                                      G_FILE_SET_CONTENTS_DURABLE,
                                      0600, &cause);
  gnutls_memset (text->str, 0, text->len);
  if (!written)
    g_set_error_literal (error, KM_SELF_MADE_ERROR, KM_SELF_MADE_ERROR_FAILED,
                         cause->message);

  return written;
}

/**
 * km_self_made_ensure:
 * @path: where it is kept
 * @error: %KM_SELF_MADE_ERROR
 *
 * Makes one when there is none. One that is there stays, whatever it is.
 *
 * Returns: whether there is one
 */
gboolean
km_self_made_ensure (const char  *path,
                     GError     **error)
{
  return g_file_test (path, G_FILE_TEST_EXISTS) ||
         km_self_made_renew (path, error);
}
