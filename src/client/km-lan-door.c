/* km-lan-door.c: people on this network
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person wants ("wanted", "host", "streams-wanted") and what the server
 * of "This computer" does about it ("state" and the addresses). A server that
 * starts is closed, so it is told again at each start; and when the network
 * changes, since then the address may be another. As long as the address that
 * is open is still there it stays the one: links have been given out for it.
 *
 * One question is on its way at a time; what is wanted meanwhile is asked
 * for behind it. It is asked in the owner's name, whoever is signed in: else
 * the door could stay open behind a switch that says something else.
 *
 * Thread: main.
 */

#include "km-lan-door.h"

#include "km-api.h"
#include "km-json.h"
#include "km-lan-hosts.h"
#include "km-link.h"
#include "km-protocol.h"

#define ADDRESS_BYTES_MAX 64

struct _KmLanDoor
{
  GObject parent_instance;
  KmLocalServer *local;
  KmApi *api;
  GNetworkMonitor *monitor;
  GCancellable *cancellable;

  gboolean wanted;
  gboolean streams_wanted;
  gboolean renewal_wanted; /* of the certificate, once */
  char *host;       /* chosen; empty: the best one */
  gboolean host_is_gone;
  guint port;       /* had last; 0: any */

  char *told;       /* where the server is that was told */
  gboolean asking;
  gboolean again;

  KmLanDoorState state;
  GError *error;
  char *open_host;
  char *address;
  char *streams;
  char *fingerprint;
};

G_DEFINE_ENUM_TYPE (KmLanDoorState, km_lan_door_state,
                    G_DEFINE_ENUM_VALUE (KM_LAN_DOOR_CLOSED, "closed"),
                    G_DEFINE_ENUM_VALUE (KM_LAN_DOOR_OPENING, "opening"),
                    G_DEFINE_ENUM_VALUE (KM_LAN_DOOR_OPEN, "open"),
                    G_DEFINE_ENUM_VALUE (KM_LAN_DOOR_NO_NETWORK,
                                         "no-network"),
                    G_DEFINE_ENUM_VALUE (KM_LAN_DOOR_FAILED, "failed"))
G_DEFINE_FINAL_TYPE (KmLanDoor, km_lan_door, G_TYPE_OBJECT)

enum
{
  PROP_WANTED = 1,
  PROP_STREAMS_WANTED,
  PROP_HOST,
  PROP_PORT,
  PROP_STATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
notify (KmLanDoor *self,
        guint      property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* The only writer of the state; all that goes with it is written before, so
 * the one notification is about all of it. */
static void
set_state (KmLanDoor      *self,
           KmLanDoorState  state,
           const GError   *error)
{
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  self->state = state;
  notify (self, PROP_STATE);
}

static void
forget_address (KmLanDoor *self)
{
  g_clear_pointer (&self->open_host, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->streams, g_free);
}

/* "192.168.1.5" of "192.168.1.5:8443", "fd00::5" of "[fd00::5]:8443". */
static gboolean
split (const char  *address,
       char       **host,
       guint       *port)
{
  const char *colon = strrchr (address, ':');
  guint64 number;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 1,
                                                    G_MAXUINT16, &number,
                                                    NULL))
    return FALSE;

  *port = (guint) number;
  if (address[0] == '[' && colon - address > 2)
    *host = g_strndup (address + 1, (gsize) (colon - address) - 2);
  else
    *host = g_strndup (address, (gsize) (colon - address));

  return TRUE;
}

static void
take_answer (KmLanDoor  *self,
             JsonObject *answer)
{
  const char *address = km_json_get_string (answer, "address",
                                            ADDRESS_BYTES_MAX);
  const char *fingerprint = km_json_get_string (answer, "fingerprint",
                                                ADDRESS_BYTES_MAX);
  guint port = self->port;

  forget_address (self);
  if (address == NULL || fingerprint == NULL ||
      !split (address, &self->open_host, &port))
    {
      set_state (self, KM_LAN_DOOR_CLOSED, NULL);
      return;
    }

  self->address = g_strdup (address);
  self->streams = g_strdup (km_json_get_string (answer, "streams",
                                                ADDRESS_BYTES_MAX));
  g_set_str (&self->fingerprint, fingerprint);
  if (self->port != port)
    {
      self->port = port;
      notify (self, PROP_PORT);
    }
  set_state (self, KM_LAN_DOOR_OPEN, NULL);
}

