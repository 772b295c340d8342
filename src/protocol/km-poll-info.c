/* km-poll-info.c: a question to a room and its answers, both ways
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A choice of options is a list of their indexes on the wire and a mask of
 * bits in memory: a list can say something twice, a mask can't.
 *
 * Thread: any.
 */

#include "km-poll-info.h"

#include "km-json.h"

#define WORD_BYTES_MAX 64

KmPollQuestion *
km_poll_question_copy (const KmPollQuestion *self)
{
  KmPollQuestion *copy = g_new (KmPollQuestion, 1);

  *copy = *self;
  copy->question = g_strdup (self->question);
  copy->options = g_strdupv (self->options);

  return copy;
}

/**
 * km_poll_question_clear:
 * @self: one that is part of another struct
 *
 * Frees what it points to, not @self.
 */
void
km_poll_question_clear (KmPollQuestion *self)
{
  g_clear_pointer (&self->question, g_free);
  g_clear_pointer (&self->options, g_strfreev);
}

void
km_poll_question_free (KmPollQuestion *self)
{
  km_poll_question_clear (self);
  g_free (self);
}

guint
km_poll_question_count (const KmPollQuestion *self)
{
  return self->options != NULL ? g_strv_length (self->options) : 0;
}

/**
 * km_poll_question_append:
 * @self: a question
 * @out: where its members go: behind an open `{` or another member
 */
void
km_poll_question_append (const KmPollQuestion *self,
                         GString              *out)
{
  km_json_append_member (out, "question", self->question);
  km_json_append_raw (out, "options", "[", 1);
  for (guint i = 0; self->options != NULL && self->options[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      km_json_append_string (out, self->options[i]);
    }
  g_string_append_c (out, ']');
  km_json_append_boolean (out, "multiple", self->multiple);
  km_json_append_boolean (out, "changeable", self->changeable);
  km_json_append_boolean (out, "anonymous", self->anonymous);
}

/* FALSE when it isn't a text; *too_long says whether it is one that is too
 * long. */
static gboolean
read_text (JsonNode  *node,
           gsize      bytes_max,
           gboolean  *too_long,
           char     **text)
{
  const char *value;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;

  value = json_node_get_string (node);
  if (value == NULL || !g_utf8_validate (value, -1, NULL))
    return FALSE;

  *too_long |= strlen (value) > bytes_max;
  *text = g_strdup (value);

  return TRUE;
}

static gboolean
read_options (KmPollQuestion *self,
              JsonArray      *array,
              gboolean       *too_long)
{
  guint n_options = array != NULL ? json_array_get_length (array) : 0;

  if (n_options < KM_POLL_OPTIONS_MIN || n_options > KM_POLL_OPTIONS_MAX)
    return FALSE;

  self->options = g_new0 (char *, n_options + 1);
  for (guint i = 0; i < n_options; i++)
    {
      if (!read_text (json_array_get_element (array, i),
                      KM_POLL_OPTION_BYTES_MAX, too_long, &self->options[i]))
        return FALSE;
    }

  return TRUE;
}

/**
 * km_poll_question_from_json:
 * @object: what should have a question's members
 * @error: %KM_PROTOCOL_ERROR_BAD_REQUEST or %KM_PROTOCOL_ERROR_TOO_LONG
 *
 * Returns: (nullable) (transfer full): the question: right in types, number of
 *   options and bytes; nothing else about its texts has been checked
 */
KmPollQuestion *
km_poll_question_from_json (JsonObject  *object,
                            GError     **error)
{
  g_autoptr (KmPollQuestion) self = g_new0 (KmPollQuestion, 1);
  gboolean too_long = FALSE;

  if (!read_text (json_object_get_member (object, "question"),
                  KM_POLL_QUESTION_BYTES_MAX, &too_long, &self->question) ||
      !read_options (self, km_json_get_array (object, "options"), &too_long) ||
      !km_json_get_flag (object, "multiple", &self->multiple) ||
      !km_json_get_flag (object, "changeable", &self->changeable) ||
      !km_json_get_flag (object, "anonymous", &self->anonymous))
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_REQUEST);
      return NULL;
    }
  if (too_long)
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_TOO_LONG);
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * km_poll_choices_append:
 * @choices: options as bits
 * @out: where the JSON array of their indexes goes
 */
