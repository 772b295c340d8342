/* km-hub-member.c: one socket of the hub
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A member at rest has no buffers: input is read into the hub's and parsed
 * where it lies, output goes straight to the socket. Only what the socket
 * didn't take is copied and waits for EPOLLOUT, which is asked for between
 * EAGAIN and an empty buffer only. TLS may hold input that no event tells of;
 * then EPOLLOUT is asked for to have another turn, not now but soon, as all
 * others have theirs.
 *
 * Ending takes four steps, since closing a socket that has unread input makes
 * the kernel send a reset that overtakes the close frame: send the close
 * frame, shut down writing, read and drop for at most 2 s, close.
 *
 * A member is freed at the end of the turn, because the turn may hold more
 * events of it.
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define INPUT_BYTES 65536
/* A record of TLS is at most 16 KiB. */
#define READS_A_TURN 4
/* Without it the kernel keeps megabytes for a slow member before it says
 * that it is slow; the kernel doubles the figure. */
#define SEND_BUFFER_BYTES (64 * 1024)

static void
watch (KmHub    *hub,
       KmMember *self,
       int       operation)
{
  struct epoll_event event = {
    .events = EPOLLIN | (self->wants_write ? EPOLLOUT : 0),
    .data.ptr = self,
  };

  if (epoll_ctl (hub->epoll_fd, operation,
                 km_transport_get_fd (&self->transport), &event) < 0)
    km_member_drop (hub, self);
}

/* Asks to hear when the socket takes more, or not to hear it any longer. */
static void
update_watch (KmHub    *hub,
              KmMember *self)
{
  gboolean wants = self->out != NULL ||
                   km_transport_may_hold_input (&self->transport);

  if (self->wants_write == wants || self->gone)
    return;

  self->wants_write = wants;
  watch (hub, self, EPOLL_CTL_MOD);
}

void
km_member_free (KmMember *self)
{
  km_websocket_clear (&self->websocket);
  g_clear_pointer (&self->out, g_byte_array_unref);
  g_ptr_array_unref (self->seats);
  g_queue_clear_full (&self->publishes, g_free);
  g_free (self->name);
  g_free (self->shown_name);
  g_free (self->session);
  g_free (self);
}

/* The oldest publish that the member announced, unless another one has
 * announced the same since. */
void
km_member_forget_publish (KmHub    *hub,
                          KmMember *self)
{
  g_autofree char *publish = g_queue_pop_head (&self->publishes);
  const guint64 *member = g_hash_table_lookup (hub->publishes, publish);

  if (member != NULL && *member == self->id)
    g_hash_table_remove (hub->publishes, publish);
}

static void
leave_all (KmHub    *hub,
           KmMember *self)
{
  while (self->seats->len > 0)
    km_seat_leave (hub, g_ptr_array_index (self->seats, self->seats->len - 1));

  while (self->publishes.length > 0)
    km_member_forget_publish (hub, self);
  km_hub_close_inbox (hub, self);
}

/**
 * km_member_drop:
 * @hub: the hub
 * @self: a member
 *
 * Closes its socket now. The descriptor may be a duplicate of one that lives
 * on elsewhere for a moment, so epoll is told, not left to find out.
 */
void
km_member_drop (KmHub    *hub,
                KmMember *self)
{
  if (self->gone)
    return;

  self->gone = TRUE;
  leave_all (hub, self);
  km_hub_pulse_remove (&hub->pulse, &self->pulse);
  epoll_ctl (hub->epoll_fd, EPOLL_CTL_DEL,
             km_transport_get_fd (&self->transport), NULL);
  km_transport_clear (&self->transport);
  g_hash_table_remove (hub->members, &self->id);
  g_ptr_array_add (hub->gone, self);
}

/* Bytes that wait for the socket to take them. */
gsize
km_member_get_waiting (const KmMember *self)
{
  return self->out != NULL ? self->out->len - self->out_sent : 0;
}

/* The first beginning of a frame at or behind @offset; @from: one before. */
static gsize
find_frame (const guint8 *data,
            gsize         from,
            gsize         offset)
{
  while (from < offset)
    from += km_websocket_measure (data + from);

  return from;
}

/* Sends, or keeps for later, whatever state the member is in. */
static void
put (KmHub      *hub,
     KmMember   *self,
     const void *data,
     gsize       length)
{
  gssize written = 0;

  if (self->gone)
    return;

  if (self->out == NULL)
    written = km_transport_write (&self->transport, data, length);
  if (written < 0)
    {
      km_member_drop (hub, self);
      return;
    }
  if ((gsize) written == length &&
      !km_transport_holds_output (&self->transport))
    return;

  if (self->out == NULL)
    {
      self->out = g_byte_array_new ();
      self->out_frame = find_frame (data, 0, (gsize) written)
                        - (gsize) written;
    }
  g_byte_array_append (self->out, (const guint8 *) data + written,
                       (guint) (length - (gsize) written));
  update_watch (hub, self);
}

