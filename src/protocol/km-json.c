/* km-json.c: JSON from strangers in, JSON out
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading: json-glib in its strict mode parses, after a look over the bytes
 * for what it takes without a word: nesting deeper than anybody needs, and
 * \u0000, which would cut a C string short. The getters answer "absent" for
 * whatever has the wrong type, length or range, so that no caller ever holds
 * an unchecked value.
 *
 * Writing: straight into a GString; building a tree first would cost more
 * than everything else that is done for a message.
 *
 * Thread: any.
 */

#include "km-json.h"

#include "km-protocol.h"

/* Whether brackets nest at most KM_JSON_DEPTH_MAX deep and no string holds
 * an escaped zero. Wrong JSON may pass: the parser finds it. */
static gboolean
looks_harmless (const char *text,
                gsize       length)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (c == '\0')
        return FALSE;

      if (in_string && c == '\\')
        {
          if (length - i >= 6 && memcmp (text + i, "\\u0000", 6) == 0)
            return FALSE;
          i++;
        }
      else if (c == '"')
        in_string = !in_string;
      else if (!in_string && (c == '{' || c == '['))
        {
          if (++depth > KM_JSON_DEPTH_MAX)
            return FALSE;
        }
      else if (!in_string && (c == '}' || c == ']') && depth > 0)
        depth--;
    }

  return TRUE;
}

/* Each thread's own: a server parses thousands of frames a second, and a
 * parser costs as much to make as a frame to parse. */
static JsonParser *
get_parser (void)
{
  static GPrivate own = G_PRIVATE_INIT (g_object_unref);
  JsonParser *parser = g_private_get (&own);

  if (parser == NULL)
    {
      parser = json_parser_new_immutable ();
      json_parser_set_strict (parser, TRUE);
      g_private_set (&own, parser);
    }

  return parser;
}

/**
 * km_json_parse:
 * @text: what came; need not end in a zero
 * @length: its bytes; the caller has bounded it
 * @error: %KM_PROTOCOL_ERROR_BAD_REQUEST when it isn't one JSON object
 *   (RFC 8259)
 *
 * Returns: (transfer full): the object, immutable
 */
JsonObject *
km_json_parse (const char  *text,
               gsize        length,
               GError     **error)
{
  JsonParser *parser = get_parser ();
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonNode) root = NULL;

  /* An empty text is refused here: json-glib takes a length of 0 for
   * "measure it yourself" in some versions. */
  if (length == 0 || length > G_MAXSSIZE || !looks_harmless (text, length) ||
      !json_parser_load_from_data (parser, text, (gssize) length, &local) ||
      (root = json_parser_steal_root (parser)) == NULL ||
      !JSON_NODE_HOLDS_OBJECT (root))
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_REQUEST);
      return NULL;
    }

  return json_object_ref (json_node_get_object (root));
}

/* Members that are null count as absent. */
static JsonNode *
get_value (JsonObject *object,
           const char *member,
           GType       type)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != type)
    return NULL;

  return node;
}

/**
 * km_json_get_string:
 * @object: an object
 * @member: the name of a member
 * @bytes_max: how many bytes it may have
 *
 * Returns: (nullable): the text, valid UTF-8; %NULL when it is absent, not a
 *   string or too long
 */
const char *
km_json_get_string (JsonObject *object,
                    const char *member,
                    gsize       bytes_max)
{
  JsonNode *node = get_value (object, member, G_TYPE_STRING);
  const char *text = node != NULL ? json_node_get_string (node) : NULL;

  if (text == NULL || strnlen (text, bytes_max + 1) > bytes_max ||
      !g_utf8_validate (text, -1, NULL))
    return NULL;

  return text;
}

/**
 * km_json_get_integer:
 * @object: an object
 * @member: the name of a member
 * @min: the least value taken
 * @max: the greatest
 * @value: (out): unchanged unless this returns %TRUE
 *
 * Returns: whether the member is a whole number in the range
 */
gboolean
km_json_get_integer (JsonObject *object,
                     const char *member,
                     gint64      min,
                     gint64      max,
                     gint64     *value)
{
  JsonNode *node = get_value (object, member, G_TYPE_INT64);
  gint64 number;

  if (node == NULL)
    return FALSE;

  number = json_node_get_int (node);
  if (number < min || number > max)
    return FALSE;

  *value = number;
  return TRUE;
}

/**
 * km_json_get_boolean:
 * @object: an object
 * @member: the name of a member
 *
 * Returns: whether the member is `true`; anything else is %FALSE
 */
gboolean
km_json_get_boolean (JsonObject *object,
                     const char *member)
{
  JsonNode *node = get_value (object, member, G_TYPE_BOOLEAN);

  return node != NULL && json_node_get_boolean (node);
}

/**
 * km_json_get_flag:
 * @object: an object
 * @member: the name of a member
 * @value: (out): whether it is `true`; unchanged unless this returns %TRUE
 *
 * For what must not be misread: "yes" is neither yes nor no.
 *
 * Returns: whether the member is a boolean, or absent, which is "no"
 */
gboolean
km_json_get_flag (JsonObject *object,
                  const char *member,
                  gboolean   *value)
{
  JsonNode *node = get_value (object, member, G_TYPE_BOOLEAN);

  if (node == NULL && !km_json_is_null (object, member))
    return FALSE;

  *value = node != NULL && json_node_get_boolean (node);
  return TRUE;
}

/**
 * km_json_get_array:
 * @object: an object
 * @member: the name of a member
 *
 * Returns: (nullable) (transfer none): the member, if it is an array
 */
JsonArray *
km_json_get_array (JsonObject *object,
                   const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;

  return json_node_get_array (node);
}

