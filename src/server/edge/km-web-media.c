/* km-web-media.c: viewers that come by HTTP
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `GET /live/ROOM.flv`: libsoup has read the head; the relay writes
 * everything else, the status line too, from its own thread.
 *
 * Thread: main.
 */

#include "km-web-private.h"

/* Media is public: any page may show it. */
static void
refuse (SoupServerMessage *message,
        GError            *error)
{
  km_web_respond_error (message, error);
  soup_message_headers_replace (
    soup_server_message_get_response_headers (message),
    "Access-Control-Allow-Origin", "*");
  g_error_free (error);
}

/**
 * km_web_open_media:
 * @api: the HTTP side
 * @message: a request
 * @path: what stands behind `/live/`
 */
void
km_web_open_media (KmWeb             *api,
                   SoupServerMessage *message,
                   const char        *path)
{
  g_autofree char *room = NULL;
  g_autoptr (GBytes) leftover = NULL;
  GError *error = NULL;
  KmTransport transport;

  if (soup_server_message_get_method (message) != SOUP_METHOD_GET)
    {
      refuse (message,
              km_protocol_error_new (KM_PROTOCOL_ERROR_METHOD_NOT_ALLOWED, 0,
                                     NULL));
      return;
    }
  if (!g_str_has_suffix (path, ".flv"))
    {
      refuse (message, km_protocol_error_new (KM_PROTOCOL_ERROR_NOT_FOUND, 0,
                                              NULL));
      return;
    }

  room = g_strndup (path, strlen (path) - strlen (".flv"));
  if (!km_web_room_exists (api, room, &error))
    {
      refuse (message, error);
      return;
    }

  if (km_steal_connection (message, &transport, &leftover))
    km_relay_adopt_flv (api->parts.relay, transport, room, leftover);
  else
    g_message ("a viewer was turned away: the process is out of descriptors");
}
