/* km-load-socket.c: one member of a load
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each comes from an address of its own, as people do: all of 127.0.0.0/8 is
 * this machine. The handshake's nonce is that of RFC 6455, section 1.3, so
 * that a floor can answer without computing anything.
 *
 * Thread: main of the bench.
 */

#include "km-load-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUT_BYTES (256 * 1024)
#define HOSTS_A_NET 250
#define OPCODE_TEXT 0x1
#define OPCODE_CLOSE 0x8
#define OPCODE_PING 0x9
#define OPCODE_PONG 0xa

static void
watch (KmLoad       *self,
       KmLoadMember *member,
       int           operation,
       guint32       events)
{
  struct epoll_event event = { .events = events, .data.ptr = member };

  if (epoll_ctl (self->epoll_fd, operation, member->fd, &event) < 0)
    g_error ("epoll_ctl: %s", g_strerror (errno));
}

void
km_load_socket_close (KmLoad       *self,
                      KmLoadMember *member)
{
  if (member->state == KM_LOAD_CLOSED)
    return;

  member->state = KM_LOAD_CLOSED;
  self->closed++;
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, member->fd, NULL);
}

/* 127.1.0.1 and on, so that nobody is 127.0.0.1. */
static void
bind_to_own_address (int   fd,
                     guint number)
{
  guint32 host = 0x7f010000 | (number / HOSTS_A_NET) << 8
                 | (number % HOSTS_A_NET + 1);
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (host),
  };
  const int one = 1;

  /* The port is chosen with the other end known, so that none runs out. */
  setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind (fd, (struct sockaddr *) &address, sizeof address) < 0)
    g_error ("bind: %s", g_strerror (errno));
}

/**
 * km_load_socket_open:
 * @self: a load
 * @member: one without a socket
 *
 * Begins to connect.
 *
 * Returns: %FALSE: the process may have no more descriptors
 */
