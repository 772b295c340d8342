/* km-test-member.c: a client of the hub, as simple as can be
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It reads frames as RFC 6455 has them and their text with the project's own
 * reader of the client's side.
 */

#include "km-test-member.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "km-id.h"

#define PATIENCE_S 20

/**
 * km_test_member_init:
 * @self: memory for a member
 * @other_end: (out): the server's end of its socket
 */
void
km_test_member_init (KmTestMember *self,
                     int          *other_end)
{
  const struct timeval patience = { .tv_sec = PATIENCE_S };
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends),
                   ==, 0);
  setsockopt (ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  *self = (KmTestMember) {
    .fd = ends[0],
    .input = g_byte_array_new (),
  };
  *other_end = ends[1];
}

void
km_test_member_clear (KmTestMember *self)
{
  close (self->fd);
  g_byte_array_unref (self->input);
  g_free (self->close_reason);
}

/**
 * km_test_member_mask:
 * @first: the first byte of the frame
 * @data: its payload
 * @length: at most 65535 bytes
 *
 * Returns: (transfer full): a frame as a client sends it
 */
GByteArray *
km_test_member_mask (guint8      first,
                     const void *data,
                     gsize       length)
{
  static const guint8 mask[4] = { 1, 2, 3, 4 };
  GByteArray *frame = g_byte_array_new ();
  guint8 head[4] = { first };
  guint head_length = 2;

  if (length < 126)
    head[1] = (guint8) (0x80 | length);
  else
    {
      head[1] = 0x80 | 126;
      head[2] = (guint8) (length >> 8);
      head[3] = (guint8) length;
      head_length = 4;
    }
  g_byte_array_append (frame, head, head_length);
  g_byte_array_append (frame, mask, sizeof mask);
  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = ((const guint8 *) data)[i] ^ mask[i & 3];

      g_byte_array_append (frame, &byte, 1);
    }

  return frame;
}

/* A server that is gone is for the test to notice when it reads. */
void
km_test_member_send_bytes (KmTestMember     *self,
                           const GByteArray *bytes)
{
  gsize sent = 0;

  while (sent < bytes->len)
    {
      gssize n = send (self->fd, bytes->data + sent, bytes->len - sent,
                       MSG_NOSIGNAL);

      if (n < 0 && errno == EPIPE)
        return;
      g_assert_cmpint (n, >, 0);
      sent += (gsize) n;
    }
}

void
km_test_member_send_text (KmTestMember *self,
                          const char   *text)
{
  g_autoptr (GByteArray) frame =
    km_test_member_mask (0x81, text, strlen (text));

  km_test_member_send_bytes (self, frame);
}

/* FALSE: the other side closed. */
static gboolean
fill (KmTestMember *self,
      guint         length)
{
  while (self->input->len < length)
    {
      guint8 buffer[65536];
      gssize n = recv (self->fd, buffer, sizeof buffer, 0);

      /* A server that was killed before it read everything. */
      if (n == 0 || (n < 0 && errno == ECONNRESET))
        return FALSE;
      if (n < 0)
        g_error ("nothing came: %s", g_strerror (errno));
      g_byte_array_append (self->input, buffer, (guint) n);
    }

  return TRUE;
}

static gboolean
read_frame (KmTestMember  *self,
            guint8        *opcode,
            GBytes       **payload)
{
  guint64 length;
  guint head = 2;

  if (!fill (self, head))
    return FALSE;
  g_assert_cmpuint (self->input->data[0] & 0xf0, ==, 0x80);
  g_assert_cmpuint (self->input->data[1] & 0x80, ==, 0);
  *opcode = self->input->data[0] & 0x0f;
  length = self->input->data[1];
  if (length >= 126)
    {
      head = length == 126 ? 4 : 10;
      if (!fill (self, head))
        return FALSE;
      length = 0;
      for (guint i = 2; i < head; i++)
        length = length << 8 | self->input->data[i];
    }
  if (!fill (self, head + (guint) length))
    return FALSE;

  *payload = g_bytes_new (self->input->data + head, length);
  g_byte_array_remove_range (self->input, 0, head + (guint) length);

  return TRUE;
}

static void
keep_close (KmTestMember *self,
            GBytes       *payload)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (payload, &length);

  self->close_code = length >= 2 ? (guint) data[0] << 8 | data[1] : 1005;
  if (length > 2)
    self->close_reason = g_strndup ((const char *) data + 2, length - 2);
}

