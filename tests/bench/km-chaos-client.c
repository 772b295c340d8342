/* km-chaos-client.c: a client that never gives up an act
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It does what the app does, as fast as it may: an act gets its id once and is
 * sent again, on whatever connection there is, until the server has said what
 * became of it. Now and then it asks again about one that was answered, which
 * must be answered the same. Its log must be without a gap.
 */

#include "km-chaos-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "km-id.h"

#define WAITING_MAX 3
#define PATIENCE_S 20
#define RETRY_US 50000

static void
act_free (gpointer data)
{
  KmChaosAct *self = data;

  km_command_free (self->command);
  g_free (self);
}

void
km_chaos_client_init (KmChaosClient *self,
                      KmChaos       *chaos,
                      guint          number)
{
  self->name = g_strdup_printf ("client%u", number);
  self->token = km_test_server_sign_up (chaos->server, self->name);
  self->acts = g_ptr_array_new_with_free_func (act_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->member.fd = -1;
  self->seq = -1;
}

static void
disconnect (KmChaosClient *self)
{
  if (self->member.fd < 0)
    return;

  km_test_member_clear (&self->member);
  self->member = (KmTestMember) { .fd = -1 };
  self->joined = FALSE;
}

void
km_chaos_client_clear (KmChaosClient *self)
{
  disconnect (self);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->acts);
  g_free (self->name);
  g_free (self->token);
  g_free (self->epoch);
}

static int
open_socket (const char *http)
{
  const struct timeval patience = { .tv_sec = PATIENCE_S };
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons ((guint16) atoi (strrchr (http, ':') + 1)),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("connecting to %s: %s", http, g_strerror (errno));

  return fd;
}

/* Byte by byte, so that the frames behind it stay where they are. */
static void
upgrade (int         fd,
         const char *http,
         const char *ticket)
{
  g_autofree char *request = g_strdup_printf (
    "GET " KM_SOCKET_PATH "?ticket=%s HTTP/1.1\r\nHost: %s\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: " KM_SUBPROTOCOL
    "\r\n\r\n", ticket, http);
  g_autoptr (GString) head = g_string_new (NULL);
  char byte;

  g_assert_cmpint (send (fd, request, strlen (request), MSG_NOSIGNAL), ==,
                   (gssize) strlen (request));
  while (!g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      if (recv (fd, &byte, 1, 0) != 1)
        g_error ("no answer to an upgrade: %s", head->str);
      g_string_append_c (head, byte);
    }
  if (!g_str_has_prefix (head->str, "HTTP/1.1 101 "))
    g_error ("an upgrade was refused: %s", head->str);
}

/**
 * km_chaos_client_connect:
 * @self: a client, connected or not
 * @chaos: what it belongs to
 *
 * Comes back with what it has.
 */
void
km_chaos_client_connect (KmChaosClient *self,
                         KmChaos       *chaos)
{
  const char *http = km_test_server_get_http (chaos->server);
  g_autofree char *ticket =
    km_test_server_get_ticket (chaos->server, self->token);

  disconnect (self);
  self->member = (KmTestMember) {
    .fd = open_socket (http),
    .input = g_byte_array_new (),
  };
  upgrade (self->member.fd, http, ticket);
  km_test_member_join (&self->member, chaos->room, self->epoch, self->seq);
}

static void
send_act (KmChaosClient *self,
          KmChaosAct    *act)
{
  g_autofree char *text = km_command_encode (act->command);

  act->not_before_us = 0;
  km_test_member_send_text (&self->member, text);
}

/**
 * km_chaos_client_ask:
 * @self: a client that has joined
 * @chaos: what it belongs to
 * @command: (transfer full): a new act, without id and room
 */
void
km_chaos_client_ask (KmChaosClient *self,
                     KmChaos       *chaos,
                     KmCommand     *command)
{
  KmChaosAct *act = g_new0 (KmChaosAct, 1);

  command->id = km_id_new_timed (g_get_real_time () / 1000);
  command->room = g_strdup (chaos->room);
  act->command = command;
  g_ptr_array_add (self->acts, act);
  g_hash_table_insert (self->by_id, command->id, act);
  self->waiting++;
  self->voting |= command->kind == KM_COMMAND_POLL_VOTE;
  chaos->figures->acts++;
  send_act (self, act);
}

static KmCommand *
invent (KmChaosClient *self,
        KmChaos       *chaos)
{
  gboolean host = self == chaos->clients;
  int what = g_rand_int_range (chaos->random, 0, 10);
  KmCommand *command;

  if (what < 5 && !host)
    {
      command = km_command_new (KM_COMMAND_GIFT_SEND);
      command->gift = g_strdup (what == 0 ? "castle" : "rose");
      command->count = what == 0 ? 1 : g_rand_int_range (chaos->random, 1, 10);
    }
  else if (what < 8 && !self->voting && chaos->poll != NULL)
    {
      command = km_command_new (KM_COMMAND_POLL_VOTE);
      command->poll = g_strdup (chaos->poll);
      command->choices = 1u << g_rand_int_range (chaos->random, 0, 3);
    }
  else
    {
      command = km_command_new (KM_COMMAND_CHAT_SEND);
      command->text = g_strdup_printf ("%u 大家好", self->acts->len);
    }

  return command;
}

