/* test-connection.c: the socket comes back as the server asks it to
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-client-error.h"
#include "km-connection-private.h"
#include "km-test-process.h"
#include "km-test-wire.h"

typedef struct
{
  KmTestWire *wire;
  KmApi *api;
  KmConnection *connection;
  GAsyncResult *result;
  const char *prepare_reply;
  guint prepares;
  char *refused;
} Fixture;

static char *
on_command (KmTestWire *wire,
            const char *kind,
            JsonObject *command,
            gpointer    data)
{
  Fixture *self = data;

  if (!g_str_equal (kind, "stream.prepare"))
    return g_strdup ("{}");

  self->prepares++;

  return g_strdup (self->prepare_reply);
}

static void
on_refused (KmConnection *connection,
            const char   *publish,
            guint         code,
            const char   *message,
            Fixture      *self)
{
  g_free (self->refused);
  self->refused = g_strdup_printf ("%s %s %s", publish,
                                   km_protocol_error_to_word (code), message);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->prepare_reply = "{}";
  self->wire = km_test_wire_new ();
  km_test_wire_set_command (self->wire, on_command, self);
  self->api = km_api_new ();
  km_api_set_base (self->api, km_test_wire_get_address (self->wire));
  self->connection = km_connection_new (self->api);
  g_signal_connect (self->connection, "stream-refused",
                    G_CALLBACK (on_refused), self);
  km_connection_set_ready (self->connection, TRUE);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_connection_set_ready (self->connection, FALSE);
  g_clear_object (&self->connection);
  g_clear_object (&self->api);
  g_clear_object (&self->result);
  g_clear_pointer (&self->wire, km_test_wire_free);
  g_clear_pointer (&self->refused, g_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_set_object ((GAsyncResult **) data, result);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

static gboolean
prepare (Fixture       *self,
         GCancellable  *cancellable,
         GError       **error)
{
  g_clear_object (&self->result);
  km_connection_prepare_publish_async (self->connection, "p1", cancellable,
                                       on_result, &self->result);
  g_assert_true (km_test_wait_until (is_set, &self->result, 20));

  return km_connection_prepare_publish_finish (self->connection, self->result,
                                               error);
}

typedef struct
{
  KmConnection *connection;
  KmConnectionState state;
} Wanted;

static gboolean
is_in_state (gpointer data)
{
  Wanted *wanted = data;

  return km_connection_get_state (wanted->connection) == wanted->state;
}

static void
wait_state (Fixture           *self,
            KmConnectionState  state)
{
  Wanted wanted = { self->connection, state };

  g_assert_true (km_test_wait_until (is_in_state, &wanted, 20));
}

static gboolean
was_prepared_again (gpointer data)
{
  return ((Fixture *) data)->prepares >= 2;
}

static void
test_idle_until_needed (Fixture       *self,
                        gconstpointer  data)
{
  g_assert_cmpint (km_connection_get_state (self->connection), ==,
                   KM_CONNECTION_IDLE);
  g_assert_true (prepare (self, NULL, NULL));
  g_assert_cmpint (km_connection_get_state (self->connection), ==,
                   KM_CONNECTION_OPEN);
  g_assert_cmpuint (km_test_wire_count (self->wire, "GET socket"), ==, 1);
  km_connection_forget_publish (self->connection, "p1");
  g_assert_cmpint (km_connection_get_state (self->connection), ==,
                   KM_CONNECTION_IDLE);
}

static void
test_refusal_has_words (Fixture       *self,
                        gconstpointer  data)
{
  g_assert_true (prepare (self, NULL, NULL));
  km_test_wire_send (self->wire,
                     "{\"t\":\"stream.refused\",\"d\":{\"publish\":\"other\","
                     "\"code\":\"denied\",\"message\":\"Not ours.\"}}");
  km_test_wire_send (self->wire,
                     "{\"t\":\"stream.refused\",\"d\":{\"publish\":\"p1\","
                     "\"code\":\"taken_over\",\"message\":\"Elsewhere.\"}}");
  g_assert_true (km_test_wait_until (is_set, &self->refused, 10));
  g_assert_cmpstr (self->refused, ==, "p1 taken_over Elsewhere.");
}

static void
test_prepared_again_after_a_loss (Fixture       *self,
                                  gconstpointer  data)
{
  g_assert_true (prepare (self, NULL, NULL));
  km_test_wire_drop (self->wire);
  wait_state (self, KM_CONNECTION_WAITING);
  g_assert_error (km_connection_get_error (self->connection), KM_CLIENT_ERROR,
                  KM_CLIENT_ERROR_UNREACHABLE);
  wait_state (self, KM_CONNECTION_OPEN);
  g_assert_null (km_connection_get_error (self->connection));
  g_assert_true (km_test_wait_until (was_prepared_again, self, 10));
  g_assert_cmpuint (self->prepares, ==, 2);
}

static void
test_dead_server_is_told_at_once (Fixture       *self,
                                  gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  km_test_wire_listen (self->wire, FALSE);
  g_assert_false (prepare (self, NULL, &error));
  g_assert_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_UNREACHABLE);
}

static void
test_prepare_is_cancelled (Fixture       *self,
                           gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (prepare (self, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  wait_state (self, KM_CONNECTION_IDLE);
}

static void
test_prepare_is_refused (Fixture       *self,
                         gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  self->prepare_reply = "{\"error\":{\"code\":\"forbidden\","
                        "\"message\":\"Not you.\"}}";
  g_assert_false (prepare (self, NULL, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_FORBIDDEN);
}

static void
test_every_close_code_comes_back (Fixture       *self,
                                  gconstpointer  data)
{
  static const guint codes[] = { 1000, 1001, 1002, 1003, 1007, 1009, 1011,
                                 4001, 4002, 4008 };

  g_assert_true (prepare (self, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      /* A server that says when, so that the test needn't wait long. */
      km_test_wire_close (self->wire, codes[i],
                          codes[i] == 1001 ? "{\"retry_ms\":10}" : NULL);
      wait_state (self, KM_CONNECTION_WAITING);
      km_connection_retry_now (self->connection);
      wait_state (self, KM_CONNECTION_OPEN);
    }
  g_assert_cmpuint (km_test_wire_count (self->wire, "GET socket"), ==,
                    1 + G_N_ELEMENTS (codes));
}

