/* km-link.c: kaimu:// links to a room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A link names a server and a room: `kaimu://HOST[:PORT]/room/ID` for a server
 * behind TLS, `kaimu+http://…` for one without, which is how the server of
 * this computer speaks. A `kaimu://` link to this computer itself means plain
 * HTTP too, since nothing of it leaves the machine.
 *
 * Thread: any.
 */

#include "km-link.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#define ROOM_PATH     "/room/"
#define ROOM_ID_BYTES 32

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return g_strcmp0 (host, "localhost") == 0
         || (address != NULL && g_inet_address_get_is_loopback (address));
}

static gboolean
is_room_id (const char *id)
{
  gsize length = strlen (id);

  if (length == 0 || length > ROOM_ID_BYTES)
    return FALSE;
  for (const char *p = id; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '_')
      return FALSE;
  return TRUE;
}

/**
 * km_link_parse:
 * @link: what somebody opened or pasted
 * @address: (out) (transfer full): the server's address, "http://host:port"
 *   or "https://host:port"
 * @room: (out) (transfer full): the room's id
 *
 * Sets @error (G_IO_ERROR_INVALID_ARGUMENT) with words for the person who
 * opened the link when it isn't one.
 *
 * Returns: whether @link names a room
 */
gboolean
km_link_parse (const char  *link,
               char       **address,
               char       **room,
               GError     **error)
{
  g_autoptr (GUri) uri = g_uri_parse (link, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  const char *path = uri != NULL ? g_uri_get_path (uri) : "";
  gboolean plain = g_str_equal (scheme, "kaimu+http");

  if ((!plain && !g_str_equal (scheme, "kaimu"))
      || host == NULL || *host == '\0'
      || !g_str_has_prefix (path, ROOM_PATH)
      || !is_room_id (path + strlen (ROOM_PATH)))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _("This is not a link to a room. Such a link looks "
                             "like kaimu://example.org/room/42."));
      return FALSE;
    }

  *address = g_uri_join (G_URI_FLAGS_NONE,
                         plain || is_loopback (host) ? "http" : "https",
                         NULL, host, g_uri_get_port (uri), "", NULL, NULL);
  *room = g_strdup (path + strlen (ROOM_PATH));
  return TRUE;
}

/**
 * km_link_new:
 * @address: a server's address, "http://host:port" or "https://host:port"
 * @room: the room's id
 *
 * Returns: (transfer full) (nullable): the link that opens @room, %NULL when
 *   @address isn't one
 */
char *
km_link_new (const char *address,
             const char *room)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  g_autofree char *path = NULL;
  gboolean plain;

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return NULL;

  plain = g_str_equal (g_uri_get_scheme (uri), "http")
          && !is_loopback (g_uri_get_host (uri));
  path = g_strconcat (ROOM_PATH, room, NULL);
  return g_uri_join (G_URI_FLAGS_NONE, plain ? "kaimu+http" : "kaimu",
                     NULL, g_uri_get_host (uri), g_uri_get_port (uri), path,
                     NULL, NULL);
}
