/* km-hub-request.c: what other threads ask of the hub
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each call is a message that the hub handles in its own time, in the order
 * of the calls.
 *
 * Thread: any for the public functions; hub for the rest.
 */

#include "km-hub.h"

#include "km-hub-private.h"

typedef enum
{
  REQUEST_ADOPT,
  REQUEST_DROP_SESSIONS,
  REQUEST_DROP_ACCOUNT,
  REQUEST_RENAME_ACCOUNT,
  REQUEST_WALLET,
  REQUEST_ASK,
  REQUEST_CHAT_PACE,
  REQUEST_SET_PORTER,
  REQUEST_OPEN_DOOR,
  REQUEST_CLOSE_DOORS,
  REQUEST_CLOSE,
  REQUEST_STOP,
} RequestKind;

typedef struct
{
  KmMessage message;
  RequestKind kind;
  KmTransport transport;
  char *account;
  char *name;
  char *shown_name;
  char *session;
  GHashTable *sessions; /* char *: a set */
  GBytes *leftover;
  guint spread_ms;
  KmPaceRule pace;
  KmMessage *question;
  KmQueue *reply_to;
  KmHubDoors *doors;
  KmListener *listener;
  KmDoorKind door;
  guint doors_to_close; /* bits */
} Request;

static void
request_free (Request *self)
{
  g_free (self->account);
  g_free (self->name);
  g_free (self->shown_name);
  g_free (self->session);
  g_clear_pointer (&self->sessions, g_hash_table_unref);
  g_clear_pointer (&self->leftover, g_bytes_unref);
  g_free (self);
}

/* Tells a member that the server goes away, and when to come back. */
void
km_member_send_away (KmHub    *hub,
                     KmMember *member)
{
  g_autofree char *reason = g_strdup_printf (
    "{\"retry_ms\":%d}",
    hub->spread_ms > 0 ? g_random_int_range (0, (gint32) hub->spread_ms) : 0);

  km_member_close (hub, member, KM_CLOSE_GOING_AWAY, reason);
}

static void
adopt (KmHub   *hub,
       Request *request)
{
  const KmIdentity identity = {
    .account = request->account,
    .name = request->name,
    .shown_name = request->shown_name,
    .session = request->session,
  };

  km_member_adopt (hub, km_transport_steal (&request->transport), &identity,
                   request->leftover);
}

/* What is said about somebody holds for each of their sockets. */
static void
tell_members (KmHub   *hub,
              Request *request)
{
  g_autoptr (GPtrArray) members = g_hash_table_get_values_as_ptr_array (
    hub->members);
  gint64 account = g_ascii_strtoll (request->account, NULL, 10);

  for (guint i = 0; i < members->len; i++)
    {
      KmMember *member = g_ptr_array_index (members, i);

      if (member->account != account)
        continue;
      if (request->kind == REQUEST_RENAME_ACCOUNT)
        g_set_str (&member->shown_name, request->shown_name);
      else
        km_member_close (hub, member, KM_CLOSE_SIGNED_OUT, "signed out");
    }
}

static void
rename_host (KmHub   *hub,
             Request *request)
{
  gint64 account = g_ascii_strtoll (request->account, NULL, 10);
  GHashTableIter iter;
  KmHubRoom *room;

  g_hash_table_iter_init (&iter, hub->rooms);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &room))
    {
      km_live_room_rename (room->live, account, request->shown_name);
      room->people_changed = TRUE;
    }
}

static void
set_chat_pace (KmHub   *hub,
               Request *request)
{
  GHashTableIter iter;
  KmHubRoom *room;

  hub->chat_pace = request->pace;
  g_hash_table_iter_init (&iter, hub->rooms);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &room))
    km_live_room_set_chat_pace (room->live, hub->chat_pace);
}

