#pragma once

#include <glib.h>

#include "km-post-office.h"
#include "km-transport.h"

G_BEGIN_DECLS

typedef struct _KmRelay KmRelay;

/**
 * KmRelayRequestKind:
 * @KM_RELAY_REQUEST_PUBLISH: name is a stream key
 * @KM_RELAY_REQUEST_PLAY: name is a room
 *
 * What an RTMP client asks for.
 */
typedef enum
{
  KM_RELAY_REQUEST_PUBLISH,
  KM_RELAY_REQUEST_PLAY,
} KmRelayRequestKind;

/**
 * KmRelayRequest:
 * @kind: what is asked for
 * @name: a stream key or a room; valid UTF-8 of at most 512 bytes; never to be
 *   logged when it is a key
 * @query: (nullable): what stood behind the `?`, without it
 * @peer: the client's address as text, for logs
 *
 * A question of the relay to its host. It belongs to the host until it is
 * answered with km_relay_answer(), which must happen exactly once, from any
 * thread, however the answer came about, even while the relay is being freed.
 */
typedef struct
{
  /*< private >*/
  struct _KmRelayInbox *inbox;
  guint64 peer_handle;
  char *room;
  char *code;
  char *text;

  /*< public >*/
  KmRelayRequestKind kind;
  char *name;
  char *query;
  char *peer;
} KmRelayRequest;

/**
 * KmRelayHost:
 * @authorise: gets each request, on the relay thread; must not block
 * @data: for @authorise
 * @grace_ms: how long a stream whose publisher is lost waits for another
 *   before it ends; 0: a minute
 *
 * What the relay needs from whoever runs it.
 */
typedef struct
{
  void (*authorise) (gpointer        data,
                     KmRelayRequest *request);
  gpointer data;
  gint64 grace_ms;
} KmRelayHost;

KmRelay *km_relay_new        (const KmRelayHost *host,
                              KmPostOffice      *post_office,
                              GError           **error);
void     km_relay_free       (KmRelay           *self);

void     km_relay_adopt_rtmp (KmRelay           *self,
                              KmTransport        transport,
                              GBytes            *leftover);
void     km_relay_adopt_flv  (KmRelay           *self,
                              KmTransport        transport,
                              const char        *room,
                              GBytes            *leftover);
void     km_relay_end_stream (KmRelay           *self,
                              const char        *room);

void     km_relay_answer     (KmRelayRequest    *request,
                              const char        *room,
                              const char        *code,
                              const char        *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRelay, km_relay_free)

G_END_DECLS
