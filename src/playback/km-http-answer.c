/* km-http-answer.c: the answer to a request, as it arrives
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTTP/1 as in RFC 9112, of which a player needs little: a status, and a body
 * that is counted, in chunks, or goes on until the connection ends. Bytes come
 * in pieces of any size. What could be read in two ways is refused: folded
 * lines, two lengths, a length beside chunks, another coding than chunks.
 *
 * Pure; not thread-safe.
 */

#include "km-http-answer.h"

#include <string.h>

#include "km-media.h"

typedef enum
{
  STAGE_STATUS,
  STAGE_HEADERS,
  STAGE_CHUNK_SIZE,
  STAGE_CHUNK_END,
  STAGE_TRAILERS,
  STAGE_COUNTED,
  STAGE_CHUNK,
  STAGE_ENDLESS,
  STAGE_OVER,
} Stage;

struct _KmHttpAnswer
{
  Stage stage;
  GString *line;     /* what has come of it */
  gsize lines_bytes; /* since the last byte of a body */
  guint status;
  gboolean has_status; /* one that isn't on the way to another */
  gboolean chunked;
  gboolean counted;
  guint64 left_bytes; /* of the body, or of the chunk */
};

static gboolean
refuse (const char  *what,
        GError     **error)
{
  g_set_error_literal (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_FORMAT, what);
  return FALSE;
}

/* RFC 9112, 4: "HTTP/1." digit, space, three digits, and a reason that nobody
 * reads. */
static gboolean
read_status (KmHttpAnswer  *self,
             const char    *line,
             GError       **error)
{
  static const char version[] = "HTTP/1.";
  const char *at = line + strlen (version);

  if (!g_str_has_prefix (line, version) || !g_ascii_isdigit (at[0]) ||
      at[1] != ' ' || at[2] < '1' || at[2] > '5' ||
      !g_ascii_isdigit (at[3]) || !g_ascii_isdigit (at[4]) ||
      (at[5] != '\0' && at[5] != ' '))
    return refuse ("not an HTTP answer", error);

  self->status = (guint) ((at[2] - '0') * 100 + (at[3] - '0') * 10 +
                          (at[4] - '0'));
  self->stage = STAGE_HEADERS;
  return TRUE;
}

static gboolean
read_length (KmHttpAnswer  *self,
             const char    *value,
             GError       **error)
{
  guint64 length_bytes;

  if (!g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, &length_bytes,
                                   NULL))
    return refuse ("a Content-Length that isn't a number", error);
  if (self->counted && length_bytes != self->left_bytes)
    return refuse ("two lengths", error);

  self->counted = TRUE;
  self->left_bytes = length_bytes;
  return TRUE;
}

static gboolean
read_header (KmHttpAnswer  *self,
             char          *line,
             GError       **error)
{
  char *colon = strchr (line, ':');
  char *value;

  if (colon == NULL || colon == line)
    return refuse ("a header without a name", error);
  for (char *at = line; at < colon; at++)
    if (!g_ascii_isgraph (*at))
      return refuse ("a header's name has spaces", error);

  *colon = '\0';
  value = g_strstrip (colon + 1);
  if (g_ascii_strcasecmp (line, "Content-Length") == 0)
    return read_length (self, value, error);
  if (g_ascii_strcasecmp (line, "Transfer-Encoding") != 0)
    return TRUE;
  if (self->chunked || g_ascii_strcasecmp (value, "chunked") != 0)
    return refuse ("an unknown Transfer-Encoding", error);

  self->chunked = TRUE;
  return TRUE;
}

static gboolean
end_head (KmHttpAnswer  *self,
          GError       **error)
{
  if (self->chunked && self->counted)
    return refuse ("a length beside chunks", error);
  if (self->status == 101)
    return refuse ("another protocol", error);

  /* On the way to the real one. */
  if (self->status < 200)
    {
      self->chunked = self->counted = FALSE;
      self->stage = STAGE_STATUS;
      return TRUE;
    }

  self->has_status = TRUE;
  if (self->chunked)
    self->stage = STAGE_CHUNK_SIZE;
  else if (!self->counted)
    self->stage = STAGE_ENDLESS;
  else
    self->stage = self->left_bytes > 0 ? STAGE_COUNTED : STAGE_OVER;
  return TRUE;
}

/* RFC 9112, 7.1: hexadecimal, and after ";" what nobody reads. */
static gboolean
read_chunk_size (KmHttpAnswer  *self,
                 char          *line,
                 GError       **error)
{
  line[strcspn (line, ";")] = '\0';
  g_strchomp (line);
  if (!g_ascii_isxdigit (line[0]) || (line[0] == '0' && line[1] == 'x') ||
      !g_ascii_string_to_unsigned (line, 16, 0, G_MAXINT64, &self->left_bytes,
                                   NULL))
    return refuse ("a chunk's size isn't a number", error);

  self->stage = self->left_bytes > 0 ? STAGE_CHUNK : STAGE_TRAILERS;
  return TRUE;
}