static void
handle_request (KmHub   *hub,
                Request *request)
{
  switch (request->kind)
    {
    case REQUEST_ADOPT:
      adopt (hub, request);
      break;
    case REQUEST_RENAME_ACCOUNT:
      rename_host (hub, request);
      tell_members (hub, request);
      break;
    case REQUEST_DROP_SESSIONS:
      km_hub_end_sessions (hub, request->sessions);
      break;
    case REQUEST_DROP_ACCOUNT:
      tell_members (hub, request);
      break;
    case REQUEST_WALLET:
      km_hub_look_at_books (hub);
      km_hub_tell_limit (hub, g_ascii_strtoll (request->account, NULL, 10));
      break;
    case REQUEST_ASK:
      km_queue_push_all (request->reply_to, request->question);
      break;
    case REQUEST_CHAT_PACE:
      set_chat_pace (hub, request);
      break;
    case REQUEST_SET_PORTER:
      km_hub_doors_take (hub, request->doors);
      break;
    case REQUEST_OPEN_DOOR:
      km_hub_doors_open (hub->doors, request->door, request->listener);
      break;
    case REQUEST_CLOSE_DOORS:
      if (hub->doors != NULL)
        km_hub_doors_close (hub->doors, request->doors_to_close);
      break;
    case REQUEST_CLOSE:
      hub->closing = TRUE;
      hub->spread_ms = request->spread_ms;
      break;
    case REQUEST_STOP:
    default:
      hub->closing = TRUE;
      hub->stopping = TRUE;
      break;
    }

  request_free (request);
}

/* Takes all that wait. */
void
km_hub_handle_requests (KmHub *hub)
{
  KmMessage *message = km_queue_take_all (hub->requests);

  while (message != NULL)
    {
      Request *request = (Request *) message;

      message = message->next;
      handle_request (hub, request);
    }
}

/* Takes what came too late for the thread. */
void
km_hub_discard_requests (KmHub *hub)
{
  KmMessage *message = km_queue_take_all (hub->requests);

  while (message != NULL)
    {
      Request *request = (Request *) message;

      message = message->next;
      if (request->kind == REQUEST_ADOPT)
        km_transport_clear (&request->transport);
      else if (request->kind == REQUEST_ASK)
        km_queue_push_all (request->reply_to, request->question);
      g_clear_pointer (&request->doors, km_hub_doors_free);
      g_clear_pointer (&request->listener, km_listener_free);
      request_free (request);
    }
}

static void
push (KmHub   *self,
      Request *request)
{
  km_queue_push_all (self->requests, &request->message);
}

void
km_hub_request_stop (KmHub *hub)
{
  Request *request = g_new0 (Request, 1);

  request->kind = REQUEST_STOP;
  push (hub, request);
}

/**
 * km_hub_adopt:
 * @self: a hub
 * @transport: (transfer full): a socket that has sent its 101; its descriptor
 *   may be a duplicate
 * @identity: who it speaks for
 * @leftover: (nullable): what was read behind the request
 *
 * Hands a socket over. Thread: any.
 */
void
km_hub_adopt (KmHub            *self,
              KmTransport       transport,
              const KmIdentity *identity,
              GBytes           *leftover)
{
  Request *request = g_new0 (Request, 1);

  request->kind = REQUEST_ADOPT;
  request->transport = transport;
  request->account = g_strdup (identity->account);
  request->name = g_strdup (identity->name);
  request->shown_name = g_strdup (identity->shown_name);
  request->session = g_strdup (identity->session);
  request->leftover = leftover != NULL ? g_bytes_ref (leftover) : NULL;
  push (self, request);
}

/**
 * km_hub_drop_sessions:
 * @self: a hub
 * @sessions: (array zero-terminated=1): sessions of the identities that it was
 *   given, which have ended
 *
 * Closes their sockets (4002). Thread: any.
 */
void
km_hub_drop_sessions (KmHub             *self,
                      const char *const *sessions)
{
  Request *request = g_new0 (Request, 1);

  request->kind = REQUEST_DROP_SESSIONS;
  request->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                             NULL);
  for (guint i = 0; sessions[i] != NULL; i++)
    g_hash_table_add (request->sessions, g_strdup (sessions[i]));
  push (self, request);
}

/**
 * km_hub_drop_account:
 * @self: a hub
 * @account: an account's id
 *
 * Closes all sockets of an account. Thread: any.
 */
void
km_hub_drop_account (KmHub      *self,
                     const char *account)
{
  Request *request = g_new0 (Request, 1);

  request->kind = REQUEST_DROP_ACCOUNT;
  request->account = g_strdup (account);
  push (self, request);
}

