/* km-web-call.c: one HTTP call, from its body to its response
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A handler may answer at once or when a write has reached the disk; libsoup
 * is told to wait only in the second case.
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include "km-proxy.h"

/* libsoup's own copies live as long as its message. */
KmWebCall *
km_web_call_new (KmWeb             *api,
                 SoupServerMessage *message,
                 GHashTable        *query)
{
  KmWebCall *self = g_new0 (KmWebCall, 1);

  self->api = api;
  self->message = g_object_ref (message);
  self->query = query != NULL ? g_hash_table_ref (query) : NULL;

  return self;
}

void
km_web_call_free (KmWebCall *self)
{
  g_clear_pointer (&self->body, json_object_unref);
  g_clear_pointer (&self->query, g_hash_table_unref);
  g_clear_pointer (&self->session, km_session_free);
  g_free (self->argument);
  g_free (self->address);
  g_object_unref (self->message);
  g_free (self);
}

/**
 * km_web_call_run:
 * @self: (transfer full): a call
 * @handler: ends it, now or later
 */
void
km_web_call_run (KmWebCall    *self,
                 KmWebHandler  handler)
{
  self->dispatching = TRUE;
  handler (self);
  self->dispatching = FALSE;

  if (self->ended)
    km_web_call_free (self);
  else
    soup_server_message_pause (self->message);
}

/**
 * km_web_call_end:
 * @self: (transfer full): a call whose message has its response
 */
void
km_web_call_end (KmWebCall *self)
{
  self->ended = TRUE;
  if (self->dispatching)
    return;

  soup_server_message_unpause (self->message);
  km_web_call_free (self);
}

/**
 * km_web_respond:
 * @message: a request without a response
 * @status: the HTTP status
 * @json: (transfer full) (nullable): the body
 *
 * Writes a response that no cache keeps and no browser takes for anything
 * else than JSON.
 */
void
km_web_respond (SoupServerMessage *message,
                guint              status,
                GString           *json)
{
  SoupMessageHeaders *headers =
    soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_server_message_set_status (message, status, NULL);
  if (json == NULL)
    return;

  soup_message_headers_set_content_type (headers, "application/json", NULL);
  soup_message_body_append_take (
    soup_server_message_get_response_body (message),
    (guchar *) g_strndup (json->str, json->len), json->len);
  g_string_free (json, TRUE);
}

/**
 * km_web_call_answer:
 * @self: (transfer full): a call
 * @status: the HTTP status
 * @json: (transfer full) (nullable): the body
 */
void
km_web_call_answer (KmWebCall *self,
                    guint      status,
                    GString   *json)
{
  km_web_respond (self->message, status, json);
  km_web_call_end (self);
}

static KmProtocolError
map_account_error (int code)
{
  switch ((KmAccountError) code)
    {
    case KM_ACCOUNT_ERROR_BAD_NAME:
      return KM_PROTOCOL_ERROR_BAD_NAME;
    case KM_ACCOUNT_ERROR_BAD_SHOWN_NAME:
      return KM_PROTOCOL_ERROR_BAD_TEXT;
    case KM_ACCOUNT_ERROR_WEAK_PASSWORD:
    case KM_ACCOUNT_ERROR_SAME_PASSWORD:
      return KM_PROTOCOL_ERROR_WEAK_PASSWORD;
    case KM_ACCOUNT_ERROR_NAME_TAKEN:
    case KM_ACCOUNT_ERROR_LOOKS_LIKE_HOST:
      return KM_PROTOCOL_ERROR_NAME_TAKEN;
    case KM_ACCOUNT_ERROR_WRONG_CREDENTIALS:
    case KM_ACCOUNT_ERROR_WRONG_PASSWORD:
      return KM_PROTOCOL_ERROR_WRONG_CREDENTIALS;
    case KM_ACCOUNT_ERROR_NO_PASSWORD:
      return KM_PROTOCOL_ERROR_FORBIDDEN;
    case KM_ACCOUNT_ERROR_NO_SUCH_SESSION:
      return KM_PROTOCOL_ERROR_NOT_FOUND;
    case KM_ACCOUNT_ERROR_NO_SESSION:
      return KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED;
    case KM_ACCOUNT_ERROR_BUSY:
      return KM_PROTOCOL_ERROR_BUSY;
    default:
      return KM_PROTOCOL_ERROR_INTERNAL;
    }
}

static KmProtocolError
map_ledger_error (int code)
{
  switch ((KmLedgerError) code)
    {
    case KM_LEDGER_ERROR_NO_SUCH_GIFT:
      return KM_PROTOCOL_ERROR_NOT_FOUND;
    case KM_LEDGER_ERROR_BAD_COINS:
      return KM_PROTOCOL_ERROR_BAD_REQUEST;
    case KM_LEDGER_ERROR_NO_PRACTICE:
      return KM_PROTOCOL_ERROR_FORBIDDEN;
    default:
      return KM_PROTOCOL_ERROR_INTERNAL;
    }
}

