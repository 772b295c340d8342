/* km-poll-query.c: polls as the store knows them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tallies of an open poll are never stored: they are counted from the votes,
 * one row a voter, so that they can't be anything else than what was voted.
 * When it is closed they are counted once more, in the same transaction, for
 * what the room is told; from then on that is the result. Anybody may ask for
 * the results of a room's polls, so reading them must not cost a look at each
 * vote that was ever cast.
 *
 * Thread: that of the reader, or of the transaction.
 */

#include "km-poll-query.h"

#include "km-json.h"
#include "km-statement.h"

#define VOTES_SQL \
  "SELECT options, count (*) FROM poll_vote WHERE poll = ? GROUP BY options"

static char **
read_options (const char *json)
{
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  g_autoptr (GStrvBuilder) options = g_strv_builder_new ();
  JsonArray *array;

  array = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
            ? json_node_get_array (node) : NULL;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    g_strv_builder_add (options, json_array_get_string_element (array, i));

  return g_strv_builder_end (options);
}

/**
 * km_poll_options_write:
 * @options: (array zero-terminated=1): what can be chosen
 *
 * Returns: (transfer full): them as they are stored
 */
char *
km_poll_options_write (char **options)
{
  g_autoptr (GString) out = g_string_new ("[");

  for (guint i = 0; options[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      km_json_append_string (out, options[i]);
    }
  g_string_append_c (out, ']');

  return g_string_free_and_steal (g_steal_pointer (&out));
}

static gint64
read_time (sqlite3_stmt *statement,
           int           column)
{
  if (sqlite3_column_type (statement, column) == SQLITE_NULL)
    return -1;

  return sqlite3_column_int64 (statement, column);
}

/**
 * km_poll_row_read:
 * @statement: stands on a row of %KM_POLL_COLUMNS
 *
 * Returns: (transfer full): the poll, with no tallies yet
 */
KmPollInfo *
km_poll_row_read (sqlite3_stmt *statement)
{
  KmPollInfo *poll = km_poll_info_new ();
  int reason;

  poll->id = km_statement_dup_text (statement, 0);
  poll->ask.question = km_statement_dup_text (statement, 1);
  poll->ask.options =
    read_options ((const char *) sqlite3_column_text (statement, 2));
  poll->ask.multiple = sqlite3_column_int (statement, 3);
  poll->ask.changeable = sqlite3_column_int (statement, 4);
  poll->ask.anonymous = sqlite3_column_int (statement, 5);
  poll->opened_at_ms = sqlite3_column_int64 (statement, 6);
  poll->closes_at_ms = read_time (statement, 7);
  poll->closed_at_ms = read_time (statement, 8);
  reason = km_poll_end_from_word (
    (const char *) sqlite3_column_text (statement, 9));
  poll->reason = reason < 0 ? KM_POLL_END_HOST : (KmPollEnd) reason;
  poll->n_tallies = MIN (km_poll_question_count (&poll->ask),
                         KM_POLL_OPTIONS_MAX);

  return poll;
}

/**
 * km_poll_votes_read:
 * @statement: (nullable): prepared with what was chosen and by how many
 * @poll: gets tallies and voters
 * @error: that of the store
 *
 * Returns: whether they could be read
 */
gboolean
km_poll_votes_read (sqlite3_stmt  *statement,
                    KmPollInfo    *poll,
                    GError       **error)
{
  KmStep step;

  memset (poll->tallies, 0, sizeof poll->tallies);
  poll->voters = 0;
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      guint choices = (guint) sqlite3_column_int (statement, 0);
      gint64 voters = sqlite3_column_int64 (statement, 1);

      poll->voters += voters;
      for (guint i = 0; i < poll->n_tallies; i++)
        {
          if (choices & (1u << i))
            poll->tallies[i] += voters;
        }
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_DONE;
}

static gboolean
parse_result (const char  *body,
              KmPollInfo  *poll,
              GError     **error)
{
  g_autoptr (JsonObject) result = km_json_parse (body, strlen (body), error);
  JsonArray *tallies;

  if (result == NULL)
    return FALSE;

  tallies = km_json_get_array (result, "tallies");
  for (guint i = 0; i < poll->n_tallies && tallies != NULL
                    && i < json_array_get_length (tallies); i++)
    poll->tallies[i] = json_array_get_int_element (tallies, i);
  km_json_get_integer (result, "voters", 0, G_MAXINT64, &poll->voters);

  return TRUE;
}

/* What the room was told when the poll was closed. */
static gboolean
read_result (KmReader    *reader,
             KmPollInfo  *poll,
             GError     **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    reader,
    "SELECT body FROM poll JOIN event ON event.room = poll.room"
    " AND event.seq = closed_seq WHERE poll.id = ?", error);
  gboolean read = FALSE;
  KmStep step;

  km_statement_bind (statement, "i", g_ascii_strtoll (poll->id, NULL, 10));
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    read = parse_result ((const char *) sqlite3_column_text (statement, 0),
                         poll, error);
  else if (step == KM_STEP_DONE)
    g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                 "poll %s was closed and its room wasn't told", poll->id);
  if (statement != NULL)
    sqlite3_reset (statement);

  return read;
}

