/* km-upgrade.c: whether the head of a request asks for a socket
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes in, a verdict out. Most connections ask for something else, and their
 * first bytes tell: those are never parsed here. What asks for a socket is
 * held to RFC 9112 (the form) and RFC 6455, section 4.2.1 (what must be said),
 * and to nothing more lenient: two programs that read one head in two ways are
 * how requests get smuggled. A line that ends with a bare line feed is refused
 * when it comes, since the blank line that it would be waited for may never.
 *
 * Thread: any (no state).
 */

#include "km-upgrade.h"

#include <string.h>

#define ACCEPT_SUFFIX "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_LENGTH 24
#define VERSION "13"
#define METHOD "GET "

/* What is gathered from the lines of a head. */
typedef struct
{
  KmUpgrade *upgrade;
  const char *protocol;
  char *version;
  gboolean upgrade_asked;    /* Upgrade has "websocket" */
  gboolean connection_asked; /* Connection has "upgrade" */
  gboolean protocol_offered;
} Head;

void
km_upgrade_clear (KmUpgrade *self)
{
  g_clear_pointer (&self->query, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->origin, g_free);
  g_clear_pointer (&self->key, g_free);
  self->length = 0;
}

/* Whether the head begins as one that asks for @path does, as far as it is
 * here. */
static KmUpgradeResult
compare_beginning (const char *data,
                   gsize       length,
                   const char *path)
{
  const gsize method = strlen (METHOD);
  gsize whole = method + strlen (path);

  if (memcmp (data, METHOD, MIN (length, method)) != 0)
    return KM_UPGRADE_OTHER;
  if (length > method
      && memcmp (data + method, path, MIN (length, whole) - method) != 0)
    return KM_UPGRADE_OTHER;
  if (length > whole && data[whole] != ' ' && data[whole] != '?')
    return KM_UPGRADE_OTHER;

  return length > whole ? KM_UPGRADE_WHOLE : KM_UPGRADE_NEED_MORE;
}

/* Length of the head with its blank line; 0: that isn't here. @broken: there
 * is a line end that isn't CR LF. What was looked at before isn't again. */
static gsize
find_end (const char *data,
          gsize       length,
          gsize       seen,
          gboolean   *broken)
{
  const char *end = data + length;
  const char *at = data + seen;

  while ((at = memchr (at, '\n', (gsize) (end - at))) != NULL)
    {
      gsize line = (gsize) (at - data);

      *broken = line < 1 || data[line - 1] != '\r';
      if (*broken)
        return 0;
      if (line >= 3 && data[line - 2] == '\n')
        return line + 1;
      at++;
    }

  return 0;
}

/* RFC 9110, section 5.6.2. */
static gboolean
is_token (const char *word,
          gsize       length)
{
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isalnum (word[i])
          && (word[i] == '\0' || strchr ("!#$%&'*+-.^_`|~", word[i]) == NULL))
        return FALSE;
    }

  return length > 0;
}

/* RFC 9110, section 5.5: what is visible, spaces and tabs between, and bytes
 * from 0x80 on, which mean nothing. */
static gboolean
is_value (const char *value,
          gsize       length)
{
  for (gsize i = 0; i < length; i++)
    {
      if (g_ascii_iscntrl (value[i]) && value[i] != '\t')
        return FALSE;
    }

  return TRUE;
}

/* Whether @word is in a list with commas. */
static gboolean
lists (const char *value,
       const char *word,
       gboolean    any_case)
{
  g_auto (GStrv) words = g_strsplit (value, ",", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *one = g_strstrip (words[i]);

      if (any_case ? g_ascii_strcasecmp (one, word) == 0
                   : g_str_equal (one, word))
        return TRUE;
    }

  return FALSE;
}

/* What may be said once only. */
static gboolean
take_once (char       **place,
           const char  *value)
{
  if (*place != NULL)
    return FALSE;

  *place = g_strdup (value);
  return TRUE;
}

/* Returns whether the head may go on. */
static gboolean
take_header (Head       *head,
             const char *name,
             const char *value)
{
  if (g_ascii_strcasecmp (name, "Host") == 0)
    return take_once (&head->upgrade->host, value);
  if (g_ascii_strcasecmp (name, "Origin") == 0)
    return take_once (&head->upgrade->origin, value);
  if (g_ascii_strcasecmp (name, "Sec-WebSocket-Key") == 0)
    return take_once (&head->upgrade->key, value);
  if (g_ascii_strcasecmp (name, "Sec-WebSocket-Version") == 0)
    return take_once (&head->version, value);

  /* These may be written in several lines. */
  if (g_ascii_strcasecmp (name, "Upgrade") == 0)
    head->upgrade_asked |= lists (value, "websocket", TRUE);
  else if (g_ascii_strcasecmp (name, "Connection") == 0)
    head->connection_asked |= lists (value, "upgrade", TRUE);
  else if (g_ascii_strcasecmp (name, "Sec-WebSocket-Protocol") == 0)
    head->protocol_offered |= lists (value, head->protocol, FALSE);

  /* A body would be taken for frames. */
  else if (g_ascii_strcasecmp (name, "Transfer-Encoding") == 0)
    return FALSE;
  else if (g_ascii_strcasecmp (name, "Content-Length") == 0)
    return g_str_equal (value, "0");

  return TRUE;
}

