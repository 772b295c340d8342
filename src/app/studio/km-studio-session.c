/* km-studio-session.c: from "Go Live" to "End"
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Going live takes four steps, each of which may fail: the server says whether
 * it takes streams, the account's own room and key are known, the socket knows
 * the id of this publish (so that a refusal can be told in more words than
 * RTMP has), the uplink sends. What the uplink then does by itself (reconnect,
 * give up) becomes one state here. set_state() is its only writer.
 *
 * The server of this computer has a new port each time it starts, and one that
 * is open to its network may have; when it moves while one is live, the uplink
 * is given the new address. When nobody is there any more, the server is asked
 * whether it still takes streams.
 *
 * Thread: main.
 */

#include "km-studio-session.h"

#include <glib/gi18n.h>

#include "km-id.h"
#include "km-protocol.h"

struct _KmStudioSession
{
  GObject parent_instance;

  KmServer *server;
  KmBroadcast *broadcast;
  KmUplink *uplink;
  KmRoom *room;
  GCancellable *cancellable;

  KmStudioState state;
  GError *error;
  char *publish;
  char *address;
  gboolean loading_room;
  gboolean looking; /* whether it still takes streams */

  gint64 live_since_us;
};

G_DEFINE_ENUM_TYPE (KmStudioState, km_studio_state,
                    G_DEFINE_ENUM_VALUE (KM_STUDIO_PREVIEW, "preview"),
                    G_DEFINE_ENUM_VALUE (KM_STUDIO_STARTING, "starting"),
                    G_DEFINE_ENUM_VALUE (KM_STUDIO_LIVE, "live"),
                    G_DEFINE_ENUM_VALUE (KM_STUDIO_RECONNECTING,
                                         "reconnecting"),
                    G_DEFINE_ENUM_VALUE (KM_STUDIO_REFUSED, "refused"))

enum
{
  PROP_STATE = 1,
  PROP_ROOM,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (KmStudioSession, km_studio_session, G_TYPE_OBJECT)

static void
set_state (KmStudioSession *self,
           KmStudioState    state,
           const GError    *error)
{
  g_autoptr (GError) old = g_steal_pointer (&self->error);

  if (error != NULL)
    self->error = g_error_copy (error);
  self->state = state;
  if (state == KM_STUDIO_LIVE && self->live_since_us == 0)
    self->live_since_us = g_get_monotonic_time ();
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
forget_publish (KmStudioSession *self)
{
  if (self->publish != NULL)
    km_connection_forget_publish (km_server_get_connection (self->server),
                                  self->publish);
  g_clear_pointer (&self->publish, g_free);
  g_clear_pointer (&self->address, g_free);
}

/* Gives up what was asked for, and says why. */
static void
refuse (KmStudioSession *self,
        const GError    *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  forget_publish (self);
  set_state (self, KM_STUDIO_REFUSED, error);
}

/* Returns: whether it does; else that is said. */
static gboolean
check_takes_streams (KmStudioSession *self)
{
  g_autoptr (GError) error = NULL;

  if (km_server_get_takes_streams (self->server))
    return TRUE;

  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                               _("Only its owner goes live on this server."));
  refuse (self, error);
  return FALSE;
}

static void
send_stream (KmStudioSession *self)
{
  g_autoptr (GError) error = NULL;

  if (!check_takes_streams (self))
    return;

  g_free (self->address);
  self->address = km_server_dup_publish_address (self->server, self->publish);
  km_broadcast_set_pin (self->broadcast, km_server_get_pin (self->server));
  if (self->address != NULL
      && !km_broadcast_go_live (self->broadcast, self->address, &error))
    refuse (self, error);
}

static void
on_prepared (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (KmStudioSession) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!km_connection_prepare_publish_finish (KM_CONNECTION (source), result,
                                             &error))
    refuse (self, error);
  else if (self->publish != NULL)
    send_stream (self);
}

static void
prepare (KmStudioSession *self)
{
  self->publish = km_id_new ();
  km_connection_prepare_publish_async (km_server_get_connection (self->server),
                                       self->publish, self->cancellable,
                                       on_prepared, g_object_ref (self));
}

static void
open_room (KmStudioSession *self,
           KmRoomItem      *item)
{
  self->room = km_server_open_room (self->server, km_room_item_get_id (item));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM]);
}

