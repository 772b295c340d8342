/* km-relay-thread.c: the rooms and connections of one relay thread
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A thread owns its rooms' streams and everybody who publishes or watches
 * them, so nothing here is locked. Others send it orders; the host is asked
 * about keys and names and answers with an order, too, which names the peer
 * by a number: the peer may be gone by then.
 *
 * What publishers sent in one turn reaches the viewers at its end, so the
 * more there is to do, the larger are the batches.
 *
 * Thread: its own, but for new, send and free.
 */

#include "km-relay-thread.h"

#include <string.h>
#include <sys/epoll.h>

#include "km-relay-peer.h"

#define GRACE_MS (60 * 1000)
#define PUBLISH_ID_MAX 64

/* A room with a stream, or with a publisher whose first key frame is awaited */
typedef struct
{
  KmRelayThread *thread;
  KmRelayStream *stream;
  KmRelayPeer *publisher;
  char *publish_id;
  KmRelayTimer grace;
  KmRelayTimer edge;
  gboolean marked;
} Room;

struct _KmRelayThread
{
  KmRelayHost host;
  KmPostOffice *post_office;
  KmRelayInbox *inbox;
  GThread *thread;

  KmRelayLoop loop;
  KmRelayWatch inbox_watch;
  GHashTable *rooms;     /* id -> Room */
  GHashTable *peers;     /* handle -> KmRelayPeer */
  GPtrArray *marked;     /* rooms to flush */
  guint64 last_handle;
  gboolean stopping;
};

static void
room_free (gpointer data)
{
  Room *room = data;

  km_relay_timers_unset (&room->thread->loop.timers, &room->grace);
  km_relay_timers_unset (&room->thread->loop.timers, &room->edge);
  g_ptr_array_remove_fast (room->thread->marked, room);
  km_relay_stream_free (room->stream);
  g_free (room->publish_id);
  g_free (room);
}

static Room *
find_room (KmRelayThread *self,
           const char    *id)
{
  return g_hash_table_lookup (self->rooms, id);
}

/* Ends a room's stream for everybody who is in it. */
static void
end_room (Room       *room,
          const char *reason)
{
  KmRelayThread *self = room->thread;
  g_autoptr (GPtrArray) peers =
    g_hash_table_get_values_as_ptr_array (self->peers);

  km_relay_stream_end (room->stream, reason);
  if (room->publisher != NULL)
    km_relay_peer_end (room->publisher, "status",
                       "NetStream.Unpublish.Success", "The stream was ended");
  for (guint i = 0; i < peers->len; i++)
    {
      KmRelayPeer *peer = g_ptr_array_index (peers, i);

      if (km_relay_peer_is_watching (peer, room->stream))
        km_relay_peer_end (peer, "status", "NetStream.Play.UnpublishNotify",
                           "The stream ended");
    }
  g_hash_table_remove (self->rooms, km_relay_stream_get_room (room->stream));
}

static void
on_grace_over (gpointer data)
{
  end_room (data, "lost");
}

/* The last tag before a pause moves the edge too. */
static void
tell_edge (gpointer data)
{
  Room *room = data;
  KmRelayLoop *loop = &room->thread->loop;
  gint64 due_us = km_relay_stream_tell_edge (room->stream, loop->now_us);

  if (due_us != 0)
    km_relay_timers_set (&loop->timers, &room->edge, due_us);
}

static Room *
ensure_room (KmRelayThread *self,
             const char    *id)
{
  Room *room = find_room (self, id);

  if (room != NULL)
    return room;

  room = g_new0 (Room, 1);
  room->thread = self;
  room->stream = km_relay_stream_new (id, self->post_office);
  room->grace = (KmRelayTimer) { .fire = on_grace_over, .data = room };
  room->edge = (KmRelayTimer) { .fire = tell_edge, .data = room };
  g_hash_table_insert (self->rooms,
                       (gpointer) km_relay_stream_get_room (room->stream),
                       room);

  return room;
}

static void
tell_refused (KmRelayThread *self,
              const char    *publish_id,
              const char    *code,
              const char    *message)
{
  if (publish_id != NULL)
    km_post_office_send (self->post_office,
                         km_event_new_publish_refused (publish_id, code,
                                                       message));
}

static char *
dup_publish_id (const char *query)
{
  g_auto (GStrv) parts = g_strsplit (query != NULL ? query : "", "&", 32);

  for (gsize i = 0; parts[i] != NULL; i++)
    {
      const char *id = parts[i] + strlen ("publish=");

      if (g_str_has_prefix (parts[i], "publish=") && *id != '\0' &&
          strlen (id) <= PUBLISH_ID_MAX)
        return g_strdup (id);
    }

  return NULL;
}

/* The newest publisher wins: the older one may be a ghost of the same
 * program, and whoever has the key may use it. Of its own ghost nobody is
 * told, since they would take it for the end of what they send now. */
