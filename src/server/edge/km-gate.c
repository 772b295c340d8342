/* km-gate.c: which key opens which room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The relay asks from its thread and goes on with its work; the answer is
 * found on the main loop, where the reader is. Keys are read from the store
 * each time, so a key that was rolled is refused from that moment on.
 *
 * Thread: main; the relay's only in authorise().
 */

#include "km-gate.h"

#include <sodium.h>
#include <string.h>

#include "km-id.h"
#include "km-protocol.h"
#include "km-queue-source.h"
#include "km-room-query.h"
#include "km-statement.h"

#define WAITING_MAX 4096

struct _KmGate
{
  KmReader *reader;
  KmQueue *questions;
  GSource *source;
};

typedef struct
{
  KmMessage message;
  KmRelayRequest *request;
} Question;

static void
refuse (KmRelayRequest  *request,
        KmProtocolError  code)
{
  km_relay_answer (request, NULL, km_protocol_error_to_word (code),
                   km_protocol_error_to_message (code));
}

/* The data can't be read now, which says nothing of the key or the room: they
 * are to come again. */
static void
put_off (KmRelayRequest *request,
         const GError   *error)
{
  g_message ("whether %s may come in can't be told: %s",
             request->peer != NULL ? request->peer : "?", error->message);
  refuse (request, KM_PROTOCOL_ERROR_BUSY);
}

/* The room that @key opens. The index finds the row; that it is the very key
 * is then told in constant time. */
static char *
find_room_by_key (KmGate      *self,
                  const char  *key,
                  GError     **error)
{
  g_autofree char *found = NULL;
  char *room = NULL;
  sqlite3_stmt *statement;

  if (!km_id_is_valid (key))
    return NULL;

  statement = km_reader_prepare (self->reader,
                                 "SELECT id, key FROM room WHERE key = ?",
                                 error);
  km_statement_bind (statement, "t", key);
  if (km_statement_step (statement, error) == KM_STEP_ROW)
    {
      found = km_statement_dup_text (statement, 1);
      if (strlen (found) == KM_ID_LENGTH &&
          sodium_memcmp (found, key, KM_ID_LENGTH) == 0)
        room = km_statement_dup_text (statement, 0);
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return room;
}

static gboolean
room_exists (KmGate      *self,
             const char  *name,
             GError     **error)
{
  KmRoomRow row;
  gint64 room;

  if (!g_ascii_string_to_signed (name, 10, 1, G_MAXINT64, &room, NULL))
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_ROOM);
      return FALSE;
    }
  if (!km_room_query_row (self->reader, room, &row, error))
    return FALSE;

  km_room_row_clear (&row);
  return TRUE;
}

static void
answer_play (KmGate         *self,
             KmRelayRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (room_exists (self, request->name, &error))
    km_relay_answer (request, request->name, NULL, NULL);
  else if (g_error_matches (error, KM_PROTOCOL_ERROR,
                            KM_PROTOCOL_ERROR_NO_SUCH_ROOM))
    refuse (request, KM_PROTOCOL_ERROR_NO_SUCH_ROOM);
  else
    put_off (request, error);
}

static void
answer_publish (KmGate         *self,
                KmRelayRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *room = find_room_by_key (self, request->name, &error);

  if (room != NULL)
    {
      km_relay_answer (request, room, NULL, NULL);
    }
  else if (error != NULL)
    {
      put_off (request, error);
    }
  else
    {
      g_message ("a publisher at %s was refused: wrong stream key",
                 request->peer != NULL ? request->peer : "?");
      refuse (request, KM_PROTOCOL_ERROR_DENIED);
    }
}

static void
answer (KmGate         *self,
        KmRelayRequest *request)
{
  if (request->kind == KM_RELAY_REQUEST_PLAY)
    answer_play (self, request);
  else
    answer_publish (self, request);
}

static void
take_questions (KmMessage *chain,
                gpointer   data)
{
  while (chain != NULL)
    {
      g_autofree Question *question = (Question *) chain;

      chain = chain->next;
      answer (data, question->request);
    }
}

/* On the relay's thread. */
static void
authorise (gpointer        data,
           KmRelayRequest *request)
{
  KmGate *self = data;
  Question *question = g_new0 (Question, 1);

  question->request = request;
  if (!km_queue_push (self->questions, &question->message))
    {
      g_free (question);
      refuse (request, KM_PROTOCOL_ERROR_BUSY);
    }
}

/**
 * km_gate_new:
 * @reader: the main loop's; must outlive the gate
 *
 * Returns: (transfer full): a gate
 */
KmGate *
km_gate_new (KmReader *reader)
{
  KmGate *self = g_new0 (KmGate, 1);

  self->reader = reader;
  self->questions = km_queue_new (WAITING_MAX);
  self->source = km_queue_source_new (self->questions, take_questions, self);
  g_source_attach (self->source, NULL);

  return self;
}

/**
 * km_gate_free:
 * @self: (transfer full): a gate whose relay has been freed
 *
 * What was asked last is still answered.
 */
void
km_gate_free (KmGate *self)
{
  take_questions (km_queue_take_all (self->questions), self);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  km_queue_free (self->questions);
  g_free (self);
}

KmRelayHost
km_gate_host (KmGate *self)
{
  return (KmRelayHost) { .authorise = authorise, .data = self };
}
