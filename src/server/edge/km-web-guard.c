/* km-web-guard.c: km-guard.c's rules on a request of libsoup's
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-guard.h"
#include "km-web-private.h"

static gboolean
listens_on_loopback (SoupServerMessage *message)
{
  GSocketAddress *address = soup_server_message_get_local_address (message);

  return G_IS_INET_SOCKET_ADDRESS (address) &&
         g_inet_address_get_is_loopback (
           g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

/**
 * km_web_guard:
 * @api: the HTTP side
 * @message: a request
 *
 * Lets a page of a named origin read the response.
 *
 * Returns: whether the request may be served; else it has its response
 */
gboolean
km_web_guard (KmWeb             *api,
              SoupServerMessage *message)
{
  SoupMessageHeaders *request =
    soup_server_message_get_request_headers (message);
  const char *origin = soup_message_headers_get_one (request, "Origin");
  const char *host = soup_message_headers_get_one (request, "Host");
  const char *const *origins = (const char *const *) api->parts.config->origins;
  SoupMessageHeaders *response =
    soup_server_message_get_response_headers (message);
  g_autoptr (GError) error = NULL;

  if (km_guard_host (host, listens_on_loopback (message),
                         (const char *const *) api->parts.config->hosts) &&
      km_guard_origin (origin, host, origins))
    {
      if (origin != NULL && km_guard_names (origins, origin))
        {
          soup_message_headers_replace (response,
                                        "Access-Control-Allow-Origin", origin);
          soup_message_headers_replace (response, "Vary", "Origin");
        }
      return TRUE;
    }

  error = km_protocol_error_new (KM_PROTOCOL_ERROR_FORBIDDEN, 0,
                                 KM_GUARD_MESSAGE);
  km_web_respond_error (message, error);
  return FALSE;
}
