/* km-transport.c: the bytes of one connection, plain or through TLS
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hub and the relay sleep in epoll and own their sockets; what they read
 * and write goes through here, so that nothing else in them knows of TLS. The
 * plain side is the system call itself behind one branch.
 *
 * TLS differs in two points that epoll doesn't know of:
 *
 * - What has come may lie decrypted in the library, or in the stream that the
 *   request was read from, while the socket is empty. So an owner reads until
 *   it would block, after each event and once when it takes a connection
 *   over: as long as km_transport_may_hold_input() says so.
 *
 * - A record that the socket took half of is encrypted already: no other
 *   bytes may come in its place. Those are kept here and count as written, so
 *   that an owner may change its mind about what comes next at any moment,
 *   such as to move a slow viewer to a key frame. It waits for EPOLLOUT and
 *   writes again, if only nothing, as long as km_transport_holds_output()
 *   says so.
 *
 * One record is at most 16 KiB, and each piece of a vector would be a record of
 * its own, so pieces are put together first.
 *
 * Thread: one at a time.
 */

#include "km-transport.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* RFC 8446, section 5.1: the longest plaintext of a record. */
#define RECORD_BYTES 16384

typedef struct _KmTransportTls
{
  GIOStream *stream;
  GPollableInputStream *input;
  GPollableOutputStream *output;
  gboolean drained;    /* the last read found nothing */
  GByteArray *held;    /* (nullable): a record that is on its way */
} KmTransportTls;

/**
 * km_transport_new_plain:
 * @fd: (transfer full): a connected socket
 *
 * Returns: (transfer full): its bytes as they are
 */
KmTransport
km_transport_new_plain (int fd)
{
  return (KmTransport) { .fd = fd };
}

/**
 * km_transport_new_tls:
 * @stream: (transfer full): a #GTlsConnection whose handshake is over, or a
 *   stream around one; both its sides must be pollable, and nobody else may
 *   read or write
 * @socket: the connection's socket, which @stream keeps
 *
 * Returns: (transfer full): what is inside TLS
 */
KmTransport
km_transport_new_tls (GIOStream *stream,
                      GSocket   *socket)
{
  KmTransportTls *tls = g_new0 (KmTransportTls, 1);

  tls->stream = stream;
  tls->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  tls->output =
    G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));

  return (KmTransport) { .fd = g_socket_get_fd (socket), .tls = tls };
}

/* Closing says goodbye, and waits for room to say it: a peer that reads
 * nothing would hold us for ever. A socket that is shut takes nothing, so
 * there is nothing to wait for. */
static void
tls_free (KmTransportTls *tls,
          int             fd)
{
  shutdown (fd, SHUT_RDWR);
  g_object_unref (tls->stream);
  g_clear_pointer (&tls->held, g_byte_array_unref);
  g_free (tls);
}

/**
 * km_transport_clear:
 * @self: a connection, or %KM_TRANSPORT_NONE
 *
 * Closes it at once.
 */
void
km_transport_clear (KmTransport *self)
{
  if (self->tls != NULL)
    tls_free (self->tls, self->fd);
  else if (self->fd >= 0)
    close (self->fd);

  *self = KM_TRANSPORT_NONE;
}

/**
 * km_transport_steal:
 * @self: a connection
 *
 * Returns: (transfer full): the connection; @self is %KM_TRANSPORT_NONE
 */
KmTransport
km_transport_steal (KmTransport *self)
{
  KmTransport stolen = *self;

  *self = KM_TRANSPORT_NONE;
  return stolen;
}

/**
 * km_transport_get_fd:
 * @self: a connection
 *
 * Returns: what epoll waits for; not to be read, written or closed
 */
int
km_transport_get_fd (const KmTransport *self)
{
  return self->fd;
}

/**
 * km_transport_may_hold_input:
 * @self: a connection
 *
 * Returns: whether there may be input that epoll doesn't tell of: the last
 *   read, if there was one, got something
 */
gboolean
km_transport_may_hold_input (const KmTransport *self)
{
  return self->tls != NULL && !self->tls->drained;
}

/**
 * km_transport_holds_output:
 * @self: a connection
 *
 * Returns: whether bytes that were taken wait for the socket: then write
 *   again, if only nothing, when it is writable
 */
gboolean
km_transport_holds_output (const KmTransport *self)
{
  return self->tls != NULL && self->tls->held != NULL;
}

static gssize
read_plain (int    fd,
            void  *buffer,
            gsize  size)
{
  gssize length;

  do
    length = recv (fd, buffer, size, MSG_DONTWAIT);
  while (length < 0 && errno == EINTR);

  if (length >= 0)
    return length;

  return errno == EAGAIN || errno == EWOULDBLOCK ? KM_TRANSPORT_WOULD_BLOCK
                                                 : KM_TRANSPORT_FAILED;
}

static gssize
read_tls (KmTransportTls *tls,
          void           *buffer,
          gsize           size)
{
  g_autoptr (GError) error = NULL;
  gssize length = g_pollable_input_stream_read_nonblocking (
    tls->input, buffer, size, NULL, &error);

  tls->drained = length <= 0;
  if (length >= 0)
    return length;

  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)
           ? KM_TRANSPORT_WOULD_BLOCK : KM_TRANSPORT_FAILED;
}

/**
 * km_transport_read:
 * @self: a connection
 * @buffer: where to
 * @size: its bytes, not 0
 *
 * Returns: how many bytes came; 0: the peer has ended;
 *   %KM_TRANSPORT_WOULD_BLOCK: nothing is there now; %KM_TRANSPORT_FAILED: the
 *   connection is broken
 */
