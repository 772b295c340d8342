/* test-lan-door.c: people on this network
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real server of "This computer", opened at another address of this
 * computer's loopback, and a guest who comes in there by the link.
 */

#include "km-broadcast.h"
#include "km-client-error.h"
#include "km-json.h"
#include "km-lan-door.h"
#include "km-link.h"
#include "km-media.h"
#include "km-pin.h"
#include "km-protocol.h"
#include "km-server-list.h"
#include "km-test-process.h"

#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>

#define SECONDS 30
#define OUTSIDE "127.0.0.2"

typedef struct
{
  KmProfile *profile;
  KmLocalServer *local;
  KmServerList *servers;
} App;

typedef struct
{
  char *directory;
  App host;
  App guest;
  KmServer *server; /* the host's */
  KmServer *away;   /* the guest's */
  KmRoom *room;
  KmRoom *seen;
  KmLanDoor *door;
  KmTestProcess *publisher;
  KmBroadcast *broadcast; /* the guest's: test picture and silence */
  KmUplink *uplink;
  KmRoom *guests;   /* the guest's room, as the host sees it */
  guint lost;       /* by the host */
} Fixture;

static void
app_start (App        *app,
           Fixture    *fixture,
           const char *name,
           const char *program)
{
  g_autofree char *data = g_build_filename (fixture->directory, name, NULL);

  app->profile = km_profile_new (NULL, data, data, "Real Name");
  app->local = km_local_server_new (app->profile, program);
  app->servers = km_server_list_new (app->profile, app->local);
}

static void
app_stop (App *app)
{
  g_clear_object (&app->servers);
  km_local_server_stop (app->local);
  g_clear_object (&app->local);
  g_clear_pointer (&app->profile, km_profile_unref);
}

static gboolean
is_ready (gpointer data)
{
  return km_server_get_signed_in (data) &&
         km_server_get_state (data) == KM_SERVER_ONLINE;
}

static gboolean
has_own_room (gpointer data)
{
  return km_server_get_own_room (data) != NULL;
}

static gboolean
is_online (gpointer data)
{
  return km_server_get_state (data) == KM_SERVER_ONLINE;
}

static gboolean
is_live (gpointer data)
{
  return km_room_get_state (data) == KM_ROOM_ONLINE && km_room_get_live (data);
}

static gboolean
is_not_live (gpointer data)
{
  return !km_room_get_live (data) ||
         km_room_get_publisher (data) == KM_ROOM_PUBLISHER_LOST;
}

static gboolean
is_open (gpointer data)
{
  return km_lan_door_get_state (data) == KM_LAN_DOOR_OPEN;
}

static gboolean
is_closed (gpointer data)
{
  return km_lan_door_get_state (data) == KM_LAN_DOOR_CLOSED;
}

static void
on_host_connection (KmConnection *connection,
                    GParamSpec   *pspec,
                    Fixture      *self)
{
  self->lost += km_connection_get_state (connection) != KM_CONNECTION_OPEN;
}

static void
publish (Fixture    *self,
         const char *address)
{
  g_autofree char *log = g_build_filename (self->directory, "ffmpeg", NULL);
  const char *argv[] = {
    "ffmpeg", "-v", "error", "-nostdin", "-re",
    "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=15",
    "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100",
    "-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-bf", "0",
    "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", address, NULL,
  };

  self->publisher = km_test_process_start (argv, NULL, log);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  const char *program = g_getenv ("KAIMU_SERVER");

  self->directory = km_test_directory_new ("lan-door");
  app_start (&self->host, self, "host", program);
  app_start (&self->guest, self, "guest", NULL);
  self->server = g_object_ref (km_server_list_get_local (self->host.servers));
  km_server_watch (self->server);
  km_local_server_start (self->host.local);
  g_assert_true (km_test_wait_until (is_ready, self->server, SECONDS));

  km_server_load_own_room_async (self->server, NULL, NULL, NULL);
  g_assert_true (km_test_wait_until (has_own_room, self->server, SECONDS));
  self->room = km_server_open_room (
    self->server, km_room_item_get_id (km_server_get_own_room (self->server)));
  self->door = km_lan_door_new (self->host.local);
  g_object_set (self->door, "host", OUTSIDE, NULL);
}

