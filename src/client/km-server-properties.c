/* km-server-properties.c: what a server is, and the addresses of its media
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-server-private.h"
#include "km-server-wallet-private.h"

/* Returns: (nullable): "https://host[:port]"; %NULL while This computer's
 * server has none. */
const char *
km_server_get_address (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return km_api_get_base (self->api);
}

/**
 * km_server_get_secrets:
 * @self: a server
 *
 * Returns: (transfer none): where its token is kept
 */
KmSecrets *
km_server_get_secrets (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return self->secrets;
}

const char *
km_server_get_name (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return self->name;
}

KmServerState
km_server_get_state (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), KM_SERVER_OFFLINE);

  return self->state;
}

/* Returns: (nullable): why it is offline, in words to show. */
const GError *
km_server_get_error (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return self->error;
}

/* Returns: whether it takes new accounts. */
gboolean
km_server_get_registration (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), FALSE);

  return self->registration;
}

gboolean
km_server_get_signed_in (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), FALSE);

  return self->account != NULL;
}

/* Returns: (nullable): id of the account that is signed in. */
const char *
km_server_get_account_id (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return self->account != NULL ? self->account->id : NULL;
}

const char *
km_server_get_account_name (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return self->account != NULL ? self->account->name : NULL;
}

const char *
km_server_get_shown_name (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return self->account != NULL ? self->account->shown_name : NULL;
}

/* Returns: (nullable) (transfer none): what serves it, if it is "This
 * computer". */
KmLocalServer *
km_server_get_local (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return self->local;
}

/* Returns: (transfer none): its socket, open while a room or a publisher
 * needs it. */
KmConnection *
km_server_get_connection (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return self->connection;
}

/**
 * km_server_get_wallet:
 * @self: a server
 *
 * The first call begins to ask the server about it; from then on it is kept
 * up to date.
 *
 * Returns: (transfer none): coins and gifts of the account that is signed in
 */
KmWallet *
km_server_get_wallet (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  if (self->wallet == NULL)
    self->wallet = km_wallet_new (self);

  return self->wallet;
}

/* Returns: (transfer none) (nullable): the wallet, if anybody looks at it. */
KmWallet *
km_server_peek_wallet (KmServer *self)
{
  return self->wallet;
}

/* Returns: (transfer none): a model of #KmRoomItem, live ones first. */
GListModel *
km_server_get_rooms (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return G_LIST_MODEL (self->rooms);
}

/* Returns: whether the server told its rooms once; before, an empty list
 * doesn't mean that there are none. */
gboolean
km_server_get_rooms_loaded (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), FALSE);

  return self->rooms_loaded;
}

/* Returns: (nullable) (transfer none): after km_server_load_own_room_async(). */
KmRoomItem *
km_server_get_own_room (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return self->own_room;
}

/* Returns: (nullable): after km_server_load_own_room_async(). */
const char *
km_server_get_stream_key (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return self->stream_key;
}

/* Returns: whether one can go live there from where one is. */
gboolean
km_server_get_takes_streams (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), FALSE);

  return !self->no_streams;
}

/**
 * km_server_dup_flv_address:
 * @self: a server
 * @room: a room's id
 *
 * Returns: (transfer full) (nullable): where HTTP-FLV of the room is
 */
char *
km_server_dup_flv_address (KmServer   *self,
                           const char *room)
{
  const char *base = km_server_get_address (self);

  if (base == NULL)
    return NULL;

  return g_strdup_printf ("%s/live/%s.flv", base, room);
}

/* Who reaches the server by TLS publishes by TLS, where it can. */
static char *
dup_streams (KmServer *self)
{
  const char *base = km_server_get_address (self);
  g_autoptr (GUri) uri = NULL;
  const char *host;
  gboolean tls;

  if (self->local != NULL && km_local_server_get_rtmp (self->local) != NULL)
    return g_strconcat ("rtmp://", km_local_server_get_rtmp (self->local),
                        NULL);
  if (self->local != NULL)
    return NULL;
  if (base != NULL)
    uri = g_uri_parse (base, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL)
    return NULL;

  host = g_uri_get_host (uri);
  tls = g_str_equal (g_uri_get_scheme (uri), "https") && self->rtmps_port != 0;

  return g_strdup_printf (strchr (host, ':') != NULL ? "%s://[%s]:%u"
                                                     : "%s://%s:%u",
                          tls ? "rtmps" : "rtmp", host,
                          tls ? self->rtmps_port : self->rtmp_port);
}

/**
 * km_server_dup_rtmp_address:
 * @self: a server
 * @room: a room's id
 *
 * Returns: (transfer full) (nullable): where RTMP of the room is
 */
char *
km_server_dup_rtmp_address (KmServer   *self,
                            const char *room)
{
  g_autofree char *streams = dup_streams (self);

  if (streams == NULL)
    return NULL;

  return g_strdup_printf ("%s/live/%s", streams, room);
}

/**
 * km_server_dup_publish_address:
 * @self: a server
 * @publish: (nullable): the id given to km_connection_prepare_publish_async()
 *
 * It holds the stream key: never to be logged or shown.
 *
 * Returns: (transfer full) (nullable): where to publish; %NULL before
 *   km_server_load_own_room_async()
 */
char *
km_server_dup_publish_address (KmServer   *self,
                               const char *publish)
{
  g_autofree char *streams = dup_streams (self);

  if (streams == NULL || self->stream_key == NULL)
    return NULL;

  return g_strdup_printf ("%s/live/%s%s%s", streams, self->stream_key,
                          publish != NULL ? "?publish=" : "",
                          publish != NULL ? publish : "");
}
