/* km-web-gifts.c: HTTP calls about what can be given
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture is an SVG, which a browser would run scripts in if it were opened
 * as a page: it is served with nothing allowed.
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include "km-catalogue.h"

/* How many of a gift apps offer to give at once. */
#define COUNTS "[1,10,66,520]"

static void
append_kind (const KmGiftKind *kind,
             gboolean          retired,
             gboolean          by_owner,
             gpointer          data)
{
  GString *json = data;

  if (retired)
    return;

  g_string_append (json, json->str[json->len - 1] == '[' ? "{" : ",{");
  km_json_append_member (json, "id", kind->id);
  km_json_append_raw (json, "names", kind->names, -1);
  km_json_append_integer (json, "price", kind->price);
  km_json_append_member (json, "art", kind->art);
  km_json_append_integer (json, "tier", kind->tier);
  g_string_append_c (json, '}');
}

/* GET gifts */
void
km_web_list_gifts (KmWebCall *call)
{
  const KmWebParts *parts = &call->api->parts;
  const KmLedgerRules *rules = &parts->config->rules;
  GError *error = NULL;
  sqlite3_stmt *statement =
    km_reader_prepare (parts->reader, km_catalogue_list_sql, &error);
  g_autoptr (GString) json = g_string_new ("{\"gifts\":[");

  if (!km_catalogue_list (statement, append_kind, json, &error))
    {
      km_web_call_fail (call, error);
      return;
    }

  g_string_append_c (json, ']');
  km_json_append_integer (json, "confirm_above", rules->confirm_above_coins);
  km_json_append_raw (json, "counts", COUNTS, -1);
  km_json_append_boolean (json, "practice", rules->practice_coins > 0);
  g_string_append_c (json, '}');
  km_web_call_answer (call, SOUP_STATUS_OK, g_steal_pointer (&json));
}

/* GET gifts/art/NAME */
void
km_web_get_gift_art (KmWebCall *call)
{
  GError *error = NULL;
  g_autoptr (GBytes) svg = km_catalogue_read_art (call->api->parts.reader,
                                                  call->argument, &error);
  SoupMessageHeaders *headers;

  if (svg == NULL)
    {
      km_web_call_fail (call, error);
      return;
    }

  headers = soup_server_message_get_response_headers (call->message);
  soup_message_headers_replace (headers, "Content-Security-Policy",
                                "default-src 'none'; "
                                "style-src 'unsafe-inline'; sandbox");
  km_web_call_answer_bytes (call, "image/svg+xml", svg);
}
