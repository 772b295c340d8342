/* km-http-feed.c: what an address sends, into the head of a pipeline
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In the place of souphttpsrc: that one cancels its request when a pipeline
 * is stopped, and libsoup 3.6 uses a request that is cancelled before its
 * answer begins after it has freed it. Viewers leave at any moment, and all
 * that is needed is one GET on a connection of its own; GIO has no trouble
 * with being cancelled.
 *
 * Nobody waits for the thread: a name that resolves slowly or a proxy's
 * script must not hold up a window. It lives until its call comes back, and
 * finds a source that takes nothing any more.
 *
 * Redirects aren't followed: who watches what must not be told to another
 * host. A server that falls silent is given up after TIMEOUT_S.
 *
 * Thread: start and stop on main; the rest on one of its own, which speaks to
 * others by the source's queue and its bus only.
 */

#include "km-http-feed.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <gst/app/gstappsrc.h>
#include <string.h>

#include "km-host.h"
#include "km-http-answer.h"
#include "km-media.h"
#include "km-pin.h"

#define TIMEOUT_S 10
#define PIECE_BYTES (32 * 1024)

struct _KmHttpFeed
{
  char *address;
  char *pin;
  GstElement *source;
  GCancellable *cancellable;
  /* What the thread connects on. It outlives the call: whoever cancels wakes
   * it, also when the call has just come back. */
  GMainContext *context;
};

/* An answer to a call that the thread waits for. */
typedef struct
{
  GAsyncResult *result;
} Waiting;

static void
clear (gpointer data)
{
  KmHttpFeed *self = data;

  g_free (self->address);
  g_free (self->pin);
  gst_object_unref (self->source);
  g_object_unref (self->cancellable);
  g_main_context_unref (self->context);
}

static void
release (KmHttpFeed *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

static gboolean
unreachable (const char  *why,
             GError     **error)
{
  g_set_error_literal (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_UNREACHABLE, why);
  return FALSE;
}

static gboolean
is_secure (GUri *uri)
{
  return g_str_equal (g_uri_get_scheme (uri), "https");
}

static gboolean
on_certificate (GTlsConnection       *connection,
                GTlsCertificate      *certificate,
                GTlsCertificateFlags  errors,
                KmHttpFeed           *self)
{
  g_autofree char *fingerprint = km_fingerprint_new (certificate);

  return km_verdict_accepts (km_pin_judge (errors, fingerprint, self->pin));
}

static void
on_client_event (GSocketClient      *client,
                 GSocketClientEvent  event,
                 GSocketConnectable *connectable,
                 GIOStream          *connection,
                 KmHttpFeed         *self)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    g_signal_connect (connection, "accept-certificate",
                      G_CALLBACK (on_certificate), self);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Waiting *waiting = data;

  waiting->result = g_object_ref (result);
}

/* Only the asynchronous call tries a host's second address while its first
 * doesn't answer. A proxy for http is spoken to in HTTP; all others are GIO's
 * business. */
static GSocketConnection *
connect_to (KmHttpFeed  *self,
            GUri        *uri,
            GError     **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  Waiting waiting = { NULL };
  GSocketConnection *connection;

  g_socket_client_set_timeout (client, TIMEOUT_S);
  g_socket_client_set_tls (client, is_secure (uri));
  g_signal_connect (client, "event", G_CALLBACK (on_client_event), self);
  g_socket_client_set_enable_proxy (client,
                                    !km_host_is_here (g_uri_get_host (uri)));
  if (!is_secure (uri))
    g_socket_client_add_application_proxy (client, "http");

  g_main_context_push_thread_default (self->context);
  g_socket_client_connect_to_uri_async (client, self->address,
                                        is_secure (uri) ? 443 : 80,
                                        self->cancellable, on_connected,
                                        &waiting);
  while (waiting.result == NULL)
    g_main_context_iteration (self->context, TRUE);
  connection = g_socket_client_connect_to_uri_finish (client, waiting.result,
                                                      error);
  g_object_unref (waiting.result);
  g_main_context_pop_thread_default (self->context);

  return connection;
}