/**
 * km_json_get_object:
 * @object: an object
 * @member: the name of a member
 *
 * Returns: (nullable) (transfer none): the member, if it is an object
 */
JsonObject *
km_json_get_object (JsonObject *object,
                    const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;

  return json_node_get_object (node);
}

/**
 * km_json_is_null:
 * @object: an object
 * @member: the name of a member
 *
 * Returns: whether the member is absent or `null`
 */
gboolean
km_json_is_null (JsonObject *object,
                 const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

/**
 * km_json_get_error:
 * @object: an HTTP answer or a reply
 *
 * Returns: (nullable) (transfer full): what its `error` says
 */
GError *
km_json_get_error (JsonObject *object)
{
  JsonObject *inner = km_json_get_object (object, "error");
  KmProtocolError code;
  const char *message;
  gint64 retry_ms = 0;

  if (inner == NULL)
    return NULL;

  code = km_protocol_error_from_word (km_json_get_string (inner, "code", 64));
  message = km_json_get_string (inner, "message", KM_BODY_BYTES_MAX);
  km_json_get_integer (inner, "retry_ms", 0, G_MAXINT32, &retry_ms);

  return km_protocol_error_new (code, retry_ms, message);
}

/**
 * km_json_append_string:
 * @out: where to
 * @text: valid UTF-8
 *
 * Appends @text in quotes, escaped as RFC 8259 section 7 asks.
 */
void
km_json_append_string (GString    *out,
                       const char *text)
{
  const char *from = text;

  g_string_append_c (out, '"');
  for (const char *c = text; *c != '\0'; c++)
    {
      if ((guchar) *c >= 0x20 && *c != '"' && *c != '\\')
        continue;

      g_string_append_len (out, from, c - from);
      from = c + 1;
      if ((guchar) *c < 0x20)
        g_string_append_printf (out, "\\u%04x", (guchar) *c);
      else
        {
          g_string_append_c (out, '\\');
          g_string_append_c (out, *c);
        }
    }
  g_string_append (out, from);
  g_string_append_c (out, '"');
}

static void
append_name (GString    *out,
             const char *member)
{
  if (out->len > 0 && out->str[out->len - 1] != '{')
    g_string_append_c (out, ',');
  km_json_append_string (out, member);
  g_string_append_c (out, ':');
}

/**
 * km_json_append_member:
 * @out: where to: behind an open `{` or another member
 * @member: its name
 * @text: (nullable): its text; %NULL: `null`
 */
void
km_json_append_member (GString    *out,
                       const char *member,
                       const char *text)
{
  append_name (out, member);
  if (text != NULL)
    km_json_append_string (out, text);
  else
    g_string_append (out, "null");
}

/* Digit by digit: printf takes as long as all the rest of a message. */
static void
append_digits (GString *out,
               gint64   value)
{
  char digits[G_N_ELEMENTS ("-9223372036854775808")];
  guint64 rest = value < 0 ? -(guint64) value : (guint64) value;
  gsize at = sizeof digits;

  do
    digits[--at] = (char) ('0' + rest % 10);
  while ((rest /= 10) != 0);
  if (value < 0)
    digits[--at] = '-';

  g_string_append_len (out, digits + at, (gssize) (sizeof digits - at));
}

/**
 * km_json_append_integer:
 * @out: where to: behind an open `{` or another member
 * @member: its name
 * @value: its value
 */
void
km_json_append_integer (GString    *out,
                        const char *member,
                        gint64      value)
{
  append_name (out, member);
  append_digits (out, value);
}

/**
 * km_json_append_time:
 * @out: where to: behind an open `{` or another member
 * @member: its name
 * @at_ms: a time; negative: none, which is `null`
 */
void
km_json_append_time (GString    *out,
                     const char *member,
                     gint64      at_ms)
{
  if (at_ms >= 0)
    km_json_append_integer (out, member, at_ms);
  else
    km_json_append_member (out, member, NULL);
}

/**
 * km_json_append_boolean:
 * @out: where to: behind an open `{` or another member
 * @member: its name
 * @value: its value
 */
void
km_json_append_boolean (GString    *out,
                        const char *member,
                        gboolean    value)
{
  append_name (out, member);
  g_string_append (out, value ? "true" : "false");
}

/**
 * km_json_append_raw:
 * @out: where to: behind an open `{` or another member
 * @member: its name
 * @json: a value that is JSON already
 * @length: its bytes; -1: up to its zero
 */
void
km_json_append_raw (GString    *out,
                    const char *member,
                    const char *json,
                    gssize      length)
{
  append_name (out, member);
  g_string_append_len (out, json, length);
}

/**
 * km_json_append_error:
 * @out: where to: behind an open `{` or another member
 * @error: an error; of another domain than %KM_PROTOCOL_ERROR it is told as
 *   `internal`, without its words, which are for the log
 *
 * Appends the member `error`.
 */
void
km_json_append_error (GString      *out,
                      const GError *error)
{
  KmProtocolError code = KM_PROTOCOL_ERROR_INTERNAL;
  const char *message = km_protocol_error_to_message (code);
  gint64 retry_ms = km_protocol_error_get_retry_ms (error);

  if (error->domain == KM_PROTOCOL_ERROR)
    {
      code = (KmProtocolError) error->code;
      message = error->message;
    }

  append_name (out, "error");
  g_string_append_c (out, '{');
  km_json_append_member (out, "code", km_protocol_error_to_word (code));
  km_json_append_member (out, "message", message);
  if (retry_ms > 0)
    km_json_append_integer (out, "retry_ms", retry_ms);
  g_string_append_c (out, '}');
}