static void
test_retry_of_the_server_is_honoured (Fixture       *self,
                                      gconstpointer  data)
{
  guint tickets;

  g_assert_true (prepare (self, NULL, NULL));
  tickets = km_test_wire_count (self->wire, "POST socket-tickets");

  /* The back-off's first bound is 500 ms: nothing may come before 1,000. */
  km_test_wire_close (self->wire, 1001, "{\"retry_ms\":1000}");
  wait_state (self, KM_CONNECTION_WAITING);
  {
    gint64 before_us = g_get_monotonic_time ();

    wait_state (self, KM_CONNECTION_OPEN);
    g_assert_cmpint (g_get_monotonic_time () - before_us, >, 900000);
  }
  g_assert_cmpuint (km_test_wire_count (self->wire, "POST socket-tickets"),
                    ==, tickets + 1);
}

static void
test_rubbish_is_survived (Fixture       *self,
                          gconstpointer  data)
{
  static const char *const frames[] = {
    "", "null", "[]", "{", "{\"re\":7}", "{\"re\":\"nobody\",\"d\":{}}",
    "{\"t\":\"chat.message\",\"s\":\"room:42\",\"seq\":-5,\"d\":{}}",
    "{\"t\":\"stream.refused\",\"d\":{}}", "{\"t\":\"tick\",\"s\":\"x\"}",
  };

  g_assert_true (prepare (self, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    km_test_wire_send (self->wire, "%s", frames[i]);
  km_test_wire_send (self->wire,
                     "{\"t\":\"stream.refused\",\"d\":{\"publish\":\"p1\","
                     "\"code\":\"denied\",\"message\":\"Still here.\"}}");
  g_assert_true (km_test_wait_until (is_set, &self->refused, 10));
  g_assert_cmpint (km_connection_get_state (self->connection), ==,
                   KM_CONNECTION_OPEN);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                   \
  g_test_add ("/client/connection/" name, Fixture, NULL, set_up, function,    \
              tear_down)
  ADD ("idle-until-needed", test_idle_until_needed);
  ADD ("refusal-has-words", test_refusal_has_words);
  ADD ("prepared-again-after-a-loss", test_prepared_again_after_a_loss);
  ADD ("dead-server-is-told-at-once", test_dead_server_is_told_at_once);
  ADD ("prepare-is-cancelled", test_prepare_is_cancelled);
  ADD ("prepare-is-refused", test_prepare_is_refused);
  ADD ("every-close-code-comes-back", test_every_close_code_comes_back);
  ADD ("retry-of-the-server-is-honoured",
       test_retry_of_the_server_is_honoured);
  ADD ("rubbish-is-survived", test_rubbish_is_survived);
#undef ADD
  return g_test_run ();
}
