/* km-web-operation.c: what those who run a server ask it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A load balancer asks `/healthz` whether to send people here. The answer is
 * what hub and store have said, not what they said some time ago.
 *
 * Thread: main.
 */

#include "km-web-private.h"

static void
health_checked (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  KmWebCall *call = user_data;
  GString *json = g_string_new ("{");
  const char *trouble;
  KmHealthState state;

  /* Nobody cancels it. */
  km_health_check_finish (result, &state, NULL);
  trouble = km_health_get_trouble (state);
  km_json_append_member (json, "status", trouble == NULL ? "ok" : "failing");
  if (trouble != NULL)
    km_json_append_member (json, "reason", trouble);
  g_string_append_c (json, '}');
  km_web_call_answer (call,
                      trouble == NULL ? SOUP_STATUS_OK
                                      : SOUP_STATUS_SERVICE_UNAVAILABLE,
                      json);
}

/* GET /healthz */
void
km_web_get_health (KmWebCall *call)
{
  km_health_check_async (call->api->parts.health, NULL, health_checked, call);
}
