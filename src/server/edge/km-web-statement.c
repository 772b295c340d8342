/* km-web-statement.c: statements, by pages and as a table to keep
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table (CSV, RFC 4180) has everything back to the beginning, so it is
 * made piece by piece while it is sent; the newest comes first, as in a page. A text that a spreadsheet would take for a
 * formula gets a ' before it: people choose their names themselves.
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include "km-csv.h"
#include "km-book-query.h"

#define PAGE_DEFAULT 50
#define PAGE_MAX 200
#define PIECE 500

typedef struct
{
  KmReader *reader;
  KmBook book;
  gint64 owner;
  gint64 before;
} Table;

static const char *
get_parameter (KmWebCall  *call,
               const char *name)
{
  return call->query != NULL ? g_hash_table_lookup (call->query, name) : NULL;
}

static gboolean
get_book (KmWebCall *call,
          KmBook    *book)
{
  const char *of = get_parameter (call, "of");

  *book = g_strcmp0 (of, "income") == 0 ? KM_BOOK_INCOME : KM_BOOK_WALLET;

  return of == NULL || g_str_equal (of, "wallet")
         || g_str_equal (of, "income");
}

static gboolean
get_number (KmWebCall  *call,
            const char *name,
            gint64      max,
            gint64     *number)
{
  const char *value = get_parameter (call, name);

  return value == NULL
         || g_ascii_string_to_signed (value, 10, 1, max, number, NULL);
}

static void
append_id (GString    *json,
           const char *member,
           gint64      id)
{
  char digits[24];

  g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT, id);
  km_json_append_member (json, member, digits);
}

static void
append_other (GString           *json,
              const KmBookEntry *entry)
{
  g_autoptr (GString) other = g_string_new (NULL);
  const KmAccountInfo info = {
    .id = (char *) entry->other_id,
    .name = (char *) entry->other_name,
    .shown_name = (char *) entry->other_shown_name,
  };

  if (entry->other_id != NULL)
    km_account_info_append (&info, other);
  else
    g_string_append (other, "null");
  km_json_append_raw (json, "other", other->str, (gssize) other->len);
}

static void
append_entry (const KmBookEntry *entry,
              gpointer           data)
{
  GString *json = data;

  g_string_append (json, json->str[json->len - 1] == '[' ? "{" : ",{");
  append_id (json, "id", entry->id);
  km_json_append_integer (json, "at", entry->at_ms);
  km_json_append_member (json, "kind", entry->kind);
  km_json_append_integer (json, "coins", entry->coins);
  km_json_append_integer (json, "balance", entry->balance);
  if (entry->gift != NULL)
    {
      km_json_append_member (json, "gift", entry->gift);
      km_json_append_raw (json, "names", entry->names, -1);
      km_json_append_integer (json, "count", entry->count);
    }
  append_other (json, entry);
  if (entry->room != NULL)
    km_json_append_member (json, "room", entry->room);
  if (entry->note != NULL)
    km_json_append_member (json, "note", entry->note);
  g_string_append_c (json, '}');
}

/* GET wallet/statement */
void
km_web_get_statement (KmWebCall *call)
{
  g_autoptr (GString) json = g_string_new ("{\"entries\":[");
  gint64 before = G_MAXINT64;
  gint64 limit = PAGE_DEFAULT;
  gboolean more;
  KmBook book;
  GError *error = NULL;

  if (!get_book (call, &book)
      || !get_number (call, "before", G_MAXINT64, &before)
      || !get_number (call, "limit", PAGE_MAX, &limit))
    {
      km_web_call_refuse (call, KM_PROTOCOL_ERROR_BAD_REQUEST);
      return;
    }

  if (!km_book_read (call->api->parts.reader, book, call->session->account,
                     &before, (guint) limit, append_entry, json, &more,
                     &error))
    {
      km_web_call_fail (call, error);
      return;
    }

  g_string_append_c (json, ']');
  km_json_append_boolean (json, "more", more);
  g_string_append_c (json, '}');
  km_web_call_answer (call, SOUP_STATUS_OK, g_steal_pointer (&json));
}

static char *
dup_english_name (const char *names)
{
  g_autoptr (JsonObject) object =
    names != NULL ? km_json_parse (names, strlen (names), NULL) : NULL;

  return object != NULL
           ? g_strdup (km_json_get_string (object, "en", KM_BODY_BYTES_MAX))
           : NULL;
}

static void
append_row (const KmBookEntry *entry,
            gpointer           data)
{
  GString *csv = data;
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc_usec (
    entry->at_ms * 1000);
  g_autofree char *time =
    g_date_time_format (at, "%Y-%m-%dT%H:%M:%S.%fZ");
  g_autofree char *gift = dup_english_name (entry->names);

  g_string_append_printf (csv, "%" G_GINT64_FORMAT ",%s,%s,%" G_GINT64_FORMAT
                          ",%" G_GINT64_FORMAT, entry->id, time, entry->kind,
                          entry->coins, entry->balance);
  g_string_append_c (csv, ',');
  km_csv_append (csv, gift);
  g_string_append_c (csv, ',');
  if (entry->gift != NULL)
    g_string_append_printf (csv, "%" G_GINT64_FORMAT, entry->count);
  g_string_append_c (csv, ',');
  km_csv_append (csv, entry->other_name);
  g_string_append_c (csv, ',');
  km_csv_append (csv, entry->other_shown_name);
  g_string_append_c (csv, ',');
  km_csv_append (csv, entry->note);
  g_string_append (csv, "\r\n");
}

static gboolean
next_piece (GString   *csv,
            gpointer   data,
            gboolean  *more,
            GError   **error)
{
  Table *table = data;

  if (table->before == G_MAXINT64)
    g_string_append (csv, "id,time,kind,coins,balance,gift,count,name,"
                          "shown_name,note\r\n");

  return km_book_read (table->reader, table->book, table->owner,
                       &table->before, PIECE, append_row, csv, more, error);
}

/* GET wallet/statement.csv */
void
km_web_get_statement_table (KmWebCall *call)
{
  Table *table;
  KmBook book;

  if (!get_book (call, &book))
    {
      km_web_call_refuse (call, KM_PROTOCOL_ERROR_BAD_REQUEST);
      return;
    }

  table = g_new0 (Table, 1);
  table->reader = call->api->parts.reader;
  table->book = book;
  table->owner = call->session->account;
  table->before = G_MAXINT64;
  soup_message_headers_replace (
    soup_server_message_get_response_headers (call->message),
    "Content-Disposition",
    book == KM_BOOK_WALLET ? "attachment; filename=\"wallet.csv\""
                           : "attachment; filename=\"income.csv\"");
  km_web_call_answer_pieces (call, "text/csv; charset=utf-8", next_piece,
                             table, g_free);
}
