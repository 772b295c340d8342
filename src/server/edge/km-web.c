/* km-web.c: which HTTP request goes where
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One table of routes. Before a handler runs, the origin, the size and form
 * of the body, and the session have been checked; handlers see clean values.
 * Bodies are collected here, since libsoup would take any size.
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include "km-http-door.h"

#define BODY_KEY "km-body"
#define BODY_HOPELESS_BYTES (1024 * 1024)
#define WRITE_SPACING_US (G_USEC_PER_SEC / 2)
#define WRITE_BURST 30
#define STRANGER_RETRY_MS 1000

typedef enum
{
  NEEDS_NOTHING = 0,
  NEEDS_BODY = 1 << 0,
  NEEDS_ACCOUNT = 1 << 1,
} Needs;

typedef struct
{
  const char *method;
  const char *path; /* below the prefix; `*` stands for one segment */
  Needs needs;
  KmWebHandler handler;
} Route;

/* Who came through a proxy publishes through it, where it has ports for
 * that. */
static void
append_ports (KmWebCall *call,
              GString   *json)
{
  const KmWebParts *parts = &call->api->parts;
  guint rtmp = parts->rtmp_port;
  guint rtmps = parts->lan != NULL ? km_lan_get_streams_port (parts->lan)
                                   : parts->rtmps_port;

  if (km_web_call_is_by_proxy (call) &&
      (parts->config->proxy_rtmp_port | parts->config->proxy_rtmps_port) != 0)
    {
      rtmp = parts->config->proxy_rtmp_port;
      rtmps = parts->config->proxy_rtmps_port;
    }

  if (rtmp != 0)
    km_json_append_integer (json, "rtmp_port", rtmp);
  if (rtmps != 0)
    km_json_append_integer (json, "rtmps_port", rtmps);
  else if (parts->lan != NULL &&
           km_lan_let_in (parts->lan, soup_server_message_get_local_address (
                                        call->message)))
    km_json_append_boolean (json, "streams", FALSE);
}

/* GET server */
static void
get_server (KmWebCall *call)
{
  const KmWebParts *parts = &call->api->parts;
  GString *json = g_string_new ("{");

  km_json_append_member (json, "software", "kaimu-server");
  km_json_append_member (json, "version", KAIMU_VERSION);
  km_json_append_member (json, "name",
                         parts->config->name != NULL ? parts->config->name
                                                     : g_get_host_name ());
  km_json_append_boolean (json, "registration",
                          parts->config->registration_open);
  append_ports (call, json);
  g_string_append_c (json, '}');
  km_web_call_answer (call, SOUP_STATUS_OK, json);
}

