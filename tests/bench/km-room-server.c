/* km-room-server.c: a real server with people who have signed up
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Five thousand passwords would be hashed for minutes, so accounts, sessions
 * and rooms are written into the data of a server that has made it and ended;
 * it starts again on them. From then on all is as with anybody: a token opens
 * a ticket, a ticket a socket.
 *
 * Thread: main of the bench.
 */

#include "km-room-server.h"

#include <sodium.h>
#include <sqlite3.h>
#include <string.h>

#include "km-bench-http.h"
#include "km-id.h"

#define TOKEN_BYTES 32
#define MONTH_MS (30 * 24 * 60 * 60 * G_GINT64_CONSTANT (1000))

static void
check (sqlite3 *database,
       int      status)
{
  if (status != SQLITE_OK && status != SQLITE_DONE)
    g_error ("making accounts: %s", sqlite3_errmsg (database));
}

static void
run_sql (sqlite3    *database,
         const char *sql)
{
  check (database, sqlite3_exec (database, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *
prepare (sqlite3    *database,
         const char *sql)
{
  sqlite3_stmt *statement;

  check (database, sqlite3_prepare_v2 (database, sql, -1, &statement, NULL));

  return statement;
}

static void
step (sqlite3      *database,
      sqlite3_stmt *statement)
{
  check (database, sqlite3_step (statement));
  check (database, sqlite3_reset (statement));
}

static void
insert_account (KmRoomServer *self,
                sqlite3      *database,
                sqlite3_stmt *account,
                sqlite3_stmt *session,
                guint         number)
{
  g_autofree char *name = g_strdup_printf ("member-%u", number);
  gint64 now_ms = g_get_real_time () / 1000;
  guint8 token[TOKEN_BYTES];
  guint8 hash[crypto_generichash_BYTES];
  char text[64];

  randombytes_buf (token, sizeof token);
  crypto_generichash (hash, sizeof hash, token, sizeof token, NULL, 0);
  sodium_bin2base64 (text, sizeof text, token, sizeof token,
                     sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  self->tokens[number] = g_strdup (text);

  sqlite3_bind_int64 (account, 1, number + 1);
  sqlite3_bind_text (account, 2, name, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (account, 3, now_ms);
  step (database, account);
  sqlite3_bind_blob (session, 1, hash, sizeof hash, SQLITE_STATIC);
  sqlite3_bind_int64 (session, 2, number + 1);
  sqlite3_bind_int64 (session, 3, now_ms);
  sqlite3_bind_int64 (session, 4, now_ms + MONTH_MS);
  step (database, session);
}

static void
insert_accounts (KmRoomServer *self,
                 sqlite3      *database)
{
  sqlite3_stmt *account = prepare (
    database, "INSERT INTO account (id, name, shown_name, created_at)"
              " VALUES (?1, ?2, ?2, ?3)");
  sqlite3_stmt *session = prepare (
    database, "INSERT INTO session (token_hash, account, created_at, used_at,"
              " expires_at) VALUES (?1, ?2, ?3, ?3, ?4)");

  for (guint i = 0; i < self->n_members; i++)
    insert_account (self, database, account, session, i);
  sqlite3_finalize (account);
  sqlite3_finalize (session);
}

static void
insert_rooms (KmRoomServer *self,
              sqlite3      *database)
{
  sqlite3_stmt *room = prepare (
    database, "INSERT INTO room (id, account, title, category, key, epoch,"
              " created_at) VALUES (?1, ?1, 'a room', 'talk', ?2, ?3, 0)");

  for (guint i = 0; i < self->n_rooms; i++)
    {
      g_autofree char *key = km_id_new ();
      g_autofree char *epoch = km_id_new ();

      sqlite3_bind_int64 (room, 1, i + 1);
      sqlite3_bind_text (room, 2, key, -1, SQLITE_STATIC);
      sqlite3_bind_text (room, 3, epoch, -1, SQLITE_STATIC);
      step (database, room);
    }
  sqlite3_finalize (room);
}

static void
write_data (KmRoomServer *self)
{
  g_autofree char *path = g_build_filename (
    km_test_server_get_directory (self->server), "data", "kaimu.db", NULL);
  sqlite3 *database;

  if (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READWRITE, NULL)
      != SQLITE_OK)
    g_error ("opening %s: %s", path, sqlite3_errmsg (database));

  run_sql (database, "BEGIN");
  insert_accounts (self, database);
  insert_rooms (self, database);
  run_sql (database, "COMMIT");
  sqlite3_close (database);
}

/**
 * km_room_server_new:
 * @n_members: how many people have an account
 * @n_rooms: how many of them a room
 *
 * Returns: (transfer full): a server that runs
 */
KmRoomServer *
km_room_server_new (guint n_members,
                    guint n_rooms)
{
  KmRoomServer *self = g_new0 (KmRoomServer, 1);

  if (sodium_init () < 0)
    g_error ("libsodium doesn't work here");

  self->n_members = n_members;
  self->n_rooms = n_rooms;
  self->tokens = g_new0 (char *, n_members + 1);
  self->server = km_test_server_new (NULL);
  km_test_server_end (self->server);
  write_data (self);
  km_test_server_start (self->server);
  self->port = (guint) g_ascii_strtoull (
    strrchr (km_test_server_get_http (self->server), ':') + 1, NULL, 10);

  return self;
}

void
km_room_server_free (KmRoomServer *self)
{
  if (km_test_server_end (self->server) != 0)
    g_printerr ("the server did not end as it should\n");
  km_test_server_free (self->server);
  g_strfreev (self->tokens);
  g_free (self);
}

GPid
km_room_server_get_pid (KmRoomServer *self)
{
  return km_test_process_get_pid (km_test_server_get_process (self->server));
}

/**
 * km_room_server_get_tickets:
 * @self: a server
 * @first: a member
 * @n: how many
 *
 * Returns: (transfer full): a ticket of each of @n members from @first on
 */
char **
km_room_server_get_tickets (KmRoomServer *self,
                            guint         first,
                            guint         n)
{
  static const char begin[] = "{\"ticket\":\"";
  g_autoptr (KmBenchHttp) http = km_bench_http_new (self->port);
  char **tickets = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *answer = NULL;

      if (http == NULL
          || km_bench_http_call (http, "POST", "/api/v1/socket-tickets",
                                 self->tokens[first + i], NULL, &answer)
               != 200)
        g_error ("no ticket: %s", answer != NULL ? answer : "no answer");
      tickets[i] = g_strdup (answer + strlen (begin));
      *strchr (tickets[i], '"') = '\0';
    }

  return tickets;
}