static gboolean
is_gone (gpointer data)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/exe",
                                           GPOINTER_TO_INT (data));
  g_autofree char *program = g_file_read_link (path, NULL);

  return program == NULL;
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  int pid = km_local_server_get_pid (self->host.local);

  g_clear_pointer (&self->publisher, km_test_process_stop);
  g_clear_object (&self->broadcast);
  g_clear_object (&self->guests);
  g_clear_object (&self->door);
  g_clear_object (&self->seen);
  g_clear_object (&self->away);
  g_signal_handlers_disconnect_by_data (
    km_server_get_connection (self->server), self);
  g_clear_object (&self->room);
  km_server_unwatch (self->server);
  g_clear_object (&self->server);
  app_stop (&self->guest);
  app_stop (&self->host);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (pid == 0 || km_test_wait_until (is_gone,
                                                 GINT_TO_POINTER (pid),
                                                 SECONDS));
  km_test_directory_remove (self->directory);
  g_free (self->directory);
}

static void
open_door (Fixture *self)
{
  g_object_set (self->door, "wanted", TRUE, NULL);
  g_assert_true (km_test_wait_until (is_open, self->door, SECONDS));
}

static void
close_door (Fixture *self)
{
  g_object_set (self->door, "wanted", FALSE, NULL);
  g_assert_true (km_test_wait_until (is_closed, self->door, SECONDS));
}