static void
let_publish (KmRelayThread  *self,
             KmRelayPeer    *peer,
             KmRelayRequest *request)
{
  Room *room = ensure_room (self, request->room);
  const char *message = "Somebody else began to publish with the same key";
  g_autofree char *publish_id = dup_publish_id (request->query);

  if (room->publisher != NULL)
    {
      km_relay_peer_end (room->publisher, "error",
                         "NetStream.Publish.BadName", message);
      if (g_strcmp0 (room->publish_id, publish_id) != 0)
        tell_refused (self, room->publish_id, "taken_over", message);
    }

  g_info ("%s: publishes in room %s", request->peer, request->room);
  km_relay_timers_unset (&self->loop.timers, &room->grace);
  room->publisher = peer;
  g_free (room->publish_id);
  room->publish_id = g_steal_pointer (&publish_id);
  km_relay_stream_begin_publish (room->stream);
  km_relay_peer_let_publish (peer, room->stream);
}

static void
let_play (KmRelayThread  *self,
          KmRelayPeer    *peer,
          KmRelayRequest *request)
{
  Room *room = find_room (self, request->room);

  if (room != NULL && km_relay_stream_is_live (room->stream))
    km_relay_peer_let_play (peer, room->stream);
  else
    km_relay_peer_end (peer, "error", "NetStream.Play.StreamNotFound",
                       "The room is not live");
}

static void
refuse (KmRelayThread  *self,
        KmRelayPeer    *peer,
        KmRelayRequest *request)
{
  const char *message = request->text != NULL ? request->text : "Refused";
  const char *code = request->code != NULL ? request->code : "denied";
  g_autofree char *publish_id = dup_publish_id (request->query);

  g_info ("%s: refused: %s", request->peer, message);
  if (request->kind == KM_RELAY_REQUEST_PLAY)
    {
      km_relay_peer_end (peer, "error", "NetStream.Play.Failed", message);
      return;
    }

  /* "Denied" is about the key: with another reason, it may be right. */
  km_relay_peer_end (peer, "error",
                     g_str_equal (code, "denied")
                       ? "NetStream.Publish.Denied"
                       : "NetStream.Publish.Rejected", message);
  tell_refused (self, publish_id, code, message);
}

static void
take_answer (KmRelayThread  *self,
             KmRelayRequest *request)
{
  KmRelayPeer *peer = g_hash_table_lookup (self->peers,
                                           &request->peer_handle);

  if (peer == NULL || !km_relay_peer_wants_answer (peer))
    return;

  if (request->room == NULL)
    refuse (self, peer, request);
  else if (request->kind == KM_RELAY_REQUEST_PUBLISH)
    let_publish (self, peer, request);
  else
    let_play (self, peer, request);
}

static void
add_peer (KmRelayThread *self,
          KmRelayPeer   *peer)
{
  guint64 handle = km_relay_peer_get_handle (peer);

  g_hash_table_insert (self->peers, g_memdup2 (&handle, sizeof handle), peer);
}

static void
adopt_rtmp (KmRelayThread *self,
            KmRelayOrder  *order)
{
  KmRelayPeer *peer =
    km_relay_peer_new_rtmp (self, ++self->last_handle,
                            km_transport_steal (&order->transport));

  add_peer (self, peer);
  km_relay_peer_start (peer, order->leftover);
}

static void
adopt_flv (KmRelayThread *self,
           KmRelayOrder  *order)
{
  Room *room = find_room (self, order->room);
  KmRelayPeer *peer =
    km_relay_peer_new_flv (self, ++self->last_handle,
                           km_transport_steal (&order->transport));

  add_peer (self, peer);
  km_relay_peer_start_flv (
    peer, room != NULL && km_relay_stream_is_live (room->stream)
            ? room->stream : NULL);
}

static void
obey (KmRelayThread *self,
      KmRelayOrder  *order)
{
  Room *room;

  switch (order->kind)
    {
    case KM_RELAY_ORDER_ADOPT_RTMP:
      adopt_rtmp (self, order);
      break;
    case KM_RELAY_ORDER_ADOPT_FLV:
      adopt_flv (self, order);
      break;
    case KM_RELAY_ORDER_END_STREAM:
      room = find_room (self, order->room);
      if (room != NULL)
        end_room (room, "ended");
      break;
    case KM_RELAY_ORDER_ANSWER:
      take_answer (self, order->request);
      break;
    case KM_RELAY_ORDER_STOP:
    default:
      self->stopping = TRUE;
      break;
    }
}

static void
on_orders (gpointer data,
           guint32  events)
{
  KmRelayThread *self = data;
  KmRelayOrder *order = km_relay_inbox_take_all (self->inbox);

  while (order != NULL)
    {
      g_autoptr (KmRelayOrder) current = order;

      order = (KmRelayOrder *) order->message.next;
      if (!self->stopping)
        obey (self, current);
    }
}

static void
flush_marked (KmRelayThread *self)
{
  while (self->marked->len > 0)
    {
      Room *room = g_ptr_array_steal_index_fast (self->marked,
                                                 self->marked->len - 1);

      room->marked = FALSE;
      km_relay_stream_flush (room->stream);
      tell_edge (room);
    }
}