static void
on_own_room_loaded (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (KmStudioSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (KmRoomItem) item
    = km_server_load_own_room_finish (KM_SERVER (source), result, &error);

  self->loading_room = FALSE;
  if (item == NULL)
    {
      if (self->state == KM_STUDIO_STARTING)
        refuse (self, error);
      return;
    }

  if (self->room == NULL)
    open_room (self, item);
  if (self->state == KM_STUDIO_STARTING)
    prepare (self);
}

static void
load_own_room (KmStudioSession *self)
{
  if (self->loading_room)
    return;

  self->loading_room = TRUE;
  km_server_load_own_room_async (self->server, self->cancellable,
                                 on_own_room_loaded, g_object_ref (self));
}

/* To where the server has moved. */
static void
follow (KmStudioSession *self)
{
  g_autofree char *address = NULL;

  if (self->address == NULL || !km_studio_session_is_on_air (self))
    return;

  address = km_server_dup_publish_address (self->server, self->publish);
  if (address != NULL && !g_str_equal (address, self->address))
    {
      km_broadcast_end (self->broadcast);
      send_stream (self);
    }
}

static void
on_server_notify (KmStudioSession *self)
{
  if (self->room == NULL && km_server_get_signed_in (self->server)
      && km_server_get_state (self->server) == KM_SERVER_ONLINE)
    load_own_room (self);

  follow (self);
}

static void
on_asked (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KmStudioSession) self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->state != KM_STUDIO_STARTING)
    return;
  if (!km_server_check_finish (KM_SERVER (source), result, &error))
    refuse (self, error);
  else if (check_takes_streams (self))
    load_own_room (self);
}

static void
on_looked (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KmStudioSession) self = user_data;

  self->looking = FALSE;
  if (!km_server_check_finish (KM_SERVER (source), result, NULL)
      || !km_studio_session_is_on_air (self) || self->address == NULL)
    return;

  if (!km_server_get_takes_streams (self->server))
    km_broadcast_end (self->broadcast);
  if (check_takes_streams (self))
    follow (self);
}

/* Nobody is where streams were taken. */
static void
look_again (KmStudioSession *self)
{
  if (self->looking)
    return;

  self->looking = TRUE;
  km_server_check_async (self->server, self->cancellable, on_looked,
                         g_object_ref (self));
}

static void
on_stream_refused (KmStudioSession *self,
                   const char      *publish,
                   KmProtocolError  code,
                   const char      *message)
{
  if (g_strcmp0 (publish, self->publish) == 0)
    km_uplink_refuse (self->uplink, km_protocol_error_to_word (code), message);
}

static void
on_uplink_notify (KmStudioSession *self)
{
  const GError *error = km_uplink_get_error (self->uplink);

  /* Without an address nothing was asked of the uplink, or it was ended. */
  if (self->address == NULL)
    return;

  if (g_error_matches (error, KM_BROADCAST_ERROR,
                       KM_BROADCAST_ERROR_UNREACHABLE))
    look_again (self);
  if (g_error_matches (error, KM_BROADCAST_ERROR,
                       KM_BROADCAST_ERROR_UNTRUSTED))
    km_server_refuse_certificate (
      self->server, km_uplink_get_refused_certificate (self->uplink));

  switch (km_uplink_get_state (self->uplink))
    {
    case KM_UPLINK_CONNECTING:
      if (self->live_since_us != 0)
        set_state (self, KM_STUDIO_RECONNECTING, error);
      else
        set_state (self, KM_STUDIO_STARTING, error);
      break;
    case KM_UPLINK_LIVE:
      set_state (self, KM_STUDIO_LIVE, NULL);
      break;
    case KM_UPLINK_RECONNECTING:
      set_state (self, KM_STUDIO_RECONNECTING, error);
      break;
    case KM_UPLINK_FAILED:
      refuse (self, error);
      break;
    case KM_UPLINK_IDLE:
    default:
      break;
    }
}

static void
km_studio_session_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  KmStudioSession *self = KM_STUDIO_SESSION (object);

  if (property_id == PROP_STATE)
    g_value_set_enum (value, self->state);
  else
    g_value_set_object (value, self->room);
}

static void
km_studio_session_dispose (GObject *object)
{
  KmStudioSession *self = KM_STUDIO_SESSION (object);

  g_cancellable_cancel (self->cancellable);
  if (self->server != NULL)
    {
      forget_publish (self);
      g_signal_handlers_disconnect_by_data (self->server, self);
      g_signal_handlers_disconnect_by_data (
        km_server_get_connection (self->server), self);
      g_signal_handlers_disconnect_by_data (self->uplink, self);
    }
  g_clear_object (&self->room);
  g_clear_object (&self->server);
  g_clear_object (&self->broadcast);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (km_studio_session_parent_class)->dispose (object);
}