/* What was chosen may be an address of another network than today's. */
static char *
choose_host (KmLanDoor *self)
{
  g_auto (GStrv) hosts = km_lan_hosts_list ();

  if (self->host != NULL && self->host[0] != '\0' && !self->host_is_gone)
    return g_strdup (self->host);
  if (self->open_host != NULL &&
      g_strv_contains ((const char *const *) hosts, self->open_host))
    return g_strdup (self->open_host);

  return g_strdup (hosts[0]);
}

static char *
write_wish (KmLanDoor  *self,
            const char *host)
{
  g_autoptr (GString) json = g_string_new ("{");

  km_json_append_member (json, "host", host);
  km_json_append_integer (json, "port", self->port);
  km_json_append_boolean (json, "streams", self->streams_wanted);
  g_string_append_c (json, '}');

  return g_string_free_and_steal (g_steal_pointer (&json));
}

static void
take_error (KmLanDoor    *self,
            const GError *error)
{
  forget_address (self);
  if (g_error_matches (error, KM_PROTOCOL_ERROR,
                       KM_PROTOCOL_ERROR_NO_SUCH_ADDRESS) &&
      self->host != NULL && !self->host_is_gone)
    {
      self->host_is_gone = TRUE;
      self->again = TRUE;
      return;
    }

  set_state (self, KM_LAN_DOOR_FAILED, error);
}

/* Whether the server can be told; another than the one that was told before
 * is closed. */
static gboolean
look_at_server (KmLanDoor *self)
{
  g_autofree char *token = NULL;
  g_autofree char *base = NULL;

  if (km_local_server_get_state (self->local) != KM_LOCAL_SERVER_READY)
    {
      forget_address (self);
      g_clear_pointer (&self->told, g_free);
      return FALSE;
    }

  base = g_strconcat ("http://", km_local_server_get_http (self->local), NULL);
  if (g_set_str (&self->told, base))
    {
      token = km_local_server_dup_owner_token (self->local);
      km_api_set_base (self->api, base);
      km_api_set_token (self->api, token);
      forget_address (self);
    }

  return TRUE;
}

/* What to ask for now; FALSE: nothing, the state says why. */
static gboolean
choose_call (KmLanDoor   *self,
             const char **method,
             const char **path,
             char       **body)
{
  g_autofree char *host = NULL;

  if (!look_at_server (self))
    {
      set_state (self, self->wanted ? KM_LAN_DOOR_OPENING
                                    : KM_LAN_DOOR_CLOSED, NULL);
      return FALSE;
    }

  *path = "network";
  if (self->renewal_wanted)
    {
      self->renewal_wanted = FALSE;
      self->again = TRUE;
      *path = "network/certificate";
      *method = "POST";
      return TRUE;
    }
  if (!self->wanted)
    {
      *method = "DELETE";
      if (self->address == NULL)
        set_state (self, KM_LAN_DOOR_CLOSED, NULL);
      return self->address != NULL;
    }

  host = choose_host (self);
  if (host == NULL)
    {
      set_state (self, KM_LAN_DOOR_NO_NETWORK, NULL);
      return FALSE;
    }
  if (self->address != NULL && g_str_equal (host, self->open_host) &&
      self->streams_wanted == (self->streams != NULL))
    return FALSE;

  *method = "PUT";
  *body = write_wish (self, host);

  return TRUE;
}

/* Takes the answer, if there is one, and asks the next question, if there is
 * one. Takes the reference @data. */
