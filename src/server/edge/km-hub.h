#pragma once

#include <gio/gio.h>

#include "km-ledger.h"
#include "km-post-office.h"
#include "km-store.h"

G_BEGIN_DECLS

typedef struct _KmHub KmHub;

/**
 * KmIdentity:
 * @account: (nullable): the account's id as the protocol writes it; %NULL for
 *   a guest, then the others are %NULL as well
 * @name: (nullable): the account's name
 * @shown_name: (nullable): the name that others see
 * @session: (nullable): what km_hub_drop_session() will name; opaque
 *
 * Who a socket speaks for. km_hub_adopt() copies it.
 */
typedef struct
{
  const char *account;
  const char *name;
  const char *shown_name;
  const char *session;
} KmIdentity;

KmHub *km_hub_new            (KmStore              *store,
                              KmPostOffice         *post_office,
                              const KmLedgerRules  *rules,
                              GError              **error);
void   km_hub_free           (KmHub            *self);
void   km_hub_adopt          (KmHub            *self,
                              int               fd,
                              const KmIdentity *identity,
                              GBytes           *leftover);
void   km_hub_drop_session   (KmHub            *self,
                              const char       *session);
void   km_hub_drop_account   (KmHub            *self,
                              const char       *account);
void   km_hub_rename_account (KmHub            *self,
                              const char       *account,
                              const char       *shown_name);
void   km_hub_ask            (KmHub            *self,
                              KmMessage        *question,
                              KmQueue          *reply_to);
void   km_hub_close          (KmHub            *self,
                              guint             spread_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmHub, km_hub_free)

G_END_DECLS