/**
 * km_hub_rename_account:
 * @self: a hub
 * @account: an account's id
 * @shown_name: its new shown name, which was committed
 *
 * What the account says from now on is under its new name. Thread: any.
 */
void
km_hub_rename_account (KmHub      *self,
                       const char *account,
                       const char *shown_name)
{
  Request *request = g_new0 (Request, 1);

  request->kind = REQUEST_RENAME_ACCOUNT;
  request->account = g_strdup (account);
  request->shown_name = g_strdup (shown_name);
  push (self, request);
}

/**
 * km_hub_wallet_changed:
 * @self: a hub
 * @account: an account's id
 *
 * Its coins or its daily limit have changed, which was committed: those who
 * listen are told now. Thread: any.
 */
void
km_hub_wallet_changed (KmHub      *self,
                       const char *account)
{
  Request *request = g_new0 (Request, 1);

  request->kind = REQUEST_WALLET;
  request->account = g_strdup (account);
  push (self, request);
}

/**
 * km_hub_ask:
 * @self: a hub
 * @question: (transfer full): comes back as it is
 * @reply_to: where to; must outlive the hub
 *
 * Has the hub's thread hand a message back: it turns. Thread: any.
 */
void
km_hub_ask (KmHub     *self,
            KmMessage *question,
            KmQueue   *reply_to)
{
  Request *request = g_new0 (Request, 1);

  question->next = NULL;
  request->kind = REQUEST_ASK;
  request->question = question;
  request->reply_to = reply_to;
  push (self, request);
}

/**
 * km_hub_close:
 * @self: a hub
 * @spread_ms: over how long the members should come back
 *
 * Tells all members that the server goes away (1001), each with its own time
 * to wait before it tries again. Commands that came before are answered
 * first; later ones are refused as busy. Thread: any.
 */
void
km_hub_close (KmHub *self,
              guint  spread_ms)
{
  Request *request = g_new0 (Request, 1);

  request->kind = REQUEST_CLOSE;
  request->spread_ms = MIN (spread_ms, G_MAXINT32);
  push (self, request);
}

/**
 * km_hub_set_chat_pace:
 * @self: a hub
 * @spacing_us: time between two messages of a member in the long run
 * @burst: how many may come at once
 *
 * How fast members may talk from now on. Thread: any.
 */
void
km_hub_set_chat_pace (KmHub  *self,
                      gint64  spacing_us,
                      guint   burst)
{
  Request *request = g_new0 (Request, 1);

  request->kind = REQUEST_CHAT_PACE;
  request->pace = (KmPaceRule) { spacing_us, burst };
  push (self, request);
}

/**
 * km_hub_set_porter:
 * @self: a hub that has none
 * @porter: what it needs to have doors; copied
 *
 * Thread: any.
 */
void
km_hub_set_porter (KmHub             *self,
                   const KmHubPorter *porter)
{
  Request *request = g_new0 (Request, 1);

  request->kind = REQUEST_SET_PORTER;
  request->doors = km_hub_doors_new (self, porter);
  push (self, request);
}

/**
 * km_hub_open_door:
 * @self: a hub with a porter
 * @kind: what the port is for
 * @listener: (transfer full): the port
 *
 * Connections come in there from now on. Thread: any.
 */
void
km_hub_open_door (KmHub      *self,
                  KmDoorKind  kind,
                  KmListener *listener)
{
  Request *request = g_new0 (Request, 1);

  request->kind = REQUEST_OPEN_DOOR;
  request->door = kind;
  request->listener = listener;
  push (self, request);
}

/**
 * km_hub_close_doors:
 * @self: a hub
 * @kinds: bits `1 << kind` of the doors to close
 *
 * Waits until the hub has done it: nothing is passed on from there any more.
 * Sockets that are open stay. Thread: any but the hub's.
 */
void
km_hub_close_doors (KmHub *self,
                    guint  kinds)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (KmQueue) done = km_queue_new (0);
  KmMessage question;

  request->kind = REQUEST_CLOSE_DOORS;
  request->doors_to_close = kinds;
  push (self, request);
  km_hub_ask (self, &question, done);
  km_queue_wait (done, -1);
  km_queue_take_all (done);
}
