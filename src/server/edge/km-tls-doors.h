#pragma once

#include <libsoup/soup.h>

#include "km-config.h"
#include "km-entrance.h"
#include "km-handshakes.h"
#include "km-relay.h"

G_BEGIN_DECLS

typedef struct _KmTlsDoors KmTlsDoors;

KmTlsDoors *km_tls_doors_new    (const KmConfig  *config,
                                 SoupServer      *soup,
                                 KmRelay         *relay,
                                 GError         **error);
void        km_tls_doors_free   (KmTlsDoors      *self);
void        km_tls_doors_reload (KmTlsDoors      *self);
void        km_tls_doors_https  (KmTlsDoors      *self,
                                 int              fd);
void        km_tls_doors_cut_off (KmTlsDoors     *self,
                                  KmDoorKind      kind);
void        km_tls_doors_rtmps  (KmTlsDoors      *self,
                                 int              fd);
KmHandshakes *
            km_tls_doors_peek_handshakes
                                (KmTlsDoors      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTlsDoors, km_tls_doors_free)

G_END_DECLS
