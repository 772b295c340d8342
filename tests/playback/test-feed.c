/* test-feed.c: what a server sends reaches a pipeline, or the reason why not
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One server for all cases, which is also the proxy of this process: whoever
 * asks it for another host takes it for one.
 */

#include <gst/app/gstappsink.h>
#include <string.h>

#include "km-bus.h"
#include "km-http-feed.h"
#include "km-media.h"
#include "km-test-certificate.h"
#include "km-test-process.h"
#include "km-pin.h"

#define SECONDS 60
#define OK "HTTP/1.1 200 OK\r\n"
#define ENDED -1

typedef struct
{
  const char *name;
  const char *answer; /* before the connection ends */
  int code;           /* of KmMediaError, or ENDED */
  guint bytes;
} Case;

static const Case cases[] = {
  { "endless", OK "\r\n0123", ENDED, 4 },
  { "counted", OK "Content-Length: 3\r\n\r\n0123", ENDED, 3 },
  { "chunks", OK "Transfer-Encoding: chunked\r\n\r\n3\r\n012\r\n1\r\n3\r\n"
              "0\r\n\r\n", ENDED, 4 },
  { "chunks-cut-off", OK "Transfer-Encoding: chunked\r\n\r\n3\r\n012\r\n",
    KM_MEDIA_ERROR_UNREACHABLE, 3 },
  { "head-cut-off", OK "Content-", KM_MEDIA_ERROR_UNREACHABLE, 0 },
  { "no-answer", "", KM_MEDIA_ERROR_UNREACHABLE, 0 },
  { "not-http", "SSH-2.0\r\n", KM_MEDIA_ERROR_FORMAT, 0 },
  { "who-are-you", "HTTP/1.1 401 No\r\n\r\nno", KM_MEDIA_ERROR_DENIED, 0 },
  { "denied", "HTTP/1.1 403 No\r\n\r\nno", KM_MEDIA_ERROR_DENIED, 0 },
  { "not-live", "HTTP/1.1 404 No\r\n\r\nno", KM_MEDIA_ERROR_NOT_FOUND, 0 },
  { "gone", "HTTP/1.1 410 No\r\n\r\nno", KM_MEDIA_ERROR_NOT_FOUND, 0 },
  { "overloaded", "HTTP/1.1 503 No\r\n\r\nno", KM_MEDIA_ERROR_UNREACHABLE, 0 },
  { "redirect-is-refused",
    "HTTP/1.1 302 Found\r\nLocation: /live/2.flv\r\n\r\n",
    KM_MEDIA_ERROR_FAILED, 0 },
};

typedef struct
{
  GMutex mutex;
  GSocketService *service;
  guint16 port;
  const char *answer; /* NULL: keeps silent until the viewer leaves */
  gboolean forever;   /* goes on with the answer until the viewer leaves */
  char *request;
  guint requests;
  GTlsCertificate *certificate; /* NULL: plain */
} Server;

typedef struct
{
  GstElement *pipeline;
  GstElement *source;
  GstBus *bus;
  GstMessage *message; /* its end */
  KmHttpFeed *feed;
  gpointer watched; /* the source while it lives */
  int bytes;        /* atomic */
} Fixture;

typedef struct
{
  GSimpleProxyResolver parent_instance;
} Proxies;

typedef struct
{
  GSimpleProxyResolverClass parent_class;
} ProxiesClass;

static Server server;

GType proxies_get_type (void);

static gboolean
proxies_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

/* The rest is the parent's. */
static void
proxies_resolver_init (GProxyResolverInterface *iface)
{
  iface->is_supported = proxies_is_supported;
}

G_DEFINE_TYPE_WITH_CODE (
  Proxies, proxies, G_TYPE_SIMPLE_PROXY_RESOLVER,
  G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, proxies_resolver_init)
  g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME,
                                  g_define_type_id, "test", G_MAXINT))

static void
proxies_class_init (ProxiesClass *klass)
{
}

static void
proxies_init (Proxies *self)
{
  g_autofree char *proxy =
    g_strdup_printf ("http://me:secret@127.0.0.1:%u", server.port);

  g_simple_proxy_resolver_set_default_proxy (G_SIMPLE_PROXY_RESOLVER (self),
                                             proxy);
}