gboolean
km_load_socket_open (KmLoad       *self,
                     KmLoadMember *member)
{
  struct sockaddr_in server = {
    .sin_family = AF_INET,
    .sin_port = htons ((guint16) self->setup.port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  const int one = 1;

  member->fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (member->fd < 0)
    return FALSE;

  bind_to_own_address (member->fd,
                       self->setup.first_member + member->number);
  setsockopt (member->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  watch (self, member, EPOLL_CTL_ADD, EPOLLOUT);
  if (connect (member->fd, (struct sockaddr *) &server, sizeof server) < 0
      && errno != EINPROGRESS)
    km_load_socket_close (self, member);

  return TRUE;
}

static void
ask_to_upgrade (KmLoad       *self,
                KmLoadMember *member)
{
  const KmLoadDialect *dialect = self->dialect;
  g_autoptr (GString) request = g_string_new ("GET ");

  if (self->setup.tickets != NULL)
    {
      const char *gap = strstr (dialect->path, "%s");

      g_string_append_len (request, dialect->path, gap - dialect->path);
      g_string_append (request, self->setup.tickets[member->number]);
    }
  else
    g_string_append (request, dialect->path);
  g_string_append_printf (request,
                          " HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                          "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                          self->setup.port);
  if (dialect->subprotocol != NULL)
    g_string_append_printf (request, "Sec-WebSocket-Protocol: %s\r\n",
                            dialect->subprotocol);
  g_string_append (request, "\r\n");

  if (send (member->fd, request->str, request->len, MSG_NOSIGNAL)
      != (gssize) request->len)
    {
      km_load_socket_close (self, member);
      return;
    }
  member->state = KM_LOAD_UPGRADING;
  watch (self, member, EPOLL_CTL_MOD, EPOLLIN);
}

/**
 * km_load_socket_send:
 * @self: a load
 * @member: who sends
 * @opcode: of RFC 6455
 * @data: what
 * @length: at most 65535 bytes
 *
 * Masked with zeroes, which is a mask as any other and costs nothing here.
 *
 * Returns: whether the kernel took it
 */
gboolean
km_load_socket_send (KmLoad       *self,
                     KmLoadMember *member,
                     guint8        opcode,
                     const char   *data,
                     gsize         length)
{
  g_autofree guint8 *frame = g_malloc (length + 8);
  gsize head = length < 126 ? 2 : 4;

  frame[0] = 0x80 | opcode;
  if (length < 126)
    frame[1] = (guint8) (0x80 | length);
  else
    {
      frame[1] = 0x80 | 126;
      frame[2] = (guint8) (length >> 8);
      frame[3] = (guint8) length;
    }
  memset (frame + head, 0, 4);
  memcpy (frame + head + 4, data, length);
  if (send (member->fd, frame, head + 4 + length, MSG_NOSIGNAL)
      == (gssize) (head + 4 + length))
    return TRUE;

  km_load_socket_close (self, member);

  return FALSE;
}

static void
take_frame (KmLoad       *self,
            KmLoadMember *member,
            guint8        opcode,
            const char   *data,
            gsize         length,
            gint64        now_us)
{
  guint seat;

  if (opcode == OPCODE_TEXT)
    {
      if (member->state != KM_LOAD_DRAINING
          && self->dialect->look (self, member, data, length, &seat)
          == KM_LOAD_MESSAGE)
        km_load_record (self, member, seat, data, length, now_us);
    }
  else if (opcode == OPCODE_PING)
    km_load_socket_send (self, member, OPCODE_PONG, data, length);
  else if (opcode == OPCODE_CLOSE)
    {
      member->close_code =
        length >= 2 ? (guint) (guint8) data[0] << 8 | (guint8) data[1] : 1005;
      km_load_socket_close (self, member);
    }
  else
    self->figures.wrong++;
}

/* Returns how many bytes of @data one whole frame takes; 0: it isn't whole. */
static gsize
take_one (KmLoad       *self,
          KmLoadMember *member,
          const guint8 *data,
          gsize         length,
          gint64        now_us)
{
  gsize head = 2;
  guint64 payload;

  if (length < head)
    return 0;
  payload = data[1] & 0x7f;
  head = payload < 126 ? 2 : payload == 126 ? 4 : 10;
  if (length < head)
    return 0;
  if (head > 2)
    {
      payload = 0;
      for (gsize i = 2; i < head; i++)
        payload = payload << 8 | data[i];
    }
  if (length - head < payload)
    return 0;

  take_frame (self, member, data[0] & 0x0f, (const char *) data + head,
              payload, now_us);

  return head + payload;
}

/* Returns the bytes of the server's answer; 0: it isn't whole yet. */
static gsize
take_upgrade (KmLoad       *self,
              KmLoadMember *member,
              const guint8 *data,
              gsize         length)
{
  static const char switching[] = "HTTP/1.1 101 ";
  const guint8 *end;

  /* A compiler with checks takes it for one that may be null. */
  g_assert (data != NULL);
  end = memmem (data, length, "\r\n\r\n", 4);
  if (end == NULL)
    return 0;
  if (memcmp (data, switching, strlen (switching)) != 0)
    {
      km_load_socket_close (self, member);
      return 0;
    }

  member->state = KM_LOAD_JOINING;
  if (self->dialect->opened != NULL)
    self->dialect->opened (self, member);

  return (gsize) (end + 4 - data);
}

/* Keeps the beginning of what isn't whole for the next time. */
static void
keep_rest (KmLoadMember *member,
           const guint8 *data,
           gsize         length)
{
  GByteArray *rest = NULL;

  if (length > 0)
    {
      rest = g_byte_array_sized_new ((guint) length);
      g_byte_array_append (rest, data, (guint) length);
    }
  g_clear_pointer (&member->rest, g_byte_array_unref);
  member->rest = rest;
}

static void
take_input (KmLoad       *self,
            KmLoadMember *member,
            const guint8 *data,
            gsize         length)
{
  gint64 now_us = g_get_monotonic_time ();
  gsize taken = 1;

  while (length > 0 && taken > 0 && member->state != KM_LOAD_CLOSED)
    {
      taken = member->state == KM_LOAD_UPGRADING
                ? take_upgrade (self, member, data, length)
                : take_one (self, member, data, length, now_us);
      data += taken;
      length -= taken;
    }
  keep_rest (member, data, length);
}

static void
read_input (KmLoad       *self,
            KmLoadMember *member)
{
  gsize kept = member->rest != NULL ? member->rest->len : 0;
  gssize length;

  if (kept > 0)
    memcpy (self->input, member->rest->data, kept);
  length = recv (member->fd, self->input + kept, INPUT_BYTES - kept, 0);
  if (length < 0 && errno == EAGAIN)
    return;
  if (length <= 0)
    km_load_socket_close (self, member);
  else
    take_input (self, member, self->input, kept + (gsize) length);
}

/* One that didn't look does so again; what it finds it needn't check. */
void
km_load_socket_resume (KmLoad       *self,
                       KmLoadMember *member)
{
  if (member->state == KM_LOAD_CLOSED)
    return;

  member->state = KM_LOAD_DRAINING;
  watch (self, member, EPOLL_CTL_ADD, EPOLLIN);
}

/**
 * km_load_socket_ready:
 * @self: a load
 * @member: one of its members
 * @events: what epoll says of its socket
 */
void
km_load_socket_ready (KmLoad       *self,
                      KmLoadMember *member,
                      guint32       events)
{
  if (member->state == KM_LOAD_CLOSED)
    return;

  if (member->state == KM_LOAD_CONNECTING && (events & EPOLLOUT) != 0)
    ask_to_upgrade (self, member);
  else if ((events & EPOLLIN) != 0)
    read_input (self, member);
  else if ((events & (EPOLLHUP | EPOLLERR)) != 0)
    km_load_socket_close (self, member);

  /* Joined, and looks no more: not even at its end, which epoll tells
   * whether it is wanted or not. */
  if (member->stalled && member->state == KM_LOAD_JOINED)
    epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, member->fd, NULL);
}
