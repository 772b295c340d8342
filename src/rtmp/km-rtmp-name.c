/* km-rtmp-name.c: where a client put its stream key
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Programs have one field for the server and one for the key, or only one for
 * both; so a key arrives as the name that is published, as the tail of the
 * application, or as `key` in a query of any of them.
 *
 * Thread: any.
 */

#include "km-rtmp-name.h"

#include <string.h>

#define QUERY_PARTS_MAX 32

void
km_rtmp_address_clear (KmRtmpAddress *self)
{
  g_clear_pointer (&self->app, g_free);
  g_clear_pointer (&self->query, g_free);
}

static void
split (const char *text,
       char      **before,
       char      **query)
{
  const char *mark = strchr (text, '?');

  *before = mark != NULL ? g_strndup (text, (gsize) (mark - text))
                         : g_strdup (text);
  *query = mark != NULL && mark[1] != '\0' ? g_strdup (mark + 1) : NULL;
}

/**
 * km_rtmp_address_set_app:
 * @self: an address
 * @app: `connect`'s `app`: "live", "live/KEY", "live?key=KEY"…
 */
void
km_rtmp_address_set_app (KmRtmpAddress *self,
                         const char    *app)
{
  g_autofree char *before = NULL;
  g_autofree char *query = NULL;

  split (app, &before, &query);
  g_set_str (&self->app, before);
  if (query != NULL)
    g_set_str (&self->query, query);
}

/**
 * km_rtmp_address_set_url:
 * @self: an address
 * @url: `connect`'s `tcUrl`; only its query is looked at
 */
void
km_rtmp_address_set_url (KmRtmpAddress *self,
                         const char    *url)
{
  g_autofree char *before = NULL;
  g_autofree char *query = NULL;

  split (url, &before, &query);
  if (query != NULL)
    g_set_str (&self->query, query);
}

static char *
find_key (const char *query)
{
  g_auto (GStrv) parts = g_strsplit (query, "&", QUERY_PARTS_MAX);

  for (gsize i = 0; parts[i] != NULL; i++)
    {
      if (g_str_has_prefix (parts[i], "key="))
        return g_strdup (parts[i] + strlen ("key="));
    }

  return g_strdup ("");
}

/**
 * km_rtmp_address_complete:
 * @self: where the client connected to
 * @text: what it wants to publish or play
 * @name: (out) (transfer full): the stream key or the room
 * @query: (out) (transfer full) (nullable): what stood behind the '?'
 *
 * Returns: whether there is a name, of at most %KM_RTMP_NAME_MAX bytes
 */
gboolean
km_rtmp_address_complete (const KmRtmpAddress *self,
                          const char          *text,
                          char               **name,
                          char               **query)
{
  const char *slash = self->app != NULL ? strchr (self->app, '/') : NULL;

  split (text, name, query);
  if (*query == NULL)
    *query = g_strdup (self->query);
  if (**name == '\0' && slash != NULL)
    g_set_str (name, slash + 1);
  if (**name == '\0' && *query != NULL)
    {
      g_free (*name);
      *name = find_key (*query);
    }

  return **name != '\0' && strlen (*name) <= KM_RTMP_NAME_MAX;
}
