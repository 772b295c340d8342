/* km-web-stream.c: HTTP calls of a host about their streams
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include "km-stream-query.h"

#define LAST "last"

/* GET streams/ID/summary */
void
km_web_get_summary (KmWebCall *call)
{
  const char *stream =
    g_str_equal (call->argument, LAST) ? NULL : call->argument;
  g_autoptr (KmStreamSummary) summary = NULL;
  GError *error = NULL;
  GString *json;

  summary = km_stream_query_summary (call->api->parts.reader, stream,
                                     call->session->account,
                                     g_get_real_time () / 1000, &error);
  if (summary == NULL)
    {
      km_web_call_fail (call, error);
      return;
    }

  json = g_string_new (NULL);
  km_stream_summary_append (summary, json);
  km_web_call_answer (call, SOUP_STATUS_OK, json);
}
