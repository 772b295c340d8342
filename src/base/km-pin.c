/* km-pin.c: whether a server's certificate is the one that is expected
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One rule for all that connects: calls, sockets, pictures. What this computer
 * trusts is trusted. Anything else is accepted only if it is, to the last bit,
 * the certificate that was expected: the one a link names, or the one a person
 * agreed to. That its name or its dates don't fit is then no objection, since
 * neither is what it is known by.
 *
 * A fingerprint is the SHA-256 of the whole certificate in DER, as 64 digits
 * a-f, 0-9. Of the whole one, and not of its key alone, because that is the
 * number which browsers and openssl show, too, and a server that makes its own
 * certificate makes the key and it together.
 *
 * Thread: any (no state).
 */

#include "km-pin.h"

#include <string.h>

/**
 * km_fingerprint_new:
 * @certificate: of a server
 *
 * Returns: (transfer full): what it is known by
 */
char *
km_fingerprint_new (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;

  g_object_get (certificate, "certificate", &der, NULL);

  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
}

/**
 * km_fingerprint_parse:
 * @text: (nullable): as people and programs write it: in either case, with or
 *   without colons and spaces
 *
 * Returns: (transfer full) (nullable): the fingerprint; %NULL: it is none
 */
char *
km_fingerprint_parse (const char *text)
{
  char fingerprint[KM_FINGERPRINT_LENGTH + 1];
  gsize length = 0;

  for (const char *at = text; at != NULL && *at != '\0'; at++)
    {
      if (*at == ':' || *at == ' ')
        continue;
      if (!g_ascii_isxdigit (*at) || length == KM_FINGERPRINT_LENGTH)
        return NULL;
      fingerprint[length++] = g_ascii_tolower (*at);
    }
  fingerprint[length] = '\0';

  return length == KM_FINGERPRINT_LENGTH ? g_strdup (fingerprint) : NULL;
}

/**
 * km_pin_judge:
 * @errors: what this computer has against the certificate
 * @fingerprint: the certificate's
 * @pin: (nullable): the fingerprint that is expected
 *
 * Returns: what to think of it
 */
KmVerdict
km_pin_judge (GTlsCertificateFlags  errors,
              const char           *fingerprint,
              const char           *pin)
{
  if (pin != NULL && strcmp (fingerprint, pin) == 0)
    return KM_VERDICT_PINNED;
  if (errors == G_TLS_CERTIFICATE_NO_FLAGS)
    return KM_VERDICT_SYSTEM;

  return pin != NULL ? KM_VERDICT_OTHER : KM_VERDICT_UNKNOWN;
}

/* Returns: whether one may talk to who shows it. */
gboolean
km_verdict_accepts (KmVerdict verdict)
{
  return verdict == KM_VERDICT_SYSTEM || verdict == KM_VERDICT_PINNED;
}
