/* km-server.c: a server as an app sees it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Address, name, whether it answers, who is signed in. "This computer" is a
 * server like any other, whose address comes from the child that serves it
 * and changes with each start. Accounts are in km-server-account.c, rooms in
 * km-server-rooms.c; here are the object and what is common to all calls.
 *
 * Thread: main.
 */

#include "km-server-private.h"

#include "km-client-error.h"
#include "km-connection-private.h"
#include "km-json.h"
#include "km-room-item-private.h"

#include <glib/gi18n-lib.h>

#define LOCAL_KEY "this-computer"
#define RTMP_PORT 1935

G_DEFINE_ENUM_TYPE (KmServerState, km_server_state,
                    G_DEFINE_ENUM_VALUE (KM_SERVER_OFFLINE, "offline"),
                    G_DEFINE_ENUM_VALUE (KM_SERVER_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (KM_SERVER_ONLINE, "online"))
G_DEFINE_FINAL_TYPE (KmServer, km_server, G_TYPE_OBJECT)

enum
{
  PROP_ADDRESS = 1,
  PROP_NAME,
  PROP_STATE,
  PROP_ERROR,
  PROP_PIN,
  PROP_REFUSED_CERTIFICATE,
  PROP_REGISTRATION,
  PROP_SIGNED_IN,
  PROP_ACCOUNT_ID,
  PROP_ACCOUNT_NAME,
  PROP_SHOWN_NAME,
  PROP_ROOMS,
  PROP_ROOMS_LOADED,
  PROP_OWN_ROOM,
  PROP_STREAM_KEY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
notify (KmServer *self,
        guint     property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_state (KmServer      *self,
           KmServerState  state,
           const GError  *error)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->error != NULL || error != NULL)
    {
      g_clear_error (&self->error);
      self->error = error != NULL ? g_error_copy (error) : NULL;
      notify (self, PROP_ERROR);
    }
  if (self->state != state)
    {
      self->state = state;
      notify (self, PROP_STATE);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
is_about_reaching (const GError *error)
{
  return g_error_matches (error, KM_CLIENT_ERROR,
                          KM_CLIENT_ERROR_UNREACHABLE) ||
         g_error_matches (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_NOT_KAIMU) ||
         g_error_matches (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_CERTIFICATE);
}

/* What the end of a call tells about the server. Returns: (transfer full)
 * (nullable): @error, perhaps in better words. */
static GError *
judge (KmServer *self,
       GError   *error)
{
  if (error != NULL)
    error = km_server_explain (self, error);

  if (error == NULL || error->domain == KM_PROTOCOL_ERROR)
    {
      set_state (self, KM_SERVER_ONLINE, NULL);
    }
  else if (is_about_reaching (error))
    {
      if (self->local != NULL)
        km_local_server_look (self->local);
      else
        set_state (self, KM_SERVER_OFFLINE, error);
    }

  if (g_error_matches (error, KM_PROTOCOL_ERROR,
                       KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED))
    km_server_token_refused (self, error);

  return error;
}

/**
 * km_server_finish_call:
 * @self: a server
 * @result: what the callback of km_api_call_async() got
 * @error: where to put what went wrong
 *
 * Every call tells whether the server answers, and whether it still knows
 * the token.
 *
 * Returns: (transfer full) (nullable): the answer
 */
JsonObject *
km_server_finish_call (KmServer      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  GError *local = NULL;
  JsonObject *answer = km_api_call_finish (self->api, result, &local);

  local = judge (self, local);
  if (local != NULL)
    g_propagate_error (error, local);

  return answer;
}

/* The same for km_api_fetch_async(). Returns: (transfer full) (nullable). */
GBytes *
km_server_finish_fetch (KmServer      *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  GError *local = NULL;
  GBytes *bytes = km_api_fetch_finish (self->api, result, &local);

  local = judge (self, local);
  if (local != NULL)
    g_propagate_error (error, local);

  return bytes;
}

void
km_server_take_name (KmServer   *self,
                     const char *name)
{
  if (self->local == NULL && name != NULL && name[0] != '\0' &&
      g_set_str (&self->name, name))
    notify (self, PROP_NAME);
}

void
km_server_set_rooms_loaded (KmServer *self)
{
  if (self->rooms_loaded)
    return;

  self->rooms_loaded = TRUE;
  notify (self, PROP_ROOMS_LOADED);
}

void
km_server_set_own_room (KmServer         *self,
                        const KmRoomInfo *info)
{
  if (info == NULL)
    {
      if (self->own_room == NULL)
        return;
      g_clear_object (&self->own_room);
    }
  else if (self->own_room != NULL)
    {
      km_room_item_update (self->own_room, info);
      return;
    }
  else
    {
      self->own_room = km_room_item_new (info);
    }

  notify (self, PROP_OWN_ROOM);
}

void
km_server_set_stream_key (KmServer   *self,
                          const char *key)
{
  if (g_set_str (&self->stream_key, key))
    notify (self, PROP_STREAM_KEY);
}

/**
 * km_server_set_account:
 * @self: a server
 * @account: (nullable): who is signed in now
 * @token: (nullable): by which token
 * @kind: what kind of token
 *
 * The socket belongs to who opened it: another token, another socket.
 */
void
km_server_set_account (KmServer            *self,
                       const KmAccountInfo *account,
                       const char          *token,
                       KmServerToken        kind)
{
  KmAccountInfo *old = self->account;
  gboolean other_token = g_strcmp0 (km_api_get_token (self->api), token) != 0;
  gboolean other = g_strcmp0 (old != NULL ? old->id : NULL,
                              account != NULL ? account->id : NULL) != 0;

  self->account = account != NULL ? km_account_info_copy (account) : NULL;
  g_clear_pointer (&old, km_account_info_free);
  self->token = kind;
  km_api_set_token (self->api, token);

  g_object_freeze_notify (G_OBJECT (self));
  if (other)
    {
      km_server_set_own_room (self, NULL);
      km_server_set_stream_key (self, NULL);
      notify (self, PROP_ACCOUNT_ID);
      notify (self, PROP_SIGNED_IN);
    }
  notify (self, PROP_ACCOUNT_NAME);
  notify (self, PROP_SHOWN_NAME);
  g_object_thaw_notify (G_OBJECT (self));

  if (other_token)
    km_connection_restart (self->connection);
}

static void
on_local_state (KmLocalServer *local,
                GParamSpec    *pspec,
                KmServer      *self)
{
  g_autofree char *base = NULL;

  switch (km_local_server_get_state (local))
    {
    case KM_LOCAL_SERVER_READY:
      base = g_strconcat ("http://", km_local_server_get_http (local), NULL);
      km_api_set_base (self->api, base);
      notify (self, PROP_ADDRESS);
      km_connection_restart (self->connection);
      km_server_restore (self);
      km_server_poll_now (self);
      break;

    case KM_LOCAL_SERVER_FAILED:
      set_state (self, KM_SERVER_OFFLINE, km_local_server_get_error (local));
      break;

    case KM_LOCAL_SERVER_STOPPED:
    case KM_LOCAL_SERVER_STARTING:
    case KM_LOCAL_SERVER_RESTARTING:
    default:
      set_state (self, KM_SERVER_CONNECTING, NULL);
      break;
    }
}

/* The first sign that another app's server is gone. */
static void
on_connection_state (KmConnection *connection,
                     GParamSpec   *pspec,
                     KmServer     *self)
{
  if (self->local != NULL &&
      km_connection_get_state (connection) == KM_CONNECTION_WAITING)
    km_local_server_look (self->local);
}

static void
on_token_refused (KmConnection *connection,
                  const GError *error,
                  KmServer     *self)
{
  km_server_token_refused (self, error);
}

static void
km_server_get_property (GObject    *object,
                        guint       id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  KmServer *self = KM_SERVER (object);

  switch (id)
    {
    case PROP_ADDRESS:
      g_value_set_string (value, km_server_get_address (self));
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_PIN:
      g_value_set_string (value, km_server_get_pin (self));
      break;
    case PROP_REFUSED_CERTIFICATE:
      g_value_set_string (value, self->refused);
      break;
    case PROP_REGISTRATION:
      g_value_set_boolean (value, self->registration);
      break;
    case PROP_SIGNED_IN:
      g_value_set_boolean (value, self->account != NULL);
      break;
    case PROP_ACCOUNT_ID:
      g_value_set_string (value, km_server_get_account_id (self));
      break;
    case PROP_ACCOUNT_NAME:
      g_value_set_string (value, km_server_get_account_name (self));
      break;
    case PROP_SHOWN_NAME:
      g_value_set_string (value, km_server_get_shown_name (self));
      break;
    case PROP_ROOMS:
      g_value_set_object (value, self->rooms);
      break;
    case PROP_ROOMS_LOADED:
      g_value_set_boolean (value, self->rooms_loaded);
      break;
    case PROP_OWN_ROOM:
      g_value_set_object (value, self->own_room);
      break;
    case PROP_STREAM_KEY:
      g_value_set_string (value, self->stream_key);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
km_server_dispose (GObject *object)
{
  KmServer *self = KM_SERVER (object);

  km_server_poll_stop (self);
  km_api_set_judge (self->api, NULL, NULL);
  if (self->local != NULL)
    g_signal_handlers_disconnect_by_data (self->local, self);
  if (self->connection != NULL)
    km_connection_set_ready (self->connection, FALSE);

  G_OBJECT_CLASS (km_server_parent_class)->dispose (object);
}

static void
km_server_finalize (GObject *object)
{
  KmServer *self = KM_SERVER (object);

  g_clear_object (&self->wallet);
  g_clear_object (&self->connection);
  g_clear_object (&self->api);
  g_clear_object (&self->outbox);
  g_clear_object (&self->secrets);
  g_clear_object (&self->local);
  g_clear_object (&self->own_room);
  g_clear_object (&self->rooms);
  g_clear_pointer (&self->open, g_hash_table_unref);
  g_clear_pointer (&self->profile, km_profile_unref);
  g_clear_pointer (&self->account, km_account_info_free);
  g_clear_error (&self->guest_error);
  g_clear_error (&self->error);
  g_free (self->key);
  g_free (self->name);
  g_free (self->stream_key);
  g_free (self->pin);
  g_free (self->expected);
  g_free (self->refused);

  G_OBJECT_CLASS (km_server_parent_class)->finalize (object);
}

static void
km_server_class_init (KmServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                      G_PARAM_STATIC_STRINGS;

  object_class->get_property = km_server_get_property;
  object_class->dispose = km_server_dispose;
  object_class->finalize = km_server_finalize;

  properties[PROP_ADDRESS] =
    g_param_spec_string ("address", NULL, NULL, NULL, flags);
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, KM_TYPE_SERVER_STATE,
                       KM_SERVER_CONNECTING, flags);
  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_PIN] =
    g_param_spec_string ("pin", NULL, NULL, NULL, flags);
  properties[PROP_REFUSED_CERTIFICATE] =
    g_param_spec_string ("refused-certificate", NULL, NULL, NULL, flags);
  properties[PROP_REGISTRATION] =
    g_param_spec_boolean ("registration", NULL, NULL, FALSE, flags);
  properties[PROP_SIGNED_IN] =
    g_param_spec_boolean ("signed-in", NULL, NULL, FALSE, flags);
  properties[PROP_ACCOUNT_ID] =
    g_param_spec_string ("account-id", NULL, NULL, NULL, flags);
  properties[PROP_ACCOUNT_NAME] =
    g_param_spec_string ("account-name", NULL, NULL, NULL, flags);
  properties[PROP_SHOWN_NAME] =
    g_param_spec_string ("shown-name", NULL, NULL, NULL, flags);
  properties[PROP_ROOMS] =
    g_param_spec_object ("rooms", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_ROOMS_LOADED] =
    g_param_spec_boolean ("rooms-loaded", NULL, NULL, FALSE, flags);
  properties[PROP_OWN_ROOM] =
    g_param_spec_object ("own-room", NULL, NULL, KM_TYPE_ROOM_ITEM, flags);
  properties[PROP_STREAM_KEY] =
    g_param_spec_string ("stream-key", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
km_server_init (KmServer *self)
{
  self->state = KM_SERVER_CONNECTING;
  self->registration = TRUE;
  self->rtmp_port = RTMP_PORT;
  self->retry.rule = KM_CLIENT_RETRY_RULE;
  self->rooms = g_list_store_new (KM_TYPE_ROOM_ITEM);
  self->open = g_hash_table_new (g_str_hash, g_str_equal);
  self->api = km_api_new ();
  self->connection = km_connection_new (self->api);
  g_signal_connect_object (self->connection, "notify::state",
                           G_CALLBACK (on_connection_state), self,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (self->connection, "token-refused",
                           G_CALLBACK (on_token_refused), self,
                           G_CONNECT_DEFAULT);
}

static KmServer *
new_server (KmProfile  *profile,
            KmSecrets  *secrets,
            const char *key)
{
  KmServer *self = g_object_new (KM_TYPE_SERVER, NULL);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256,
                                                        key, -1);
  g_autofree char *file = g_strdup_printf ("%.16s.jsonl", sum);
  g_autofree char *path = g_build_filename (profile->data_dir, "outbox", file,
                                            NULL);

  self->profile = km_profile_ref (profile);
  self->secrets = g_object_ref (secrets);
  self->key = g_strdup (key);
  self->outbox = km_outbox_new (path);

  return self;
}

/**
 * km_server_new:
 * @profile: whose view of the server
 * @secrets: where its token is kept
 * @address: from km_link_parse()
 *
 * Returns: (transfer full): a server somewhere; nothing is asked of it yet
 */
KmServer *
km_server_new (KmProfile  *profile,
               KmSecrets  *secrets,
               const char *address)
{
  KmServer *self = new_server (profile, secrets, address);
  const char *host = strstr (address, "://");

  km_api_set_base (self->api, address);
  self->name = g_strdup (host != NULL ? host + 3 : address);
  km_server_begin_trust (self);
  km_server_restore (self);

  return self;
}

/**
 * km_server_new_local:
 * @profile: whose view of it
 * @secrets: where a token is kept
 * @local: what serves it
 *
 * Returns: (transfer full): the server of "This computer"; it follows the
 *   addresses of @local
 */
KmServer *
km_server_new_local (KmProfile     *profile,
                     KmSecrets     *secrets,
                     KmLocalServer *local)
{
  KmServer *self = new_server (profile, secrets, LOCAL_KEY);

  self->local = g_object_ref (local);
  self->name = g_strdup (_("This computer"));
  g_signal_connect (local, "notify::state", G_CALLBACK (on_local_state), self);
  on_local_state (local, NULL, self);

  return self;
}

static void
on_checked (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmServer *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = km_server_finish_call (self, result, &error);
  gint64 port = RTMP_PORT;
  gint64 rtmps_port = 0;
  gboolean registration;

  if (answer != NULL &&
      g_strcmp0 (km_json_get_string (answer, "software", 64),
                 "kaimu-server") != 0)
    {
      error = g_error_new_literal (KM_CLIENT_ERROR, KM_CLIENT_ERROR_NOT_KAIMU,
                                   _("What answers at this address is not a "
                                      "Kaimu server."));
      set_state (self, KM_SERVER_OFFLINE, error);
    }
  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  self->checked = TRUE;
  km_json_get_integer (answer, "rtmp_port", 1, 65535, &port);
  self->rtmp_port = (guint) port;
  km_json_get_integer (answer, "rtmps_port", 1, 65535, &rtmps_port);
  self->rtmps_port = (guint) rtmps_port;
  self->no_streams = json_object_has_member (answer, "streams") &&
                     !km_json_get_boolean (answer, "streams");
  km_server_take_name (self, km_json_get_string (answer, "name", 256));
  registration = km_json_get_boolean (answer, "registration");
  if (self->registration != registration)
    {
      self->registration = registration;
      notify (self, PROP_REGISTRATION);
    }
  g_task_return_boolean (task, TRUE);
}

/**
 * km_server_check_async:
 * @self: a server
 * @cancellable: (nullable): to give up
 * @callback: called when it answered, or didn't
 * @user_data: for @callback
 *
 * Asks who it is. Updates its name, state and error.
 */
void
km_server_check_async (KmServer            *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_server_check_async);
  km_api_call_async (self->api, "GET", "server", NULL, cancellable, on_checked,
                     task);
}

gboolean
km_server_check_finish (KmServer      *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