void
km_poll_choices_append (guint    choices,
                        GString *out)
{
  const char *comma = "";

  g_string_append_c (out, '[');
  for (guint i = 0; i < KM_POLL_OPTIONS_MAX; i++)
    {
      if ((choices & (1u << i)) == 0)
        continue;
      g_string_append_printf (out, "%s%u", comma, i);
      comma = ",";
    }
  g_string_append_c (out, ']');
}

/**
 * km_poll_choices_from_json:
 * @array: (nullable): what should be a list of indexes
 * @choices: (out): the same as bits
 * @error: %KM_PROTOCOL_ERROR_NO_SUCH_OPTION for an index that no poll has;
 *   %KM_PROTOCOL_ERROR_BAD_REQUEST when it isn't a list of indexes, is empty
 *   or says one twice
 *
 * Returns: whether it is one
 */
gboolean
km_poll_choices_from_json (JsonArray  *array,
                           guint      *choices,
                           GError    **error)
{
  guint n_choices = array != NULL ? json_array_get_length (array) : 0;
  guint found = 0;

  if (n_choices == 0)
    goto bad;

  for (guint i = 0; i < n_choices; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      gint64 index;

      if (!JSON_NODE_HOLDS_VALUE (node) ||
          json_node_get_value_type (node) != G_TYPE_INT64)
        goto bad;
      index = json_node_get_int (node);
      if (index < 0 || index >= KM_POLL_OPTIONS_MAX)
        {
          km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_OPTION);
          return FALSE;
        }
      if ((found & (1u << index)) != 0)
        goto bad;
      found |= 1u << index;
    }

  *choices = found;
  return TRUE;

bad:
  km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_REQUEST);
  return FALSE;
}

/**
 * km_poll_info_new:
 *
 * Returns: (transfer full): a poll with nothing in it yet
 */
KmPollInfo *
km_poll_info_new (void)
{
  KmPollInfo *self = g_new0 (KmPollInfo, 1);

  self->closes_at_ms = -1;
  self->left_ms = -1;
  self->closed_at_ms = -1;

  return self;
}

KmPollInfo *
km_poll_info_copy (const KmPollInfo *self)
{
  KmPollInfo *copy = g_new (KmPollInfo, 1);

  *copy = *self;
  copy->id = g_strdup (self->id);
  copy->ask.question = g_strdup (self->ask.question);
  copy->ask.options = g_strdupv (self->ask.options);

  return copy;
}

void
km_poll_info_free (KmPollInfo *self)
{
  km_poll_question_clear (&self->ask);
  g_free (self->id);
  g_free (self);
}

static void
append_tallies (const KmPollInfo *self,
                GString          *out)
{
  km_json_append_raw (out, "tallies", "[", 1);
  for (guint i = 0; i < self->n_tallies; i++)
    g_string_append_printf (out, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                            self->tallies[i]);
  g_string_append_c (out, ']');
  km_json_append_integer (out, "voters", self->voters);
}

/**
 * km_poll_info_append:
 * @self: a poll
 * @parts: what to say about it
 * @out: where its JSON object goes
 */
void
km_poll_info_append (const KmPollInfo *self,
                     KmPollParts       parts,
                     GString          *out)
{
  g_string_append_c (out, '{');
  km_json_append_member (out, "poll", self->id);
  if (parts & KM_POLL_PART_ASK)
    {
      km_poll_question_append (&self->ask, out);
      km_json_append_integer (out, "opened_at", self->opened_at_ms);
      km_json_append_time (out, "closes_at", self->closes_at_ms);
    }
  if (parts & KM_POLL_PART_TALLIES)
    append_tallies (self, out);
  if (parts & KM_POLL_PART_VOTED)
    {
      km_json_append_raw (out, "voted", "", 0);
      if (self->voted != 0)
        km_poll_choices_append (self->voted, out);
      else
        g_string_append (out, "null");
      km_json_append_time (out, "left_ms", self->left_ms);
    }
  if (parts & KM_POLL_PART_END)
    {
      gboolean closed = self->closed_at_ms >= 0;

      km_json_append_time (out, "closed_at", self->closed_at_ms);
      km_json_append_member (out, "reason",
                             closed ? km_poll_end_to_word (self->reason)
                                    : NULL);
    }
  g_string_append_c (out, '}');
}

