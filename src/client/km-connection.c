/* km-connection.c: the one socket to a server, and coming back to it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Open as long as a room or a publisher needs it. Whatever ends a socket
 * leads to a timer and the next one, with full jitter, or with the delay that
 * a server gave when it shut down. When it ended because the token isn't good
 * any more, whoever has the token is told, and restarts the connection without
 * it. set_state() is the only writer of the state.
 *
 * A reply is asked for with a callback, which is called exactly once: with
 * the reply, or with none when the connection is lost. What to do then is
 * the asker's business: a room joins again, an act keeps its id.
 *
 * What publishers need is in km-connection-publish.c.
 *
 * Thread: main.
 */

#include "km-connection-parts.h"

#include "km-client-error.h"
#include "km-frame.h"
#include "km-id.h"

#define RETRY_MAX_MS 60000

typedef struct
{
  KmConnectionReply callback;
  gpointer data;
} Pending;

typedef struct
{
  const KmConnectionRoom *callbacks;
  gpointer data;
} RoomEntry;

G_DEFINE_ENUM_TYPE (KmConnectionState, km_connection_state,
                    G_DEFINE_ENUM_VALUE (KM_CONNECTION_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (KM_CONNECTION_CONNECTING,
                                         "connecting"),
                    G_DEFINE_ENUM_VALUE (KM_CONNECTION_OPEN, "open"),
                    G_DEFINE_ENUM_VALUE (KM_CONNECTION_WAITING, "waiting"))
G_DEFINE_FINAL_TYPE (KmConnection, km_connection, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_ERROR,
  N_PROPS
};

enum
{
  STREAM_REFUSED,
  TOKEN_REFUSED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_error (KmConnection *self,
           const GError *error)
{
  if (self->error == NULL && error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
set_state (KmConnection      *self,
           KmConnectionState  state)
{
  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static gboolean
is_needed (KmConnection *self)
{
  return self->ready && (g_hash_table_size (self->rooms) > 0 ||
                         g_hash_table_size (self->publishes) > 0);
}

static void
fail_pending (KmConnection *self)
{
  g_autoptr (GHashTable) pending = self->pending;
  GHashTableIter iter;
  Pending *entry;

  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         g_free);
  g_hash_table_iter_init (&iter, pending);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    entry->callback (NULL, entry->data);
}

static void
tell_rooms (KmConnection *self,
            gboolean      opened)
{
  g_autoptr (GPtrArray) ids =
    g_hash_table_get_keys_as_ptr_array (self->rooms);
  g_autoptr (GPtrArray) copies = g_ptr_array_new_with_free_func (g_free);

  /* A room that is told may leave, or another may come. */
  for (guint i = 0; i < ids->len; i++)
    g_ptr_array_add (copies, g_strdup (ids->pdata[i]));
  for (guint i = 0; i < copies->len; i++)
    {
      RoomEntry *entry = g_hash_table_lookup (self->rooms, copies->pdata[i]);

      if (entry != NULL && opened)
        entry->callbacks->opened (entry->data);
      else if (entry != NULL)
        entry->callbacks->lost (entry->data);
    }
}

static void
drop_socket (KmConnection *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->socket, km_socket_free);
}

/* For commands whose answer changes nothing. */
void
km_connection_ignore_reply (const KmReply *reply,
                            gpointer       data)
{
}

static void
on_reply (KmConnection *self,
          KmReply      *reply)
{
  Pending *entry = NULL;
  g_autofree char *id = NULL;

  if (!g_hash_table_steal_extended (self->pending, reply->re,
                                    (gpointer *) &id, (gpointer *) &entry))
    return;

  entry->callback (reply, entry->data);
  g_free (entry);
}

static void
on_event (KmConnection *self,
          KmRoomEvent  *event)
{
  RoomEntry *entry = NULL;

  if (event->kind == KM_ROOM_EVENT_STREAM_REFUSED)
    {
      if (g_hash_table_contains (self->publishes, event->publish))
        g_signal_emit (self, signals[STREAM_REFUSED], 0, event->publish,
                       (guint) event->code, event->message);
      km_room_event_free (event);
      return;
    }

  if (km_room_event_kind_is_inbox (event->kind) && self->inbox != NULL)
    {
      self->inbox (self->inbox_data, event);
      return;
    }

  if (event->room != NULL)
    entry = g_hash_table_lookup (self->rooms, event->room);
  if (entry != NULL)
    entry->callbacks->event (entry->data, event);
  else
    km_room_event_free (event);
}

static void
on_opened (gpointer data)
{
  g_autoptr (KmConnection) self = g_object_ref (KM_CONNECTION (data));

  km_retry_succeed (&self->retry, g_get_monotonic_time ());
  set_error (self, NULL);
  set_state (self, KM_CONNECTION_OPEN);

  km_connection_prepare_all (self);
  tell_rooms (self, TRUE);
}

static void
on_frame (gpointer    data,
          const char *text,
          gsize       length)
{
  g_autoptr (KmConnection) self = g_object_ref (KM_CONNECTION (data));
  g_autoptr (KmReply) reply = NULL;
  KmRoomEvent *event = NULL;

  if (!km_frame_parse (text, length, &event, &reply, NULL))
    g_debug ("a frame of the server isn't understood");
  else if (reply != NULL)
    on_reply (self, reply);
  else
    on_event (self, event);
}

static gboolean
on_timer (gpointer data)
{
  KmConnection *self = data;

  self->timer = 0;
  km_connection_connect (self);

  return G_SOURCE_REMOVE;
}

static gboolean
is_about_token (const GError *error)
{
  return g_error_matches (error, KM_CLIENT_ERROR,
                          KM_CLIENT_ERROR_SIGNED_OUT) ||
         g_error_matches (error, KM_PROTOCOL_ERROR,
                          KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
}

static void
on_ended (gpointer      data,
          const GError *error,
          gint64        retry_ms)
{
  g_autoptr (KmConnection) self = g_object_ref (KM_CONNECTION (data));
  g_autoptr (GError) kept = g_error_copy (error);

  g_debug ("socket: %s", error->message);
  if (retry_ms < 0)
    retry_ms = km_retry_fail (&self->retry, g_get_monotonic_time (),
                              g_random_double ()) / 1000;

  drop_socket (self);
  self->timer = g_timeout_add ((guint) MIN (retry_ms, RETRY_MAX_MS),
                               on_timer, self);
  set_error (self, error);
  set_state (self, KM_CONNECTION_WAITING);
  fail_pending (self);
  km_connection_fail_publishes (self, error);
  tell_rooms (self, FALSE);
  if (is_about_token (kept))
    g_signal_emit (self, signals[TOKEN_REFUSED], 0, kept);
}

static const KmSocketCallbacks socket_callbacks = {
  .opened = on_opened,
  .frame = on_frame,
  .ended = on_ended,
};

/* Starts an attempt, now; whatever was open is closed. */
void
km_connection_connect (KmConnection *self)
{
  drop_socket (self);
  self->socket = km_socket_open (self->api, &socket_callbacks, self);
  set_state (self, KM_CONNECTION_CONNECTING);
}

/* Opens what is needed and closes what isn't. */
void
km_connection_update (KmConnection *self)
{
  g_autoptr (KmConnection) alive = g_object_ref (self);

  if (is_needed (self) && self->state == KM_CONNECTION_IDLE)
    {
      km_retry_reset (&self->retry);
      km_connection_connect (self);
    }
  else if (!is_needed (self) && self->state != KM_CONNECTION_IDLE)
    {
      drop_socket (self);
      set_error (self, NULL);
      set_state (self, KM_CONNECTION_IDLE);
      fail_pending (self);
      tell_rooms (self, FALSE);
    }
}

static void
on_network_changed (GNetworkMonitor *monitor,
                    gboolean         available,
                    KmConnection    *self)
{
  if (available)
    km_connection_retry_now (self);
}

static void
km_connection_get_property (GObject    *object,
                            guint       id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  KmConnection *self = KM_CONNECTION (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
km_connection_dispose (GObject *object)
{
  KmConnection *self = KM_CONNECTION (object);

  drop_socket (self);
  fail_pending (self);
  g_hash_table_remove_all (self->publishes);
  g_hash_table_remove_all (self->rooms);

  G_OBJECT_CLASS (km_connection_parent_class)->dispose (object);
}

static void
km_connection_finalize (GObject *object)
{
  KmConnection *self = KM_CONNECTION (object);

  g_clear_object (&self->api);
  g_clear_error (&self->error);
  g_hash_table_unref (self->pending);
  g_hash_table_unref (self->publishes);
  g_hash_table_unref (self->rooms);

  G_OBJECT_CLASS (km_connection_parent_class)->finalize (object);
}

static void
km_connection_class_init (KmConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                      G_PARAM_STATIC_STRINGS;

  object_class->get_property = km_connection_get_property;
  object_class->dispose = km_connection_dispose;
  object_class->finalize = km_connection_finalize;

  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, KM_TYPE_CONNECTION_STATE,
                       KM_CONNECTION_IDLE, flags);
  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * KmConnection::stream-refused:
   * @publish: an id given to km_connection_prepare_publish_async()
   * @code: a #KmProtocolError: %KM_PROTOCOL_ERROR_DENIED, `TAKEN_OVER` or
   *   `UNSUPPORTED`
   * @message: why, in words to show
   *
   * The server took the stream of that publisher not, or no longer.
   */
  signals[STREAM_REFUSED] =
    g_signal_new ("stream-refused", G_TYPE_FROM_CLASS (klass),
                  G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                  G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING);

  /**
   * KmConnection::token-refused:
   * @error: %KM_CLIENT_ERROR_SIGNED_OUT, or
   *   %KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED
   *
   * The server doesn't take the token any more.
   */
  signals[TOKEN_REFUSED] =
    g_signal_new ("token-refused", G_TYPE_FROM_CLASS (klass),
                  G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  G_TYPE_ERROR);
}

static void
km_connection_init (KmConnection *self)
{
  self->retry.rule = KM_CLIENT_RETRY_RULE;
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         g_free);
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       g_free);
  km_connection_init_publishes (self);
  g_signal_connect_object (g_network_monitor_get_default (),
                           "network-changed",
                           G_CALLBACK (on_network_changed), self,
                           G_CONNECT_DEFAULT);
}

/* Thread: main. Does nothing before km_connection_set_ready(). */
KmConnection *
km_connection_new (KmApi *api)
{
  KmConnection *self = g_object_new (KM_TYPE_CONNECTION, NULL);

  self->api = g_object_ref (api);

  return self;
}

/**
 * km_connection_set_ready:
 * @self: a connection
 * @ready: whether address and account are known, so that it may open
 */
void
km_connection_set_ready (KmConnection *self,
                         gboolean      ready)
{
  self->ready = ready;
  km_connection_update (self);
}

/**
 * km_connection_restart:
 * @self: a connection
 *
 * Address or account changed: what is open belongs to the old one.
 */
void
km_connection_restart (KmConnection *self)
{
  g_autoptr (KmConnection) alive = g_object_ref (self);

  if (self->state == KM_CONNECTION_IDLE)
    return;

  km_retry_reset (&self->retry);
  km_connection_connect (self);
  fail_pending (self);
  tell_rooms (self, FALSE);
}

/**
 * km_connection_add_room:
 * @self: a connection
 * @room: a room's id, not added yet
 * @callbacks: (scope forever): what it wants to be told
 * @data: for @callbacks
 *
 * Calls `opened` at once if the connection is open.
 */
void
km_connection_add_room (KmConnection           *self,
                        const char             *room,
                        const KmConnectionRoom *callbacks,
                        gpointer                data)
{
  RoomEntry *entry = g_new0 (RoomEntry, 1);

  entry->callbacks = callbacks;
  entry->data = data;
  g_hash_table_replace (self->rooms, g_strdup (room), entry);
  if (self->state == KM_CONNECTION_OPEN)
    callbacks->opened (data);
  else
    km_connection_update (self);
}

void
km_connection_remove_room (KmConnection *self,
                           const char   *room)
{
  g_autoptr (KmCommand) command = NULL;

  if (!g_hash_table_remove (self->rooms, room))
    return;

  if (self->state == KM_CONNECTION_OPEN)
    {
      command = km_command_new (KM_COMMAND_ROOM_LEAVE);
      command->id = km_id_new ();
      command->room = g_strdup (room);
      km_connection_send (self, command, km_connection_ignore_reply, NULL);
    }
  km_connection_update (self);
}

/**
 * km_connection_set_inbox:
 * @self: a connection
 * @callback: (nullable): gets what is in the account's inbox
 * @data: for @callback; unset it before @data goes
 */
void
km_connection_set_inbox (KmConnection      *self,
                         KmConnectionInbox  callback,
                         gpointer           data)
{
  self->inbox = callback;
  self->inbox_data = data;
}

/**
 * km_connection_send:
 * @self: a connection
 * @command: what to ask
 * @callback: called once, when there is an answer or none will come
 * @data: for @callback
 *
 * Returns: whether it was sent; if not, @callback isn't called
 */
gboolean
km_connection_send (KmConnection      *self,
                    const KmCommand   *command,
                    KmConnectionReply  callback,
                    gpointer           data)
{
  g_autofree char *text = NULL;
  Pending *entry;

  if (self->state != KM_CONNECTION_OPEN)
    return FALSE;

  text = km_command_encode (command);
  if (!km_socket_send (self->socket, text))
    return FALSE;

  entry = g_new0 (Pending, 1);
  entry->callback = callback;
  entry->data = data;
  g_hash_table_replace (self->pending, g_strdup (command->id), entry);

  return TRUE;
}

static gboolean
is_of (gpointer key,
       gpointer value,
       gpointer data)
{
  return ((Pending *) value)->data == data;
}

/* Who asked is gone: no callback of @data will be called. */
void
km_connection_drop_replies (KmConnection *self,
                            gpointer      data)
{
  g_hash_table_foreach_remove (self->pending, is_of, data);
}

KmConnectionState
km_connection_get_state (KmConnection *self)
{
  g_return_val_if_fail (KM_IS_CONNECTION (self), KM_CONNECTION_IDLE);

  return self->state;
}

/**
 * km_connection_get_error:
 * @self: a connection
 *
 * Returns: (nullable): why it isn't open, in words to show
 */
const GError *
km_connection_get_error (KmConnection *self)
{
  g_return_val_if_fail (KM_IS_CONNECTION (self), NULL);

  return self->error;
}

/**
 * km_connection_retry_now:
 * @self: a connection
 *
 * Doesn't wait any longer for the next attempt.
 */
void
km_connection_retry_now (KmConnection *self)
{
  g_return_if_fail (KM_IS_CONNECTION (self));

  if (self->state != KM_CONNECTION_WAITING)
    return;

  km_retry_reset (&self->retry);
  km_connection_connect (self);
}
