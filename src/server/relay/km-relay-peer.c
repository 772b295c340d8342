/* km-relay-peer.c: one connection: a publisher or a viewer
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An RTMP client is asked about what it wants and becomes a publisher or a
 * viewer; an HTTP client whose request was read elsewhere is a viewer from the
 * start. set_state() is the only one who changes the state, and each state has
 * its time: a client that doesn't come to the point, a publisher that falls
 * silent and a viewer that takes nothing are let go.
 *
 * A connection that ends is flushed, its sending half closed, and what it
 * still says discarded for a while: closing with unread input would reset it
 * and lose the last words, among them why a publisher was refused.
 *
 * TLS may hold input that no event tells of. Then EPOLLOUT is waited for, to
 * come back to it when others have had their turn.
 *
 * Thread: the relay thread that made it.
 */

#include "km-relay-peer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <glib-unix.h>

#include "km-relay-viewer.h"
#include "km-rtmp-session.h"

#define INPUT_SIZE (64 * 1024)
#define READS_A_TURN 4 /* of 16 KiB, when it is TLS */
#define OWN_MAX (64 * 1024)
#define NOTSENT_LOWAT (128 * 1024)

typedef enum
{
  STATE_GREETING,      /* RTMP: handshake */
  STATE_COMMANDING,    /* RTMP: before publish or play */
  STATE_ASKING,        /* the host is asked; nothing is read */
  STATE_PUBLISHING,
  STATE_WATCHING,
  STATE_ENDING,        /* the last bytes go out */
  STATE_LINGERING,     /* they are out; the client closes */
  STATE_GONE,
} State;

/* How long a state may last, or, for a publisher and a viewer, how long
 * nothing may happen. */
static const gint64 limits_us[] = {
  [STATE_GREETING] = 5 * G_USEC_PER_SEC,
  [STATE_COMMANDING] = 10 * G_USEC_PER_SEC,
  [STATE_ASKING] = 10 * G_USEC_PER_SEC,
  [STATE_PUBLISHING] = 10 * G_USEC_PER_SEC,
  [STATE_WATCHING] = 60 * G_USEC_PER_SEC,
  [STATE_ENDING] = 2 * G_USEC_PER_SEC,
  [STATE_LINGERING] = 2 * G_USEC_PER_SEC,
  [STATE_GONE] = 0,
};

struct _KmRelayPeer
{
  KmRelayThread *thread;
  KmRelayLoop *loop;
  guint64 handle;
  char *address;
  KmTransport transport;
  KmRelayWatch watch;
  KmRelayTimer timer;
  State state;
  gboolean blocked;          /* the socket takes no more now */
  gint64 active_us;          /* a publisher spoke, or a viewer took */

  KmRtmpSession *session;    /* NULL: HTTP-FLV */
  GByteArray *head;          /* HTTP-FLV: the response's */
  KmRelayViewer viewer;
  KmRelayStream *published;
};

static gboolean
may_hold_input (KmRelayPeer *self)
{
  return self->state != STATE_ASKING &&
         km_transport_may_hold_input (&self->transport);
}

static void
update_events (KmRelayPeer *self)
{
  guint32 events = 0;

  if (self->state != STATE_ASKING)
    events |= EPOLLIN;
  if ((self->blocked && self->state != STATE_LINGERING) ||
      may_hold_input (self))
    events |= EPOLLOUT;
  km_relay_loop_set_events (self->loop, &self->watch, events);
}

static void
set_state (KmRelayPeer *self,
           State        state)
{
  self->state = state;
  self->active_us = self->loop->now_us;
  if (state == STATE_GONE)
    km_relay_timers_unset (&self->loop->timers, &self->timer);
  else
    km_relay_timers_set (&self->loop->timers, &self->timer,
                         self->loop->now_us + limits_us[state]);
  update_events (self);
}

/* The connection is over; what it published may come back. */
static void
go (KmRelayPeer *self)
{
  KmRelayStream *published = g_steal_pointer (&self->published);

  if (self->state == STATE_GONE)
    return;

  set_state (self, STATE_GONE);
  km_relay_loop_remove (self->loop, &self->watch);
  km_relay_viewer_clear (&self->viewer);
  km_transport_clear (&self->transport);
  if (published != NULL)
    km_relay_thread_lose_publisher (self->thread, published);
  km_relay_thread_remove_peer (self->thread, self);
}

