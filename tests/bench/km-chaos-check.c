/* km-chaos-check.c: is the data what the clients were told?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looks at the database itself, with a connection of its own, when no server
 * runs.
 */

#include "km-chaos-private.h"

#include <sqlite3.h>

static gint64
ask (sqlite3    *database,
     const char *format,
     ...)
{
  sqlite3_stmt *statement = NULL;
  gint64 answer = 0;
  char *sql;
  va_list values;

  va_start (values, format);
  sql = sqlite3_vmprintf (format, values);
  va_end (values);
  if (sqlite3_prepare_v2 (database, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (database));
  if (sqlite3_step (statement) == SQLITE_ROW)
    answer = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_free (sql);

  return answer;
}

/* How often the data has what @act says. */
static gint64
count_act (sqlite3          *database,
           gint64            account,
           const KmChaosAct *act)
{
  const KmCommand *command = act->command;

  switch (command->kind)
    {
    case KM_COMMAND_CHAT_SEND:
      return ask (database,
                  "SELECT count(*) FROM event WHERE kind = 'chat.message'"
                  " AND account = %lld AND json_extract (body, '$.id') = %Q"
                  " AND json_extract (body, '$.text') = %Q",
                  account, command->id, command->text);
    case KM_COMMAND_GIFT_SEND:
      return ask (database,
                  "SELECT count(*) FROM event JOIN gift ON gift.id = event.gift"
                  " WHERE kind = 'gift.sent' AND gift.account = %lld"
                  " AND gift.gift = %Q AND gift.count = %lld"
                  " AND json_extract (body, '$.id') = %Q",
                  account, command->gift, command->count, command->id);
    default:
      return ask (database,
                  "SELECT count(*) FROM act WHERE account = %lld AND id = %Q",
                  account, command->id);
    }
}

static void
check_act (KmChaos          *chaos,
           sqlite3          *database,
           gint64            account,
           const KmChaosAct *act)
{
  gint64 found = count_act (database, account, act);

  if (act->state == KM_CHAOS_DONE && found == 0)
    chaos->figures->lost++;
  if (found > (act->state == KM_CHAOS_DONE))
    chaos->figures->doubled++;
  if (act->state != KM_CHAOS_DONE || act->seq < 0)
    return;

  if (ask (database,
           "SELECT count(*) FROM act JOIN event USING (room, seq)"
           " WHERE act.account = %lld AND act.id = %Q AND act.seq = %lld"
           " AND event.at = %lld",
           account, act->command->id, act->seq, act->at_ms) != 1)
    chaos->figures->lost++;
}

/* The vote that counts is the last one that was acknowledged. */
static void
check_votes (KmChaos       *chaos,
             sqlite3       *database,
             gint64         account,
             KmChaosClient *client)
{
  g_autoptr (GHashTable) last = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer poll, choices;

  for (guint i = 0; i < client->acts->len; i++)
    {
      KmChaosAct *act = g_ptr_array_index (client->acts, i);

      if (act->command->kind == KM_COMMAND_POLL_VOTE
          && act->state == KM_CHAOS_DONE)
        g_hash_table_insert (last, act->command->poll,
                             GUINT_TO_POINTER (act->command->choices));
    }

  g_hash_table_iter_init (&iter, last);
  while (g_hash_table_iter_next (&iter, &poll, &choices))
    {
      if (ask (database,
               "SELECT options FROM poll_vote WHERE account = %lld"
               " AND poll = %s", account, (const char *) poll)
          != GPOINTER_TO_UINT (choices))
        chaos->figures->lost++;
    }
}

static void
check_client (KmChaos       *chaos,
              sqlite3       *database,
              KmChaosClient *client)
{
  gint64 account = ask (database, "SELECT id FROM account WHERE name = %Q",
                        client->name);
  gint64 paid = 0;
  gint64 charged;

  for (guint i = 0; i < client->acts->len; i++)
    {
      KmChaosAct *act = g_ptr_array_index (client->acts, i);

      check_act (chaos, database, account, act);
      if (act->command->kind == KM_COMMAND_GIFT_SEND
          && act->state == KM_CHAOS_DONE)
        paid += act->value;
    }
  check_votes (chaos, database, account, client);

  charged = ask (database,
                 "SELECT COALESCE (SUM (coins), 0) FROM transfer"
                 " JOIN ledger_account ON ledger_account.id = source"
                 " WHERE kind = 'user' AND owner = %lld", account);
  chaos->figures->unpaid += ABS (charged - paid);
}

/* Each line is a question whose answer is 0 when all is well. */
static const char *const books[] = {
  "SELECT count(*) FROM ledger_account WHERE balance <>"
  " (SELECT COALESCE (SUM (coins), 0) FROM transfer WHERE target = id)"
  " - (SELECT COALESCE (SUM (coins), 0) FROM transfer WHERE source = id)",
  "SELECT COALESCE (SUM (balance), 0) FROM ledger_account",
  "SELECT count(*) FROM ledger_account WHERE balance < 0 AND kind <> 'issue'",
  "SELECT count(*) FROM gift WHERE value <>"
  " (SELECT SUM (coins) FROM transfer WHERE grp = gift.id)",
  "SELECT count(*) FROM transfer_group WHERE kind = 'gift'"
  " AND id NOT IN (SELECT id FROM gift)",
  "SELECT count(*) <> 1 FROM pragma_integrity_check"
  " WHERE integrity_check = 'ok'",
  "SELECT count(*) FROM pragma_foreign_key_check",
  "SELECT count(*) FROM room WHERE seq <>"
  " (SELECT COALESCE (MAX (seq), 0) FROM event WHERE room = room.id)",
  "SELECT count(*) FROM room WHERE seq <>"
  " (SELECT count(*) FROM event WHERE room = room.id)",
};

/* What the server's own audit says of it. */
static gboolean
audit (const char *data)
{
  g_autofree char *program = km_test_server_get_program ();
  const char *argv[] = { program, "admin", "--data-dir", data, "audit", NULL };
  g_autoptr (KmTestProcess) process =
    km_test_process_start (argv, NULL, "/dev/null");

  return km_test_process_wait (process, 60) == 0;
}

/**
 * km_chaos_check:
 * @chaos: clients with all that they were told, and a server that has ended
 *
 * Counts what isn't as it should be.
 */
void
km_chaos_check (KmChaos *chaos)
{
  const char *directory = km_test_server_get_directory (chaos->server);
  g_autofree char *data = g_build_filename (directory, "data", NULL);
  g_autofree char *path = g_build_filename (data, "kaimu.db", NULL);
  sqlite3 *database = NULL;

  if (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READONLY, NULL)
      != SQLITE_OK)
    g_error ("%s: %s", path, sqlite3_errmsg (database));

  for (guint i = 0; i < chaos->n_clients; i++)
    check_client (chaos, database, &chaos->clients[i]);
  for (guint i = 0; i < G_N_ELEMENTS (books); i++)
    {
      gint64 wrong = ask (database, "%s", books[i]);

      if (wrong != 0)
        g_printerr ("%s: %" G_GINT64_FORMAT "\n", books[i], wrong);
      chaos->figures->books += wrong != 0;
    }
  sqlite3_close (database);
  chaos->figures->books += !audit (data);
}