gssize
km_transport_read (KmTransport *self,
                   void        *buffer,
                   gsize        size)
{
  if (G_LIKELY (self->tls == NULL))
    return read_plain (self->fd, buffer, size);

  return read_tls (self->tls, buffer, size);
}

/* How much the socket took of one record; 0: the library holds all of it. */
static gssize
write_record (KmTransportTls *tls,
              const void     *data,
              gsize           length)
{
  g_autoptr (GError) error = NULL;
  gssize written = g_pollable_output_stream_write_nonblocking (
    tls->output, data, length, NULL, &error);

  if (written >= 0)
    return written;

  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)
           ? 0 : KM_TRANSPORT_FAILED;
}

/* Asks again with the same bytes, until the socket has them. Whether none are
 * left; *failed: none ever will. */
static gboolean
write_held (KmTransportTls *tls,
            gboolean       *failed)
{
  *failed = FALSE;
  while (tls->held != NULL)
    {
      gssize written = write_record (tls, tls->held->data, tls->held->len);

      *failed = written < 0;
      if (written <= 0)
        return FALSE;
      if ((gsize) written == tls->held->len)
        g_clear_pointer (&tls->held, g_byte_array_unref);
      else
        g_byte_array_remove_range (tls->held, 0, (guint) written);
    }

  return TRUE;
}

/* Puts the pieces from @skip bytes on together. Returns how many bytes. */
static gsize
join_pieces (const struct iovec *pieces,
             guint               n_pieces,
             gsize               skip,
             guint8             *record)
{
  gsize length = 0;

  for (guint i = 0; i < n_pieces && length < RECORD_BYTES; i++)
    {
      gsize begin = MIN (skip, pieces[i].iov_len);
      gsize taken = MIN (pieces[i].iov_len - begin, RECORD_BYTES - length);

      skip -= begin;
      if (taken > 0)
        memcpy (record + length, (const guint8 *) pieces[i].iov_base + begin,
                taken);
      length += taken;
    }

  return length;
}

static gssize
writev_tls (KmTransportTls     *tls,
            const struct iovec *pieces,
            guint               n_pieces)
{
  guint8 record[RECORD_BYTES];
  gsize taken = 0, length;
  gboolean failed;

  if (!write_held (tls, &failed))
    return failed ? KM_TRANSPORT_FAILED : 0;

  while ((length = join_pieces (pieces, n_pieces, taken, record)) > 0)
    {
      gssize written = write_record (tls, record, length);

      if (written < 0)
        return written;
      if (written == 0)
        {
          tls->held = g_byte_array_sized_new ((guint) length);
          g_byte_array_append (tls->held, record, (guint) length);
          return (gssize) (taken + length);
        }
      taken += (gsize) written;
    }

  return (gssize) taken;
}

/* What the socket said of a write. */
static gssize
judge_plain (gssize written)
{
  if (written >= 0)
    return written;

  return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : KM_TRANSPORT_FAILED;
}

static gssize
write_plain (int         fd,
             const void *data,
             gsize       length)
{
  gssize written;

  do
    written = send (fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (written < 0 && errno == EINTR);

  return judge_plain (written);
}

static gssize
writev_plain (int                 fd,
              const struct iovec *pieces,
              guint               n_pieces)
{
  const struct msghdr message = {
    .msg_iov = (struct iovec *) pieces,
    .msg_iovlen = n_pieces,
  };
  gssize written;

  do
    written = sendmsg (fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (written < 0 && errno == EINTR);

  return judge_plain (written);
}

/**
 * km_transport_write:
 * @self: a connection
 * @data: what to send
 * @length: its bytes
 *
 * Returns: how many bytes were taken, maybe none; if that isn't all, or
 *   km_transport_holds_output(), wait for EPOLLOUT. %KM_TRANSPORT_FAILED: the
 *   connection is broken
 */
gssize
km_transport_write (KmTransport *self,
                    const void  *data,
                    gsize        length)
{
  const struct iovec piece = { (void *) data, length };

  if (G_LIKELY (self->tls == NULL))
    return write_plain (self->fd, data, length);

  return writev_tls (self->tls, &piece, 1);
}

/**
 * km_transport_writev:
 * @self: a connection
 * @pieces: what to send, in order
 * @n_pieces: their number
 *
 * As km_transport_write().
 */
gssize
km_transport_writev (KmTransport        *self,
                     const struct iovec *pieces,
                     guint               n_pieces)
{
  if (G_LIKELY (self->tls == NULL))
    return writev_plain (self->fd, pieces, n_pieces);

  return writev_tls (self->tls, pieces, n_pieces);
}

/* Saying goodbye blocks when there is no room for it, so then it isn't said:
 * what ends a conversation is in its own protocol. */
static void
say_goodbye (KmTransport *self)
{
  struct pollfd room = { .fd = self->fd, .events = POLLOUT };

  if (self->tls->held == NULL && poll (&room, 1, 0) == 1 &&
      (room.revents & POLLOUT) != 0)
    g_output_stream_close (G_OUTPUT_STREAM (self->tls->output), NULL, NULL);
}

/**
 * km_transport_shutdown:
 * @self: a connection that holds no output
 *
 * Ends what is sent to the peer. What it sends can still be read.
 */
void
km_transport_shutdown (KmTransport *self)
{
  if (self->tls != NULL)
    say_goodbye (self);
  shutdown (self->fd, SHUT_WR);
}