static void
on_timer (gpointer data)
{
  KmRelayPeer *self = data;
  gboolean idles = self->state == STATE_PUBLISHING ||
                   (self->state == STATE_WATCHING && self->blocked);
  gint64 idle_us = self->loop->now_us - self->active_us;

  if ((idles && idle_us < limits_us[self->state]) ||
      (self->state == STATE_WATCHING && !self->blocked))
    {
      gint64 since_us = idles ? self->active_us : self->loop->now_us;

      km_relay_timers_set (&self->loop->timers, &self->timer,
                           since_us + limits_us[self->state]);
      return;
    }

  g_debug ("%s: time is up", self->address);
  go (self);
}

static void
write_output (KmRelayPeer *self)
{
  KmRelayWritten written;

  if (self->state == STATE_GONE || self->state == STATE_LINGERING)
    return;

  written = km_relay_viewer_write (&self->viewer, &self->transport);
  if (written == KM_RELAY_WRITTEN_ERROR)
    {
      go (self);
      return;
    }

  if (written == KM_RELAY_WRITTEN_SOME && !self->blocked &&
      self->state == STATE_WATCHING)
    self->active_us = self->loop->now_us;
  self->blocked = written == KM_RELAY_WRITTEN_SOME;
  if (!self->blocked && self->state == STATE_ENDING)
    {
      km_transport_shutdown (&self->transport);
      set_state (self, STATE_LINGERING);
    }

  /* A client that asks and doesn't listen to the answers. */
  if (self->session != NULL &&
      km_rtmp_session_peek_output (self->session)->len > OWN_MAX)
    go (self);
  else
    update_events (self);
}

/* A viewer's stream has something new. */
static void
on_wake (gpointer data)
{
  KmRelayPeer *self = data;

  if (self->blocked)
    km_relay_viewer_place (&self->viewer);
  else
    write_output (self);
}

static void
stop (KmRelayPeer *self)
{
  KmRelayStream *published = g_steal_pointer (&self->published);

  km_relay_viewer_leave (&self->viewer);
  set_state (self, STATE_COMMANDING);
  if (published != NULL)
    km_relay_thread_lose_publisher (self->thread, published);
}

static void
handle_event (KmRelayPeer       *self,
              const KmRtmpEvent *event)
{
  KmFlvTag tag = { event->media.type, event->media.time_ms,
                   event->media.data, event->media.length };

  switch (event->kind)
    {
    case KM_RTMP_EVENT_PUBLISH:
    case KM_RTMP_EVENT_PLAY:
      set_state (self, STATE_ASKING);
      km_relay_thread_ask (self->thread, self,
                           event->kind == KM_RTMP_EVENT_PUBLISH
                             ? KM_RELAY_REQUEST_PUBLISH
                             : KM_RELAY_REQUEST_PLAY,
                           event->name, event->query);
      break;
    case KM_RTMP_EVENT_MEDIA:
      km_relay_stream_take (self->published, &tag, self->loop->now_us);
      km_relay_thread_mark (self->thread, self->published);
      break;
    case KM_RTMP_EVENT_METADATA:
      km_relay_stream_take_metadata (self->published, &tag);
      km_relay_thread_mark (self->thread, self->published);
      break;
    case KM_RTMP_EVENT_STOPPED:
      stop (self);
      break;
    case KM_RTMP_EVENT_NONE:
    case KM_RTMP_EVENT_ERROR:
    default:
      break;
    }
}

/* Deals with what the session has read. */
static void
process (KmRelayPeer *self)
{
  KmRtmpEvent event;
  g_autoptr (GError) error = NULL;

  while (km_rtmp_session_next (self->session, &event, &error) !=
         KM_RTMP_EVENT_NONE)
    {
      if (event.kind == KM_RTMP_EVENT_ERROR)
        {
          g_debug ("%s: %s", self->address, error->message);
          go (self);
          return;
        }
      handle_event (self, &event);
    }

  if (self->state == STATE_GREETING &&
      km_rtmp_session_has_met (self->session))
    set_state (self, STATE_COMMANDING);
  if (!km_rtmp_session_is_open (self->session))
    set_state (self, STATE_ENDING);
  write_output (self);
}

static void
take_input (KmRelayPeer  *self,
            const guint8 *input,
            gsize         length)
{
  if (self->state == STATE_PUBLISHING)
    self->active_us = self->loop->now_us;
  if (self->session == NULL || self->state >= STATE_ENDING)
    return;
  km_rtmp_session_push (self->session, input, length);
  process (self);
}

