/* km-proxy.c: who asks, when a proxy asks for them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A proxy writes the address of its client behind what X-Forwarded-For had
 * already, which anybody may have made up. So the list is read from its end,
 * for as long as those who wrote it are proxies that the owner trusts: the
 * first other address is the client's. Whoever isn't a trusted proxy speaks
 * for themselves, whatever they say.
 *
 * Pure; any thread.
 */

#include "km-proxy.h"

#include <string.h>

#include "km-config.h"

static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/**
 * km_proxy_parse_trusted:
 * @text: addresses and networks (`10.0.0.0/8`), with spaces or commas between
 * @error: %KM_CONFIG_ERROR
 *
 * Returns: (transfer full) (nullable) (element-type GInetAddressMask): them
 */
GPtrArray *
km_proxy_parse_trusted (const char  *text,
                        GError     **error)
{
  g_autoptr (GPtrArray) trusted =
    g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) words = g_strsplit_set (text, " ,;", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      GInetAddressMask *mask;

      if (words[i][0] == '\0')
        continue;
      mask = g_inet_address_mask_new_from_string (words[i], NULL);
      if (mask == NULL)
        {
          g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
                       "“%s” is no proxy's address: write it like 127.0.0.1 "
                       "or 10.0.0.0/8", words[i]);
          return NULL;
        }
      g_ptr_array_add (trusted, mask);
    }

  return g_steal_pointer (&trusted);
}

/* An IPv4 address may come in the clothes of IPv6. Returns (transfer full). */
static GInetAddress *
undress (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 &&
      memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_inet_address_new_from_bytes (bytes + sizeof mapped,
                                          G_SOCKET_FAMILY_IPV4);

  return g_object_ref (address);
}

/**
 * km_proxy_is_trusted:
 * @trusted: (nullable) (element-type GInetAddressMask): proxies
 * @address: where a connection comes from
 *
 * Returns: whether that is one of them
 */
gboolean
km_proxy_is_trusted (GPtrArray    *trusted,
                     GInetAddress *address)
{
  g_autoptr (GInetAddress) bare = undress (address);

  for (guint i = 0; trusted != NULL && i < trusted->len; i++)
    if (g_inet_address_mask_matches (g_ptr_array_index (trusted, i), bare))
      return TRUE;

  return FALSE;
}

/* One of the list: some proxies write a port behind it. */
static GInetAddress *
parse_hop (const char *text)
{
  g_autofree char *word = g_strstrip (g_strdup (text));
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (word);
  g_autoptr (GSocketConnectable) with_port = NULL;

  if (address == NULL && word[0] != '\0')
    with_port = g_network_address_parse (word, 0, NULL);
  if (with_port != NULL)
    address = g_inet_address_new_from_string (
      g_network_address_get_hostname (G_NETWORK_ADDRESS (with_port)));

  return address != NULL ? undress (address) : NULL;
}

/**
 * km_proxy_find_client:
 * @trusted: (nullable) (element-type GInetAddressMask): proxies
 * @peer: where the connection comes from
 * @forwarded: (nullable): what X-Forwarded-For says
 *
 * Returns: (transfer full): who asks
 */
GInetAddress *
km_proxy_find_client (GPtrArray    *trusted,
                      GInetAddress *peer,
                      const char   *forwarded)
{
  g_autoptr (GInetAddress) client = undress (peer);
  g_auto (GStrv) hops = NULL;

  if (forwarded == NULL)
    return g_steal_pointer (&client);

  hops = g_strsplit (forwarded, ",", -1);
  for (guint i = g_strv_length (hops);
       i > 0 && km_proxy_is_trusted (trusted, client); i--)
    {
      GInetAddress *hop = parse_hop (hops[i - 1]);

      if (hop == NULL)
        break;
      g_object_unref (client);
      client = hop;
    }

  return g_steal_pointer (&client);
}
