/* km-link.c: addresses of servers, and kaimu:// links to their rooms
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A link names a server and a room: `kaimu://HOST[:PORT]/room/ID` for a server
 * behind TLS, `kaimu+http://…` for one without. Without a scheme, or by
 * `kaimu://`, this computer itself is spoken to without TLS, since nothing of
 * it leaves the machine.
 *
 * `?fp=FINGERPRINT` says which certificate the server will show, so that one
 * which makes its own is known from the first moment. A link whose fingerprint
 * can't be read is no link: to leave it out would be to trust more than its
 * writer meant.
 *
 * Thread: any.
 */

#include "km-link.h"

#include "km-client-error.h"
#include "km-pin.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BYTES_MAX 1000
#define ROOM_PATH "/room/"
#define ROOM_ID_BYTES 32
#define FINGERPRINT_WORD "fp="

static gboolean
is_here (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address == NULL)
    return g_str_equal (host, "localhost") ||
           g_str_has_suffix (host, ".localhost");

  return g_inet_address_get_is_loopback (address);
}

static gboolean
is_room_id (const char *id)
{
  gsize length = strlen (id);

  if (length == 0 || length > ROOM_ID_BYTES)
    return FALSE;

  for (const char *at = id; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && *at != '-' && *at != '_')
      return FALSE;

  return TRUE;
}

static char *
dup_room (GUri *uri)
{
  const char *path = g_uri_get_path (uri);

  if (!g_str_has_prefix (g_uri_get_scheme (uri), "kaimu") ||
      !g_str_has_prefix (path, ROOM_PATH) ||
      !is_room_id (path + strlen (ROOM_PATH)))
    return NULL;

  return g_strdup (path + strlen (ROOM_PATH));
}

static char *
format_address (const char *scheme,
                GUri       *uri)
{
  const char *host = g_uri_get_host (uri);
  int port = g_uri_get_port (uri);
  gboolean v6 = strchr (host, ':') != NULL;
  g_autofree char *small = g_ascii_strdown (host, -1);
  GString *out = g_string_new (scheme);

  g_string_append_printf (out, v6 ? "://[%s]" : "://%s", small);
  if (port > 0 && !(port == 80 && g_str_equal (scheme, "http")) &&
      !(port == 443 && g_str_equal (scheme, "https")))
    g_string_append_printf (out, ":%d", port);

  return g_string_free_and_steal (out);
}

/* Returns: whether what is there is well formed; it may be nothing. */
static gboolean
read_fingerprint (GUri  *uri,
                  char **fingerprint)
{
  const char *query = g_uri_get_query (uri);
  g_auto (GStrv) words = NULL;

  *fingerprint = NULL;
  if (query == NULL || !g_str_equal (g_uri_get_scheme (uri), "kaimu"))
    return TRUE;

  words = g_strsplit (query, "&", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (!g_str_has_prefix (words[i], FINGERPRINT_WORD))
        continue;
      *fingerprint = km_fingerprint_parse (words[i] + strlen (FINGERPRINT_WORD));
      return *fingerprint != NULL;
    }

  return TRUE;
}

static GUri *
parse_uri (const char *typed)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (typed));
  g_autofree char *whole = NULL;
  g_autoptr (GUri) uri = NULL;
  const char *scheme, *host;

  if (strlen (trimmed) > BYTES_MAX)
    return NULL;

  whole = strstr (trimmed, "://") != NULL
            ? g_strdup (trimmed) : g_strconcat ("kaimu://", trimmed, NULL);
  uri = g_uri_parse (whole, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL)
    return NULL;

  scheme = g_uri_get_scheme (uri);
  host = g_uri_get_host (uri);
  if ((!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https") &&
       !g_str_equal (scheme, "kaimu") &&
       !g_str_equal (scheme, "kaimu+http")) ||
      host == NULL || host[0] == '\0' || g_uri_get_userinfo (uri) != NULL ||
      strpbrk (host, " \t/%<>\"?#@[]\\") != NULL)
    return NULL;

  return g_steal_pointer (&uri);
}

static const char *
choose_scheme (GUri       *uri,
               const char *fingerprint)
{
  const char *scheme = g_uri_get_scheme (uri);

  if (g_str_equal (scheme, "kaimu+http"))
    return "http";
  if (!g_str_equal (scheme, "kaimu"))
    return scheme;

  return is_here (g_uri_get_host (uri)) && fingerprint == NULL ? "http"
                                                               : "https";
}

static KmLink *
parse (const char *typed)
{
  g_autoptr (GUri) uri = parse_uri (typed);
  g_autofree char *fingerprint = NULL;
  KmLink *self;

  if (uri == NULL || !read_fingerprint (uri, &fingerprint))
    return NULL;

  self = g_new0 (KmLink, 1);
  self->address = format_address (choose_scheme (uri, fingerprint), uri);
  self->room = dup_room (uri);
  self->fingerprint = g_steal_pointer (&fingerprint);

  return self;
}

/**
 * km_link_parse:
 * @typed: what a person typed or pasted: a host, host:port, an http, https
 *   or kaimu address, with or without a path
 * @error: %KM_CLIENT_ERROR_BAD_ADDRESS
 *
 * Without a scheme it is https, but on this computer itself. An address of
 * the same server is always the same text.
 *
 * Returns: (transfer full) (nullable): which server it means, and perhaps
 *   which room
 */
KmLink *
km_link_parse (const char  *typed,
               GError     **error)
{
  KmLink *self = parse (typed);

  if (self == NULL)
    g_set_error_literal (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_BAD_ADDRESS,
                         _("This is not a server’s address. It looks like "
                           "“kaimu.example.org”."));

  return self;
}

/**
 * km_link_parse_room:
 * @typed: what somebody opened or pasted
 * @error: %KM_CLIENT_ERROR_BAD_ADDRESS
 *
 * Returns: (transfer full) (nullable): a link with a room
 */
KmLink *
km_link_parse_room (const char  *typed,
                    GError     **error)
{
  g_autoptr (KmLink) self = parse (typed);

  if (self != NULL && self->room != NULL)
    return g_steal_pointer (&self);

  g_set_error_literal (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_BAD_ADDRESS,
                       _("This is not a link to a room. Such a link looks "
                         "like kaimu://example.org/room/42."));
  return NULL;
}

void
km_link_free (KmLink *self)
{
  g_free (self->address);
  g_free (self->room);
  g_free (self->fingerprint);
  g_free (self);
}

/**
 * km_link_format:
 * @address: a server's address, "http://host[:port]" or "https://host[:port]"
 * @room: the room's id
 * @fingerprint: (nullable): of its certificate, if it makes its own
 *
 * Returns: (transfer full) (nullable): the link that opens @room; %NULL:
 *   @address isn't one
 */
char *
km_link_format (const char *address,
                const char *room,
                const char *fingerprint)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  g_autofree char *path = NULL;
  g_autofree char *query = NULL;
  gboolean plain;

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return NULL;

  plain = g_str_equal (g_uri_get_scheme (uri), "http") &&
          !is_here (g_uri_get_host (uri));
  path = g_strconcat (ROOM_PATH, room, NULL);
  if (fingerprint != NULL)
    query = g_strconcat (FINGERPRINT_WORD, fingerprint, NULL);

  return g_uri_join (G_URI_FLAGS_NONE, plain ? "kaimu+http" : "kaimu", NULL,
                     g_uri_get_host (uri), g_uri_get_port (uri), path, query,
                     NULL);
}
