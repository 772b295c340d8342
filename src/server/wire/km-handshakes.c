/* km-handshakes.c: the beginnings of connections with TLS
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIO shakes hands on a thread of its pool, which waits for the peer. So a
 * thread is only taken once the peer's whole first message has arrived: who
 * says nothing, or half of it, costs a descriptor and a timer. UNDER_WAY_MAX
 * are under way at once, the others wait their turn; all of it, from the
 * connection to the last message, has one time limit. Beyond WAITING_MAX the
 * one that has been silent for longest is closed, which had the most time to
 * speak; and one address, but this machine, has a part of them only, and of
 * the threads: else one that begins and stops could keep out all others.
 *
 * Thread: main.
 */

#include "km-handshakes.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "km-crowd.h"
#include "km-tls-stream.h"

#define WAITING_MAX 512
#define WAITING_OF_ADDRESS_MAX 64
#define UNDER_WAY_MAX 32
#define UNDER_WAY_OF_ADDRESS_MAX 8

/* RFC 8446, section 5.1: type, version, length. */
#define RECORD_HEAD_BYTES 5
#define RECORD_BYTES_MAX 16384
#define RECORD_HANDSHAKE 22

struct _KmHandshakes
{
  guint references;  /* the owner's, and one for each that is under way */
  KmCertificate *certificate; /* NULL: its owner has freed it */
  guint limit_ms;
  KmCrowd crowd;
  KmCrowd busy;      /* those under way */
  GQueue all;        /* Handshake, the oldest first */
  GQueue waiting;    /* Handshake whose peer has spoken */
  guint n_under_way;
  GSource *turns;    /* starts those that wait */
  guint64 ended[KM_HANDSHAKE_ENDS];
};

typedef struct
{
  KmHandshakes *owner;
  const KmHandshakeKind *kind;
  GSocket *socket;
  gint64 address;
  GList link;        /* in all */
  GList turn;        /* in waiting, while it has data */
  GSource *hello;    /* (nullable): waits for the peer to speak */
  GSource *timer;
  int seen;          /* bytes that were there when we looked last */
  gboolean under_way;
  gboolean late;
  GCancellable *cancellable;
} Handshake;

typedef enum
{
  HELLO_PARTLY,
  HELLO_WHOLE,
  HELLO_PLAIN,
  HELLO_NEVER,
} Hello;

static void
unref_owner (KmHandshakes *self)
{
  if (--self->references > 0)
    return;

  km_crowd_clear (&self->crowd);
  km_crowd_clear (&self->busy);
  g_free (self);
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
handshake_free (Handshake *self)
{
  clear_source (&self->hello);
  clear_source (&self->timer);
  km_crowd_leave (&self->owner->crowd, self->address);
  g_queue_unlink (&self->owner->all, &self->link);
  if (self->turn.data != NULL)
    g_queue_unlink (&self->owner->waiting, &self->turn);
  g_object_unref (self->socket);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* Who waits for a thread can be freed; a thread that is under way is told to
 * come back. */
static void
give_up (Handshake *self)
{
  if (self->under_way)
    g_cancellable_cancel (self->cancellable);
  else
    handshake_free (self);
}

static gboolean
time_is_up (gpointer user_data)
{
  Handshake *self = user_data;

  g_debug ("a handshake took too long");
  self->late = TRUE;
  if (!self->under_way)
    self->owner->ended[KM_HANDSHAKE_SILENT]++;
  give_up (self);
  return G_SOURCE_REMOVE;
}

static void
finished (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Handshake *self = user_data;
  KmHandshakes *owner = self->owner;
  g_autoptr (GError) error = NULL;
  gboolean established = g_tls_connection_handshake_finish (
    G_TLS_CONNECTION (source), result, &error);

  if (!established)
    {
      owner->ended[self->late ? KM_HANDSHAKE_SILENT : KM_HANDSHAKE_BAD]++;
      g_debug ("a handshake failed: %s", error->message);
    }
  else if (owner->certificate != NULL)
    self->kind->done (km_tls_stream_new (G_IO_STREAM (g_object_ref (source)),
                                         self->socket),
                      self->socket, self->kind->data);

  owner->n_under_way--;
  km_crowd_leave (&owner->busy, self->address);
  if (owner->turns != NULL)
    g_source_set_ready_time (owner->turns, 0);
  handshake_free (self);
  unref_owner (owner);
}

static GIOStream *
make_connection (Handshake *self)
{
  g_autoptr (GSocketConnection) base =
    g_socket_connection_factory_create_connection (self->socket);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate = km_certificate_peek (
    self->owner->certificate, g_get_monotonic_time ());
  GIOStream *connection = g_tls_server_connection_new (G_IO_STREAM (base),
                                                       certificate, &error);

  if (connection == NULL)
    {
      g_message ("there is no TLS: %s", error->message);
      return NULL;
    }

  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (connection),
                                             FALSE);
  if (self->kind->protocols != NULL)
    g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (connection),
                                               self->kind->protocols);

  return connection;
}