static const Route routes[] = {
  { "GET", "server", NEEDS_NOTHING, get_server },
  { "POST", "accounts", NEEDS_BODY, km_web_register },
  { "POST", "sessions", NEEDS_BODY, km_web_sign_in },
  { "GET", "sessions", NEEDS_ACCOUNT, km_web_list_sessions },
  { "DELETE", "sessions", NEEDS_ACCOUNT, km_web_end_others },
  { "DELETE", "sessions/current", NEEDS_ACCOUNT, km_web_sign_out },
  { "DELETE", "sessions/*", NEEDS_ACCOUNT, km_web_end_session },
  { "POST", "account/password", NEEDS_ACCOUNT | NEEDS_BODY,
    km_web_change_password },
  { "GET", "account", NEEDS_ACCOUNT, km_web_get_account },
  { "PATCH", "account", NEEDS_ACCOUNT | NEEDS_BODY, km_web_change_account },
  { "GET", "rooms", NEEDS_NOTHING, km_web_list_rooms },
  { "GET", "rooms/*", NEEDS_NOTHING, km_web_get_room },
  { "GET", "rooms/*/polls", NEEDS_NOTHING, km_web_list_polls },
  { "GET", "polls/*.csv", NEEDS_ACCOUNT, km_web_get_poll_table },
  { "GET", "room", NEEDS_ACCOUNT, km_web_get_own_room },
  { "PATCH", "room", NEEDS_ACCOUNT | NEEDS_BODY, km_web_change_room },
  { "POST", "room/key", NEEDS_ACCOUNT, km_web_roll_key },
  { "POST", "room/end", NEEDS_ACCOUNT, km_web_end_stream },
  { "GET", "streams/*/summary", NEEDS_ACCOUNT, km_web_get_summary },
  { "GET", "network", NEEDS_ACCOUNT, km_web_get_network },
  { "PUT", "network", NEEDS_ACCOUNT | NEEDS_BODY, km_web_open_network },
  { "DELETE", "network", NEEDS_ACCOUNT, km_web_close_network },
  { "POST", "network/certificate", NEEDS_ACCOUNT, km_web_renew_certificate },
  { "POST", "socket-tickets", NEEDS_NOTHING, km_web_issue_ticket },
  { "GET", "gifts", NEEDS_NOTHING, km_web_list_gifts },
  { "GET", "gifts/art/*", NEEDS_NOTHING, km_web_get_gift_art },
  { "GET", "wallet", NEEDS_ACCOUNT, km_web_get_wallet },
  { "PUT", "wallet/daily-limit", NEEDS_ACCOUNT | NEEDS_BODY,
    km_web_set_daily_limit },
  { "POST", "wallet/practice", NEEDS_ACCOUNT, km_web_practise_again },
  { "GET", "wallet/statement", NEEDS_ACCOUNT, km_web_get_statement },
  { "GET", "wallet/statement.csv", NEEDS_ACCOUNT,
    km_web_get_statement_table },
};

static void
free_body (gpointer data)
{
  g_string_free (data, TRUE);
}

static void
got_chunk (SoupServerMessage *message,
           GBytes            *chunk,
           gpointer           user_data)
{
  GString *body = g_object_get_data (G_OBJECT (message), BODY_KEY);
  gsize size = g_bytes_get_size (chunk);
  gsize seen = GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (message),
                                                    BODY_KEY "-seen")) + size;

  g_object_set_data (G_OBJECT (message), BODY_KEY "-seen",
                     GSIZE_TO_POINTER (seen));
  if (seen <= KM_BODY_BYTES_MAX)
    g_string_append_len (body, g_bytes_get_data (chunk, NULL), (gssize) size);

  /* A little too much gets its answer; somebody who goes on and on doesn't
   * listen for one. */
  if (seen > BODY_HOPELESS_BYTES)
    km_http_door_cut_off (message);
}

/* The head is here, the body isn't. */
static void
got_head (SoupServer        *soup,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  soup_message_body_set_accumulate (
    soup_server_message_get_request_body (message), FALSE);
  g_object_set_data_full (G_OBJECT (message), BODY_KEY, g_string_new (NULL),
                          free_body);
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk), NULL);
}

static gboolean
path_matches (const char  *pattern,
              const char  *path,
              char       **argument)
{
  const char *star = strchr (pattern, '*');
  gsize before, behind, length;

  if (star == NULL)
    return g_str_equal (pattern, path);

  before = (gsize) (star - pattern);
  behind = strlen (star + 1);
  length = strlen (path);
  if (length <= before + behind || strncmp (pattern, path, before) != 0 ||
      !g_str_has_suffix (path, star + 1) ||
      memchr (path + before, '/', length - before - behind) != NULL)
    return FALSE;

  *argument = g_strndup (path + before, length - before - behind);
  return TRUE;
}

static const char *
get_method (SoupServerMessage *message)
{
  const char *method = soup_server_message_get_method (message);

  return method == SOUP_METHOD_HEAD ? SOUP_METHOD_GET : method;
}