static void
read_input (KmRelayPeer *self)
{
  guint8 input[INPUT_SIZE];
  guint n_reads = 0;

  do
    {
      gssize length = km_transport_read (&self->transport, input,
                                         sizeof input);

      if (length == KM_TRANSPORT_WOULD_BLOCK)
        break;
      if (length <= 0)
        go (self);
      else
        take_input (self, input, (gsize) length);
    }
  while (may_hold_input (self) && ++n_reads < READS_A_TURN);

  update_events (self);
}

static void
on_ready (gpointer data,
          guint32  events)
{
  KmRelayPeer *self = data;

  if (self->state == STATE_ASKING && events & (EPOLLHUP | EPOLLERR))
    go (self);
  else if (events & ~(guint32) EPOLLOUT || may_hold_input (self))
    read_input (self);

  if (self->state != STATE_GONE && events & EPOLLOUT)
    {
      if (self->state == STATE_WATCHING)
        self->active_us = self->loop->now_us;
      write_output (self);
    }
}

static char *
dup_address (int fd)
{
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  g_autoptr (GSocketAddress) socket_address = NULL;

  if (getpeername (fd, (struct sockaddr *) &address, &length) < 0)
    return g_strdup ("?");
  socket_address = g_socket_address_new_from_native (&address, length);
  if (!G_IS_INET_SOCKET_ADDRESS (socket_address))
    return g_strdup ("?");

  return g_socket_connectable_to_string (
    G_SOCKET_CONNECTABLE (socket_address));
}

/* Options that a socket without them (not TCP) can do without. */
static void
prepare_socket (int fd)
{
  int one = 1;
  int lowat = NOTSENT_LOWAT;

  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &lowat, sizeof lowat);
}

static KmRelayPeer *
peer_new (KmRelayThread *thread,
          guint64        handle,
          KmTransport    transport)
{
  KmRelayPeer *self = g_new0 (KmRelayPeer, 1);

  self->thread = thread;
  self->loop = km_relay_thread_get_loop (thread);
  self->handle = handle;
  self->transport = transport;
  self->address = dup_address (km_transport_get_fd (&transport));
  self->watch = (KmRelayWatch) { .ready = on_ready, .data = self, .fd = -1 };
  self->timer = (KmRelayTimer) { .fire = on_timer, .data = self };
  prepare_socket (km_transport_get_fd (&transport));

  return self;
}

/**
 * km_relay_peer_new_rtmp:
 * @thread: its thread
 * @handle: a number that no other peer ever has
 * @transport: (transfer full): a connected socket
 *
 * Returns: (transfer full): a peer to start with km_relay_peer_start()
 */
KmRelayPeer *
km_relay_peer_new_rtmp (KmRelayThread *thread,
                        guint64        handle,
                        KmTransport    transport)
{
  KmRelayPeer *self = peer_new (thread, handle, transport);

  self->session = km_rtmp_session_new (
    (guint32) (self->loop->now_us / 1000));
  km_relay_viewer_init (&self->viewer, KM_RELAY_FORM_RTMP,
                        km_rtmp_session_peek_output (self->session));

  return self;
}

/**
 * km_relay_peer_new_flv:
 * @thread: its thread
 * @handle: a number that no other peer ever has
 * @transport: (transfer full): a connected socket
 *
 * Returns: (transfer full): a peer to start with km_relay_peer_start_flv()
 */
KmRelayPeer *
km_relay_peer_new_flv (KmRelayThread *thread,
                       guint64        handle,
                       KmTransport    transport)
{
  KmRelayPeer *self = peer_new (thread, handle, transport);

  self->head = g_byte_array_new ();
  km_relay_viewer_init (&self->viewer, KM_RELAY_FORM_FLV, self->head);

  return self;
}

/**
 * km_relay_peer_free:
 * @self: (transfer full): a peer
 *
 * Closes its socket without a word.
 */
void
km_relay_peer_free (KmRelayPeer *self)
{
  km_relay_timers_unset (&self->loop->timers, &self->timer);
  km_relay_loop_remove (self->loop, &self->watch);
  km_relay_viewer_clear (&self->viewer);
  km_transport_clear (&self->transport);
  g_clear_pointer (&self->session, km_rtmp_session_free);
  g_clear_pointer (&self->head, g_byte_array_unref);
  g_free (self->address);
  g_free (self);
}

guint64
km_relay_peer_get_handle (KmRelayPeer *self)
{
  return self->handle;
}

