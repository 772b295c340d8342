/* km-room.c: a room that one is in: its state, its people, its chat
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Joins when the connection opens, and again, with the last event it has,
 * whenever it opens anew: what was missed comes after, each event once
 * (km-room-feed.c). set_state() is the only writer of the state. What goes
 * the other way is in km-room-send.c and km-room-asks.c; gifts, polls, likes
 * and people have files of their own.
 *
 * Thread: main.
 */

#include "km-room-private.h"

#include "km-id.h"
#include "km-server-private.h"

/* What was said during a longer pause fills the chat, but doesn't fly. */
#define SHORT_PAUSE_US (15 * G_USEC_PER_SEC)
#define JOIN_AGAIN_MS 1000

G_DEFINE_ENUM_TYPE (KmRoomState, km_room_state,
                    G_DEFINE_ENUM_VALUE (KM_ROOM_JOINING, "joining"),
                    G_DEFINE_ENUM_VALUE (KM_ROOM_ONLINE, "online"),
                    G_DEFINE_ENUM_VALUE (KM_ROOM_RECONNECTING,
                                         "reconnecting"),
                    G_DEFINE_ENUM_VALUE (KM_ROOM_CLOSED, "closed"))
G_DEFINE_ENUM_TYPE (KmRoomPublisher, km_room_publisher,
                    G_DEFINE_ENUM_VALUE (KM_ROOM_PUBLISHER_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (KM_ROOM_PUBLISHER_OK, "ok"),
                    G_DEFINE_ENUM_VALUE (KM_ROOM_PUBLISHER_LOST, "lost"))
G_DEFINE_FINAL_TYPE (KmRoom, km_room, G_TYPE_OBJECT)

enum
{
  MESSAGE,
  MESSAGE_DELETED,
  GIFT,
  LIKED,
  REPORTED,
  POLL_OPENED,
  POLL_CLOSED,
  STREAM_STARTED,
  STREAM_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_text (KmRoom      *self,
          char       **field,
          const char  *text,
          const char  *property)
{
  if (g_set_str (field, text))
    g_object_notify (G_OBJECT (self), property);
}

static void
set_error (KmRoom       *self,
           const GError *error)
{
  if (self->error == NULL && error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_object_notify (G_OBJECT (self), "error");
}

static void
set_state (KmRoom      *self,
           KmRoomState  state)
{
  if (self->state == state)
    return;

  self->state = state;
  g_object_notify (G_OBJECT (self), "state");
}

static void
set_live (KmRoom     *self,
          gboolean    live,
          const char *stream,
          gint64      since_ms)
{
  g_object_freeze_notify (G_OBJECT (self));
  set_text (self, &self->info->stream, live ? stream : NULL, "stream");
  if (self->info->since_ms != since_ms)
    {
      self->info->since_ms = since_ms;
      g_object_notify (G_OBJECT (self), "since");
    }
  if (self->info->live != live)
    {
      self->info->live = live;
      g_object_notify (G_OBJECT (self), "live");
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
set_online (KmRoom *self,
            guint   online)
{
  if (self->info->online == online)
    return;

  self->info->online = online;
  g_object_notify (G_OBJECT (self), "online");
}

static void
set_publisher (KmRoom          *self,
               KmRoomPublisher  publisher,
               gint64           edge_ms)
{
  if (self->edge_ms != edge_ms)
    {
      self->edge_ms = edge_ms;
      g_object_notify (G_OBJECT (self), "edge-ms");
    }
  if (self->publisher != publisher)
    {
      self->publisher = publisher;
      g_object_notify (G_OBJECT (self), "publisher");
    }
}

static void
take_info (KmRoom           *self,
           const KmRoomInfo *info,
           KmRole            role)
{
  g_object_freeze_notify (G_OBJECT (self));
  set_text (self, &self->info->title, info->title, "title");
  set_text (self, &self->info->category, info->category, "category");
  set_text (self, &self->info->host.id, info->host.id, "host-id");
  set_text (self, &self->info->host.shown_name, info->host.shown_name,
            "host-name");
  set_online (self, info->online);
  set_live (self, info->live, info->stream, info->since_ms);
  if (self->role != role)
    {
      self->role = role;
      g_object_notify (G_OBJECT (self), "role");
    }
  km_room_slow_mode_set (self, info->slow_s);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * km_room_is_own:
 * @self: a room
 * @event: a `chat.message`
 *
 * An id alone proves nothing: ids are unique for one user only, and anybody
 * can repeat one that they have seen.
 *
 * Returns: whether the account that is signed in said it
 */
gboolean
km_room_is_own (KmRoom            *self,
                const KmRoomEvent *event)
{
  const char *account = km_server_get_account_id (self->server);

  return account != NULL && g_strcmp0 (event->from.id, account) == 0;
}

static void
apply_message (KmRoom            *self,
               const KmRoomEvent *event,
               gboolean           missed)
{
  gboolean own = km_room_is_own (self, event);
  gboolean fresh = !missed || self->short_pause;
  g_autoptr (KmRoomMessage) message = NULL;

  if (own)
    message = km_message_list_find_unsent (self->messages, event->id);

  if (message != NULL)
    {
      g_object_ref (message);
      km_message_list_settle (self->messages, message, event);
    }
  else
    {
      message = km_room_message_new_event (event, own);
      km_message_list_add (self->messages, message);
    }

  if (own)
    km_room_send_settled (self, event->id);
  if (own && !missed)
    km_room_slow_mode_said (self);
  g_signal_emit (self, signals[MESSAGE], 0, message,
                 fresh && event->deletion == KM_DELETION_NONE);
}

static void
apply (KmRoom            *self,
       const KmRoomEvent *event,
       gboolean           missed)
{
  gboolean fresh = !missed || self->short_pause;

  switch (event->kind)
    {
    case KM_ROOM_EVENT_CHAT_MESSAGE:
      apply_message (self, event, missed);
      break;

    case KM_ROOM_EVENT_CHAT_DELETED:
      km_room_deletion_apply (self, event);
      break;

    case KM_ROOM_EVENT_GIFT_SENT:
      km_room_gifts_apply (self, event, fresh);
      break;

    case KM_ROOM_EVENT_POLL_OPENED:
    case KM_ROOM_EVENT_POLL_CLOSED:
      km_room_polls_apply (self, event, fresh);
      break;

    case KM_ROOM_EVENT_STREAM_STARTED:
      /* The answer to the join knew about it already. */
      if (missed && g_strcmp0 (self->info->stream, event->stream) != 0)
        break;
      set_live (self, TRUE, event->stream, event->at_ms);
      g_signal_emit (self, signals[STREAM_STARTED], 0, event->stream);
      break;

    case KM_ROOM_EVENT_STREAM_ENDED:
      if (g_strcmp0 (self->info->stream, event->stream) == 0)
        {
          set_live (self, FALSE, NULL, -1);
          set_publisher (self, KM_ROOM_PUBLISHER_NONE, -1);
        }
      g_signal_emit (self, signals[STREAM_ENDED], 0, event->stream,
                     (guint) event->reason, event->duration_ms);
      break;

    case KM_ROOM_EVENT_ROOM_CHANGED:
      if (missed)
        break;
      set_text (self, &self->info->title, event->title, "title");
      set_text (self, &self->info->category, event->category, "category");
      km_room_slow_mode_set (self, event->slow_s);
      break;

    default:
      break;
    }
}

static void
on_tick (KmRoom            *self,
         const KmRoomEvent *tick)
{
  KmRoomPublisher publisher = KM_ROOM_PUBLISHER_NONE;
  gint64 since_ms = self->info->since_ms;

  if (tick->live)
    publisher = tick->publisher_lost ? KM_ROOM_PUBLISHER_LOST
                                     : KM_ROOM_PUBLISHER_OK;
  else
    since_ms = -1;

  g_object_freeze_notify (G_OBJECT (self));
  set_online (self, tick->online);
  set_live (self, tick->live, tick->stream, since_ms);
  set_publisher (self, publisher, tick->live ? tick->edge_ms : -1);
  g_object_thaw_notify (G_OBJECT (self));
  km_room_polls_tick (self, tick->polls);
  km_room_likes_tick (self, tick->likes);
}

static void
on_event (gpointer     data,
          KmRoomEvent *event)
{
  g_autoptr (KmRoom) self = g_object_ref (KM_ROOM (data));
  KmRoomEvent *next;
  gboolean missed;

  if (event->kind == KM_ROOM_EVENT_TICK)
    {
      if (self->joined)
        km_room_feed_end_snapshot (self->feed);
      on_tick (self, event);
    }
  if (km_room_event_kind_is_staff (event->kind))
    km_room_staff_event (self, event);
  if (event->seq < 0 || !self->joined
      || km_room_event_kind_is_staff (event->kind))
    {
      km_room_event_free (event);
      return;
    }

  if (km_room_feed_add (self->feed, event) == KM_ROOM_FEED_GAP)
    km_room_join (self);

  while (self->state != KM_ROOM_CLOSED &&
         (next = km_room_feed_next (self->feed, &missed)) != NULL)
    {
      apply (self, next, missed);
      km_room_event_free (next);
    }
}

static gboolean
join_again (gpointer data)
{
  KmRoom *self = data;

  self->join_timer = 0;
  km_room_join (self);

  return G_SOURCE_REMOVE;
}

static void
on_refused (KmRoom       *self,
            const GError *error)
{
  gint64 retry_ms = km_protocol_error_get_retry_ms (error);

  set_error (self, error);
  if (retry_ms > 0 ||
      g_error_matches (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_BUSY) ||
      g_error_matches (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_INTERNAL))
    {
      g_clear_handle_id (&self->join_timer, g_source_remove);
      self->join_timer = g_timeout_add ((guint) CLAMP (retry_ms, JOIN_AGAIN_MS,
                                                       KM_CLIENT_RETRY_MAX_MS),
                                        join_again, self);
      return;
    }

  km_room_close (self);
}

static void
on_joined (const KmReply *reply,
           gpointer       data)
{
  g_autoptr (KmRoom) self = data;
  g_autoptr (GError) error = NULL;
  gboolean resumed;

  if (reply == NULL || self->state == KM_ROOM_CLOSED)
    return;

  if (!km_reply_check (reply, KM_COMMAND_ROOM_JOIN, &error))
    {
      on_refused (self, error);
      return;
    }

  self->joined = TRUE;
  self->short_pause = FALSE;
  resumed = !km_room_feed_join (self->feed, reply->epoch, reply->seq,
                                reply->resumed);
  if (!resumed)
    km_message_list_forget (self->messages);
  else
    self->short_pause = self->lost_us == 0 ||
                        g_get_monotonic_time () - self->lost_us <
                        SHORT_PAUSE_US;
  self->lost_us = 0;

  take_info (self, reply->room, reply->role);
  km_room_slow_mode_told (self, reply->chat_wait_ms);
  km_room_polls_joined (self, reply->polls, resumed);
  km_room_likes_joined (self, reply->likes);
  set_error (self, NULL);
  set_state (self, KM_ROOM_ONLINE);
  km_room_send_next (self);
  km_room_staff_listen (self);
  km_room_people_joined (self);
}

/**
 * km_room_join:
 * @self: a room
 *
 * Asks for what comes after the last event that it has.
 */
void
km_room_join (KmRoom *self)
{
  g_autoptr (KmCommand) command = NULL;

  if (self->state == KM_ROOM_CLOSED)
    return;

  command = km_command_new (KM_COMMAND_ROOM_JOIN);
  command->id = km_id_new ();
  command->room = g_strdup (self->id);
  command->epoch = g_strdup (km_room_feed_get_position (self->feed,
                                                        &command->seq));
  if (km_connection_send (self->connection, command, on_joined, self))
    g_object_ref (self);
}

static void
on_opened (gpointer data)
{
  km_room_join (data);
}

static void
on_lost (gpointer data)
{
  g_autoptr (KmRoom) self = g_object_ref (KM_ROOM (data));

  if (self->joined)
    self->lost_us = g_get_monotonic_time ();
  self->joined = FALSE;
  g_clear_handle_id (&self->join_timer, g_source_remove);
  km_room_send_lost (self);
  km_room_staff_lost (self);
  km_room_likes_clear (self);
  km_room_people_clear (self);

  if (self->state == KM_ROOM_CLOSED)
    return;
  set_error (self, km_connection_get_error (self->connection));
  if (self->state == KM_ROOM_ONLINE)
    set_state (self, KM_ROOM_RECONNECTING);
}

static const KmConnectionRoom callbacks = {
  .opened = on_opened,
  .lost = on_lost,
  .event = on_event,
};

static void
km_room_dispose (GObject *object)
{
  KmRoom *self = KM_ROOM (object);

  if (self->connection != NULL)
    km_room_close (self);
  km_room_send_clear (self);
  if (self->server != NULL)
    g_signal_handlers_disconnect_by_data (self->server, self);
  g_clear_object (&self->connection);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (km_room_parent_class)->dispose (object);
}

static void
km_room_finalize (GObject *object)
{
  KmRoom *self = KM_ROOM (object);

  g_free (self->id);
  g_free (self->account);
  g_clear_error (&self->error);
  g_clear_object (&self->messages);
  g_clear_object (&self->outbox);
  g_clear_object (&self->polls);
  g_clear_object (&self->people);
  g_clear_object (&self->reports);
  g_free (self->staff_epoch);
  g_ptr_array_unref (self->asks);
  km_room_feed_free (self->feed);
  km_room_info_free (self->info);

  G_OBJECT_CLASS (km_room_parent_class)->finalize (object);
}

/* How its polls and streams go. */
static void
install_course_signals (KmRoomClass *klass)
{
  /**
   * KmRoom::poll-opened:
   * @poll: a #KmRoomPoll, in km_room_get_polls() already
   * @fresh: as with ::message; %FALSE for those that one finds on joining
   */
  signals[POLL_OPENED] =
    g_signal_new ("poll-opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 2, KM_TYPE_ROOM_POLL,
                  G_TYPE_BOOLEAN);

  /**
   * KmRoom::poll-closed:
   * @poll: a #KmRoomPoll with its result, no longer in km_room_get_polls()
   * @fresh: as with ::message
   */
  signals[POLL_CLOSED] =
    g_signal_new ("poll-closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 2, KM_TYPE_ROOM_POLL,
                  G_TYPE_BOOLEAN);

  /**
   * KmRoom::stream-started:
   * @stream: the stream's id
   */
  signals[STREAM_STARTED] =
    g_signal_new ("stream-started", G_TYPE_FROM_CLASS (klass),
                  G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  G_TYPE_STRING);

  /**
   * KmRoom::stream-ended:
   * @stream: the stream's id
   * @reason: a #KmStreamEnd
   * @duration_ms: how long it was
   */
  signals[STREAM_ENDED] =
    g_signal_new ("stream-ended", G_TYPE_FROM_CLASS (klass),
                  G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                  G_TYPE_STRING, G_TYPE_UINT, G_TYPE_INT64);
}

static void
km_room_class_init (KmRoomClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = km_room_dispose;
  object_class->finalize = km_room_finalize;
  km_room_install_properties (object_class);

  /**
   * KmRoom::message:
   * @message: a #KmRoomMessage, in the list already
   * @fresh: whether it was said now, or during a pause of the connection so
   *   short that it should still fly; %FALSE for history, and for what was
   *   deleted meanwhile
   *
   * A message got its place in the room's log. Emitted once for each.
   */
  signals[MESSAGE] =
    g_signal_new ("message", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 2, KM_TYPE_ROOM_MESSAGE,
                  G_TYPE_BOOLEAN);

  /**
   * KmRoom::message-deleted:
   * @message: a #KmRoomMessage, in the list still, without its words
   *
   * A message that is shown was deleted.
   */
  signals[MESSAGE_DELETED] =
    g_signal_new ("message-deleted", G_TYPE_FROM_CLASS (klass),
                  G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  KM_TYPE_ROOM_MESSAGE);

  /**
   * KmRoom::gift:
   * @gift: a #KmRoomGift
   * @fresh: as with ::message
   *
   * Somebody gave something; its row is in the list already, or has grown.
   */
  signals[GIFT] =
    g_signal_new ("gift", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 2, KM_TYPE_ROOM_GIFT,
                  G_TYPE_BOOLEAN);

  /**
   * KmRoom::liked:
   * @n: how many hearts rise: one's own at once, others' as they are counted
   */
  signals[LIKED] =
    g_signal_new ("liked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  /**
   * KmRoom::reported:
   * @report: a #KmRoomReport, in km_room_get_reports()
   * @fresh: whether it was reported now; %FALSE for what one finds
   *
   * Somebody has reported a message of the room, whose staff one is of.
   */
  signals[REPORTED] =
    g_signal_new ("reported", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 2, KM_TYPE_ROOM_REPORT,
                  G_TYPE_BOOLEAN);
  install_course_signals (klass);
}

static void
km_room_init (KmRoom *self)
{
  self->info = km_room_info_new ();
  self->info->since_ms = -1;
  self->edge_ms = -1;
  self->feed = km_room_feed_new ();
  self->messages = km_message_list_new ();
  self->polls = g_list_store_new (KM_TYPE_ROOM_POLL);
  km_room_people_init (self);
  km_room_staff_init (self);
  km_room_send_init (self);
  km_room_slow_mode_forget (self);
}

static void
on_account (KmServer   *server,
            GParamSpec *pspec,
            KmRoom     *self)
{
  km_room_send_account (self);
}

/* Thread: main. The room keeps its server alive, not the other way. */
KmRoom *
km_room_new (KmServer   *server,
             KmOutbox   *outbox,
             const char *id)
{
  KmRoom *self = g_object_new (KM_TYPE_ROOM, NULL);

  self->server = g_object_ref (server);
  self->connection = g_object_ref (km_server_get_connection (server));
  self->outbox = g_object_ref (outbox);
  self->id = g_strdup (id);
  g_signal_connect (server, "notify::account-id", G_CALLBACK (on_account),
                    self);
  km_room_send_account (self);
  km_connection_add_room (self->connection, id, &callbacks, self);

  return self;
}

/**
 * km_room_close:
 * @self: a room
 *
 * Leaves it for good. What is unsent stays on disk, until the room is opened
 * again.
 */
void
km_room_close (KmRoom *self)
{
  g_return_if_fail (KM_IS_ROOM (self));

  if (self->state == KM_ROOM_CLOSED)
    return;

  g_clear_handle_id (&self->join_timer, g_source_remove);
  self->joined = FALSE;
  set_state (self, KM_ROOM_CLOSED);
  km_server_forget_room (self->server, self);
  km_connection_remove_room (self->connection, self->id);
  km_room_send_clear (self);
  km_room_staff_lost (self);
  km_room_likes_clear (self);
  km_room_people_clear (self);
}