/* Who doesn't say GET waits for another answer than there is. */
static char *
read_request (GInputStream *input)
{
  GString *request = g_string_new (NULL);
  char byte;

  while (!g_str_has_suffix (request->str, "\r\n\r\n") &&
         (request->len == 0 || request->str[0] == 'G') &&
         g_input_stream_read (input, &byte, 1, NULL, NULL) == 1)
    g_string_append_c (request, byte);

  return g_string_free_and_steal (request);
}

static GIOStream *
within_tls (GSocketConnection *connection)
{
  if (server.certificate == NULL)
    return g_object_ref (G_IO_STREAM (connection));

  return g_tls_server_connection_new (G_IO_STREAM (connection),
                                      server.certificate, NULL);
}

static gboolean
on_viewer (GThreadedSocketService *service,
           GSocketConnection      *connection,
           GObject                *source_object,
           gpointer                data)
{
  g_autoptr (GIOStream) stream = within_tls (connection);
  GInputStream *input = g_io_stream_get_input_stream (stream);
  GOutputStream *output = g_io_stream_get_output_stream (stream);
  char *request = read_request (input);
  const char *answer;
  char byte;

  g_mutex_lock (&server.mutex);
  g_free (server.request);
  server.request = request;
  server.requests += request[0] != '\0';
  answer = server.answer;
  g_mutex_unlock (&server.mutex);

  if (answer == NULL)
    g_input_stream_read (input, &byte, 1, NULL, NULL);
  else
    while (g_output_stream_write_all (output, answer, strlen (answer), NULL,
                                      NULL, NULL) && server.forever)
      ;

  g_io_stream_close (stream, NULL, NULL);

  return TRUE;
}

static void
start_server (void)
{
  g_autoptr (GError) error = NULL;

  g_mutex_init (&server.mutex);
  server.service = g_threaded_socket_service_new (8);
  g_signal_connect (server.service, "run", G_CALLBACK (on_viewer), NULL);
  server.port = g_socket_listener_add_any_inet_port (
    G_SOCKET_LISTENER (server.service), NULL, &error);
  g_assert_no_error (error);

  g_type_ensure (proxies_get_type ());
}

static GstPadProbeReturn
on_buffer (GstPad          *pad,
           GstPadProbeInfo *info,
           gpointer         data)
{
  Fixture *self = data;

  g_atomic_int_add (&self->bytes,
                    (int) gst_buffer_get_size (info->data));
  return GST_PAD_PROBE_OK;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPad) pad = NULL;

  self->pipeline = gst_parse_launch (
    "appsrc name=source is-live=true format=bytes block=true max-bytes=65536 "
    "! appsink name=sink async=false sync=false max-buffers=4", &error);
  g_assert_no_error (error);
  self->source = gst_bin_get_by_name (GST_BIN (self->pipeline), "source");
  self->watched = self->source;
  g_object_add_weak_pointer (G_OBJECT (self->source), &self->watched);
  self->bus = gst_element_get_bus (self->pipeline);
  pad = gst_element_get_static_pad (self->source, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, self, NULL);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);

  server.answer = NULL;
  server.forever = FALSE;
  server.requests = 0;
  g_clear_pointer (&server.request, g_free);
}

static gboolean
is_let_go (gpointer data)
{
  Fixture *self = data;

  return g_atomic_pointer_get (&self->watched) == NULL;
}

/* Also of a feed that is in the middle of something. */
static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_http_feed_stop (self->feed);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->bus);
  gst_object_unref (self->source);
  gst_object_unref (self->pipeline);
  g_assert_true (km_test_wait_until (is_let_go, self, SECONDS));
}

static void
ask (Fixture    *self,
     const char *host,
     const char *rest)
{
  g_autofree char *address =
    g_strdup_printf ("http://%s:%u%s", host, server.port, rest);

  self->feed = km_http_feed_start (address, NULL, self->source);
}