static GProxyAddress *
dup_proxy (GSocketConnection *connection)
{
  GSocketAddress *remote =
    g_socket_connection_get_remote_address (connection, NULL);

  if (G_IS_PROXY_ADDRESS (remote) &&
      g_str_equal (g_proxy_address_get_protocol (G_PROXY_ADDRESS (remote)),
                   "http"))
    return G_PROXY_ADDRESS (remote);

  g_clear_object (&remote);
  return NULL;
}

static void
append_credentials (GString       *request,
                    GProxyAddress *proxy)
{
  const char *name = g_proxy_address_get_username (proxy);
  const char *password = g_proxy_address_get_password (proxy);
  g_autofree char *both = NULL;
  g_autofree char *encoded = NULL;

  if (name == NULL)
    return;

  both = g_strconcat (name, ":", password != NULL ? password : "", NULL);
  encoded = g_base64_encode ((const guchar *) both, strlen (both));
  g_string_append_printf (request, "Proxy-Authorization: Basic %s\r\n",
                          encoded);
}

/* RFC 9112, 3.2: a server is asked for a path, a proxy for all. */
static char *
write_request (GUri              *uri,
               GSocketConnection *connection)
{
  GString *request = g_string_new ("GET ");
  const char *host = g_uri_get_host (uri);
  const char *path = g_uri_get_path (uri);
  gboolean bracketed = strchr (host, ':') != NULL;
  g_autoptr (GProxyAddress) proxy = NULL;
  g_autofree char *authority = NULL;

  authority = bracketed ? g_strdup_printf ("[%s]", host) : g_strdup (host);
  if (g_uri_get_port (uri) != -1)
    {
      g_autofree char *bare = g_steal_pointer (&authority);

      authority = g_strdup_printf ("%s:%d", bare, g_uri_get_port (uri));
    }

  if (!is_secure (uri))
    proxy = dup_proxy (connection);
  if (proxy != NULL)
    g_string_append_printf (request, "http://%s", authority);
  g_string_append (request, path[0] != '\0' ? path : "/");
  if (g_uri_get_query (uri) != NULL)
    g_string_append_printf (request, "?%s", g_uri_get_query (uri));
  g_string_append_printf (request,
                          " HTTP/1.1\r\nHost: %s\r\nUser-Agent: Kaimu\r\n"
                          "Accept: */*\r\nConnection: close\r\n", authority);
  if (proxy != NULL)
    append_credentials (request, proxy);
  g_string_append (request, "\r\n");

  return g_string_free_and_steal (request);
}

static gboolean
ask (KmHttpFeed         *self,
     GUri               *uri,
     GSocketConnection  *connection,
     GError            **error)
{
  g_autofree char *request = write_request (uri, connection);
  GOutputStream *output =
    g_io_stream_get_output_stream (G_IO_STREAM (connection));

  return g_output_stream_write_all (output, request, strlen (request), NULL,
                                    self->cancellable, error);
}

static gboolean
judge (guint    status,
       GError **error)
{
  g_autofree char *words = NULL;

  if (status == 200)
    return TRUE;

  words = g_strdup_printf ("HTTP status %u", status);
  if (status == 401 || status == 403)
    g_set_error_literal (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_DENIED, words);
  else if (status == 404 || status == 410)
    g_set_error_literal (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_NOT_FOUND,
                         words);
  else if (status >= 300 && status < 400)
    g_set_error_literal (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_FAILED,
                         _("The server sends its viewers elsewhere."));
  else
    return unreachable (words, error);

  return FALSE;
}

/* Waits while the pipeline has enough; then the server does, too. */
static gboolean
hand_on (KmHttpFeed  *self,
         GByteArray  *body,
         GError     **error)
{
  GstBuffer *buffer;

  if (body->len == 0)
    return TRUE;

  buffer = gst_buffer_new_memdup (body->data, body->len);
  g_byte_array_set_size (body, 0);
  if (gst_app_src_push_buffer (GST_APP_SRC (self->source), buffer) ==
      GST_FLOW_OK)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                       "the pipeline stopped");
  return FALSE;
}