static void
shut_down (KmRelayThread *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    km_relay_stream_end (((Room *) value)->stream, "shutdown");

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    km_relay_peer_free (value);
  g_hash_table_remove_all (self->peers);
  g_hash_table_remove_all (self->rooms);
}

static gpointer
run (gpointer data)
{
  KmRelayThread *self = data;

  while (!self->stopping)
    {
      km_relay_loop_turn (&self->loop);
      flush_marked (self);
    }
  shut_down (self);

  return NULL;
}

static void
free_peer (gpointer data)
{
  km_relay_peer_free (data);
}

/**
 * km_relay_thread_new:
 * @host: whom it asks; copied
 * @post_office: gets the streams' events
 * @error: return location for a #GIOErrorEnum
 *
 * Returns: (transfer full) (nullable): a running thread
 */
KmRelayThread *
km_relay_thread_new (const KmRelayHost *host,
                     KmPostOffice      *post_office,
                     GError           **error)
{
  KmRelayThread *self = g_new0 (KmRelayThread, 1);

  if (!km_relay_loop_init (&self->loop, free_peer, error))
    {
      g_free (self);
      return NULL;
    }

  self->host = *host;
  if (self->host.grace_ms == 0)
    self->host.grace_ms = GRACE_MS;
  self->post_office = post_office;
  self->inbox = km_relay_inbox_new ();
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                       room_free);
  self->peers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                       NULL);
  self->marked = g_ptr_array_new ();
  self->inbox_watch = (KmRelayWatch) { .ready = on_orders, .data = self };
  km_relay_loop_add (&self->loop, &self->inbox_watch,
                     km_relay_inbox_get_fd (self->inbox), EPOLLIN);
  self->thread = g_thread_new ("relay", run, self);

  return self;
}

/**
 * km_relay_thread_free:
 * @self: (transfer full): a thread
 *
 * Ends its streams, closes its sockets, and waits for it.
 */
void
km_relay_thread_free (KmRelayThread *self)
{
  km_relay_thread_send (self, km_relay_order_new (KM_RELAY_ORDER_STOP));
  g_thread_join (self->thread);

  km_relay_loop_clear (&self->loop);
  g_hash_table_unref (self->peers);
  g_hash_table_unref (self->rooms);
  g_ptr_array_unref (self->marked);
  km_relay_inbox_unref (self->inbox);
  g_free (self);
}

/**
 * km_relay_thread_send:
 * @self: a thread
 * @order: (transfer full): what it is to do
 *
 * Thread: any.
 */
void
km_relay_thread_send (KmRelayThread *self,
                      KmRelayOrder  *order)
{
  km_relay_inbox_send (self->inbox, order);
}

KmRelayLoop *
km_relay_thread_get_loop (KmRelayThread *self)
{
  return &self->loop;
}

/**
 * km_relay_thread_ask:
 * @self: a thread
 * @peer: who asks; it hears one of let_publish, let_play and end
 * @kind: what for
 * @name: a key or a room
 * @query: (nullable): what stood behind it
 */
void
km_relay_thread_ask (KmRelayThread      *self,
                     KmRelayPeer        *peer,
                     KmRelayRequestKind  kind,
                     const char         *name,
                     const char         *query)
{
  KmRelayRequest *request = km_relay_request_new (
    self->inbox, km_relay_peer_get_handle (peer));

  request->kind = kind;
  request->name = g_strdup (name);
  request->query = g_strdup (query);
  request->peer = g_strdup (km_relay_peer_get_address (peer));
  self->host.authorise (self->host.data, request);
}

/**
 * km_relay_thread_mark:
 * @self: a thread
 * @stream: a stream with something new: flushed at the end of the turn
 */
void
km_relay_thread_mark (KmRelayThread *self,
                      KmRelayStream *stream)
{
  Room *room = find_room (self, km_relay_stream_get_room (stream));

  if (room->marked)
    return;
  room->marked = TRUE;
  g_ptr_array_add (self->marked, room);
}

/**
 * km_relay_thread_lose_publisher:
 * @self: a thread
 * @stream: a stream whose publisher is gone or stopped
 *
 * It may come back before the host's grace is over, and go on.
 */
void
km_relay_thread_lose_publisher (KmRelayThread *self,
                                KmRelayStream *stream)
{
  Room *room = find_room (self, km_relay_stream_get_room (stream));

  room->publisher = NULL;
  g_clear_pointer (&room->publish_id, g_free);
  if (!km_relay_stream_is_live (stream))
    {
      g_hash_table_remove (self->rooms, km_relay_stream_get_room (stream));
      return;
    }

  km_relay_stream_lose_publish (stream);
  km_relay_timers_set (&self->loop.timers, &room->grace,
                       self->loop.now_us + self->host.grace_ms * 1000);
}

/**
 * km_relay_thread_remove_peer:
 * @self: a thread
 * @peer: (transfer full): a peer whose connection is over
 */
void
km_relay_thread_remove_peer (KmRelayThread *self,
                             KmRelayPeer   *peer)
{
  guint64 handle = km_relay_peer_get_handle (peer);

  g_hash_table_remove (self->peers, &handle);
  km_relay_loop_bury (&self->loop, peer);
}