/* An appsink says that it is at the end when all before it was taken. */
static gboolean
has_ended (gpointer data)
{
  Fixture *self = data;
  GstElement *sink =
    gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  GstSample *sample =
    gst_app_sink_try_pull_sample (GST_APP_SINK (sink), 0);

  g_clear_pointer (&sample, gst_sample_unref);
  gst_object_unref (sink);
  self->message = gst_bus_pop_filtered (self->bus,
                                        GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  return self->message != NULL;
}

static void
expect (Fixture *self,
        int      code)
{
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (km_test_wait_until (has_ended, self, SECONDS));
  message = g_steal_pointer (&self->message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    error = km_bus_error_new (message);
  if (code == ENDED)
    g_assert_no_error (error);
  else
    g_assert_error (error, KM_MEDIA_ERROR, code);
}

static void
test_case (Fixture       *self,
           gconstpointer  data)
{
  const Case *wanted = data;

  server.answer = wanted->answer;
  ask (self, "127.0.0.1", "/live/1.flv");
  expect (self, wanted->code);
  if (wanted->code == ENDED)
    g_assert_cmpint (g_atomic_int_get (&self->bytes), ==, wanted->bytes);
  g_assert_cmpuint (server.requests, ==, 1);
}

static void
expect_request (const char *start,
                const char *host)
{
  g_autofree char *head =
    g_strdup_printf ("GET %s HTTP/1.1\r\nHost: %s:%u\r\n", start, host,
                     server.port);

  g_mutex_lock (&server.mutex);
  g_assert_true (g_str_has_prefix (server.request, head));
  g_assert_nonnull (strstr (server.request, "\r\nConnection: close\r\n"));
  g_mutex_unlock (&server.mutex);
}

/* No proxy leads to this computer. */
static void
test_request (Fixture       *self,
              gconstpointer  data)
{
  server.answer = OK "\r\n";
  ask (self, "localhost", "/live/a%20b.flv?ticket=1&x=%0D%0A#part");
  expect (self, ENDED);
  expect_request ("/live/a%20b.flv?ticket=1&x=%0D%0A", "localhost");
  g_assert_null (strstr (server.request, "Proxy-"));
}

static void
test_request_of_one_line (Fixture       *self,
                          gconstpointer  data)
{
  server.answer = OK "\r\n";
  ask (self, "127.0.0.1", "/a\r\nX: y HTTP/1.1\r\n");
  expect (self, ENDED);
  g_assert_null (strstr (server.request, "\nX: y"));
}

static void
test_proxy (Fixture       *self,
            gconstpointer  data)
{
  g_autofree char *whole =
    g_strdup_printf ("http://kaimu.invalid:%u/live/1.flv", server.port);

  server.answer = OK "\r\n0123";
  ask (self, "kaimu.invalid", "/live/1.flv");
  expect (self, ENDED);
  g_assert_cmpint (g_atomic_int_get (&self->bytes), ==, 4);
  expect_request (whole, "kaimu.invalid");
  g_assert_nonnull (strstr (server.request, "\r\nProxy-Authorization: Basic "
                                            "bWU6c2VjcmV0\r\n"));
}

static void
test_not_http (Fixture       *self,
               gconstpointer  data)
{
  self->feed = km_http_feed_start ("ftp://127.0.0.1/live/1.flv", NULL,
                                   self->source);
  expect (self, KM_MEDIA_ERROR_UNREACHABLE);
}

static void
test_no_tls (Fixture       *self,
             gconstpointer  data)
{
  g_autofree char *address =
    g_strdup_printf ("https://127.0.0.1:%u/", server.port);

  server.answer = OK "\r\n0123";
  self->feed = km_http_feed_start (address, NULL, self->source);
  expect (self, KM_MEDIA_ERROR_UNREACHABLE);
}

static void
ask_within_tls (Fixture    *self,
                const char *pin)
{
  g_autofree char *address =
    g_strdup_printf ("https://127.0.0.1:%u/", server.port);

  server.answer = OK "Content-Length: 4\r\n\r\n0123";
  self->feed = km_http_feed_start (address, pin, self->source);
}

static void
set_up_tls (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr (KmTestAuthority) authority = km_test_authority_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *key = NULL;
  g_autofree char *file = km_test_authority_issue (authority, "self-made",
                                                   &key);

  set_up (self, data);
  server.certificate = g_tls_certificate_new_from_files (file, key, &error);
  g_assert_no_error (error);
}

static void
tear_down_tls (Fixture       *self,
               gconstpointer  data)
{
  tear_down (self, data);
  g_clear_object (&server.certificate);
}

static void
test_pinned (Fixture       *self,
             gconstpointer  data)
{
  g_autofree char *pin = km_fingerprint_new (server.certificate);

  ask_within_tls (self, pin);
  expect (self, ENDED);
  g_assert_cmpint (g_atomic_int_get (&self->bytes), ==, 4);
}

static void
test_not_pinned (Fixture       *self,
                 gconstpointer  data)
{
  ask_within_tls (self, NULL);
  expect (self, KM_MEDIA_ERROR_UNTRUSTED);
  g_assert_cmpuint (server.requests, ==, 0);
}

static void
test_another_pinned (Fixture       *self,
                     gconstpointer  data)
{
  g_autofree char *pin = km_fingerprint_new (server.certificate);

  pin[0] = pin[0] == '0' ? '1' : '0';
  ask_within_tls (self, pin);
  expect (self, KM_MEDIA_ERROR_UNTRUSTED);
  g_assert_cmpuint (server.requests, ==, 0);
}

static gboolean
was_asked (gpointer data)
{
  gboolean asked;

  g_mutex_lock (&server.mutex);
  asked = server.requests > 0;
  g_mutex_unlock (&server.mutex);

  return asked;
}

static void
test_silent_server_is_left (Fixture       *self,
                            gconstpointer  data)
{
  ask (self, "127.0.0.1", "/live/1.flv");
  g_assert_true (km_test_wait_until (was_asked, NULL, SECONDS));
}

static gboolean
is_full (gpointer data)
{
  Fixture *self = data;
  guint64 level_bytes, most_bytes;

  g_object_get (self->source,
                "current-level-bytes", &level_bytes,
                "max-bytes", &most_bytes,
                NULL);
  g_assert_cmpuint (level_bytes, <, 2 * most_bytes);
  return level_bytes >= most_bytes;
}

static void
test_full_pipeline_is_left (Fixture       *self,
                            gconstpointer  data)
{
  server.answer = OK "\r\n";
  server.forever = TRUE;
  ask (self, "127.0.0.1", "/live/1.flv");
  g_assert_true (km_test_wait_until (is_full, self, SECONDS));
}

static void
add (const char     *name,
     gconstpointer   data,
     void          (*test) (Fixture       *self,
                            gconstpointer  data))
{
  g_autofree char *path = g_strconcat ("/playback/feed/", name, NULL);

  g_test_add (path, Fixture, data, set_up, test, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  start_server ();
  km_media_init (&error);
  g_assert_no_error (error);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    add (cases[i].name, &cases[i], test_case);
  add ("request", NULL, test_request);
  add ("request-of-one-line", NULL, test_request_of_one_line);
  add ("proxy", NULL, test_proxy);
  add ("not-http-address", NULL, test_not_http);
  add ("no-tls", NULL, test_no_tls);
  g_test_add ("/playback/feed/pinned-certificate-is-accepted", Fixture, NULL,
              set_up_tls, test_pinned, tear_down_tls);
  g_test_add ("/playback/feed/unknown-certificate-is-not-asked", Fixture,
              NULL, set_up_tls, test_not_pinned, tear_down_tls);
  g_test_add ("/playback/feed/another-certificate-is-not-asked", Fixture,
              NULL, set_up_tls, test_another_pinned, tear_down_tls);
  add ("silent-server-is-left", NULL, test_silent_server_is_left);
  add ("full-pipeline-is-left", NULL, test_full_pipeline_is_left);

  status = g_test_run ();
  g_socket_service_stop (server.service);
  g_socket_listener_close (G_SOCKET_LISTENER (server.service));
  g_object_unref (server.service);
  g_free (server.request);
  return status;
}