static gboolean
pass_on (KmHttpFeed         *self,
         GSocketConnection  *connection,
         GError            **error)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);
  g_autoptr (KmHttpAnswer) answer = km_http_answer_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();

  while (!km_http_answer_is_over (answer))
    {
      gssize length = g_input_stream_read (input, piece, PIECE_BYTES,
                                           self->cancellable, error);

      if (length < 0)
        return FALSE;
      if (length == 0)
        return km_http_answer_may_end (answer) ||
               unreachable ("the connection ended", error);
      if (!km_http_answer_push (answer, piece, (gsize) length, body, error))
        return FALSE;
      if (km_http_answer_get_status (answer) != 0 &&
          (!judge (km_http_answer_get_status (answer), error) ||
           !hand_on (self, body, error)))
        return FALSE;
    }

  return TRUE;
}

static gboolean
feed (KmHttpFeed  *self,
      GError     **error)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GUri) uri =
    g_uri_parse (self->address,
                 G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY |
                 G_URI_FLAGS_SCHEME_NORMALIZE, error);

  if (uri == NULL)
    return FALSE;
  if (g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0' ||
      (!is_secure (uri) && !g_str_equal (g_uri_get_scheme (uri), "http")))
    return unreachable ("not an address of HTTP", error);

  connection = connect_to (self, uri, error);
  return connection != NULL && ask (self, uri, connection, error) &&
         pass_on (self, connection, error);
}

/* An error before it is known what went wrong is one of the network. */
static KmMediaError
classify (const GError *cause)
{
  return g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE)
           ? KM_MEDIA_ERROR_UNTRUSTED : KM_MEDIA_ERROR_UNREACHABLE;
}

static void
complain (KmHttpFeed   *self,
          const GError *cause)
{
  g_autoptr (GError) error =
    cause->domain == KM_MEDIA_ERROR
      ? g_error_copy (cause)
      : g_error_new_literal (KM_MEDIA_ERROR, classify (cause),
                             cause->message);

  gst_element_post_message (
    self->source,
    gst_message_new_error (GST_OBJECT (self->source), error, NULL));
}

static gpointer
run (gpointer data)
{
  KmHttpFeed *self = data;
  g_autoptr (GError) error = NULL;

  if (feed (self, &error))
    gst_app_src_end_of_stream (GST_APP_SRC (self->source));
  else if (!g_cancellable_is_cancelled (self->cancellable) &&
           !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    complain (self, error);

  release (self);
  return NULL;
}

/**
 * km_http_feed_start:
 * @address: http or https
 * @pin: (nullable): the fingerprint of a certificate that is accepted beside
 *   those that this computer trusts
 * @source: (transfer none): an appsrc that blocks, and is playing
 *
 * Asks for @address and gives @source what it sends: then its end, or an
 * error in %KM_MEDIA_ERROR on its bus.
 *
 * Returns: (transfer full): the feed
 */
KmHttpFeed *
km_http_feed_start (const char *address,
                    const char *pin,
                    GstElement *source)
{
  KmHttpFeed *self = g_atomic_rc_box_new0 (KmHttpFeed);

  self->address = g_strdup (address);
  self->pin = g_strdup (pin);
  self->source = gst_object_ref (source);
  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_new ();
  g_thread_unref (g_thread_new ("km-http-feed", run,
                                g_atomic_rc_box_acquire (self)));
  return self;
}

/**
 * km_http_feed_stop:
 * @self: (transfer full): a feed
 *
 * Gives it up at any moment, without waiting. Its source must be stopped
 * afterwards, which is what ends a feed that has more than it takes.
 */
void
km_http_feed_stop (KmHttpFeed *self)
{
  g_cancellable_cancel (self->cancellable);
  release (self);
}
