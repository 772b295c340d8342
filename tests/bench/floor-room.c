/* floor-room.c: what telling everybody costs, when nothing else is done
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Takes WebSockets on a port of its own choice, which it prints, and sends
 * every text frame to all of them. `each`: one write for each message and
 * member. `lead`: a message goes out at once when the last flush ended 50 ms
 * ago; what comes before then waits, and is one write a member. `kept
 * DIRECTORY`: as `lead`, and each message is on the disk before it is told.
 * Nobody is checked, and nothing is kept but by the last: no server can be
 * faster with the same calls.
 *
 * Thread: main.
 */

#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "km-floor-keep.h"

#define INPUT_BYTES 65536
#define EVENTS_A_TURN 256
#define SPACING_US 50000

typedef struct
{
  int fd;
  gboolean upgraded;
  guint index;
  GByteArray *rest; /* (nullable): the beginning of a frame */
  GByteArray *out;  /* (nullable): what the socket didn't take */
  gsize out_sent;
} Member;

typedef struct
{
  int epoll_fd;
  int listener;
  gboolean lead;
  KmFloorKeep *keep; /* (nullable) */
  GPtrArray *members;
  GByteArray *unsent;
  gint64 flushed_us;
  guint8 input[INPUT_BYTES * 2];
} Floor;

static void
watch (Floor   *self,
       int      operation,
       int      fd,
       void    *data,
       guint32  events)
{
  struct epoll_event event = { .events = events, .data.ptr = data };

  if (epoll_ctl (self->epoll_fd, operation, fd, &event) < 0)
    g_error ("epoll_ctl: %s", g_strerror (errno));
}

static void
forget (Floor  *self,
        Member *member)
{
  if (member->upgraded)
    {
      g_ptr_array_remove_index_fast (self->members, member->index);
      if (member->index < self->members->len)
        ((Member *) g_ptr_array_index (self->members, member->index))->index =
          member->index;
    }
  close (member->fd);
  g_clear_pointer (&member->rest, g_byte_array_unref);
  g_clear_pointer (&member->out, g_byte_array_unref);
  g_free (member);
}

static void
put (Floor      *self,
     Member     *member,
     const void *data,
     gsize       length)
{
  gssize written = 0;

  if (member->out == NULL)
    written = send (member->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (written == (gssize) length)
    return;

  if (member->out == NULL)
    {
      member->out = g_byte_array_new ();
      watch (self, EPOLL_CTL_MOD, member->fd, member, EPOLLIN | EPOLLOUT);
    }
  g_byte_array_append (member->out,
                       (const guint8 *) data + MAX (written, 0),
                       (guint) (length - (gsize) MAX (written, 0)));
}

static void
put_rest (Floor  *self,
          Member *member)
{
  gssize written = send (member->fd, member->out->data + member->out_sent,
                         member->out->len - member->out_sent,
                         MSG_DONTWAIT | MSG_NOSIGNAL);

  member->out_sent += (gsize) MAX (written, 0);
  if (member->out_sent < member->out->len)
    return;

  g_clear_pointer (&member->out, g_byte_array_unref);
  member->out_sent = 0;
  watch (self, EPOLL_CTL_MOD, member->fd, member, EPOLLIN);
}

static void
tell_all (Floor *self)
{
  for (guint i = 0; i < self->members->len; i++)
    put (self, g_ptr_array_index (self->members, i), self->unsent->data,
         self->unsent->len);
  g_byte_array_set_size (self->unsent, 0);
  self->flushed_us = g_get_monotonic_time ();
}

static void
tell (Floor        *self,
      const guint8 *data,
      gsize         length)
{
  const guint8 small[] = { 0x81, (guint8) length };
  const guint8 large[] = { 0x81, 126, (guint8) (length >> 8),
                           (guint8) length };

  if (length < 126)
    g_byte_array_append (self->unsent, small, sizeof small);
  else
    g_byte_array_append (self->unsent, large, sizeof large);
  g_byte_array_append (self->unsent, data, (guint) length);
  if (!self->lead)
    tell_all (self);
}

static void
take_message (Floor        *self,
              const guint8 *data,
              gsize         length)
{
  if (self->keep != NULL)
    km_floor_keep_put (self->keep, data, length);
  else
    tell (self, data, length);
}

static void
tell_kept (Floor *self)
{
  GBytes *text;

  while ((text = km_floor_keep_take (self->keep)) != NULL)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (text, &length);

      tell (self, data, length);
      g_bytes_unref (text);
    }
}

