/* test-api.c: calls that are given up while the server thinks
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-api.h"
#include "km-test-process.h"

#define CALLS 4000
#define CALLS_AT_ONCE 12
#define THINKING_MS 4

/* Answers on a thread of its own, as another program would. */
typedef struct
{
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  GMutex mutex;
  GCond listens;
  char *base;
} Server;

typedef struct
{
  Server server;
  KmApi *api;
  guint started;
  guint running;
  guint answered;
  guint cancelled;
} Fixture;

static gboolean
on_thought (gpointer data)
{
  soup_server_message_unpause (data);
  return G_SOURCE_REMOVE;
}

static void
on_request (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           data)
{
  g_autoptr (GSource) thought = NULL;

  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/json",
                                    SOUP_MEMORY_STATIC, "{}", 2);
  soup_server_message_pause (message);
  thought = g_timeout_source_new ((guint) g_random_int_range (0, THINKING_MS));
  g_source_set_callback (thought, on_thought, g_object_ref (message),
                         g_object_unref);
  g_source_attach (thought, g_main_context_get_thread_default ());
}

static gpointer
serve (gpointer data)
{
  Server *self = data;
  g_autoptr (SoupServer) server = NULL;
  g_autoptr (GError) error = NULL;
  GSList *addresses;

  g_main_context_push_thread_default (self->context);
  server = soup_server_new (NULL, NULL);
  soup_server_add_handler (server, NULL, on_request, NULL, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);

  addresses = soup_server_get_uris (server);
  g_mutex_lock (&self->mutex);
  self->base = g_strdup_printf ("http://127.0.0.1:%d",
                                g_uri_get_port (addresses->data));
  g_cond_signal (&self->listens);
  g_mutex_unlock (&self->mutex);
  g_slist_free_full (addresses, (GDestroyNotify) g_uri_unref);

  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  Server *server = &self->server;

  server->context = g_main_context_new ();
  server->loop = g_main_loop_new (server->context, FALSE);
  g_mutex_init (&server->mutex);
  g_cond_init (&server->listens);
  server->thread = g_thread_new ("server", serve, server);
  g_mutex_lock (&server->mutex);
  while (server->base == NULL)
    g_cond_wait (&server->listens, &server->mutex);
  g_mutex_unlock (&server->mutex);

  self->api = km_api_new ();
  km_api_set_base (self->api, server->base);
}

/* On its thread, so that it can't come before the loop runs. */
static gboolean
stop (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  Server *server = &self->server;
  g_autoptr (GSource) stopping = NULL;

  g_clear_object (&self->api);
  stopping = g_idle_source_new ();
  g_source_set_callback (stopping, stop, server->loop, NULL);
  g_source_attach (stopping, server->context);
  g_thread_join (server->thread);
  g_main_loop_unref (server->loop);
  g_main_context_unref (server->context);
  g_mutex_clear (&server->mutex);
  g_cond_clear (&server->listens);
  g_free (server->base);
}

static gboolean
give_up (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

static void
on_called (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Fixture *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = NULL;

  answer = km_api_call_finish (KM_API (source), result, &error);
  self->running--;
  if (answer != NULL)
    {
      self->answered++;
      return;
    }
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  self->cancelled++;
}

static void
call (Fixture *self)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  int after_ms = g_random_int_range (-1, 2 * THINKING_MS);

  self->started++;
  self->running++;
  km_api_call_async (self->api, "GET", "server", NULL, cancellable, on_called,
                     self);
  if (after_ms < 0)
    g_cancellable_cancel (cancellable);
  else if (after_ms <= THINKING_MS)
    g_timeout_add_full (G_PRIORITY_DEFAULT, (guint) after_ms, give_up,
                        g_object_ref (cancellable), g_object_unref);
}

static gboolean
all_called (gpointer data)
{
  Fixture *self = data;

  while (self->started < CALLS && self->running < CALLS_AT_ONCE)
    call (self);

  return self->started == CALLS && self->running == 0;
}

static void
test_whoever_gives_up_hears_it_once (Fixture       *self,
                                     gconstpointer  data)
{
  g_assert_true (km_test_wait_until (all_called, self, 120));
  g_assert_cmpuint (self->answered + self->cancelled, ==, CALLS);
  g_assert_cmpuint (self->answered, >, 0);
  g_assert_cmpuint (self->cancelled, >, 0);
}

static void
test_given_up_before_it_began (Fixture       *self,
                               gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  self->running = 1;
  km_api_call_async (self->api, "GET", "server", NULL, cancellable, on_called,
                     self);
  while (self->running > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->cancelled, ==, 1);
}

#define ADD(path, function) \
  g_test_add ("/client/api/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("whoever-gives-up-hears-it-once", test_whoever_gives_up_hears_it_once);
  ADD ("given-up-before-it-began", test_given_up_before_it_began);

  return g_test_run ();
}