static void
step (GObject      *source,
      GAsyncResult *result,
      gpointer      data)
{
  g_autoptr (KmLanDoor) self = data;
  const char *method = NULL, *path = NULL;
  g_autofree char *body = NULL;

  if (result != NULL)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonObject) answer = km_api_call_finish (self->api, result,
                                                          &error);

      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      self->asking = FALSE;
      if (answer != NULL)
        take_answer (self, answer);
      else
        take_error (self, error);
      if (!self->again)
        return;
    }

  self->again = FALSE;
  if (!choose_call (self, &method, &path, &body))
    return;

  self->asking = TRUE;
  if (self->wanted && self->address == NULL)
    set_state (self, KM_LAN_DOOR_OPENING, NULL);
  km_api_call_async (self->api, method, path, body, self->cancellable, step,
                     g_object_ref (self));
}

static void
apply (KmLanDoor *self)
{
  if (self->asking)
    self->again = TRUE;
  else
    step (NULL, NULL, g_object_ref (self));
}

static void
on_network_changed (KmLanDoor *self)
{
  self->host_is_gone = FALSE;
  apply (self);
}

static void
km_lan_door_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  KmLanDoor *self = KM_LAN_DOOR (object);

  switch (id)
    {
    case PROP_WANTED:
      g_value_set_boolean (value, self->wanted);
      break;
    case PROP_STREAMS_WANTED:
      g_value_set_boolean (value, self->streams_wanted);
      break;
    case PROP_HOST:
      g_value_set_string (value, km_lan_door_get_host (self));
      break;
    case PROP_PORT:
      g_value_set_uint (value, self->port);
      break;
    case PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
km_lan_door_set_property (GObject      *object,
                          guint         id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  KmLanDoor *self = KM_LAN_DOOR (object);

  switch (id)
    {
    case PROP_WANTED:
      self->wanted = g_value_get_boolean (value);
      break;
    case PROP_STREAMS_WANTED:
      self->streams_wanted = g_value_get_boolean (value);
      break;
    case PROP_HOST:
      g_set_str (&self->host, g_value_get_string (value));
      self->host_is_gone = FALSE;
      break;
    case PROP_PORT:
      self->port = g_value_get_uint (value);
      return;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }

  if (self->local != NULL)
    apply (self);
}

static void
km_lan_door_dispose (GObject *object)
{
  KmLanDoor *self = KM_LAN_DOOR (object);

  g_cancellable_cancel (self->cancellable);
  if (self->local != NULL)
    g_signal_handlers_disconnect_by_data (self->local, self);
  g_signal_handlers_disconnect_by_data (self->monitor, self);

  G_OBJECT_CLASS (km_lan_door_parent_class)->dispose (object);
}

static void
km_lan_door_finalize (GObject *object)
{
  KmLanDoor *self = KM_LAN_DOOR (object);

  forget_address (self);
  g_clear_object (&self->local);
  g_clear_object (&self->api);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_free (self->host);
  g_free (self->told);
  g_free (self->fingerprint);

  G_OBJECT_CLASS (km_lan_door_parent_class)->finalize (object);
}

static void
km_lan_door_class_init (KmLanDoorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags told = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                     G_PARAM_STATIC_STRINGS;
  GParamFlags wished = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = km_lan_door_get_property;
  object_class->set_property = km_lan_door_set_property;
  object_class->dispose = km_lan_door_dispose;
  object_class->finalize = km_lan_door_finalize;

  /**
   * KmLanDoor:wanted:
   *
   * Whether people on this network may come in.
   */
  properties[PROP_WANTED] =
    g_param_spec_boolean ("wanted", NULL, NULL, FALSE, wished);
  /**
   * KmLanDoor:streams-wanted:
   *
   * Whether streams may come from there, too.
   */
  properties[PROP_STREAMS_WANTED] =
    g_param_spec_boolean ("streams-wanted", NULL, NULL, FALSE, wished);
  /**
   * KmLanDoor:host:
   *
   * At which address of this computer; empty: the best one.
   */
  properties[PROP_HOST] =
    g_param_spec_string ("host", NULL, NULL, "", wished);
  /**
   * KmLanDoor:port:
   *
   * The port that it had last, for the same links the next time; 0: none.
   */
  properties[PROP_PORT] =
    g_param_spec_uint ("port", NULL, NULL, 0, G_MAXUINT16, 0, wished);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, KM_TYPE_LAN_DOOR_STATE,
                       KM_LAN_DOOR_CLOSED, told);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
km_lan_door_init (KmLanDoor *self)
{
  self->api = km_api_new ();
  self->cancellable = g_cancellable_new ();
  self->monitor = g_network_monitor_get_default ();
}

/**
 * km_lan_door_new:
 * @local: the server of "This computer", of the profile that owns it
 *
 * Returns: (transfer full): its door, which nobody wants open yet
 */
KmLanDoor *
km_lan_door_new (KmLocalServer *local)
{
  KmLanDoor *self = g_object_new (KM_TYPE_LAN_DOOR, NULL);

  self->local = g_object_ref (local);
  g_signal_connect_object (local, "notify::state", G_CALLBACK (apply), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->monitor, "network-changed",
                           G_CALLBACK (on_network_changed), self,
                           G_CONNECT_SWAPPED);

  return self;
}

KmLanDoorState
km_lan_door_get_state (KmLanDoor *self)
{
  g_return_val_if_fail (KM_IS_LAN_DOOR (self), KM_LAN_DOOR_CLOSED);

  return self->state;
}

/* Returns: (nullable): "192.168.1.5:8443" while it is open. */
const char *
km_lan_door_get_address (KmLanDoor *self)
{
  g_return_val_if_fail (KM_IS_LAN_DOOR (self), NULL);

  return self->address;
}

/* Returns: (nullable): where streams may come from the network. */
const char *
km_lan_door_get_streams (KmLanDoor *self)
{
  g_return_val_if_fail (KM_IS_LAN_DOOR (self), NULL);

  return self->streams;
}

/* Returns: (nullable): of the certificate that is shown there. */
const char *
km_lan_door_get_fingerprint (KmLanDoor *self)
{
  g_return_val_if_fail (KM_IS_LAN_DOOR (self), NULL);

  return self->fingerprint;
}

/* Returns: (nullable): why it failed, in words to show. */
const GError *
km_lan_door_get_error (KmLanDoor *self)
{
  g_return_val_if_fail (KM_IS_LAN_DOOR (self), NULL);

  return self->error;
}

/* Returns: the address that was chosen; empty: the best one. */
const char *
km_lan_door_get_host (KmLanDoor *self)
{
  g_return_val_if_fail (KM_IS_LAN_DOOR (self), "");

  if (self->host != NULL)
    return self->host;

  return "";
}

/* Returns: (nullable): the address that is open. */
const char *
km_lan_door_get_open_host (KmLanDoor *self)
{
  g_return_val_if_fail (KM_IS_LAN_DOOR (self), NULL);

  return self->open_host;
}

/**
 * km_lan_door_renew:
 * @self: a door
 *
 * Wants another certificate: whoever came through the door is out, knows it by
 * the old one, and is warned.
 */
void
km_lan_door_renew (KmLanDoor *self)
{
  g_return_if_fail (KM_IS_LAN_DOOR (self));

  self->renewal_wanted = TRUE;
  apply (self);
}

/**
 * km_lan_door_dup_link:
 * @self: a door
 * @room: a room's id
 *
 * Returns: (transfer full) (nullable): what opens @room from the network;
 *   %NULL: it isn't open
 */
char *
km_lan_door_dup_link (KmLanDoor  *self,
                      const char *room)
{
  g_autofree char *base = NULL;

  g_return_val_if_fail (KM_IS_LAN_DOOR (self), NULL);

  if (self->address == NULL)
    return NULL;

  base = g_strconcat ("https://", self->address, NULL);

  return km_link_format (base, room, self->fingerprint);
}