const char *
km_relay_peer_get_address (KmRelayPeer *self)
{
  return self->address;
}

gboolean
km_relay_peer_is_watching (KmRelayPeer   *self,
                           KmRelayStream *stream)
{
  return self->viewer.stream == stream;
}

/**
 * km_relay_peer_wants_answer:
 * @self: a peer
 *
 * Returns: whether it waits for the host's decision
 */
gboolean
km_relay_peer_wants_answer (KmRelayPeer *self)
{
  return self->state == STATE_ASKING;
}

static gboolean
watch_socket (KmRelayPeer *self)
{
  return km_relay_loop_add (self->loop, &self->watch,
                            km_transport_get_fd (&self->transport), EPOLLIN);
}

/**
 * km_relay_peer_start:
 * @self: an RTMP peer that its thread knows
 * @leftover: (nullable): what was read from its socket already
 */
void
km_relay_peer_start (KmRelayPeer *self,
                     GBytes      *leftover)
{
  if (!watch_socket (self))
    {
      go (self);
      return;
    }
  set_state (self, STATE_GREETING);

  if (leftover != NULL)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (leftover, &length);

      km_rtmp_session_push (self->session, data, length);
      process (self);
    }
}

static void
append_text (GByteArray *output,
             const char *text)
{
  g_byte_array_append (output, (const guint8 *) text, (guint) strlen (text));
}

/**
 * km_relay_peer_start_flv:
 * @self: an HTTP-FLV peer that its thread knows
 * @stream: (nullable): a live stream; %NULL: there is none
 *
 * Writes the response. Without a length or chunks, the body ends with the
 * connection (RFC 9112, 6.3).
 */
void
km_relay_peer_start_flv (KmRelayPeer   *self,
                         KmRelayStream *stream)
{
  guint8 header[KM_FLV_HEADER_SIZE];

  if (!watch_socket (self))
    {
      go (self);
      return;
    }

  if (stream == NULL)
    {
      append_text (self->head,
                   "HTTP/1.1 404 Not Found\r\n"
                   "Content-Type: text/plain\r\n"
                   "Content-Length: 22\r\n"
                   "Cache-Control: no-store\r\n"
                   "Access-Control-Allow-Origin: *\r\n"
                   "Connection: close\r\n"
                   "\r\n"
                   "The room is not live.\n");
      set_state (self, STATE_ENDING);
      write_output (self);
      return;
    }

  append_text (self->head,
               "HTTP/1.1 200 OK\r\n"
               "Content-Type: video/x-flv\r\n"
               "Cache-Control: no-store\r\n"
               "Access-Control-Allow-Origin: *\r\n"
               "Connection: close\r\n"
               "\r\n");
  km_flv_put_header (header);
  g_byte_array_append (self->head, header, sizeof header);
  set_state (self, STATE_WATCHING);
  km_relay_viewer_watch (&self->viewer, stream, on_wake, self);
  write_output (self);
}

/**
 * km_relay_peer_let_publish:
 * @self: a peer that wants an answer
 * @stream: what it publishes
 */
void
km_relay_peer_let_publish (KmRelayPeer   *self,
                           KmRelayStream *stream)
{
  self->published = stream;
  km_rtmp_session_accept (self->session);
  set_state (self, STATE_PUBLISHING);
  process (self);
}

/**
 * km_relay_peer_let_play:
 * @self: a peer that wants an answer
 * @stream: what it watches
 */
void
km_relay_peer_let_play (KmRelayPeer   *self,
                        KmRelayStream *stream)
{
  km_rtmp_session_accept (self->session);
  km_relay_viewer_watch (&self->viewer, stream, on_wake, self);
  set_state (self, STATE_WATCHING);
  process (self);
}

/**
 * km_relay_peer_end:
 * @self: a peer
 * @level: `status` or `error`
 * @code: a code of `onStatus` that RTMP clients know
 * @description: why, in words for a person
 *
 * Refuses what it asked for, or ends what it does, and closes it. What it
 * published is no longer its own.
 */
void
km_relay_peer_end (KmRelayPeer *self,
                   const char  *level,
                   const char  *code,
                   const char  *description)
{
  if (self->state >= STATE_ENDING)
    return;

  self->published = NULL;
  km_relay_viewer_leave (&self->viewer);
  if (self->session != NULL)
    km_rtmp_session_close (self->session, level, code, description);
  set_state (self, STATE_ENDING);
  write_output (self);
}