static gboolean
count_votes (KmReader    *reader,
             KmPollInfo  *poll,
             GError     **error)
{
  sqlite3_stmt *statement;

  if (poll->closed_at_ms >= 0)
    return read_result (reader, poll, error);

  statement = km_reader_prepare (reader, VOTES_SQL, error);
  km_statement_bind (statement, "i",
                     g_ascii_strtoll (poll->id, NULL, 10));

  return km_poll_votes_read (statement, poll, error);
}

/* The one row that @statement finds, with its votes. NULL without an error:
 * there is none. */
static KmPollInfo *
read_one (KmReader      *reader,
          sqlite3_stmt  *statement,
          gint64        *room,
          GError       **error)
{
  g_autoptr (KmPollInfo) poll = NULL;

  if (km_statement_step (statement, error) == KM_STEP_ROW)
    {
      poll = km_poll_row_read (statement);
      if (room != NULL)
        *room = sqlite3_column_int64 (statement, 10);
    }
  if (statement != NULL)
    sqlite3_reset (statement);
  if (poll == NULL || !count_votes (reader, poll, error))
    return NULL;

  return g_steal_pointer (&poll);
}

/**
 * km_poll_query_open:
 * @reader: a reader
 * @room: which room
 * @error: that of the store
 *
 * Returns: (nullable) (transfer full): the room's open poll with its tallies;
 *   %NULL without an error: there is none
 */
KmPollInfo *
km_poll_query_open (KmReader  *reader,
                    gint64     room,
                    GError   **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    reader,
    "SELECT " KM_POLL_COLUMNS " FROM poll"
    " WHERE room = ? AND closed_at IS NULL", error);

  km_statement_bind (statement, "i", room);

  return read_one (reader, statement, NULL, error);
}

/**
 * km_poll_query_one:
 * @reader: a reader
 * @poll: which poll
 * @room: (out): in which room it was asked
 * @error: %KM_PROTOCOL_ERROR_NO_SUCH_POLL, or that of the store
 *
 * Returns: (nullable) (transfer full): the poll with its tallies
 */
KmPollInfo *
km_poll_query_one (KmReader  *reader,
                   gint64     poll,
                   gint64    *room,
                   GError   **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    reader, "SELECT " KM_POLL_COLUMNS " FROM poll WHERE id = ?", error);
  GError *problem = NULL;
  KmPollInfo *info;

  km_statement_bind (statement, "i", poll);
  info = read_one (reader, statement, room, &problem);
  if (problem != NULL)
    g_propagate_error (error, problem);
  else if (info == NULL && (error == NULL || *error == NULL))
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_POLL);

  return info;
}

