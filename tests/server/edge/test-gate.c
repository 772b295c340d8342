/* test-gate.c: who may publish and who may play
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-gate.h"
#include "km-relay-inbox.h"
#include "km-test-store.h"

#define KEY "0123456789abcdefghjkmnpqrs"
#define OTHER_KEY "1123456789abcdefghjkmnpqrs"

typedef struct
{
  char *directory;
  KmStore *store;
  KmReader *reader;
  KmGate *gate;
  KmRelayInbox *inbox;
} Fixture;

static void
run_sql (Fixture    *self,
         const char *sql)
{
  g_autoptr (GError) error = NULL;

  km_test_store_run (self->store, sql, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  self->directory = km_test_store_directory_new ();
  self->store = km_store_open (self->directory, &error);
  g_assert_no_error (error);
  km_test_store_add_users (self->store, 1);
  run_sql (self, "UPDATE room SET key = '" KEY "'");
  self->reader = km_reader_open (self->store, &error);
  g_assert_no_error (error);
  self->gate = km_gate_new (self->reader);
  self->inbox = km_relay_inbox_new ();
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_gate_free (self->gate);
  km_relay_inbox_unref (self->inbox);
  km_reader_free (self->reader);
  km_store_free (self->store);
  km_test_store_directory_remove (self->directory);
}

/* Asks as the relay does; @room and @code NULL: it isn't given. */
static void
assert_answer (Fixture            *self,
               KmRelayRequestKind  kind,
               const char         *name,
               const char         *room,
               const char         *code)
{
  KmRelayHost host = km_gate_host (self->gate);
  KmRelayRequest *request = km_relay_request_new (self->inbox, 1);
  g_autoptr (KmRelayOrder) order = NULL;

  request->kind = kind;
  request->name = g_strdup (name);
  host.authorise (host.data, request);
  while ((order = km_relay_inbox_take_all (self->inbox)) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (order->request->room, ==, room);
  g_assert_cmpstr (order->request->code, ==, code);
}

static void
test_a_key_opens_its_room (Fixture       *self,
                           gconstpointer  data)
{
  assert_answer (self, KM_RELAY_REQUEST_PUBLISH, KEY, "1", NULL);
  assert_answer (self, KM_RELAY_REQUEST_PUBLISH, OTHER_KEY, NULL, "denied");
  assert_answer (self, KM_RELAY_REQUEST_PUBLISH, "1", NULL, "denied");
}

static void
test_a_room_is_played_by_its_id (Fixture       *self,
                                 gconstpointer  data)
{
  assert_answer (self, KM_RELAY_REQUEST_PLAY, "1", "1", NULL);
  assert_answer (self, KM_RELAY_REQUEST_PLAY, "2", NULL, "no_such_room");
  assert_answer (self, KM_RELAY_REQUEST_PLAY, KEY, NULL, "no_such_room");
}

/* A right key isn't called wrong because the disk fails. */
static void
test_data_that_cannot_be_read_puts_off (Fixture       *self,
                                        gconstpointer  data)
{
  run_sql (self, "ALTER TABLE room RENAME TO away");
  assert_answer (self, KM_RELAY_REQUEST_PUBLISH, KEY, NULL, "busy");
  assert_answer (self, KM_RELAY_REQUEST_PLAY, "1", NULL, "busy");

  run_sql (self, "ALTER TABLE away RENAME TO room");
  assert_answer (self, KM_RELAY_REQUEST_PUBLISH, KEY, "1", NULL);
  assert_answer (self, KM_RELAY_REQUEST_PLAY, "1", "1", NULL);
}

#define ADD(path, function) \
  g_test_add ("/edge/gate/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("a-key-opens-its-room", test_a_key_opens_its_room);
  ADD ("a-room-is-played-by-its-id", test_a_room_is_played_by_its_id);
  ADD ("data-that-cannot-be-read-puts-off",
       test_data_that_cannot_be_read_puts_off);

  return g_test_run ();
}
