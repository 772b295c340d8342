#pragma once

#include <gio/gio.h>

#include "km-entrance.h"
#include "km-histogram.h"
#include "km-ledger.h"
#include "km-post-office.h"
#include "km-protocol.h"
#include "km-store.h"
#include "km-transport.h"
#include "km-tickets.h"

G_BEGIN_DECLS

typedef struct _KmHub KmHub;

/**
 * KmIdentity:
 * @account: (nullable): the account's id as the protocol writes it; %NULL for
 *   a guest, then the others are %NULL as well
 * @name: (nullable): the account's name
 * @shown_name: (nullable): the name that others see
 * @session: (nullable): what km_hub_drop_sessions() will name: the id of a
 *   #KmSession
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

/**
 * KmHubFigures:
 * @rooms: rooms that are loaded
 * @members: sockets that are open
 * @seats: members in rooms
 * @joined: sockets that were taken on
 * @slow: sockets that were closed as too slow
 * @commands: text frames that members sent
 * @events: what happened in rooms, by #KmRoomEventKind
 * @staff: what rooms' staff were told, by #KmRoomEventKind from
 *   %KM_ROOM_EVENT_REPORT_FILED on
 * @deliveries: events handed to members
 * @flush: how long a flush of a room took
 * @delivery: from the oldest command of a flush to the flush's end
 * @entrance: who came in
 *
 * What the hub does and has done. The hub thread's; any may read.
 */
typedef struct
{
  KmCounter rooms;
  KmCounter members;
  KmCounter seats;
  KmCounter joined;
  KmCounter slow;
  KmCounter commands;
  KmCounter events[KM_ROOM_EVENT_TICK];
  KmCounter staff[KM_ROOM_EVENT_MESSAGE_DELETED - KM_ROOM_EVENT_REPORT_FILED
                  + 1];
  KmCounter deliveries;
  KmHistogram flush;
  KmHistogram delivery;
  KmEntranceFigures entrance;
} KmHubFigures;

/**
 * KmHubWaiting:
 * @requests: what other threads asked
 * @answers: what the store has answered
 * @news: what others say happened
 *
 * How much waits for the hub thread.
 */
typedef struct
{
  guint requests;
  guint answers;
  guint news;
} KmHubWaiting;

/**
 * KmHubPorter:
 * @rules: who may come in, and how long they may wait there
 * @tickets: what opens sockets; must outlive the hub
 * @hosts: (nullable): the names that the owner gave the server
 * @origins: (nullable): the origins whose pages may open sockets
 * @pass: gets each connection that isn't for a socket; nothing was read from
 *   it. Returns whether it took @fd. Called on the hub thread: it must not
 *   block
 * @data: for @pass
 *
 * What the hub needs to have doors.
 */
typedef struct
{
  KmEntranceRules rules;
  KmTickets *tickets;
  const char *const *hosts;
  const char *const *origins;
  gboolean (*pass) (gpointer   data,
                    KmDoorKind kind,
                    int        fd);
  gpointer data;
} KmHubPorter;

KmHub *km_hub_new            (KmStore              *store,
                              KmPostOffice         *post_office,
                              const KmLedgerRules  *rules,
                              GError              **error);
void   km_hub_free           (KmHub            *self);
void   km_hub_adopt          (KmHub            *self,
                              KmTransport       transport,
                              const KmIdentity *identity,
                              GBytes           *leftover);
void   km_hub_drop_sessions  (KmHub             *self,
                              const char *const *sessions);
void   km_hub_drop_account   (KmHub            *self,
                              const char       *account);
void   km_hub_rename_account (KmHub            *self,
                              const char       *account,
                              const char       *shown_name);
void   km_hub_wallet_changed (KmHub           *self,
                              const char       *account);
void   km_hub_ask            (KmHub            *self,
                              KmMessage        *question,
                              KmQueue          *reply_to);
KmHubWaiting
       km_hub_count_waiting  (KmHub            *self);
const KmHubFigures *
       km_hub_peek_figures   (KmHub            *self);
void   km_hub_close          (KmHub            *self,
                              guint             spread_ms);

void   km_hub_set_chat_pace  (KmHub             *self,
                              gint64             spacing_us,
                              guint              burst);
void   km_hub_set_porter     (KmHub             *self,
                              const KmHubPorter *porter);
void   km_hub_open_door      (KmHub             *self,
                              KmDoorKind         kind,
                              KmListener        *listener);
void   km_hub_close_doors    (KmHub             *self,
                              guint              kinds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmHub, km_hub_free)

G_END_DECLS
