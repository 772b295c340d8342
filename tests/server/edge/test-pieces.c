/* test-pieces.c: a long answer lets others have their turn
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Server and client share the loop of the test.
 */

#include "km-web-private.h"

#define PIECES 200
#define PIECE "one of many\n"

typedef struct
{
  SoupServer *server;
  char *address;
  guint turns;     /* that others had */
  guint last_turn; /* when the last piece was made */
  guint pieces;
  GBytes *answer;
} Fixture;

static gboolean
next_piece (GString   *text,
            gpointer   data,
            gboolean  *more,
            GError   **error)
{
  Fixture *self = data;

  if (self->pieces > 0)
    g_assert_cmpuint (self->turns, >, self->last_turn);
  self->last_turn = self->turns;
  g_string_append (text, PIECE);
  *more = ++self->pieces < PIECES;

  return TRUE;
}

static Fixture *fixture_of_handler;

static void
answer (KmWebCall *call)
{
  km_web_call_answer_pieces (call, "text/plain", next_piece,
                             fixture_of_handler, NULL);
}

static void
handle (SoupServer        *server,
        SoupServerMessage *message,
        const char        *path,
        GHashTable        *query,
        gpointer           data)
{
  km_web_call_run (km_web_call_new (NULL, message, query), answer);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  fixture_of_handler = self;
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, handle, NULL, NULL);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY,
                            &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->address = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->answer, g_bytes_unref);
}

static gboolean
have_a_turn (gpointer data)
{
  Fixture *self = data;

  self->turns++;

  return G_SOURCE_CONTINUE;
}

static void
answered (GObject      *session,
          GAsyncResult *result,
          gpointer      data)
{
  Fixture *self = data;
  g_autoptr (GError) error = NULL;

  self->answer = soup_session_send_and_read_finish (SOUP_SESSION (session),
                                                    result, &error);
  g_assert_no_error (error);
}

static void
test_others_have_a_turn_between_two (Fixture       *self,
                                     gconstpointer  data)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message =
    soup_message_new (SOUP_METHOD_GET, self->address);
  guint others =
    g_idle_add_full (G_PRIORITY_DEFAULT, have_a_turn, self, NULL);

  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT,
                                    NULL, answered, self);
  while (self->answer == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (others);

  g_assert_cmpuint (self->pieces, ==, PIECES);
  g_assert_cmpuint (g_bytes_get_size (self->answer), ==,
                    PIECES * strlen (PIECE));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/edge/pieces/others-have-a-turn-between-two", Fixture, NULL,
              set_up, test_others_have_a_turn_between_two, tear_down);

  return g_test_run ();
}