/**
 * km_test_member_read:
 * @self: a member
 * @event: (out) (nullable): the event, when it is one
 * @reply: (out) (nullable): the reply, when it is one
 *
 * Reads the next text frame; pings are passed over.
 *
 * Returns: %FALSE when the other side closed; close_code then says why, if
 *   it did
 */
gboolean
km_test_member_read (KmTestMember  *self,
                     KmRoomEvent  **event,
                     KmReply      **reply)
{
  guint8 opcode;
  GBytes *taken;

  *event = NULL;
  *reply = NULL;
  while (read_frame (self, &opcode, &taken))
    {
      g_autoptr (GBytes) payload = taken;
      g_autoptr (GError) error = NULL;

      if (opcode == 0x8)
        keep_close (self, payload);
      if (opcode != 0x1)
        continue;

      km_frame_parse (g_bytes_get_data (payload, NULL),
                      g_bytes_get_size (payload), event, reply, &error);
      g_assert_no_error (error);
      return TRUE;
    }

  return FALSE;
}

/**
 * km_test_member_wait_close:
 * @self: a member
 *
 * Reads until the other side closes.
 *
 * Returns: the code of its close frame; 0: it sent none
 */
guint
km_test_member_wait_close (KmTestMember *self)
{
  KmRoomEvent *event;
  KmReply *reply;

  while (km_test_member_read (self, &event, &reply))
    {
      g_clear_pointer (&event, km_room_event_free);
      g_clear_pointer (&reply, km_reply_free);
    }

  return self->close_code;
}

/* Events before the reply are passed over. */
KmReply *
km_test_member_next_reply (KmTestMember *self)
{
  KmRoomEvent *event;
  KmReply *reply;

  while (km_test_member_read (self, &event, &reply))
    {
      g_clear_pointer (&event, km_room_event_free);
      if (reply != NULL)
        return reply;
    }

  g_error ("closed (%u) instead of a reply", self->close_code);
}

static KmRoomEvent *
next_event (KmTestMember *self,
            gboolean      tick)
{
  KmRoomEvent *event;
  KmReply *reply;

  while (km_test_member_read (self, &event, &reply))
    {
      g_clear_pointer (&reply, km_reply_free);
      if (event != NULL && (event->kind == KM_ROOM_EVENT_TICK) == tick)
        return event;
      g_clear_pointer (&event, km_room_event_free);
    }

  g_error ("closed (%u) instead of an event", self->close_code);
}

/* Replies and ticks before the event are passed over. */
KmRoomEvent *
km_test_member_next_event (KmTestMember *self)
{
  return next_event (self, FALSE);
}

KmRoomEvent *
km_test_member_next_tick (KmTestMember *self)
{
  return next_event (self, TRUE);
}

/**
 * km_test_member_ask:
 * @self: a member
 * @command: what to ask
 *
 * Events before the reply are passed over.
 *
 * Returns: (transfer full): the reply
 */
KmReply *
km_test_member_ask (KmTestMember    *self,
                    const KmCommand *command)
{
  g_autofree char *text = km_command_encode (command);
  KmReply *reply;

  km_test_member_send_text (self, text);
  reply = km_test_member_next_reply (self);
  g_assert_cmpstr (reply->re, ==, command->id);

  return reply;
}

/**
 * km_test_member_join:
 * @self: a member
 * @room: which room
 * @epoch: (nullable): epoch of the last event had
 * @seq: its seq; -1: none
 */
void
km_test_member_join (KmTestMember *self,
                     const char   *room,
                     const char   *epoch,
                     gint64        seq)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_ROOM_JOIN);
  g_autofree char *text = NULL;

  command->id = km_id_new ();
  command->room = g_strdup (room);
  command->epoch = g_strdup (epoch);
  command->seq = seq;
  text = km_command_encode (command);
  km_test_member_send_text (self, text);
}

/**
 * km_test_member_say:
 * @self: a member
 * @room: where
 * @id: (nullable): the id of the act; %NULL for a new one
 * @text: what
 */
void
km_test_member_say (KmTestMember *self,
                    const char   *room,
                    const char   *id,
                    const char   *text)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_CHAT_SEND);
  g_autofree char *frame = NULL;

  command->id = id != NULL ? g_strdup (id) : km_id_new ();
  command->room = g_strdup (room);
  command->text = g_strdup (text);
  frame = km_command_encode (command);
  km_test_member_send_text (self, frame);
}
