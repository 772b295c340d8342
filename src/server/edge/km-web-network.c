/* km-web-network.c: HTTP calls that open "This computer" to its network
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Its silent owner's alone, and from this computer alone: that account has no
 * password, and its token lies in a file that only they can read.
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include "km-lan.h"

#define HOST_BYTES_MAX 64

/* Returns: (nullable): the door, if who asks may open it; else the call has
 * its answer. */
static KmLan *
get_lan (KmWebCall *call)
{
  KmLan *lan = call->api->parts.lan;

  if (lan == NULL)
    {
      km_web_call_refuse (call, KM_PROTOCOL_ERROR_NOT_FOUND);
      return NULL;
    }
  if (!km_lan_is_owner (lan, call->session->account) ||
      km_lan_let_in (lan, soup_server_message_get_local_address (
                            call->message)))
    {
      km_web_call_refuse (call, KM_PROTOCOL_ERROR_FORBIDDEN);
      return NULL;
    }

  return lan;
}

static void
answer (KmWebCall *call,
        KmLan     *lan)
{
  GString *json = g_string_new ("{");

  km_json_append_member (json, "address", km_lan_get_address (lan));
  km_json_append_member (json, "streams", km_lan_get_streams (lan));
  km_json_append_member (json, "fingerprint", km_lan_get_fingerprint (lan));
  g_string_append_c (json, '}');
  km_web_call_answer (call, SOUP_STATUS_OK, json);
}

static void
fail (KmWebCall *call,
      GError    *error)
{
  g_autoptr (GError) cause = error;

  g_message ("the network: %s", cause->message);
  km_web_call_fail (call, km_protocol_error_new (
    g_error_matches (cause, KM_LAN_ERROR, KM_LAN_ERROR_NO_ADDRESS)
      ? KM_PROTOCOL_ERROR_NO_SUCH_ADDRESS : KM_PROTOCOL_ERROR_INTERNAL, 0,
    g_error_matches (cause, KM_LAN_ERROR, KM_LAN_ERROR_NO_ADDRESS)
      ? NULL : cause->message));
}

/* GET network */
void
km_web_get_network (KmWebCall *call)
{
  KmLan *lan = get_lan (call);

  if (lan != NULL)
    answer (call, lan);
}

/* PUT network */
void
km_web_open_network (KmWebCall *call)
{
  KmLan *lan = get_lan (call);
  const char *host;
  gint64 port = 0;
  GError *error = NULL;

  if (lan == NULL)
    return;

  host = km_json_get_string (call->body, "host", HOST_BYTES_MAX);
  if (host == NULL ||
      (json_object_has_member (call->body, "port") &&
       !km_json_get_integer (call->body, "port", 0, G_MAXUINT16, &port)))
    {
      km_web_call_refuse (call, KM_PROTOCOL_ERROR_BAD_REQUEST);
      return;
    }

  if (km_lan_open (lan, host, (guint) port,
                   km_json_get_boolean (call->body, "streams"), &error))
    answer (call, lan);
  else
    fail (call, error);
}

/* DELETE network */
void
km_web_close_network (KmWebCall *call)
{
  KmLan *lan = get_lan (call);

  if (lan == NULL)
    return;

  km_lan_close (lan);
  answer (call, lan);
}

/* POST network/certificate */
void
km_web_renew_certificate (KmWebCall *call)
{
  KmLan *lan = get_lan (call);
  GError *error = NULL;

  if (lan == NULL)
    return;

  if (km_lan_renew (lan, &error))
    answer (call, lan);
  else
    fail (call, error);
}