static void
start (Handshake *self)
{
  g_autoptr (GIOStream) connection = make_connection (self);

  if (connection == NULL)
    {
      km_crowd_leave (&self->owner->busy, self->address);
      handshake_free (self);
      return;
    }

  self->under_way = TRUE;
  self->owner->n_under_way++;
  self->owner->references++;
  g_tls_connection_handshake_async (G_TLS_CONNECTION (connection),
                                    G_PRIORITY_DEFAULT, self->cancellable,
                                    finished, self);
}

/* One whose address has its share of the threads lets others pass. */
static gboolean
start_waiting (gpointer user_data)
{
  KmHandshakes *self = user_data;
  GList *link = self->waiting.head;

  g_source_set_ready_time (self->turns, -1);
  while (self->n_under_way < UNDER_WAY_MAX && link != NULL)
    {
      Handshake *handshake = link->data;

      link = link->next;
      if (km_crowd_wait (&self->busy, handshake->address) != KM_CROWD_WELCOME)
        continue;

      g_queue_unlink (&self->waiting, &handshake->turn);
      handshake->turn.data = NULL;
      start (handshake);
    }

  return G_SOURCE_CONTINUE;
}

/* Wakes us again when there is that much, or the end. */
static void
wait_for_bytes (int fd,
                int bytes)
{
  setsockopt (fd, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes);
}

/* RFC 8446, section 4: the first message is a ClientHello, alone in its
 * record or in the first of several. Woken without anything new, the peer has
 * ended. */
static Hello
look_at_hello (Handshake *self)
{
  int fd = g_socket_get_fd (self->socket);
  guint8 head[RECORD_HEAD_BYTES];
  gssize length = recv (fd, head, sizeof head, MSG_PEEK | MSG_DONTWAIT);
  int there = 0, whole;

  if (length < 0 && (errno == EAGAIN || errno == EINTR))
    return HELLO_PARTLY;
  if (length <= 0 || ioctl (fd, FIONREAD, &there) < 0 || there <= self->seen)
    return HELLO_NEVER;
  if (head[0] != RECORD_HANDSHAKE)
    return HELLO_PLAIN;

  whole = RECORD_HEAD_BYTES;
  if (length == RECORD_HEAD_BYTES)
    whole += head[3] << 8 | head[4];
  if (whole > RECORD_HEAD_BYTES + RECORD_BYTES_MAX)
    return HELLO_NEVER;
  self->seen = there;
  if (length == RECORD_HEAD_BYTES && there >= whole)
    return HELLO_WHOLE;

  wait_for_bytes (fd, whole);
  return HELLO_PARTLY;
}

/* Somebody who took the port for another. What was sent is read before the
 * socket is closed, else the answer would be lost. */
static void
answer_plain (Handshake *self)
{
  const char *answer = self->kind->plain_answer;
  int fd = g_socket_get_fd (self->socket);
  guint8 buffer[4096];

  if (answer == NULL)
    return;

  for (guint i = 0; i < 16; i++)
    if (recv (fd, buffer, sizeof buffer, MSG_DONTWAIT) <= 0)
      break;
  (void) !send (fd, answer, strlen (answer), MSG_DONTWAIT | MSG_NOSIGNAL);
}

static gboolean
peer_spoke (GSocket      *socket,
            GIOCondition  condition,
            gpointer      user_data)
{
  Handshake *self = user_data;

  switch (look_at_hello (self))
    {
    case HELLO_PARTLY:
      return G_SOURCE_CONTINUE;
    case HELLO_WHOLE:
      wait_for_bytes (g_socket_get_fd (socket), 1);
      clear_source (&self->hello);
      self->turn.data = self;
      g_queue_push_tail_link (&self->owner->waiting, &self->turn);
      g_source_set_ready_time (self->owner->turns, 0);
      return G_SOURCE_REMOVE;
    case HELLO_PLAIN:
      answer_plain (self);
      break;
    case HELLO_NEVER:
    default:
      break;
    }

  self->owner->ended[KM_HANDSHAKE_BAD]++;
  handshake_free (self);
  return G_SOURCE_REMOVE;
}