/* NULL: not known; then *@error says whether the path or the method. */
static const Route *
find_route (const char       *method,
            const char       *path,
            char            **argument,
            KmProtocolError  *error)
{
  *error = KM_PROTOCOL_ERROR_NOT_FOUND;

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_autofree char *found = NULL;

      if (!path_matches (routes[i].path, path, &found))
        continue;
      if (g_str_equal (routes[i].method, method))
        {
          *argument = g_steal_pointer (&found);
          return &routes[i];
        }
      *error = KM_PROTOCOL_ERROR_METHOD_NOT_ALLOWED;
    }

  return NULL;
}

static gboolean
take_body (KmWebCall  *call,
           GError    **error)
{
  GObject *message = G_OBJECT (call->message);
  GString *body = g_object_get_data (message, BODY_KEY);
  gsize seen = GPOINTER_TO_SIZE (g_object_get_data (message,
                                                    BODY_KEY "-seen"));

  if (seen > KM_BODY_BYTES_MAX || body == NULL)
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_TOO_LARGE);
      return FALSE;
    }

  call->body = km_json_parse (body->str, body->len, error);
  return call->body != NULL;
}

/* A token that is there must be good, even where none is needed: else
 * somebody who was signed out would go on as a guest without a word. */
static gboolean
take_session (KmWebCall  *call,
              gboolean    needed,
              GError    **error)
{
  const char *value = soup_message_headers_get_one (
    soup_server_message_get_request_headers (call->message), "Authorization");
  const char *token = NULL;

  if (value == NULL && !needed)
    return TRUE;
  if (value != NULL && g_ascii_strncasecmp (value, "Bearer ", 7) == 0)
    token = value + 7;

  call->session = km_accounts_check (call->api->parts.accounts, token, error);
  return call->session != NULL;
}

/* Accounts, sessions and tickets are asked for by who has none yet: what one
 * address takes must not be all that there is. */
static gboolean
welcome_stranger (KmWebCall  *call,
                  gint64      now_us,
                  GError    **error)
{
  g_autoptr (GInetAddress) host =
    g_inet_address_new_from_string (km_web_call_get_address (call));
  g_autoptr (GSocketAddress) address = NULL;
  struct sockaddr_storage native = { 0 };

  if (host == NULL)
    return TRUE;

  address = g_inet_socket_address_new (host, 0);
  if (!g_socket_address_to_native (address, &native, sizeof native, NULL)
      || km_crowd_come (&call->api->strangers,
                        km_crowd_read_address ((struct sockaddr *) &native),
                        now_us) == KM_CROWD_WELCOME)
    return TRUE;

  g_propagate_error (error,
                     km_protocol_error_new (KM_PROTOCOL_ERROR_TOO_FAST,
                                            STRANGER_RETRY_MS, NULL));
  return FALSE;
}

/* What an account changes costs a commit, and much of it an event in front of
 * everybody. */
static gboolean
keep_pace (KmWebCall    *call,
           const Route  *route,
           GError      **error)
{
  gint64 now_us = g_get_monotonic_time ();
  KmBucket *bucket;
  gint64 wait_us;

  if (g_str_equal (route->method, "GET"))
    return TRUE;
  if ((route->needs & NEEDS_ACCOUNT) == 0)
    return welcome_stranger (call, now_us, error);

  bucket = km_buckets_find (&call->api->writes, call->session->account,
                            now_us);
  wait_us = km_bucket_take (bucket, now_us, WRITE_SPACING_US, WRITE_BURST);
  if (wait_us == 0)
    return TRUE;

  g_propagate_error (error,
                     km_protocol_error_new (KM_PROTOCOL_ERROR_TOO_FAST,
                                            (wait_us + 999) / 1000, NULL));
  return FALSE;
}

static void
answered (SoupServerMessage *message,
          gpointer           user_data)
{
  KmWeb *self = user_data;
  guint class = soup_server_message_get_status (message) / 100;

  self->responses[class < G_N_ELEMENTS (self->responses) ? class : 0]++;
  g_signal_handlers_disconnect_by_func (message, answered, self);
  g_hash_table_remove (self->under_way, message);
}