/**
 * km_poll_query_page:
 * @reader: a reader
 * @room: which room
 * @before: only polls opened before this one; %G_MAXINT64: from the newest on
 * @n_polls: how many
 * @error: that of the store
 *
 * Returns: (nullable) (transfer full) (element-type KmPollInfo): polls of a
 *   room with their tallies, newest first
 */
GPtrArray *
km_poll_query_page (KmReader  *reader,
                    gint64     room,
                    gint64     before,
                    guint      n_polls,
                    GError   **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    reader,
    "SELECT " KM_POLL_COLUMNS " FROM poll WHERE room = ? AND id < ?"
    " ORDER BY id DESC LIMIT ?", error);
  g_autoptr (GPtrArray) polls =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_poll_info_free);
  KmStep step;

  km_statement_bind (statement, "iii", room, before, (gint64) n_polls);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    g_ptr_array_add (polls, km_poll_row_read (statement));
  if (statement != NULL)
    sqlite3_reset (statement);
  if (step != KM_STEP_DONE)
    return NULL;

  for (guint i = 0; i < polls->len; i++)
    {
      if (!count_votes (reader, g_ptr_array_index (polls, i), error))
        return NULL;
    }

  return g_steal_pointer (&polls);
}

/**
 * km_poll_query_waiting:
 * @reader: a reader
 * @error: that of the store
 *
 * Returns: (nullable) (transfer full) (element-type gint64): the rooms whose
 *   open poll closes by time
 */
GArray *
km_poll_query_waiting (KmReader  *reader,
                       GError   **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    reader,
    "SELECT room FROM poll WHERE closed_at IS NULL AND closes_at IS NOT NULL",
    error);
  g_autoptr (GArray) rooms = g_array_new (FALSE, FALSE, sizeof (gint64));
  KmStep step;

  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      gint64 room = sqlite3_column_int64 (statement, 0);

      g_array_append_val (rooms, room);
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_DONE ? g_steal_pointer (&rooms) : NULL;
}

/**
 * km_poll_query_outlived:
 * @reader: a reader
 * @poll: an open poll
 * @outlived: (out): whether a stream of its room was ended since it was opened
 * @error: that of the store
 *
 * Returns: whether it could be read
 */
gboolean
km_poll_query_outlived (KmReader  *reader,
                        gint64     poll,
                        gboolean  *outlived,
                        GError   **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    reader,
    "SELECT EXISTS (SELECT 1 FROM stream WHERE stream.room = poll.room"
    " AND ended_seq > opened_seq AND stream.reason = ?)"
    " FROM poll WHERE id = ?", error);
  KmStep step;

  km_statement_bind (statement, "ti",
                     km_stream_end_to_word (KM_STREAM_END_ENDED), poll);
  step = km_statement_step (statement, error);
  *outlived =
    step == KM_STEP_ROW && sqlite3_column_int (statement, 0) != 0;
  if (statement != NULL)
    sqlite3_reset (statement);

  return step != KM_STEP_FAILED;
}

/**
 * km_poll_query_voted:
 * @reader: a reader
 * @poll: in which poll
 * @account: whose vote; 0: a guest's
 * @choices: (out): what they chose, as bits; 0: they haven't voted
 * @error: that of the store
 *
 * Returns: whether it could be read
 */
gboolean
km_poll_query_voted (KmReader  *reader,
                     gint64     poll,
                     gint64     account,
                     guint     *choices,
                     GError   **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    reader, "SELECT options FROM poll_vote WHERE poll = ? AND account = ?",
    error);
  KmStep step;

  *choices = 0;
  km_statement_bind (statement, "ii", poll, account);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    *choices = (guint) sqlite3_column_int (statement, 0);
  if (statement != NULL)
    sqlite3_reset (statement);

  return step != KM_STEP_FAILED;
}