/* RFC 9112, section 5: no space in front of the colon, no folded lines. */
static gboolean
take_line (Head       *head,
           const char *line,
           gsize       length)
{
  const char *colon = memchr (line, ':', length);
  gsize name_length = colon != NULL ? (gsize) (colon - line) : 0;
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  if (colon == NULL || !is_token (line, name_length)
      || !is_value (colon + 1, length - name_length - 1))
    return FALSE;

  name = g_strndup (line, name_length);
  value = g_strndup (colon + 1, length - name_length - 1);

  return take_header (head, name, g_strstrip (value));
}

/* `GET path[?query] HTTP/1.1`. */
static gboolean
take_request (Head       *head,
              const char *line,
              gsize       length,
              const char *path)
{
  static const char version[] = " HTTP/1.1";
  gsize before = strlen (METHOD) + strlen (path);
  gsize behind = strlen (version);
  gsize query;

  if (length < before + behind
      || memcmp (line + length - behind, version, behind) != 0)
    return FALSE;

  query = length - before - behind;
  for (gsize i = 0; i < query; i++)
    {
      if (!g_ascii_isgraph (line[before + i]) || line[before + i] == '#')
        return FALSE;
    }
  if (query > 0)
    head->upgrade->query = g_strndup (line + before + 1, query - 1);

  return TRUE;
}

/* Section 4.2.1: "when base64-decoded, is 16 bytes in length". */
static gboolean
is_key (const char *key)
{
  return key != NULL && strlen (key) == KEY_LENGTH
         && strspn (key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "abcdefghijklmnopqrstuvwxyz0123456789+/")
              == KEY_LENGTH - 2
         && strchr ("AQgw", key[KEY_LENGTH - 3]) != NULL
         && g_str_equal (key + KEY_LENGTH - 2, "==");
}

static KmUpgradeResult
judge (const Head *head)
{
  if (head->upgrade->host == NULL || !head->upgrade_asked
      || !head->connection_asked || head->version == NULL)
    return KM_UPGRADE_BAD;
  if (!g_str_equal (head->version, VERSION))
    return KM_UPGRADE_OTHER_VERSION;

  return is_key (head->upgrade->key) && head->protocol_offered
           ? KM_UPGRADE_WHOLE : KM_UPGRADE_BAD;
}

/* @end: of the last line that says something. */
static KmUpgradeResult
parse_head (const char *data,
            const char *end,
            const char *path,
            Head       *head)
{
  const char *line = data;

  while (line < end)
    {
      const char *line_end = memchr (line, '\n', (gsize) (end - line));
      gsize length = (gsize) (line_end - line) - 1;

      if (line == data ? !take_request (head, line, length, path)
                       : !take_line (head, line, length))
        return KM_UPGRADE_BAD;
      line = line_end + 1;
    }

  return judge (head);
}

/**
 * km_upgrade_parse:
 * @data: what a connection has sent, from its beginning; at least one byte
 * @length: bytes of @data
 * @seen: how many of them were here when %KM_UPGRADE_NEED_MORE was said last
 * @path: where sockets are opened
 * @protocol: the subprotocol that is spoken there
 * @upgrade: (out): the request, when it is %KM_UPGRADE_WHOLE; else empty
 *
 * Returns: what it is
 */
KmUpgradeResult
km_upgrade_parse (const char *data,
                  gsize       length,
                  gsize       seen,
                  const char *path,
                  const char *protocol,
                  KmUpgrade  *upgrade)
{
  KmUpgradeResult result = compare_beginning (data, length, path);
  gboolean broken = FALSE;
  Head head = { .upgrade = upgrade, .protocol = protocol };
  gsize end;

  *upgrade = (KmUpgrade) { 0 };
  if (result != KM_UPGRADE_WHOLE)
    return result;

  length = MIN (length, KM_UPGRADE_HEAD_MAX);
  end = find_end (data, length, seen, &broken);
  if (broken)
    return KM_UPGRADE_BAD;
  if (end == 0)
    return length < KM_UPGRADE_HEAD_MAX ? KM_UPGRADE_NEED_MORE
                                        : KM_UPGRADE_TOO_LONG;

  result = parse_head (data, data + end - 2, path, &head);
  g_free (head.version);
  if (result == KM_UPGRADE_WHOLE)
    upgrade->length = end;
  else
    km_upgrade_clear (upgrade);

  return result;
}

/**
 * km_upgrade_accept:
 * @key: the Sec-WebSocket-Key of a request
 * @protocol: the subprotocol
 *
 * Returns: (transfer full): the answer that makes the connection a socket
 *   (RFC 6455, section 4.2.2)
 */
char *
km_upgrade_accept (const char *key,
                   const char *protocol)
{
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;
  g_autofree char *proof = NULL;

  g_checksum_update (sha1, (const guchar *) key, -1);
  g_checksum_update (sha1, (const guchar *) ACCEPT_SUFFIX, -1);
  g_checksum_get_digest (sha1, digest, &length);
  proof = g_base64_encode (digest, length);

  return g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %s\r\n"
                          "Sec-WebSocket-Protocol: %s\r\n"
                          "\r\n", proof, protocol);
}