/* Remembers a call until its answer has been written or can't be any more. */
static void
watch (KmWeb             *self,
       SoupServerMessage *message)
{
  g_hash_table_add (self->under_way, g_object_ref (message));
  g_signal_connect (message, "finished", G_CALLBACK (answered), self);
}

static void
dispatch (KmWeb             *self,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query)
{
  KmWebCall *call = km_web_call_new (self, message, query);
  KmProtocolError code;
  GError *error = NULL;
  const Route *route = find_route (get_method (message), path,
                                   &call->argument, &code);

  watch (self, message);
  if (route == NULL)
    km_protocol_error_set (&error, code);
  else if (take_session (call, route->needs & NEEDS_ACCOUNT, &error) &&
           keep_pace (call, route, &error) && (route->needs & NEEDS_BODY))
    take_body (call, &error);

  if (error != NULL)
    {
      km_web_respond_error (message, error);
      g_error_free (error);
      km_web_call_free (call);
      return;
    }

  km_web_call_run (call, route->handler);
}

/* Whether @message has been sent away, since the server is about to end. */
static gboolean
refuse_when_closing (KmWeb             *self,
                     SoupServerMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (self->come_back_within_ms == 0)
    return FALSE;

  error = km_protocol_error_new (KM_PROTOCOL_ERROR_BUSY,
                                 self->come_back_within_ms, NULL);
  soup_message_headers_replace (
    soup_server_message_get_response_headers (message), "Connection",
    "close");
  watch (self, message);
  km_web_respond_error (message, error);
  return TRUE;
}

/* What a browser asks before a page of a named origin may send a token. */
static void
answer_preflight (SoupServerMessage *message)
{
  SoupMessageHeaders *headers =
    soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "Access-Control-Allow-Methods",
                                "GET, POST, PUT, PATCH, DELETE");
  soup_message_headers_replace (headers, "Access-Control-Allow-Headers",
                                "Authorization, Content-Type");
  soup_message_headers_replace (headers, "Access-Control-Max-Age", "600");
  km_web_respond (message, SOUP_STATUS_NO_CONTENT, NULL);
}

static void
got_api_request (SoupServer        *soup,
                 SoupServerMessage *message,
                 const char        *path,
                 GHashTable        *query,
                 gpointer           user_data)
{
  KmWeb *self = user_data;

  if (!km_web_guard (self, message) || refuse_when_closing (self, message))
    return;

  if (soup_server_message_get_method (message) == SOUP_METHOD_OPTIONS)
    answer_preflight (message);
  else if (g_str_equal (path, KM_SOCKET_PATH))
    km_web_open_socket (self, message, query);
  else if (g_str_has_prefix (path, KM_API_PREFIX "/"))
    dispatch (self, message, path + strlen (KM_API_PREFIX "/"), query);
  else
    dispatch (self, message, "", query);
}

/* Whether a page at the root, which can only be looked at, is asked for; else
 * @message has its answer. libsoup gives what lies below it here as well. */
static gboolean
may_look (SoupServerMessage *message,
          const char        *path,
          const char        *page)
{
  g_autoptr (GError) error = NULL;

  if (!g_str_equal (path, page))
    error = km_protocol_error_new (KM_PROTOCOL_ERROR_NOT_FOUND, 0, NULL);
  else if (!g_str_equal (get_method (message), SOUP_METHOD_GET))
    error = km_protocol_error_new (KM_PROTOCOL_ERROR_METHOD_NOT_ALLOWED, 0,
                                   NULL);
  if (error == NULL)
    return TRUE;

  km_web_respond_error (message, error);
  return FALSE;
}

static void
got_media_request (SoupServer        *soup,
                   SoupServerMessage *message,
                   const char        *path,
                   GHashTable        *query,
                   gpointer           user_data)
{
  const char *name = g_str_has_prefix (path, "/live/")
                       ? path + strlen ("/live/") : "";

  if (!refuse_when_closing (user_data, message))
    km_web_open_media (user_data, message, name);
}