/* @fingerprint: (nullable): in the place of the real one. */
static void
follow_link (Fixture    *self,
             const char *fingerprint)
{
  g_autofree char *text = km_lan_door_dup_link (self->door,
                                                km_room_get_id (self->room));
  g_autoptr (GError) error = NULL;
  g_autoptr (KmLink) link = km_link_parse_room (text, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (link->fingerprint, ==,
                   km_lan_door_get_fingerprint (self->door));
  if (fingerprint != NULL)
    g_set_str (&link->fingerprint, fingerprint);
  self->away = km_server_list_dup (self->guest.servers, link);
  km_server_watch (self->away);
  self->seen = km_server_open_room (self->away, link->room);
}

static void
leave (Fixture *self)
{
  g_clear_object (&self->seen);
  km_server_unwatch (self->away);
  g_clear_object (&self->away);
}

static gboolean
on_certificate (SoupMessage          *message,
                GTlsCertificate      *certificate,
                GTlsCertificateFlags  errors,
                const char           *pin)
{
  g_autofree char *fingerprint = km_fingerprint_new (certificate);

  return km_verdict_accepts (km_pin_judge (errors, fingerprint, pin));
}

/* As a player does. Returns: (transfer full) (nullable): the picture. */
static GInputStream *
watch (Fixture      *self,
       SoupSession  *session,
       const char   *pin)
{
  g_autofree char *address = km_server_dup_flv_address (
    self->away, km_room_get_id (self->room));
  g_autoptr (SoupMessage) message = soup_message_new ("GET", address);
  GInputStream *stream;

  g_signal_connect (message, "accept-certificate",
                    G_CALLBACK (on_certificate), (gpointer) pin);
  stream = soup_session_send (session, message, NULL, NULL);
  if (stream != NULL)
    g_assert_cmpuint (soup_message_get_status (message), ==, 200);

  return stream;
}

static void
assert_flv (GInputStream *stream)
{
  char head[3];

  g_assert_true (g_input_stream_read_all (stream, head, sizeof head, NULL,
                                          NULL, NULL));
  g_assert_cmpmem (head, sizeof head, "FLV", 3);
}

/* Until there is no more: the other side is gone. */
static void
assert_ends (GInputStream *stream)
{
  char rest[4096];

  while (g_input_stream_read (stream, rest, sizeof rest, NULL, NULL) > 0)
    ;
}

static gboolean
heard (gpointer data)
{
  Fixture *self = data;
  GListModel *messages = km_room_get_messages (self->room);
  guint n = g_list_model_get_n_items (messages);
  g_autoptr (KmRoomMessage) last = NULL;

  if (n == 0)
    return FALSE;
  last = g_list_model_get_item (messages, n - 1);

  return g_strcmp0 (km_room_message_get_text (last), "from the sofa") == 0;
}

static gboolean
is_not_open (gpointer data)
{
  return km_connection_get_state (data) != KM_CONNECTION_OPEN;
}

static void
assert_nobody_listens (const char *address)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  connection = g_socket_client_connect_to_host (client, address, 1, NULL,
                                                &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static void
test_guest_watches_and_talks (Fixture       *self,
                              gconstpointer  data)
{
  KmConnection *connection = km_server_get_connection (self->server);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (GInputStream) picture = NULL;
  g_autofree char *address = NULL;
  g_autofree char *streams = km_server_dup_publish_address (self->server,
                                                            NULL);

  publish (self, streams);
  g_assert_true (km_test_wait_until (is_live, self->room, SECONDS));
  open_door (self);
  address = g_strdup (km_lan_door_get_address (self->door));
  g_assert_true (g_str_has_prefix (address, OUTSIDE ":"));
  g_assert_null (km_lan_door_get_streams (self->door));

  follow_link (self, NULL);
  km_server_register_async (self->away, "guest", "correct horse battery",
                            NULL, NULL, NULL, NULL);
  g_assert_true (km_test_wait_until (is_ready, self->away, SECONDS));
  g_assert_true (km_test_wait_until (is_live, self->seen, SECONDS));
  km_room_send_chat_async (self->seen, "from the sofa", KM_CHAT_MODE_SCROLL,
                           0xffffff, -1, NULL, NULL, NULL);
  g_assert_true (km_test_wait_until (heard, self, SECONDS));
  picture = watch (self, session, km_server_get_pin (self->away));
  assert_flv (picture);
  g_assert_true (km_server_get_takes_streams (self->server));
  g_assert_false (km_server_get_takes_streams (self->away));

  g_signal_connect (connection, "notify::state",
                    G_CALLBACK (on_host_connection), self);
  close_door (self);
  assert_ends (picture);
  g_assert_true (km_test_wait_until (
    is_not_open, km_server_get_connection (self->away), SECONDS));
  assert_nobody_listens (address);
  g_assert_true (is_live (self->room));
  g_assert_cmpuint (self->lost, ==, 0);
  leave (self);
}

static gboolean
was_refused (gpointer data)
{
  return km_server_get_refused_certificate (data) != NULL;
}

static void
test_wrong_pin (Fixture       *self,
                gconstpointer  data)
{
  g_autofree char *wrong = g_strnfill (KM_FINGERPRINT_LENGTH, '0');
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (GInputStream) picture = NULL;

  open_door (self);
  follow_link (self, wrong);
  g_assert_true (km_test_wait_until (is_not_open,
                                     km_server_get_connection (self->away),
                                     SECONDS));
  g_assert_true (km_test_wait_until (was_refused, self->away, SECONDS));
  g_assert_cmpstr (km_server_get_refused_certificate (self->away), ==,
                   km_lan_door_get_fingerprint (self->door));
  picture = watch (self, session, km_server_get_pin (self->away));
  g_assert_null (picture);
  g_assert_cmpint (km_room_get_state (self->seen), !=, KM_ROOM_ONLINE);
  leave (self);
}

static gboolean
has_streams (gpointer data)
{
  return is_open (data) && km_lan_door_get_streams (data) != NULL;
}

static gboolean
has_no_streams (gpointer data)
{
  return is_open (data) && km_lan_door_get_streams (data) == NULL;
}

static void
test_streams_are_a_second_switch (Fixture       *self,
                                  gconstpointer  data)
{
  g_autofree char *address = NULL;
  g_autofree char *streams = NULL;

  open_door (self);
  g_assert_null (km_lan_door_get_streams (self->door));
  g_object_set (self->door, "streams-wanted", TRUE, NULL);
  g_assert_true (km_test_wait_until (has_streams, self->door, SECONDS));
  streams = g_strdup (km_lan_door_get_streams (self->door));
  address = g_strdup_printf ("rtmps://%s/live/%s", streams,
                             km_server_get_stream_key (self->server));
  publish (self, address);
  g_assert_true (km_test_wait_until (is_live, self->room, SECONDS));

  g_object_set (self->door, "streams-wanted", FALSE, NULL);
  g_assert_true (km_test_wait_until (has_no_streams, self->door, SECONDS));
  g_assert_true (km_test_wait_until (is_not_live, self->room, SECONDS));
  assert_nobody_listens (streams);
}

static gboolean
sends (gpointer data)
{
  return km_uplink_get_state (data) == KM_UPLINK_LIVE;
}

static gboolean
was_given_up (gpointer data)
{
  return km_uplink_get_state (data) == KM_UPLINK_FAILED;
}

static gboolean
found_nobody (gpointer data)
{
  return g_error_matches (km_uplink_get_error (data), KM_BROADCAST_ERROR,
                          KM_BROADCAST_ERROR_UNREACHABLE);
}

static gboolean
takes_streams (gpointer data)
{
  return km_server_get_takes_streams (data);
}

static gboolean
takes_no_streams (gpointer data)
{
  return !km_server_get_takes_streams (data);
}

/* A guest with an account and a room, who may send. */
static void
let_guest_in (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  km_media_init (&error);
  g_assert_no_error (error);
  g_object_set (self->door, "streams-wanted", TRUE, NULL);
  open_door (self);
  follow_link (self, NULL);
  km_server_register_async (self->away, "guest", "correct horse battery",
                            NULL, NULL, NULL, NULL);
  g_assert_true (km_test_wait_until (is_ready, self->away, SECONDS));
  km_server_load_own_room_async (self->away, NULL, NULL, NULL);
  g_assert_true (km_test_wait_until (has_own_room, self->away, SECONDS));
  self->guests = km_server_open_room (
    self->server, km_room_item_get_id (km_server_get_own_room (self->away)));
  self->broadcast = km_broadcast_new (NULL);
  self->uplink = km_broadcast_get_uplink (self->broadcast);
}

static void
send_stream (Fixture    *self,
             const char *pin)
{
  g_autofree char *address = km_server_dup_publish_address (self->away, NULL);
  g_autofree char *streams = g_strdup_printf (
    "rtmps://%s/live/%s", km_lan_door_get_streams (self->door),
    km_server_get_stream_key (self->away));
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (address, ==, streams);
  km_broadcast_set_pin (self->broadcast, pin);
  km_broadcast_go_live (self->broadcast, address, &error);
  g_assert_no_error (error);
}

static void
test_guest_goes_live (Fixture       *self,
                      gconstpointer  data)
{
  let_guest_in (self);
  g_assert_cmpstr (km_server_get_pin (self->away), ==,
                   km_lan_door_get_fingerprint (self->door));
  send_stream (self, km_server_get_pin (self->away));
  g_assert_true (km_test_wait_until (sends, self->uplink, SECONDS));
  g_assert_true (km_test_wait_until (is_live, self->guests, SECONDS));
  g_assert_false (km_room_get_live (self->room));

  /* The host can change their mind. */
  g_object_set (self->door, "streams-wanted", FALSE, NULL);
  g_assert_true (km_test_wait_until (found_nobody, self->uplink, SECONDS));
  g_assert_cmpint (km_uplink_get_state (self->uplink), ==,
                   KM_UPLINK_RECONNECTING);
  g_assert_true (km_test_wait_until (is_not_live, self->guests, SECONDS));
  km_server_check_async (self->away, NULL, NULL, NULL);
  g_assert_true (km_test_wait_until (takes_no_streams, self->away, SECONDS));
  km_broadcast_end (self->broadcast);

  g_object_set (self->door, "streams-wanted", TRUE, NULL);
  g_assert_true (km_test_wait_until (has_streams, self->door, SECONDS));
  km_server_check_async (self->away, NULL, NULL, NULL);
  g_assert_true (km_test_wait_until (takes_streams, self->away, SECONDS));
  send_stream (self, km_server_get_pin (self->away));
  g_assert_true (km_test_wait_until (is_live, self->guests, SECONDS));
  leave (self);
}

static void
assert_untrusted (Fixture *self)
{
  g_assert_true (km_test_wait_until (was_given_up, self->uplink, SECONDS));
  g_assert_error (km_uplink_get_error (self->uplink), KM_BROADCAST_ERROR,
                  KM_BROADCAST_ERROR_UNTRUSTED);
  g_assert_cmpstr (km_uplink_get_refused_certificate (self->uplink), ==,
                   km_lan_door_get_fingerprint (self->door));
  g_assert_false (km_room_get_live (self->guests));
}

/* The stream key is worth as much as a password: it isn't told to somebody
 * with another certificate. */
static void
test_guest_sends_to_no_other (Fixture       *self,
                              gconstpointer  data)
{
  g_autofree char *wrong = g_strnfill (KM_FINGERPRINT_LENGTH, '0');

  let_guest_in (self);
  send_stream (self, wrong);
  assert_untrusted (self);
  km_broadcast_end (self->broadcast);
  send_stream (self, NULL);
  assert_untrusted (self);

  km_server_refuse_certificate (
    self->away, km_uplink_get_refused_certificate (self->uplink));
  g_assert_cmpstr (km_server_get_refused_certificate (self->away), ==,
                   km_lan_door_get_fingerprint (self->door));
  leave (self);
}

static gboolean
has_shut (gpointer data)
{
  return !is_open (data);
}

static void
test_same_link_after_a_restart (Fixture       *self,
                                gconstpointer  data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  int pid = km_local_server_get_pid (self->host.local);

  open_door (self);
  before = km_lan_door_dup_link (self->door, "1");
  kill (pid, SIGKILL);
  g_assert_true (km_test_wait_until (is_gone, GINT_TO_POINTER (pid),
                                     SECONDS));
  g_assert_true (km_test_wait_until (has_shut, self->door, SECONDS));
  g_assert_true (km_test_wait_until (is_open, self->door, SECONDS));
  after = km_lan_door_dup_link (self->door, "1");
  g_assert_cmpstr (before, ==, after);
}

typedef struct
{
  KmLanDoor *door;
  char *fingerprint;
} Renewal;

static gboolean
is_renewed (gpointer data)
{
  Renewal *renewal = data;

  return is_open (renewal->door) &&
         g_strcmp0 (km_lan_door_get_fingerprint (renewal->door),
                    renewal->fingerprint) != 0;
}

static void
test_renewal_is_noticed (Fixture       *self,
                         gconstpointer  data)
{
  Renewal renewal = { self->door, NULL };
  g_autofree char *address = NULL;

  open_door (self);
  follow_link (self, NULL);
  g_assert_true (km_test_wait_until (is_online, self->away, SECONDS));
  renewal.fingerprint = g_strdup (km_lan_door_get_fingerprint (self->door));
  address = g_strdup (km_lan_door_get_address (self->door));

  km_lan_door_renew (self->door);
  g_assert_true (km_test_wait_until (is_renewed, &renewal, SECONDS));
  g_assert_cmpstr (km_lan_door_get_address (self->door), ==, address);
  g_assert_true (km_test_wait_until (was_refused, self->away, SECONDS));
  g_assert_cmpstr (km_server_get_refused_certificate (self->away), ==,
                   km_lan_door_get_fingerprint (self->door));
  g_assert_cmpstr (km_server_get_pin (self->away), ==, renewal.fingerprint);
  g_free (renewal.fingerprint);
  leave (self);
}

static gboolean
has_decided (gpointer data)
{
  return km_lan_door_get_state (data) != KM_LAN_DOOR_CLOSED &&
         km_lan_door_get_state (data) != KM_LAN_DOOR_OPENING;
}

/* It is an address of another network, where the computer was yesterday. */
static void
test_address_that_is_gone (Fixture       *self,
                           gconstpointer  data)
{
  g_object_set (self->door, "host", "203.0.113.77", "wanted", TRUE, NULL);
  g_assert_true (km_test_wait_until (has_decided, self->door, SECONDS));
  if (km_lan_door_get_state (self->door) == KM_LAN_DOOR_OPEN)
    g_assert_cmpstr (km_lan_door_get_open_host (self->door), !=,
                     "203.0.113.77");
  else
    g_assert_cmpint (km_lan_door_get_state (self->door), ==,
                     KM_LAN_DOOR_NO_NETWORK);
}

static guint
ask (const char *base,
     const char *pin,
     const char *token,
     const char *method)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *address = g_strconcat (base, "/api/v1/network", NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, address);
  g_autoptr (GBytes) answer = NULL;

  g_signal_connect (message, "accept-certificate",
                    G_CALLBACK (on_certificate), (gpointer) pin);
  soup_message_headers_append (soup_message_get_request_headers (message),
                               "Authorization", bearer);
  answer = soup_session_send_and_read (session, message, NULL, NULL);
  g_assert_nonnull (answer);

  return soup_message_get_status (message);
}

static gboolean
is_signed_out (gpointer data)
{
  return !km_server_get_signed_in (data);
}

/* The switch goes on being the owner's. */
static void
test_owner_who_signed_out (Fixture       *self,
                           gconstpointer  data)
{
  g_autofree char *address = NULL;

  open_door (self);
  address = g_strdup (km_lan_door_get_address (self->door));
  km_server_sign_out_async (self->server, NULL, NULL, NULL);
  g_assert_true (km_test_wait_until (is_signed_out, self->server, SECONDS));
  g_assert_true (is_open (self->door));
  close_door (self);
  assert_nobody_listens (address);
}

static void
test_owner_alone_and_at_home (Fixture       *self,
                              gconstpointer  data)
{
  g_autofree char *owner = km_local_server_dup_owner_token (self->host.local);
  g_autofree char *outside = NULL;
  const char *home = km_server_get_address (self->server);
  const char *pin;

  open_door (self);
  outside = g_strconcat ("https://", km_lan_door_get_address (self->door),
                         NULL);
  pin = km_lan_door_get_fingerprint (self->door);
  g_assert_cmpuint (ask (home, NULL, owner, "GET"), ==, 200);
  g_assert_cmpuint (ask (home, NULL, "nobody", "GET"), ==, 401);
  g_assert_cmpuint (ask (outside, pin, owner, "GET"), ==, 403);
  g_assert_cmpuint (ask (outside, pin, owner, "DELETE"), ==, 403);
  g_assert_true (is_open (self->door));
}

int
main (int   argc,
      char *argv[])
{
  /* No keyring: a test must not find a real one. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                   \
  g_test_add ("/client/lan-door/" name, Fixture, NULL, set_up, function,      \
              tear_down)
  ADD ("guest-watches-and-talks-until-it-closes",
       test_guest_watches_and_talks);
  ADD ("wrong-pin-is-refused-everywhere", test_wrong_pin);
  ADD ("streams-are-a-second-switch", test_streams_are_a_second_switch);
  ADD ("guest-goes-live-until-it-is-switched-off", test_guest_goes_live);
  ADD ("guest-sends-to-no-other-certificate", test_guest_sends_to_no_other);
  ADD ("same-link-after-a-restart", test_same_link_after_a_restart);
  ADD ("new-certificate-is-noticed", test_renewal_is_noticed);
  ADD ("address-that-is-gone", test_address_that_is_gone);
  ADD ("still-the-owner-when-signed-out", test_owner_who_signed_out);
  ADD ("owner-alone-and-at-home", test_owner_alone_and_at_home);
#undef ADD

  return g_test_run ();
}
