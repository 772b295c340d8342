/* km-guard.c: which web pages may use this server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A browser sends other sites' requests here as readily as this site's own.
 * So the page must be of this server's own origin (the Origin header names
 * the same host as Host) or of one that the owner named. And the host must be
 * one of this server's: else a page whose name was pointed here (DNS
 * rebinding) would be of the "same origin". Programs that aren't browsers
 * send no Origin and any Host they connected to.
 *
 * Thread: any (no state).
 */

#include "km-guard.h"

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

/**
 * km_guard_names:
 * @words: (nullable): what the owner named
 * @word: what a browser says
 *
 * Returns: whether it was named
 */
gboolean
km_guard_names (const char *const *words,
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
 * km_guard_host:
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
km_guard_host (const char        *host,
               gboolean           loopback,
               const char *const *hosts)
{
  g_autofree char *name = NULL;

  if (host == NULL)
    return TRUE;

  name = dup_host_name (host);
  if (g_str_equal (name, "localhost") || g_hostname_is_ip_address (name) ||
      km_guard_names (hosts, name))
    return TRUE;

  return !loopback && (hosts == NULL || hosts[0] == NULL);
}

/**
 * km_guard_origin:
 * @origin: (nullable): the Origin header
 * @host: (nullable): the Host header
 * @origins: (nullable): the origins that the owner named
 *
 * Returns: whether a page of @origin may use this server
 */
gboolean
km_guard_origin (const char        *origin,
                 const char        *host,
                 const char *const *origins)
{
  const char *authority;

  if (origin == NULL || km_guard_names (origins, origin))
    return TRUE;

  if (g_str_has_prefix (origin, "http://"))
    authority = origin + strlen ("http://");
  else if (g_str_has_prefix (origin, "https://"))
    authority = origin + strlen ("https://");
  else
    return FALSE;

  return host != NULL && g_ascii_strcasecmp (authority, host) == 0;
}