/**
 * km_member_send:
 * @hub: the hub
 * @self: a member
 * @data: whole frames
 * @length: their bytes
 *
 * Sends frames. A member that takes too little for too long is closed: it
 * comes back and resumes.
 */
void
km_member_send (KmHub      *hub,
                KmMember   *self,
                const void *data,
                gsize       length)
{
  if (self->closing || self->gone)
    return;

  put (hub, self, data, length);
  if (km_member_get_waiting (self) > KM_HUB_SLOW_BYTES)
    km_member_close (hub, self, KM_CLOSE_TOO_SLOW, "too slow");
}

/**
 * km_member_send_text:
 * @hub: the hub
 * @self: a member
 * @text: the text of one frame
 */
void
km_member_send_text (KmHub         *hub,
                     KmMember      *self,
                     const GString *text)
{
  g_autoptr (GByteArray) frame =
    g_byte_array_sized_new ((guint) (text->len + KM_WEBSOCKET_HEAD_MAX));

  km_websocket_append_frame (frame, KM_WEBSOCKET_TEXT, text->str, text->len);
  km_member_send (hub, self, frame->data, frame->len);
}

void
km_member_send_ping (KmHub    *hub,
                     KmMember *self)
{
  guint8 head[KM_WEBSOCKET_HEAD_MAX];

  km_member_send (hub, self, head,
                  km_websocket_write_head (head, KM_WEBSOCKET_PING, 0));
}

static void
shut_when_sent (KmMember *self)
{
  if (!self->closing || self->shut || self->out != NULL)
    return;

  self->shut = TRUE;
  km_transport_shutdown (&self->transport);
}

static void
write_output (KmHub    *hub,
              KmMember *self)
{
  gssize written;

  if (self->out == NULL)
    return;

  written = km_transport_write (&self->transport,
                                self->out->data + self->out_sent,
                                self->out->len - self->out_sent);
  if (written < 0)
    {
      km_member_drop (hub, self);
      return;
    }

  self->out_sent += (gsize) written;
  if (self->out_sent < self->out->len ||
      km_transport_holds_output (&self->transport))
    return;

  g_clear_pointer (&self->out, g_byte_array_unref);
  self->out_sent = 0;
  update_watch (hub, self);
  shut_when_sent (self);
  for (guint i = 0; i < self->seats->len && !km_member_is_blocked (self); i++)
    km_seat_pump (hub, g_ptr_array_index (self->seats, i));
}

/* Who doesn't read has no room for a close frame either, and what waits before
 * it would be read first. So what waits is forgotten, but for the rest of the
 * frame that was begun, and the kernel is lent room for the few bytes that are
 * left: they are there whenever the member looks again, even after its socket
 * is closed here. A record that TLS has begun counts as sent. */
static void
make_room_for_goodbye (KmMember *self)
{
  const int bytes = 2 * SEND_BUFFER_BYTES;
  GByteArray *rest;
  gsize end;

  if (self->out == NULL)
    return;

  end = find_frame (self->out->data, self->out_frame, self->out_sent);
  rest = g_byte_array_new ();
  g_byte_array_append (rest, self->out->data + self->out_sent,
                       (guint) (end - self->out_sent));
  g_byte_array_unref (self->out);
  self->out = rest;
  self->out_sent = 0;
  self->out_frame = rest->len;
  setsockopt (km_transport_get_fd (&self->transport), SOL_SOCKET, SO_SNDBUF,
              &bytes, sizeof bytes);
}

/**
 * km_member_close:
 * @hub: the hub
 * @self: a member
 * @code: why, as RFC 6455 or the protocol have it
 * @reason: (nullable): in words, at most 123 bytes
 *
 * Says goodbye: the member is in no room any more, what it sends is dropped,
 * and it is gone when it has answered or 2 s have passed.
 */
void
km_member_close (KmHub      *hub,
                 KmMember   *self,
                 guint       code,
                 const char *reason)
{
  g_autoptr (GByteArray) frame = NULL;

  if (self->closing || self->gone)
    return;

  if (code == KM_CLOSE_TOO_SLOW)
    km_counter_add (&hub->figures->slow, 1);
  frame = g_byte_array_new ();
  km_websocket_append_close (frame, code, reason);
  leave_all (hub, self);
  self->closing = TRUE;
  km_hub_pulse_closing (&hub->pulse, &self->pulse, hub->now_us);
  if (code == KM_CLOSE_TOO_SLOW)
    make_room_for_goodbye (self);
  put (hub, self, frame->data, frame->len);
  if (code == KM_CLOSE_TOO_SLOW && !self->gone)
    write_output (hub, self);
  shut_when_sent (self);
}

static void
receive_message (KmHub                    *hub,
                 KmMember                 *self,
                 const KmWebsocketMessage *message)
{
  switch (message->opcode)
    {
    case KM_WEBSOCKET_TEXT:
      km_counter_add (&hub->figures->commands, 1);
      km_hub_command (hub, self, message->data, message->length);
      break;
    case KM_WEBSOCKET_PING:
    case KM_WEBSOCKET_PONG:
      break;
    case KM_WEBSOCKET_CLOSE:
      /* RFC 6455, section 5.5.1: "typically echoes the status code". */
      km_member_close (hub, self, message->close_code, NULL);
      break;
    case KM_WEBSOCKET_BINARY:
    case KM_WEBSOCKET_CONTINUATION:
    default:
      km_member_close (hub, self, KM_CLOSE_UNSUPPORTED, "text frames only");
      break;
    }
}