static gboolean
read_line (KmHttpAnswer  *self,
           char          *line,
           GError       **error)
{
  switch (self->stage)
    {
    case STAGE_STATUS:
      return read_status (self, line, error);
    case STAGE_HEADERS:
      return line[0] != '\0' ? read_header (self, line, error)
                             : end_head (self, error);
    case STAGE_CHUNK_SIZE:
      return read_chunk_size (self, line, error);
    case STAGE_CHUNK_END:
      if (line[0] != '\0')
        return refuse ("a chunk is longer than it says", error);
      self->stage = STAGE_CHUNK_SIZE;
      return TRUE;
    default:
      if (line[0] == '\0')
        self->stage = STAGE_OVER;
      return TRUE;
    }
}

/* Takes what belongs to a line, and reads the line when that is whole. */
static gboolean
push_line (KmHttpAnswer   *self,
           const guint8  **at,
           const guint8   *end,
           GError        **error)
{
  const guint8 *newline = memchr (*at, '\n', (gsize) (end - *at));
  const guint8 *stop = newline != NULL ? newline : end;
  gsize length = (gsize) (stop - *at);
  gboolean understood;

  self->lines_bytes += length + 1;
  if (self->lines_bytes > KM_HTTP_ANSWER_HEAD_MAX_BYTES)
    return refuse ("a head without an end", error);
  if (memchr (*at, '\0', length) != NULL)
    return refuse ("a zero in a line", error);

  g_string_append_len (self->line, (const char *) *at, (gssize) length);
  *at = newline != NULL ? newline + 1 : end;
  if (newline == NULL)
    return TRUE;

  if (g_str_has_suffix (self->line->str, "\r"))
    g_string_truncate (self->line, self->line->len - 1);
  understood = read_line (self, self->line->str, error);
  g_string_truncate (self->line, 0);
  return understood;
}

static void
push_body (KmHttpAnswer  *self,
           const guint8 **at,
           const guint8  *end,
           GByteArray    *body)
{
  gsize length = (gsize) (end - *at);

  self->lines_bytes = 0;
  if (self->stage != STAGE_ENDLESS)
    {
      length = (gsize) MIN (length, self->left_bytes);
      self->left_bytes -= length;
      if (self->left_bytes == 0)
        self->stage = self->stage == STAGE_CHUNK ? STAGE_CHUNK_END
                                                 : STAGE_OVER;
    }
  g_byte_array_append (body, *at, (guint) length);
  *at += length;
}

/**
 * km_http_answer_new:
 *
 * Returns: (transfer full): of which nothing has come yet
 */
KmHttpAnswer *
km_http_answer_new (void)
{
  KmHttpAnswer *self = g_new0 (KmHttpAnswer, 1);

  self->line = g_string_new (NULL);
  return self;
}

void
km_http_answer_free (KmHttpAnswer *self)
{
  g_string_free (self->line, TRUE);
  g_free (self);
}

/**
 * km_http_answer_push:
 * @data: what came
 * @length: of it in bytes, less than 2 GiB
 * @body: is appended what belongs to the body
 * @error: %KM_MEDIA_ERROR_FORMAT; the answer is of no use from there on
 *
 * What comes after the answer's end is dropped.
 *
 * Returns: whether that was HTTP
 */
gboolean
km_http_answer_push (KmHttpAnswer  *self,
                     const guint8  *data,
                     gsize          length,
                     GByteArray    *body,
                     GError       **error)
{
  const guint8 *at = data, *end = data + length;

  while (at < end && self->stage != STAGE_OVER)
    {
      if (self->stage >= STAGE_COUNTED)
        push_body (self, &at, end, body);
      else if (!push_line (self, &at, end, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * km_http_answer_get_status:
 *
 * Returns: 200 and above; 0 until the head is whole
 */
guint
km_http_answer_get_status (KmHttpAnswer *self)
{
  return self->has_status ? self->status : 0;
}

/**
 * km_http_answer_is_over:
 *
 * Returns: whether nothing more belongs to it
 */
gboolean
km_http_answer_is_over (KmHttpAnswer *self)
{
  return self->stage == STAGE_OVER;
}

/**
 * km_http_answer_may_end:
 *
 * Returns: whether it is whole if the connection ends here
 */
gboolean
km_http_answer_may_end (KmHttpAnswer *self)
{
  return self->stage == STAGE_OVER || self->stage == STAGE_ENDLESS;
}