/* Asks again about something that was answered. */
static void
repeat (KmChaosClient *self,
        KmChaos       *chaos)
{
  KmChaosAct *act = g_ptr_array_index (
    self->acts, (guint) g_rand_int_range (chaos->random, 0,
                                          (gint32) self->acts->len));

  if (act->state != KM_CHAOS_DONE)
    return;

  chaos->figures->repeated++;
  send_act (self, act);
}

/**
 * km_chaos_client_act:
 * @self: a client
 * @chaos: what it belongs to
 *
 * Begins acts, unless enough of them wait.
 */
void
km_chaos_client_act (KmChaosClient *self,
                     KmChaos       *chaos)
{
  if (!self->joined)
    return;

  while (self->waiting < WAITING_MAX)
    {
      km_chaos_client_ask (self, chaos, invent (self, chaos));
      if (g_rand_int_range (chaos->random, 0, 10) == 0)
        repeat (self, chaos);
    }
}

/**
 * km_chaos_client_resend:
 * @self: a client
 * @chaos: what it belongs to
 *
 * Sends again what the server wanted to have later.
 */
void
km_chaos_client_resend (KmChaosClient *self,
                        KmChaos       *chaos)
{
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = self->acts->len; self->joined && i > 0; i--)
    {
      KmChaosAct *act = g_ptr_array_index (self->acts, i - 1);

      if (act->state == KM_CHAOS_WAITING && act->not_before_us != 0
          && act->not_before_us <= now_us)
        send_act (self, act);
    }
}

static void
take_join (KmChaosClient *self,
           KmChaos       *chaos,
           const KmReply *reply)
{
  g_assert_no_error (reply->error);
  self->joined = TRUE;
  if (!reply->resumed)
    {
      if (self->epoch != NULL)
        chaos->figures->gaps++;
      self->seq = reply->seq;
      self->missing_to = reply->seq;
    }
  g_set_str (&self->epoch, reply->epoch);

  /* In the order in which they were begun. */
  for (guint i = 0; i < self->acts->len; i++)
    {
      KmChaosAct *act = g_ptr_array_index (self->acts, i);

      if (act->state != KM_CHAOS_WAITING)
        continue;
      chaos->figures->resent++;
      send_act (self, act);
    }
}

static void
settle (KmChaosClient *self,
        KmChaosAct    *act,
        KmChaosState   state)
{
  act->state = state;
  self->waiting--;
  if (act->command->kind == KM_COMMAND_POLL_VOTE)
    self->voting = FALSE;
}

static void
take_answer (KmChaosClient *self,
             KmChaos       *chaos,
             KmChaosAct    *act,
             const KmReply *reply)
{
  act->seq = reply->seq;
  act->at_ms = reply->at_ms;
  act->value = reply->value;
  settle (self, act, KM_CHAOS_DONE);
  chaos->figures->acknowledged++;
  if (act->command->kind == KM_COMMAND_POLL_OPEN)
    g_set_str (&chaos->poll, reply->poll);
}

static void
take_reply (KmChaosClient *self,
            KmChaos       *chaos,
            const KmReply *reply)
{
  KmChaosAct *act = g_hash_table_lookup (self->by_id, reply->re);
  gboolean later =
    g_error_matches (reply->error, KM_PROTOCOL_ERROR,
                     KM_PROTOCOL_ERROR_TOO_FAST)
    || g_error_matches (reply->error, KM_PROTOCOL_ERROR,
                        KM_PROTOCOL_ERROR_BUSY);

  if (act == NULL)
    take_join (self, chaos, reply);
  else if (act->state == KM_CHAOS_WAITING && later)
    act->not_before_us = g_get_monotonic_time () + RETRY_US
                         + km_protocol_error_get_retry_ms (reply->error) * 1000;
  else if (act->state == KM_CHAOS_WAITING && reply->error != NULL)
    {
      settle (self, act, KM_CHAOS_REFUSED);
      chaos->figures->refused++;
    }
  else if (act->state == KM_CHAOS_WAITING)
    take_answer (self, chaos, act, reply);
  else if (act->state == KM_CHAOS_DONE && !later
           && (reply->error != NULL || reply->seq != act->seq
               || reply->at_ms != act->at_ms || reply->value != act->value))
    chaos->figures->changed++;
}

static void
take_event (KmChaosClient     *self,
            KmChaos           *chaos,
            const KmRoomEvent *event)
{
  if (event->seq < 0)
    return;

  /* The history of somebody who is new. */
  if (event->seq <= self->missing_to)
    return;

  chaos->figures->events++;
  if (event->seq != self->seq + 1)
    chaos->figures->gaps++;
  self->seq = MAX (self->seq, event->seq);
}

/**
 * km_chaos_client_read:
 * @self: a client with something to read
 * @chaos: what it belongs to
 *
 * Takes all that is there.
 *
 * Returns: %FALSE when the connection has ended
 */
gboolean
km_chaos_client_read (KmChaosClient *self,
                      KmChaos       *chaos)
{
  do
    {
      g_autoptr (KmRoomEvent) event = NULL;
      g_autoptr (KmReply) reply = NULL;

      if (!km_test_member_read (&self->member, &event, &reply))
        {
          disconnect (self);
          return FALSE;
        }
      if (reply != NULL)
        take_reply (self, chaos, reply);
      if (event != NULL)
        take_event (self, chaos, event);
    }
  while (self->member.input->len > 0);

  return TRUE;
}