/* What looks after the server asks while it ends, too. */
static void
got_health_request (SoupServer        *soup,
                    SoupServerMessage *message,
                    const char        *path,
                    GHashTable        *query,
                    gpointer           user_data)
{
  KmWeb *self = user_data;

  if (!may_look (message, path, "/healthz"))
    return;

  watch (self, message);
  km_web_call_run (km_web_call_new (self, message, query), km_web_get_health);
}

static void
got_metrics_request (SoupServer        *soup,
                     SoupServerMessage *message,
                     const char        *path,
                     GHashTable        *query,
                     gpointer           user_data)
{
  KmWeb *self = user_data;

  if (!km_web_guard (self, message) || refuse_when_closing (self, message)
      || !may_look (message, path, "/metrics"))
    return;

  watch (self, message);
  km_web_call_run (km_web_call_new (self, message, query), km_web_get_metrics);
}

static void
got_other_request (SoupServer        *soup,
                   SoupServerMessage *message,
                   const char        *path,
                   GHashTable        *query,
                   gpointer           user_data)
{
  g_autoptr (GError) error =
    km_protocol_error_new (KM_PROTOCOL_ERROR_NOT_FOUND, 0, NULL);

  km_web_respond_error (message, error);
}

static void
add_handler (KmWeb              *self,
             const char         *path,
             SoupServerCallback  callback)
{
  soup_server_add_early_handler (self->soup, path, got_head, self, NULL);
  soup_server_add_handler (self->soup, path, callback, self, NULL);
}

/**
 * km_web_new:
 * @soup: the HTTP server; must outlive it
 * @parts: what it works with; copied
 *
 * Returns: (transfer full): the HTTP side, serving from now on
 */
KmWeb *
km_web_new (SoupServer       *soup,
            const KmWebParts *parts)
{
  KmWeb *self = g_new0 (KmWeb, 1);

  self->soup = g_object_ref (soup);
  self->parts = *parts;
  self->strangers.limits.a_second_of_address =
    parts->config->limits.a_second_of_address;
  self->under_way = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  add_handler (self, NULL, got_other_request);
  add_handler (self, KM_API_PREFIX, got_api_request);
  add_handler (self, "/live", got_media_request);
  add_handler (self, "/healthz", got_health_request);
  add_handler (self, "/metrics", got_metrics_request);

  return self;
}

void
km_web_free (KmWeb *self)
{
  GHashTableIter iter;
  gpointer message;

  g_hash_table_iter_init (&iter, self->under_way);
  while (g_hash_table_iter_next (&iter, &message, NULL))
    g_signal_handlers_disconnect_by_func (message, answered, self);
  g_hash_table_unref (self->under_way);
  km_buckets_clear (&self->writes);
  km_crowd_clear (&self->strangers);
  soup_server_remove_handler (self->soup, "/metrics");
  soup_server_remove_handler (self->soup, "/healthz");
  soup_server_remove_handler (self->soup, "/live");
  soup_server_remove_handler (self->soup, KM_API_PREFIX);
  soup_server_remove_handler (self->soup, NULL);
  g_object_unref (self->soup);
  g_free (self);
}

/**
 * km_web_close:
 * @self: the HTTP side
 * @come_back_within_ms: when clients may try again
 *
 * From now on calls are answered with `busy`; those under way go on.
 */
void
km_web_close (KmWeb *self,
              guint  come_back_within_ms)
{
  self->come_back_within_ms = come_back_within_ms;
}

/**
 * km_web_count_under_way:
 * @self: the HTTP side
 *
 * Returns: how many calls were taken on whose answer hasn't been written
 */
guint
km_web_count_under_way (KmWeb *self)
{
  return g_hash_table_size (self->under_way);
}
