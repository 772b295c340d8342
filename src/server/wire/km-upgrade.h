#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KM_UPGRADE_HEAD_MAX 8192

/**
 * KmUpgradeResult:
 * @KM_UPGRADE_NEED_MORE: what is here may become a request for a socket
 * @KM_UPGRADE_OTHER: it asks for something else
 * @KM_UPGRADE_WHOLE: it is one, and as it should be
 * @KM_UPGRADE_BAD: it asks for a socket, but not as the rules have it
 * @KM_UPGRADE_OTHER_VERSION: the same, of a version that isn't spoken here
 * @KM_UPGRADE_TOO_LONG: its head has no end within %KM_UPGRADE_HEAD_MAX bytes
 *
 * What the first bytes of a connection are.
 */
typedef enum
{
  KM_UPGRADE_NEED_MORE,
  KM_UPGRADE_OTHER,
  KM_UPGRADE_WHOLE,
  KM_UPGRADE_BAD,
  KM_UPGRADE_OTHER_VERSION,
  KM_UPGRADE_TOO_LONG,
} KmUpgradeResult;

/**
 * KmUpgrade:
 * @query: (nullable): what stood behind the `?`, as it was sent
 * @host: the Host header
 * @origin: (nullable): the Origin header
 * @key: the Sec-WebSocket-Key
 * @length: bytes of the head; frames may follow
 *
 * A request to open a socket. Plain data; km_upgrade_clear() frees what is in
 * it.
 */
typedef struct
{
  char *query;
  char *host;
  char *origin;
  char *key;
  gsize length;
} KmUpgrade;

KmUpgradeResult km_upgrade_parse  (const char  *data,
                                   gsize        length,
                                   gsize        seen,
                                   const char  *path,
                                   const char  *protocol,
                                   KmUpgrade   *upgrade);
void            km_upgrade_clear  (KmUpgrade   *self);
char           *km_upgrade_accept (const char  *key,
                                   const char  *protocol);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KmUpgrade, km_upgrade_clear)

G_END_DECLS
