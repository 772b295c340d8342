#pragma once

#include <gio/gio.h>

#include "km-test-certificate.h"

G_BEGIN_DECLS

gboolean         km_test_tls_is_asked_for (void);
KmTestAuthority *km_test_tls_authority    (void);
void             km_test_tls_trust        (void);
int              km_test_tls_wrap         (int       fd);
GIOStream       *km_test_tls_accept       (int       fd,
                                           GSocket **socket);

G_END_DECLS