/* Returns the bytes of one whole frame; 0: there is none. */
static gsize
take_frame (Floor  *self,
            guint8 *data,
            gsize   length)
{
  gsize head = 2;
  gsize payload;
  guint8 *mask;

  if (length < 8)
    return 0;
  payload = data[1] & 0x7f;
  if (payload == 126)
    {
      payload = (gsize) data[2] << 8 | data[3];
      head = 4;
    }
  if (length < head + 4 + payload)
    return 0;

  mask = data + head;
  for (gsize i = 0; i < payload; i++)
    mask[4 + i] ^= mask[i & 3];
  if ((data[0] & 0x0f) == 1)
    take_message (self, mask + 4, payload);

  return head + 4 + payload;
}

/* The answer to the nonce of RFC 6455, section 1.3: the load sends no other. */
static gsize
upgrade (Floor        *self,
         Member       *member,
         const guint8 *data,
         gsize         length)
{
  static const char answer[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  const guint8 *end = memmem (data, length, "\r\n\r\n", 4);

  if (end == NULL)
    return 0;

  put (self, member, answer, sizeof answer - 1);
  member->upgraded = TRUE;
  member->index = self->members->len;
  g_ptr_array_add (self->members, member);

  return (gsize) (end + 4 - data);
}

static void
read_input (Floor  *self,
            Member *member)
{
  gsize kept = member->rest != NULL ? member->rest->len : 0;
  guint8 *data = self->input;
  gsize taken = 1;
  gssize length;

  if (kept > 0)
    memcpy (data, member->rest->data, kept);
  g_clear_pointer (&member->rest, g_byte_array_unref);
  length = recv (member->fd, data + kept, INPUT_BYTES, MSG_DONTWAIT);
  if (length <= 0)
    {
      forget (self, member);
      return;
    }

  for (length += (gssize) kept; length > 0 && taken > 0;
       length -= (gssize) taken)
    {
      taken = member->upgraded
                ? take_frame (self, data, (gsize) length)
                : upgrade (self, member, data, (gsize) length);
      data += taken;
    }
  if (length > 0)
    member->rest = g_byte_array_append (g_byte_array_new (), data,
                                        (guint) length);
}

static void
let_in (Floor *self)
{
  const int one = 1;
  int fd;

  while ((fd = accept4 (self->listener, NULL, NULL,
                        SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
    {
      Member *member = g_new0 (Member, 1);

      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      member->fd = fd;
      watch (self, EPOLL_CTL_ADD, fd, member, EPOLLIN);
    }
}

static void
take_turn (Floor *self)
{
  struct epoll_event events[EVENTS_A_TURN];
  gint64 left_us = self->flushed_us + SPACING_US - g_get_monotonic_time ();
  gint64 wait_us = MAX (0, left_us);
  const struct timespec timeout = { .tv_nsec = wait_us * 1000 };
  int n = epoll_pwait2 (self->epoll_fd, events, EVENTS_A_TURN,
                        self->unsent->len > 0 ? &timeout : NULL, NULL);

  for (int i = 0; i < n; i++)
    {
      Member *member = events[i].data.ptr;

      if (member == NULL)
        {
          let_in (self);
          continue;
        }
      if (events[i].data.ptr == self->keep)
        {
          tell_kept (self);
          continue;
        }
      if ((events[i].events & EPOLLOUT) != 0)
        put_rest (self, member);
      if ((events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        read_input (self, member);
    }

  if (self->unsent->len > 0
      && g_get_monotonic_time () >= self->flushed_us + SPACING_US)
    tell_all (self);
}

static void
listen_on_loopback (Floor *self)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  socklen_t length = sizeof address;

  self->listener = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                           0);
  if (bind (self->listener, (struct sockaddr *) &address, length) < 0
      || listen (self->listener, 4096) < 0
      || getsockname (self->listener, (struct sockaddr *) &address,
                      &length) < 0)
    g_error ("listening: %s", g_strerror (errno));

  printf ("%u\n", ntohs (address.sin_port));
  fflush (stdout);
}

int
main (int   argc,
      char *argv[])
{
  static Floor self;

  self.lead = argc > 1 && !g_str_equal (argv[1], "each");
  self.members = g_ptr_array_new ();
  self.unsent = g_byte_array_new ();
  self.epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  listen_on_loopback (&self);
  watch (&self, EPOLL_CTL_ADD, self.listener, NULL, EPOLLIN);
  if (argc > 2 && g_str_equal (argv[1], "kept"))
    {
      self.keep = km_floor_keep_new (argv[2]);
      watch (&self, EPOLL_CTL_ADD, km_floor_keep_get_fd (self.keep), self.keep,
             EPOLLIN);
    }
  for (;;)
    take_turn (&self);
}
