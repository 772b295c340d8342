/* km-relay.c: publishers' and viewers' sockets, on a thread of their own
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-relay.h"

#include <unistd.h>

struct _KmRelay
{
  KmRelayHost host;
  KmPostOffice *post_office;
};

/**
 * km_relay_new:
 * @host: who decides about keys and rooms; copied
 * @post_office: gets the streams' events; must outlive the relay
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a running relay
 */
KmRelay *
km_relay_new (const KmRelayHost *host,
              KmPostOffice      *post_office,
              GError           **error)
{
  KmRelay *self = g_new0 (KmRelay, 1);

  self->host = *host;
  self->post_office = post_office;

  return self;
}

/**
 * km_relay_free:
 * @self: (transfer full): a relay
 *
 * Ends every stream (reason `shutdown`) and closes every socket.
 */
void
km_relay_free (KmRelay *self)
{
  g_free (self);
}

/**
 * km_relay_adopt_rtmp:
 * @self: a relay
 * @fd: (transfer full): a connected socket
 * @leftover: (nullable): what was read from it already
 *
 * Serves an RTMP client: a publisher or a player. Thread: any.
 */
void
km_relay_adopt_rtmp (KmRelay *self,
                     int      fd,
                     GBytes  *leftover)
{
  close (fd);
}

/**
 * km_relay_adopt_flv:
 * @self: a relay
 * @fd: (transfer full): a connected socket whose request was read and allowed
 * @room: the room asked for
 * @leftover: (nullable): what was read behind the request
 *
 * Answers a `GET` with the room's stream as HTTP-FLV, or 404 when it isn't
 * live. Thread: any.
 */
void
km_relay_adopt_flv (KmRelay    *self,
                    int         fd,
                    const char *room,
                    GBytes     *leftover)
{
  close (fd);
}

/**
 * km_relay_end_stream:
 * @self: a relay
 * @room: a room
 *
 * Ends the room's stream now (reason `ended`); nothing when it isn't live.
 * Thread: any.
 */
void
km_relay_end_stream (KmRelay    *self,
                     const char *room)
{
}

/**
 * km_relay_answer:
 * @request: (transfer full): a request
 * @room: (nullable): the room it may publish to or play; %NULL: refused
 * @code: (nullable): why it is refused, a code of `stream.refused`
 * @message: (nullable): why, in words for a person
 *
 * Thread: any.
 */
void
km_relay_answer (KmRelayRequest *request,
                 const char     *room,
                 const char     *code,
                 const char     *message)
{
  g_free (request->name);
  g_free (request->query);
  g_free (request->peer);
  g_free (request);
}