/* Only the newest ping of what was read at once is answered, as RFC 6455,
 * section 5.5.3, allows: who sends nothing else would cost a system call each.
 * @pong: what that answer is so far. */
static void
keep_pong (GByteArray               *pong,
           const KmWebsocketMessage *ping)
{
  g_byte_array_set_size (pong, 0);
  km_websocket_append_frame (pong, KM_WEBSOCKET_PONG, ping->data,
                             ping->length);
}

static void
send_pong (KmHub      *hub,
           KmMember   *self,
           GByteArray *pong)
{
  if (pong != NULL && pong->len > 0)
    km_member_send (hub, self, pong->data, pong->len);
}

static void
receive (KmHub    *hub,
         KmMember *self,
         guint8   *data,
         gsize     length)
{
  g_autoptr (GByteArray) pong = NULL;

  km_hub_pulse_heard (&hub->pulse, &self->pulse, hub->now_us);

  while (!self->closing && !self->gone)
    {
      KmWebsocketMessage message;

      switch (km_websocket_next (&self->websocket, &data, &length,
                                 KM_FRAME_BYTES_MAX, &message))
        {
        case KM_WEBSOCKET_NEED_MORE:
          send_pong (hub, self, pong);
          return;
        case KM_WEBSOCKET_MESSAGE:
          if (message.opcode == KM_WEBSOCKET_PING)
            {
              if (pong == NULL)
                pong = g_byte_array_new ();
              keep_pong (pong, &message);
            }
          if (message.opcode == KM_WEBSOCKET_CLOSE)
            send_pong (hub, self, pong);
          receive_message (hub, self, &message);
          break;
        case KM_WEBSOCKET_FAILED:
        default:
          km_member_close (hub, self, message.close_code, NULL);
          return;
        }
    }
}

static void
read_input (KmHub    *hub,
            KmMember *self)
{
  guint n_reads = 0;

  do
    {
      gssize length = km_transport_read (&self->transport, hub->input,
                                         INPUT_BYTES);

      if (length == KM_TRANSPORT_WOULD_BLOCK)
        break;
      if (length <= 0)
        km_member_drop (hub, self);
      else if (!self->closing)
        receive (hub, self, hub->input, (gsize) length);
    }
  while (km_transport_may_hold_input (&self->transport) &&
         ++n_reads < READS_A_TURN);

  update_watch (hub, self);
}

/**
 * km_member_ready:
 * @hub: the hub
 * @self: a member
 * @events: what epoll says of its socket
 */
void
km_member_ready (KmHub    *hub,
                 KmMember *self,
                 guint32   events)
{
  if ((events & EPOLLOUT) != 0 && !self->gone)
    write_output (hub, self);
  if (!self->gone && ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 ||
                      km_transport_may_hold_input (&self->transport)))
    read_input (hub, self);
}

static void
set_up_socket (int fd)
{
  const int one = 1;
  const int bytes = SEND_BUFFER_BYTES;
  int flags = fcntl (fd, F_GETFL);

  /* What isn't a TCP socket has no delay to switch off. */
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  fcntl (fd, F_SETFL, flags | O_NONBLOCK);
}

/**
 * km_member_adopt:
 * @hub: the hub
 * @transport: (transfer full): a socket that has sent its 101
 * @identity: who it speaks for
 * @leftover: (nullable): what was read behind the request: its first input
 */
void
km_member_adopt (KmHub            *hub,
                 KmTransport       transport,
                 const KmIdentity *identity,
                 GBytes           *leftover)
{
  KmMember *self = g_new0 (KmMember, 1);

  set_up_socket (km_transport_get_fd (&transport));
  self->transport = transport;
  self->wants_write = km_transport_may_hold_input (&transport);
  self->id = ++hub->last_member;
  if (identity->account != NULL)
    self->account = g_ascii_strtoll (identity->account, NULL, 10);
  self->name = g_strdup (identity->name);
  self->shown_name = g_strdup (identity->shown_name);
  self->session = g_strdup (identity->session);
  self->session_used_us = hub->now_us;
  self->seats = g_ptr_array_new ();
  g_hash_table_insert (hub->members, &self->id, self);
  km_counter_add (&hub->figures->joined, 1);
  km_hub_pulse_heard (&hub->pulse, &self->pulse, hub->now_us);

  watch (hub, self, EPOLL_CTL_ADD);
  if (leftover != NULL && !self->gone)
    {
      gsize length = g_bytes_get_size (leftover);
      g_autofree guint8 *data =
        g_memdup2 (g_bytes_get_data (leftover, NULL), length);

      receive (hub, self, data, length);
    }
  if (hub->closed)
    km_member_send_away (hub, self);
}