/* Where the words of the code alone wouldn't say what to do. */
static const char *
get_account_words (int code)
{
  switch (code)
    {
    case KM_ACCOUNT_ERROR_LOOKS_LIKE_HOST:
      return "This name looks like that of somebody who streams here. "
             "Choose another one.";
    case KM_ACCOUNT_ERROR_WRONG_PASSWORD:
      return "The present password is another one.";
    case KM_ACCOUNT_ERROR_SAME_PASSWORD:
      return "This is the present password. Choose another one.";
    case KM_ACCOUNT_ERROR_NO_PASSWORD:
      return "This account has no password: nobody signs in to it.";
    case KM_ACCOUNT_ERROR_NO_SUCH_SESSION:
      return "This device isn't signed in any more.";
    default:
      return NULL;
    }
}

/* What the other side may know of an error; the rest goes to the log. */
static GError *
make_public (const GError *error)
{
  KmProtocolError code = KM_PROTOCOL_ERROR_INTERNAL;
  const char *message = NULL;

  if (error->domain == KM_PROTOCOL_ERROR)
    return g_error_copy (error);

  if (error->domain == KM_ACCOUNT_ERROR)
    {
      code = map_account_error (error->code);
      message = get_account_words (error->code);
    }
  else if (error->domain == KM_LEDGER_ERROR)
    code = map_ledger_error (error->code);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY))
    code = KM_PROTOCOL_ERROR_BUSY;
  if (code == KM_PROTOCOL_ERROR_INTERNAL)
    g_message ("an HTTP call failed: %s", error->message);

  return km_protocol_error_new (code,
                                code == KM_PROTOCOL_ERROR_BUSY ? 1000 : 0,
                                message);
}

/**
 * km_web_respond_error:
 * @message: a request without a response
 * @error: why it has no other
 */
void
km_web_respond_error (SoupServerMessage *message,
                      const GError      *error)
{
  g_autoptr (GError) public = make_public (error);
  GString *json = g_string_new ("{");

  km_json_append_error (json, public);
  g_string_append_c (json, '}');
  km_web_respond (message,
                  km_protocol_error_to_status ((KmProtocolError) public->code),
                  json);
}

/**
 * km_web_call_fail:
 * @self: (transfer full): a call
 * @error: (transfer full): why
 */
void
km_web_call_fail (KmWebCall *self,
                  GError    *error)
{
  km_web_respond_error (self->message, error);
  g_error_free (error);
  km_web_call_end (self);
}

/**
 * km_web_call_refuse:
 * @self: (transfer full): a call
 * @code: why, in the code's own words
 */
void
km_web_call_refuse (KmWebCall       *self,
                    KmProtocolError  code)
{
  km_web_call_fail (self, km_protocol_error_new (code, 0, NULL));
}

/**
 * km_web_call_get_string:
 * @self: a call
 * @member: name of a member of the body
 *
 * Returns: (nullable): the text, as long as any body may be
 */
const char *
km_web_call_get_string (KmWebCall  *self,
                        const char *member)
{
  if (self->body == NULL)
    return NULL;

  return km_json_get_string (self->body, member, KM_BODY_BYTES_MAX);
}

/* Returns: (transfer none) (nullable): the other end of the connection */
static GInetAddress *
get_peer (KmWebCall *self)
{
  GSocketAddress *address =
    soup_server_message_get_remote_address (self->message);

  return G_IS_INET_SOCKET_ADDRESS (address)
           ? g_inet_socket_address_get_address (
               G_INET_SOCKET_ADDRESS (address))
           : NULL;
}

static const char *
get_forwarded (KmWebCall *self)
{
  return soup_message_headers_get_list (
    soup_server_message_get_request_headers (self->message),
    "X-Forwarded-For");
}

/**
 * km_web_call_get_address:
 * @self: a call
 *
 * Returns: the address that the call came from, as text; a proxy that the
 *   owner trusts is believed about whom it asks for
 */
const char *
km_web_call_get_address (KmWebCall *self)
{
  GInetAddress *peer = get_peer (self);
  g_autoptr (GInetAddress) client = NULL;

  if (self->address == NULL && peer != NULL)
    {
      client = km_proxy_find_client (self->api->parts.config->proxies, peer,
                                     get_forwarded (self));
      self->address = g_inet_address_to_string (client);
    }

  return self->address != NULL ? self->address : "";
}

/**
 * km_web_call_is_by_proxy:
 * @self: a call
 *
 * Returns: whether a proxy that the owner trusts asks for somebody
 */
gboolean
km_web_call_is_by_proxy (KmWebCall *self)
{
  GInetAddress *peer = get_peer (self);

  return peer != NULL && get_forwarded (self) != NULL &&
         km_proxy_is_trusted (self->api->parts.config->proxies, peer);
}
