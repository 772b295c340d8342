/* km-web-poll.c: HTTP calls about polls that were asked
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a poll stands anybody may know; its table is its host's. Who voted for
 * what stands in the table of a poll that said so when it was asked, and is
 * read for no other.
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include "km-csv.h"
#include "km-poll-query.h"
#include "km-statement.h"

#define PAGE 20
#define PIECE 200

/* GET rooms/ID/polls */
void
km_web_list_polls (KmWebCall *call)
{
  KmReader *reader = call->api->parts.reader;
  gint64 room = km_web_parse_number (call->argument);
  gint64 before = call->query != NULL
                    ? km_web_parse_number (
                        g_hash_table_lookup (call->query, "before"))
                    : 0;
  g_autoptr (GPtrArray) polls = NULL;
  GError *error = NULL;
  GString *json;
  gboolean more;

  if (!km_web_room_exists (call->api, call->argument, &error))
    {
      km_web_call_fail (call, error);
      return;
    }

  polls = km_poll_query_page (reader, room, before > 0 ? before : G_MAXINT64,
                              PAGE + 1, &error);
  if (polls == NULL)
    {
      km_web_call_fail (call, error);
      return;
    }

  more = polls->len > PAGE;
  if (more)
    g_ptr_array_set_size (polls, PAGE);
  json = g_string_new ("{");
  km_poll_infos_append (
    polls, KM_POLL_PART_ASK | KM_POLL_PART_TALLIES | KM_POLL_PART_END, json);
  km_json_append_boolean (json, "more", more);
  g_string_append_c (json, '}');
  km_web_call_answer (call, SOUP_STATUS_OK, json);
}

/* A poll's table, and how far it has been sent. */
typedef struct
{
  KmReader *reader;
  KmPollInfo *poll;
  gboolean began;
  gint64 last; /* account of the last vote sent */
} Table;

static void
table_free (gpointer data)
{
  Table *self = data;

  km_poll_info_free (self->poll);
  g_free (self);
}

static void
append_result (const KmPollInfo *poll,
               GString          *csv)
{
  g_string_append (csv, "option,votes,share\r\n");
  for (guint i = 0; i < poll->n_tallies; i++)
    {
      double share = poll->voters > 0
                       ? 100.0 * (double) poll->tallies[i] / (double) poll->voters
                       : 0;
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      km_csv_append (csv, poll->ask.options[i]);
      g_string_append_printf (csv, ",%" G_GINT64_FORMAT ",%s%%\r\n",
                              poll->tallies[i],
                              g_ascii_formatd (number, sizeof number, "%.1f",
                                               share));
    }
  g_string_append (csv, "\r\nquestion,voters\r\n");
  km_csv_append (csv, poll->ask.question);
  g_string_append_printf (csv, ",%" G_GINT64_FORMAT "\r\n", poll->voters);
  if (!poll->ask.anonymous)
    g_string_append (csv, "\r\nname,shown_name,option\r\n");
}

/* A row for each option that somebody chose. */
static void
append_vote (const KmPollInfo *poll,
             sqlite3_stmt     *statement,
             GString          *csv)
{
  guint choices = (guint) sqlite3_column_int (statement, 1);

  for (guint i = 0; i < poll->n_tallies; i++)
    {
      if ((choices >> i & 1) == 0)
        continue;

      km_csv_append (csv, (const char *) sqlite3_column_text (statement, 2));
      g_string_append_c (csv, ',');
      km_csv_append (csv, (const char *) sqlite3_column_text (statement, 3));
      g_string_append_c (csv, ',');
      km_csv_append (csv, poll->ask.options[i]);
      g_string_append (csv, "\r\n");
    }
}

static gboolean
append_votes (Table     *table,
              GString   *csv,
              gboolean  *more,
              GError   **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    table->reader,
    "SELECT poll_vote.account, poll_vote.options, account.name,"
    " account.shown_name FROM poll_vote"
    " JOIN account ON account.id = poll_vote.account"
    " WHERE poll_vote.poll = ? AND poll_vote.account > ?"
    " ORDER BY poll_vote.account LIMIT ?", error);
  guint n_read = 0;
  KmStep step;

  km_statement_bind (statement, "iii",
                     g_ascii_strtoll (table->poll->id, NULL, 10), table->last,
                     (gint64) PIECE);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      append_vote (table->poll, statement, csv);
      table->last = sqlite3_column_int64 (statement, 0);
      n_read++;
    }
  if (statement != NULL)
    sqlite3_reset (statement);
  *more = n_read == PIECE;

  return step == KM_STEP_DONE;
}

static gboolean
next_piece (GString   *csv,
            gpointer   data,
            gboolean  *more,
            GError   **error)
{
  Table *table = data;

  if (!table->began)
    append_result (table->poll, csv);
  table->began = TRUE;
  *more = FALSE;

  return table->poll->ask.anonymous
         || append_votes (table, csv, more, error);
}

static gboolean
is_host (KmWebCall  *call,
         gint64      room,
         GError    **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    call->api->parts.reader,
    "SELECT 1 FROM room WHERE id = ? AND account = ?", error);
  KmStep step;

  km_statement_bind (statement, "ii", room, call->session->account);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_DONE)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_FORBIDDEN);
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_ROW;
}

/* GET polls/ID.csv */
void
km_web_get_poll_table (KmWebCall *call)
{
  KmReader *reader = call->api->parts.reader;
  g_autoptr (KmPollInfo) poll = NULL;
  GError *error = NULL;
  Table *table;
  gint64 room;

  poll = km_poll_query_one (reader, km_web_parse_number (call->argument),
                            &room, &error);
  if (poll == NULL || !is_host (call, room, &error))
    {
      km_web_call_fail (call, error);
      return;
    }

  table = g_new0 (Table, 1);
  table->reader = reader;
  table->poll = g_steal_pointer (&poll);
  soup_message_headers_replace (
    soup_server_message_get_response_headers (call->message),
    "Content-Disposition", "attachment; filename=\"poll.csv\"");
  km_web_call_answer_pieces (call, "text/csv; charset=utf-8", next_piece,
                             table, table_free);
}