static gboolean
dispatch (GSource     *source,
          GSourceFunc  callback,
          gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { .dispatch = dispatch };

/**
 * km_handshakes_new:
 * @certificate: what is shown; must outlive it
 * @limit_ms: how long a handshake may take
 *
 * Returns: (transfer full): a place for handshakes
 */
KmHandshakes *
km_handshakes_new (KmCertificate *certificate,
                   guint          limit_ms)
{
  KmHandshakes *self = g_new0 (KmHandshakes, 1);

  self->references = 1;
  self->certificate = certificate;
  self->limit_ms = limit_ms;
  self->crowd.limits.waiting_of_address = WAITING_OF_ADDRESS_MAX;
  self->busy.limits.waiting_of_address = UNDER_WAY_OF_ADDRESS_MAX;
  self->turns = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_callback (self->turns, start_waiting, self, NULL);
  g_source_attach (self->turns, NULL);

  return self;
}

/**
 * km_handshakes_free:
 * @self: (transfer full): handshakes
 *
 * Gives up all of them. Those that are under way come back to the main loop,
 * and to nobody else.
 */
void
km_handshakes_free (KmHandshakes *self)
{
  GList *link = self->all.head;

  self->certificate = NULL;
  clear_source (&self->turns);
  while (link != NULL)
    {
      Handshake *handshake = link->data;

      link = link->next;
      give_up (handshake);
    }
  unref_owner (self);
}

static gint64
read_address (int fd)
{
  struct sockaddr_storage address = { 0 };
  socklen_t size = sizeof address;

  getpeername (fd, (struct sockaddr *) &address, &size);

  return km_crowd_read_address ((struct sockaddr *) &address);
}

static void
make_room (KmHandshakes *self)
{
  for (GList *link = self->all.head; link != NULL; link = link->next)
    {
      Handshake *handshake = link->data;

      if (handshake->hello == NULL)
        continue;
      self->ended[KM_HANDSHAKE_SILENT]++;
      handshake_free (handshake);
      return;
    }
}

/* Whether another one of @address may begin; who is silent goes for it. */
static gboolean
welcome (KmHandshakes *self,
         gint64        address)
{
  if (km_crowd_wait (&self->crowd, address) != KM_CROWD_WELCOME)
    {
      self->ended[KM_HANDSHAKE_OF_ADDRESS]++;
      return FALSE;
    }

  if (self->all.length >= WAITING_MAX)
    make_room (self);
  if (self->all.length < WAITING_MAX)
    return TRUE;

  self->ended[KM_HANDSHAKE_CROWDED]++;
  km_crowd_leave (&self->crowd, address);
  return FALSE;
}

/**
 * km_handshakes_begin:
 * @self: handshakes
 * @fd: (transfer full): a connection that has just come
 * @kind: what its port is for; must outlive @self
 */
void
km_handshakes_begin (KmHandshakes          *self,
                     int                    fd,
                     const KmHandshakeKind *kind)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);
  gint64 address = read_address (fd);
  Handshake *handshake;

  if (socket == NULL)
    close (fd);
  if (socket == NULL || !welcome (self, address))
    return;

  handshake = g_new0 (Handshake, 1);
  handshake->owner = self;
  handshake->address = address;
  handshake->kind = kind;
  handshake->cancellable = g_cancellable_new ();
  handshake->hello = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (handshake->hello, G_SOURCE_FUNC (peer_spoke),
                         handshake, NULL);
  g_source_attach (handshake->hello, NULL);
  handshake->timer = g_timeout_source_new (self->limit_ms);
  g_source_set_callback (handshake->timer, time_is_up, handshake, NULL);
  g_source_attach (handshake->timer, NULL);
  handshake->socket = g_steal_pointer (&socket);
  handshake->link.data = handshake;
  g_queue_push_tail_link (&self->all, &handshake->link);
}

/**
 * km_handshakes_count:
 * @self: handshakes
 *
 * Returns: how many have begun and haven't ended
 */
guint
km_handshakes_count (KmHandshakes *self)
{
  return self->all.length;
}

/**
 * km_handshakes_count_ended:
 * @self: handshakes
 * @why: why they came to nothing
 *
 * Returns: how many have, since the beginning
 */
guint64
km_handshakes_count_ended (KmHandshakes   *self,
                           KmHandshakeEnd  why)
{
  return self->ended[why];
}
