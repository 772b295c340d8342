/* km-web-guard.c: which web pages may use this server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A browser sends other sites' requests here as readily as this site's own.
 * So the page must be of this server's own origin (the Origin header names
 * the same host as Host) or of one that the owner named. And the host must be
 * one of this server's: else a page whose name was pointed here (DNS
 * rebinding) would be of the "same origin". Programs that aren't browsers
 * send no Origin and any Host they connected to.
 *
 * Thread: main.
 */

#include "km-web-private.h"

/* The host of `host:port`, in lower case, without the brackets of IPv6. */
static char *
dup_host_name (const char *host)
{
  const char *end;

  if (host[0] == '[')
    {
      end = strchr (host, ']');
      return end != NULL ? g_ascii_strdown (host + 1, end - host - 1)
                         : g_strdup ("");
    }

  end = strchr (host, ':');
  return g_ascii_strdown (host, end != NULL ? end - host : -1);
}

static gboolean
contains (const char *const *words,
          const char        *word)
{
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (words[i], word) == 0)
        return TRUE;
    }

  return FALSE;
}

/**
 * km_web_guard_host:
 * @host: (nullable): the Host header
 * @loopback: whether the server listens on this machine only
 * @hosts: (nullable): the names that the owner gave
 *
 * Addresses and `localhost` can't be pointed elsewhere. A public server whose
 * owner named no hosts takes any: it has nothing that a rebound page couldn't
 * ask for itself.
 *
 * Returns: whether @host is this server
 */
gboolean
km_web_guard_host (const char        *host,
                   gboolean           loopback,
                   const char *const *hosts)
{
  g_autofree char *name = NULL;

  if (host == NULL)
    return TRUE;

  name = dup_host_name (host);
  if (g_str_equal (name, "localhost") || g_hostname_is_ip_address (name) ||
      contains (hosts, name))
    return TRUE;

  return !loopback && (hosts == NULL || hosts[0] == NULL);
}

/**
 * km_web_guard_origin:
 * @origin: (nullable): the Origin header
 * @host: (nullable): the Host header
 * @origins: (nullable): the origins that the owner named
 *
 * Returns: whether a page of @origin may use this server
 */
gboolean
km_web_guard_origin (const char        *origin,
                     const char        *host,
                     const char *const *origins)
{
  const char *authority;

  if (origin == NULL || contains (origins, origin))
    return TRUE;

  if (g_str_has_prefix (origin, "http://"))
    authority = origin + strlen ("http://");
  else if (g_str_has_prefix (origin, "https://"))
    authority = origin + strlen ("https://");
  else
    return FALSE;

  return host != NULL && g_ascii_strcasecmp (authority, host) == 0;
}

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

  if (km_web_guard_host (host, listens_on_loopback (message),
                         (const char *const *) api->parts.config->hosts) &&
      km_web_guard_origin (origin, host, origins))
    {
      if (origin != NULL && contains (origins, origin))
        {
          soup_message_headers_replace (response,
                                        "Access-Control-Allow-Origin", origin);
          soup_message_headers_replace (response, "Vary", "Origin");
        }
      return TRUE;
    }

  error = km_protocol_error_new (KM_PROTOCOL_ERROR_FORBIDDEN, 0,
                                 "Web pages of other sites may not use this "
                                 "server. Its owner can allow them in its "
                                 "configuration, under [browser].");
  km_web_respond_error (message, error);
  return FALSE;
}
