#pragma once

#include <libsoup/soup.h>

#include "km-accounts.h"
#include "km-archive.h"
#include "km-config.h"
#include "km-directory.h"
#include "km-health.h"
#include "km-hub.h"
#include "km-lan.h"
#include "km-post-office.h"
#include "km-relay.h"
#include "km-tickets.h"
#include "km-tls-doors.h"

G_BEGIN_DECLS

typedef struct _KmWeb KmWeb;

/**
 * KmWebParts:
 * @config: what the owner set
 * @rtmp_port: where streams are taken
 * @rtmps_port: where they are taken within TLS; 0: nowhere
 * @store: whose figures are told
 * @accounts: who may come in
 * @desk: where to hand writes in
 * @reader: what to read with; the main loop's
 * @archive: what to read with when it takes long
 * @directory: what goes on where
 * @tickets: what opens sockets
 * @office: who is told of changes
 * @hub: who gets sockets
 * @relay: who gets viewers
 * @health: tells whether all of it works
 * @tls: (nullable): where connections within TLS come in
 * @lan: (nullable): what opens it to the network around
 *
 * What the HTTP side works with; all of it outlives it.
 */
typedef struct
{
  const KmConfig *config;
  guint rtmp_port;
  guint rtmps_port;
  KmStore *store;
  KmAccounts *accounts;
  KmDesk *desk;
  KmReader *reader;
  KmArchive *archive;
  KmDirectory *directory;
  KmTickets *tickets;
  KmPostOffice *office;
  KmHub *hub;
  KmRelay *relay;
  KmHealth *health;
  KmTlsDoors *tls;
  KmLan *lan;
} KmWebParts;

KmWeb *km_web_new              (SoupServer       *soup,
                                const KmWebParts *parts);
void   km_web_free             (KmWeb            *self);
void   km_web_close            (KmWeb            *self,
                                guint             come_back_within_ms);
guint  km_web_count_under_way  (KmWeb            *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmWeb, km_web_free)

G_END_DECLS
