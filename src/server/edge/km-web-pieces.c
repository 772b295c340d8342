/* km-web-pieces.c: answers that aren't JSON, whole or piece by piece
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A long answer is made while it is sent: the next piece when the one before
 * has gone out, so that neither its length nor a slow client holds anything
 * up; and in a turn of the loop of its own, since a fast client takes each at
 * once and everybody else would wait for the last one. When a piece can't be
 * made the connection is cut off: whoever saves the answer must not take half
 * of it for all.
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include "km-http-door.h"

#define PIECES_KEY "km-pieces"

typedef struct
{
  KmWebPiece next;
  gpointer data;
  GDestroyNotify destroy;
  gboolean more;
  guint turn; /* the source that makes the next one */
} Pieces;

static void
pieces_free (gpointer data)
{
  Pieces *self = data;

  g_clear_handle_id (&self->turn, g_source_remove);
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self);
}

static void
begin_answer (KmWebCall  *call,
              const char *type)
{
  SoupMessageHeaders *headers =
    soup_server_message_get_response_headers (call->message);

  km_web_respond (call->message, SOUP_STATUS_OK, NULL);
  soup_message_headers_replace (headers, "Content-Type", type);
}

/**
 * km_web_call_answer_bytes:
 * @self: (transfer full): a call
 * @type: the media type
 * @bytes: the body
 */
void
km_web_call_answer_bytes (KmWebCall  *self,
                          const char *type,
                          GBytes     *bytes)
{
  begin_answer (self, type);
  soup_message_body_append_bytes (
    soup_server_message_get_response_body (self->message), bytes);
  km_web_call_end (self);
}

static gboolean
append_piece (SoupServerMessage  *message,
              Pieces             *pieces,
              GError            **error)
{
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;

  if (!pieces->next (text, pieces->data, &pieces->more, error))
    return FALSE;

  bytes = g_string_free_to_bytes (g_steal_pointer (&text));
  if (g_bytes_get_size (bytes) > 0)
    soup_message_body_append_bytes (body, bytes);
  if (!pieces->more)
    soup_message_body_complete (body);

  return TRUE;
}

static gboolean
take_turn (gpointer data)
{
  SoupServerMessage *message = data;
  Pieces *pieces = g_object_get_data (G_OBJECT (message), PIECES_KEY);
  g_autoptr (GError) error = NULL;

  pieces->turn = 0;
  if (!append_piece (message, pieces, &error))
    {
      g_message ("an answer was cut off: %s", error->message);
      pieces->more = FALSE;
      km_http_door_cut_off (message);
    }
  soup_server_message_unpause (message);

  return G_SOURCE_REMOVE;
}

/* As urgent as what others ask: behind that, an answer to one who asks on a
 * busy server would never end. */
static void
wrote_piece (SoupServerMessage *message,
             Pieces            *pieces)
{
  if (!pieces->more || pieces->turn != 0)
    return;

  soup_server_message_pause (message);
  pieces->turn =
    g_idle_add_full (G_PRIORITY_DEFAULT, take_turn, message, NULL);
}

static void
forget_rest (SoupServerMessage *message,
             Pieces            *pieces)
{
  g_clear_handle_id (&pieces->turn, g_source_remove);
}

/**
 * km_web_call_answer_pieces:
 * @self: (transfer full): a call
 * @type: the media type
 * @next: makes the next piece
 * @data: for @next
 * @destroy: (nullable): frees @data
 */
void
km_web_call_answer_pieces (KmWebCall      *self,
                           const char     *type,
                           KmWebPiece      next,
                           gpointer        data,
                           GDestroyNotify  destroy)
{
  SoupMessageHeaders *headers =
    soup_server_message_get_response_headers (self->message);
  Pieces *pieces = g_new0 (Pieces, 1);
  GError *error = NULL;

  *pieces = (Pieces) { .next = next, .data = data, .destroy = destroy };
  g_object_set_data_full (G_OBJECT (self->message), PIECES_KEY, pieces,
                          pieces_free);
  if (!append_piece (self->message, pieces, &error))
    {
      km_web_call_fail (self, error);
      return;
    }

  begin_answer (self, type);
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (
    soup_server_message_get_response_body (self->message), FALSE);
  g_signal_connect (self->message, "wrote-chunk", G_CALLBACK (wrote_piece),
                    pieces);
  g_signal_connect (self->message, "finished", G_CALLBACK (forget_rest),
                    pieces);
  km_web_call_end (self);
}
