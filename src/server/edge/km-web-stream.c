/* km-web-stream.c: HTTP calls of a host about their streams
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A summary is counted from all that happened in the stream, so it is read in
 * the archive.
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include "km-stream-query.h"

#define LAST "last"

typedef struct
{
  char *stream; /* NULL: the host's last one */
  gint64 host;
} Asked;

static void
asked_free (gpointer data)
{
  Asked *self = data;

  g_free (self->stream);
  g_free (self);
}

static gpointer
sum_up (KmReader  *reader,
        gpointer   data,
        GError   **error)
{
  Asked *self = data;

  return km_stream_query_summary (reader, self->stream, self->host,
                                  g_get_real_time () / 1000, error);
}

static void
summed_up (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  KmWebCall *call = user_data;
  GError *error = NULL;
  g_autoptr (KmStreamSummary) summary =
    km_archive_read_finish (result, &error);
  GString *json;

  if (summary == NULL)
    {
      km_web_call_fail (call, error);
      return;
    }

  json = g_string_new (NULL);
  km_stream_summary_append (summary, json);
  km_web_call_answer (call, SOUP_STATUS_OK, json);
}

/* GET streams/ID/summary */
void
km_web_get_summary (KmWebCall *call)
{
  Asked *asked = g_new0 (Asked, 1);

  if (!g_str_equal (call->argument, LAST))
    asked->stream = g_strdup (call->argument);
  asked->host = call->session->account;
  km_archive_read_async (call->api->parts.archive, asked->host, sum_up, asked,
                         asked_free, (GDestroyNotify) km_stream_summary_free,
                         summed_up, call);
}
