#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Letters of a fingerprint. */
#define KM_FINGERPRINT_LENGTH 64

/**
 * KmVerdict:
 * @KM_VERDICT_SYSTEM: this computer trusts it for this name
 * @KM_VERDICT_PINNED: it is the one that is expected
 * @KM_VERDICT_UNKNOWN: nobody vouches for it and none is expected: a person
 *   may decide
 * @KM_VERDICT_OTHER: another one is expected: it may be somebody else's
 *
 * What to think of a certificate that a server shows.
 */
typedef enum
{
  KM_VERDICT_SYSTEM,
  KM_VERDICT_PINNED,
  KM_VERDICT_UNKNOWN,
  KM_VERDICT_OTHER,
} KmVerdict;

char      *km_fingerprint_new   (GTlsCertificate      *certificate);
char      *km_fingerprint_parse (const char           *text);

KmVerdict  km_pin_judge         (GTlsCertificateFlags  errors,
                                 const char           *fingerprint,
                                 const char           *pin);
gboolean   km_verdict_accepts   (KmVerdict             verdict);

G_END_DECLS