static void
km_studio_session_class_init (KmStudioSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                            | G_PARAM_STATIC_STRINGS;

  object_class->dispose = km_studio_session_dispose;
  object_class->get_property = km_studio_session_get_property;

  properties[PROP_STATE]
    = g_param_spec_enum ("state", NULL, NULL, KM_TYPE_STUDIO_STATE,
                         KM_STUDIO_PREVIEW, flags);
  properties[PROP_ROOM]
    = g_param_spec_object ("room", NULL, NULL, KM_TYPE_ROOM, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
km_studio_session_init (KmStudioSession *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * km_studio_session_new:
 * @server: where to go live; the caller watches it
 * @broadcast: what is sent
 *
 * Returns: (transfer full): a session that isn't live
 */
KmStudioSession *
km_studio_session_new (KmServer    *server,
                       KmBroadcast *broadcast)
{
  KmStudioSession *self = g_object_new (KM_TYPE_STUDIO_SESSION, NULL);

  self->server = g_object_ref (server);
  self->broadcast = g_object_ref (broadcast);
  self->uplink = km_broadcast_get_uplink (broadcast);
  g_signal_connect_object (server, "notify", G_CALLBACK (on_server_notify),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (km_server_get_connection (server), "stream-refused",
                           G_CALLBACK (on_stream_refused), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->uplink, "notify",
                           G_CALLBACK (on_uplink_notify), self,
                           G_CONNECT_SWAPPED);
  on_server_notify (self);
  return self;
}

/**
 * km_studio_session_go_live:
 *
 * Starts what ends in %KM_STUDIO_LIVE or %KM_STUDIO_REFUSED.
 */
void
km_studio_session_go_live (KmStudioSession *self)
{
  if (km_studio_session_is_on_air (self))
    return;

  self->live_since_us = 0;
  set_state (self, KM_STUDIO_STARTING, NULL);

  /* All is asked again: the key may have been changed elsewhere, and whether
   * streams are taken is for the owner to switch. */
  km_server_check_async (self->server, self->cancellable, on_asked,
                         g_object_ref (self));
}

static void
on_stream_ended (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  /* The server notices by itself, only later. */
  if (!km_server_end_stream_finish (KM_SERVER (source), result, &error))
    g_info ("Ending the stream: %s", error->message);
}

/**
 * km_studio_session_end:
 *
 * Stops, whatever was going on; the preview goes on.
 */
void
km_studio_session_end (KmStudioSession *self)
{
  if (self->state == KM_STUDIO_PREVIEW)
    return;

  forget_publish (self);
  km_broadcast_end (self->broadcast);
  if (self->state != KM_STUDIO_REFUSED)
    km_server_end_stream_async (self->server, NULL, on_stream_ended, NULL);
  set_state (self, KM_STUDIO_PREVIEW, NULL);
}

/**
 * km_studio_session_get_state:
 *
 * Returns: where it is
 */
KmStudioState
km_studio_session_get_state (KmStudioSession *self)
{
  return self->state;
}

/**
 * km_studio_session_is_on_air:
 *
 * Returns: whether people see it, or will as soon as that works
 */
gboolean
km_studio_session_is_on_air (KmStudioSession *self)
{
  return self->state == KM_STUDIO_STARTING || self->state == KM_STUDIO_LIVE
         || self->state == KM_STUDIO_RECONNECTING;
}

/**
 * km_studio_session_get_error:
 *
 * Returns: (nullable): why it was refused, or what it reconnects from
 */
const GError *
km_studio_session_get_error (KmStudioSession *self)
{
  return self->error;
}

/**
 * km_studio_session_get_room:
 *
 * Returns: (transfer none) (nullable): the account's own room; %NULL until it
 *   is known
 */
KmRoom *
km_studio_session_get_room (KmStudioSession *self)
{
  return self->room;
}

/**
 * km_studio_session_get_duration_ms:
 *
 * Returns: how long it is live; 0 before
 */
gint64
km_studio_session_get_duration_ms (KmStudioSession *self)
{
  return self->live_since_us == 0
           ? 0 : (g_get_monotonic_time () - self->live_since_us) / 1000;
}