/**
 * km_poll_infos_append:
 * @polls: (nullable) (element-type KmPollInfo): polls
 * @parts: what to say about each
 * @out: where the member `polls` goes: behind an open `{` or another member
 */
void
km_poll_infos_append (GPtrArray   *polls,
                      KmPollParts  parts,
                      GString     *out)
{
  km_json_append_raw (out, "polls", "[", 1);
  for (guint i = 0; polls != NULL && i < polls->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      km_poll_info_append (g_ptr_array_index (polls, i), parts, out);
    }
  g_string_append_c (out, ']');
}

static gboolean
read_tallies (KmPollInfo *self,
              JsonObject *object)
{
  JsonArray *array = km_json_get_array (object, "tallies");

  if (array == NULL)
    return km_json_is_null (object, "tallies");

  self->n_tallies = json_array_get_length (array);
  if (self->n_tallies > KM_POLL_OPTIONS_MAX)
    return FALSE;

  for (guint i = 0; i < self->n_tallies; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (node) ||
          json_node_get_value_type (node) != G_TYPE_INT64)
        return FALSE;
      self->tallies[i] = MAX (0, json_node_get_int (node));
    }

  return km_json_get_integer (object, "voters", 0, G_MAXINT64, &self->voters);
}

static gboolean
read_ask (KmPollInfo *self,
          JsonObject *object)
{
  g_autoptr (KmPollQuestion) ask = km_poll_question_from_json (object, NULL);

  if (ask == NULL)
    return FALSE;

  self->ask = *ask;
  g_free (g_steal_pointer (&ask));

  return km_json_get_integer (object, "opened_at", 0, G_MAXINT64,
                              &self->opened_at_ms) &&
         (self->n_tallies == 0 ||
          self->n_tallies == km_poll_question_count (&self->ask));
}

/**
 * km_poll_info_from_json:
 * @object: (nullable): what should be a POLL
 * @parts: what it must say; what it says besides is read as well
 *
 * Returns: (nullable) (transfer full): the poll; %NULL when it isn't one
 */
KmPollInfo *
km_poll_info_from_json (JsonObject  *object,
                        KmPollParts  parts)
{
  g_autoptr (KmPollInfo) self = km_poll_info_new ();
  int reason;

  if (object == NULL)
    return NULL;

  self->id = g_strdup (km_json_get_string (object, "poll", KM_POLL_ID_MAX));
  if (self->id == NULL || !read_tallies (self, object) ||
      ((parts & KM_POLL_PART_TALLIES) && self->n_tallies == 0) ||
      ((parts & KM_POLL_PART_ASK) && !read_ask (self, object)))
    return NULL;

  km_json_get_integer (object, "closes_at", 0, G_MAXINT64,
                       &self->closes_at_ms);
  km_json_get_integer (object, "left_ms", 0, KM_POLL_DURATION_MS_MAX,
                       &self->left_ms);
  km_json_get_integer (object, "closed_at", 0, G_MAXINT64,
                       &self->closed_at_ms);
  km_poll_choices_from_json (km_json_get_array (object, "voted"),
                             &self->voted, NULL);
  reason = km_poll_end_from_word (km_json_get_string (object, "reason",
                                                      WORD_BYTES_MAX));
  self->reason = reason < 0 ? KM_POLL_END_TIME : (KmPollEnd) reason;

  return g_steal_pointer (&self);
}

/**
 * km_poll_infos_from_json:
 * @array: (nullable): what should be a list of POLLs
 * @parts: what each must say
 *
 * Returns: (nullable) (transfer full) (element-type KmPollInfo): them; %NULL
 *   when it isn't a list of polls
 */
GPtrArray *
km_poll_infos_from_json (JsonArray   *array,
                         KmPollParts  parts)
{
  g_autoptr (GPtrArray) polls =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_poll_info_free);

  if (array == NULL)
    return NULL;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      KmPollInfo *poll =
        JSON_NODE_HOLDS_OBJECT (node)
          ? km_poll_info_from_json (json_node_get_object (node), parts)
          : NULL;

      if (poll == NULL)
        return NULL;
      g_ptr_array_add (polls, poll);
    }

  return g_steal_pointer (&polls);
}
