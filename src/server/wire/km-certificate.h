#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define KM_CERTIFICATE_ERROR (km_certificate_error_quark ())
GQuark km_certificate_error_quark (void);

/**
 * KmCertificateError:
 * @KM_CERTIFICATE_ERROR_BAD: the files can't be read or don't fit: the message
 *   says which, for who put them there
 */
typedef enum
{
  KM_CERTIFICATE_ERROR_BAD,
} KmCertificateError;

typedef struct _KmCertificate KmCertificate;

KmCertificate   *km_certificate_new    (const char     *file,
                                        const char     *key_file,
                                        GError        **error);
void             km_certificate_free   (KmCertificate  *self);
gboolean         km_certificate_reload (KmCertificate  *self,
                                        GError        **error);
GTlsCertificate *km_certificate_peek   (KmCertificate  *self,
                                        gint64          now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmCertificate, km_certificate_free)

G_END_DECLS
