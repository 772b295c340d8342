#pragma once

#include <libsoup/soup.h>

#include "km-config.h"
#include "km-hub.h"
#include "km-relay.h"
#include "km-tls-doors.h"

G_BEGIN_DECLS

#define KM_LAN_ERROR (km_lan_error_quark ())
GQuark km_lan_error_quark (void);

/**
 * KmLanError:
 * @KM_LAN_ERROR_NO_ADDRESS: this computer doesn't have that address (any
 *   more): choose another
 * @KM_LAN_ERROR_FAILED: the message says why it can't be opened there
 */
typedef enum
{
  KM_LAN_ERROR_NO_ADDRESS,
  KM_LAN_ERROR_FAILED,
} KmLanError;

typedef struct _KmLan KmLan;

KmLan      *km_lan_new              (const KmConfig  *config,
                                     gint64           owner,
                                     SoupServer      *soup,
                                     KmHub           *hub,
                                     KmRelay         *relay);
void        km_lan_free             (KmLan           *self);
gboolean    km_lan_open             (KmLan           *self,
                                     const char      *host,
                                     guint            port,
                                     gboolean         streams,
                                     GError         **error);
void        km_lan_close            (KmLan           *self);
gboolean    km_lan_renew            (KmLan           *self,
                                     GError         **error);

gboolean    km_lan_is_owner         (KmLan           *self,
                                     gint64           account);
gboolean    km_lan_let_in           (KmLan           *self,
                                     GSocketAddress  *near);
KmTlsDoors *km_lan_peek_doors       (KmLan           *self);
const char *km_lan_get_address      (KmLan           *self);
const char *km_lan_get_streams      (KmLan           *self);
guint       km_lan_get_streams_port (KmLan           *self);
const char *km_lan_get_fingerprint  (KmLan           *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmLan, km_lan_free)

G_END_DECLS
