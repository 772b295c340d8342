/* km-schema.c: the tables, and how older data becomes newer data
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each migration takes the database from one user_version to the next in a
 * transaction of its own, so that a crash between two of them leaves whole
 * ones behind. A released migration is never edited; the next one follows it.
 *
 * The rules that must hold whatever the code does are here as constraints:
 * one room an account, one place in the log an event, one meaning an act, one
 * open poll a room, one vote a user.
 *
 * Books: a row of `transfer` takes from one account what it gives to another,
 * so that no group of them can fail to sum to zero. Nothing but its insertion
 * moves a balance, only the newest group takes transfers, and neither is ever
 * changed or deleted: what was wrong is put right by a refund. A gift is the
 * same number as the group that paid for it. Only `issue`, where coins come
 * from, may be below zero, and no balance leaves what JSON can carry.
 *
 * Thread: the one that opens the database.
 */

#include "km-schema.h"

#include "km-statement.h"
#include "km-store.h"

static const char version_1[] =
  "CREATE TABLE account ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  name TEXT NOT NULL UNIQUE,"
  "  shown_name TEXT NOT NULL,"
  "  password_hash TEXT,"
  "  created_at INTEGER NOT NULL"
  ") STRICT;"

  "CREATE TABLE session ("
  "  token_hash BLOB PRIMARY KEY,"
  "  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
  "  created_at INTEGER NOT NULL,"
  "  used_at INTEGER NOT NULL,"
  "  expires_at INTEGER NOT NULL"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX session_by_account ON session (account);"
  "CREATE INDEX session_by_expiry ON session (expires_at);"

  "CREATE TABLE room ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  account INTEGER NOT NULL UNIQUE REFERENCES account (id),"
  "  title TEXT NOT NULL,"
  "  category TEXT NOT NULL,"
  "  key TEXT NOT NULL UNIQUE,"
  "  seq INTEGER NOT NULL DEFAULT 0 CHECK (seq >= 0),"
  "  epoch TEXT NOT NULL,"
  "  created_at INTEGER NOT NULL"
  ") STRICT;"

  "CREATE TABLE event ("
  "  room INTEGER NOT NULL REFERENCES room (id),"
  "  seq INTEGER NOT NULL CHECK (seq > 0),"
  "  at INTEGER NOT NULL,"
  "  kind TEXT NOT NULL,"
  "  account INTEGER REFERENCES account (id),"
  "  body TEXT NOT NULL,"
  "  PRIMARY KEY (room, seq)"
  ") STRICT, WITHOUT ROWID;"

  "CREATE TABLE act ("
  "  account INTEGER NOT NULL REFERENCES account (id),"
  "  id TEXT NOT NULL,"
  "  digest BLOB NOT NULL,"
  "  room INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  PRIMARY KEY (account, id),"
  "  FOREIGN KEY (room, seq) REFERENCES event (room, seq)"
  ") STRICT, WITHOUT ROWID;"

  "CREATE TABLE stream ("
  "  id TEXT PRIMARY KEY,"
  "  room INTEGER NOT NULL REFERENCES room (id),"
  "  started_at INTEGER NOT NULL,"
  "  ended_at INTEGER,"
  "  reason TEXT"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX stream_open ON stream (room) WHERE ended_at IS NULL;"

  "CREATE TABLE setting ("
  "  key TEXT PRIMARY KEY,"
  "  value TEXT NOT NULL"
  ") STRICT, WITHOUT ROWID;";

static const char version_2[] =
  /* A vote's act has no place in the log; what was answered is in result. */
  "CREATE TABLE act_2 ("
  "  account INTEGER NOT NULL REFERENCES account (id),"
  "  id TEXT NOT NULL,"
  "  digest BLOB NOT NULL,"
  "  room INTEGER,"
  "  seq INTEGER,"
  "  result TEXT,"
  "  PRIMARY KEY (account, id),"
  "  FOREIGN KEY (room, seq) REFERENCES event (room, seq),"
  "  CHECK ((room IS NULL) = (seq IS NULL))"
  ") STRICT, WITHOUT ROWID;"
  "INSERT INTO act_2 (account, id, digest, room, seq)"
  "  SELECT account, id, digest, room, seq FROM act;"
  "DROP TABLE act;"
  "ALTER TABLE act_2 RENAME TO act;"

  "ALTER TABLE stream ADD COLUMN started_seq INTEGER;"
  "ALTER TABLE stream ADD COLUMN ended_seq INTEGER;"
  "ALTER TABLE stream ADD COLUMN peak INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE stream ADD COLUMN likes INTEGER NOT NULL DEFAULT 0;"
  /* The room's when it began; NULL: of the first version. */
  "ALTER TABLE stream ADD COLUMN title TEXT;"
  "CREATE INDEX stream_by_room ON stream (room, started_at);"

  /* The picture is last, so that reading a price doesn't read over it. */
  "CREATE TABLE gift_kind ("
  "  id TEXT PRIMARY KEY,"
  "  name TEXT NOT NULL,"
  "  price INTEGER NOT NULL CHECK (price BETWEEN 1 AND 1000000),"
  "  tier INTEGER NOT NULL CHECK (tier BETWEEN 1 AND 5),"
  "  art TEXT NOT NULL,"
  "  origin TEXT NOT NULL CHECK (origin IN ('file', 'owner')),"
  "  retired_at INTEGER,"
  "  position INTEGER NOT NULL,"
  "  svg BLOB"
  ") STRICT;"

  "CREATE TABLE ledger_account ("
  "  id INTEGER PRIMARY KEY,"
  "  kind TEXT NOT NULL CHECK"
  "    (kind IN ('issue', 'user', 'host', 'share', 'remainder')),"
  "  owner INTEGER REFERENCES account (id),"
  "  balance INTEGER NOT NULL DEFAULT 0"
  "    CHECK (balance BETWEEN -9007199254740991 AND 9007199254740991),"
  "  CHECK (kind = 'issue' OR balance >= 0),"
  "  CHECK ((owner IS NULL) = (kind IN ('issue', 'share', 'remainder')))"
  ") STRICT;"
  "CREATE UNIQUE INDEX ledger_account_of_owner"
  "  ON ledger_account (owner, kind);"
  "CREATE UNIQUE INDEX ledger_account_of_nobody"
  "  ON ledger_account (kind) WHERE owner IS NULL;"
  "INSERT INTO ledger_account (id, kind)"
  "  VALUES (1, 'issue'), (2, 'share'), (3, 'remainder');"

  "CREATE TABLE transfer_group ("
  "  id INTEGER PRIMARY KEY,"
  "  kind TEXT NOT NULL CHECK (kind = 'gift' OR kind = 'grant'"
  "    OR kind = 'practice' OR kind = 'refund'),"
  "  at INTEGER NOT NULL,"
  "  refunds INTEGER REFERENCES transfer_group (id),"
  "  note TEXT,"
  "  CHECK ((kind = 'refund') = (refunds IS NOT NULL))"
  ") STRICT;"
  "CREATE UNIQUE INDEX transfer_group_refunds"
  "  ON transfer_group (refunds) WHERE refunds IS NOT NULL;"

  /* That its group is there is seen to by the trigger below. */
  "CREATE TABLE transfer ("
  "  grp INTEGER NOT NULL,"
  "  source INTEGER NOT NULL REFERENCES ledger_account (id),"
  "  target INTEGER NOT NULL REFERENCES ledger_account (id),"
  "  coins INTEGER NOT NULL CHECK (coins > 0),"
  "  PRIMARY KEY (grp, source, target),"
  "  CHECK (source <> target)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX transfer_from ON transfer (source, grp, coins);"
  "CREATE INDEX transfer_to ON transfer (target, grp, coins);"

  "CREATE TRIGGER ledger_account_begins_empty"
  "  BEFORE INSERT ON ledger_account WHEN NEW.balance <> 0 BEGIN"
  "  SELECT RAISE (ABORT, 'an account begins empty'); END;"
  "CREATE TRIGGER ledger_account_stays"
  "  BEFORE DELETE ON ledger_account BEGIN"
  "  SELECT RAISE (ABORT, 'an account of the ledger stays'); END;"
  "CREATE TRIGGER transfer_group_is_final"
  "  BEFORE UPDATE ON transfer_group BEGIN"
  "  SELECT RAISE (ABORT, 'a group of transfers is final'); END;"
  "CREATE TRIGGER transfer_group_stays"
  "  BEFORE DELETE ON transfer_group BEGIN"
  "  SELECT RAISE (ABORT, 'a group of transfers is final'); END;"
  "CREATE TRIGGER transfer_moves_balances AFTER INSERT ON transfer BEGIN"
  "  SELECT RAISE (ABORT, 'this group of transfers is closed')"
  "    WHERE NEW.grp IS NOT (SELECT max (id) FROM transfer_group);"
  "  UPDATE ledger_account SET balance = balance - NEW.coins"
  "    WHERE id = NEW.source;"
  "  UPDATE ledger_account SET balance = balance + NEW.coins"
  "    WHERE id = NEW.target; END;"
  "CREATE TRIGGER transfer_is_final BEFORE UPDATE ON transfer BEGIN"
  "  SELECT RAISE (ABORT, 'a transfer is final'); END;"
  "CREATE TRIGGER transfer_stays BEFORE DELETE ON transfer BEGIN"
  "  SELECT RAISE (ABORT, 'a transfer is final'); END;"

  /* The event is written after its gift, which it tells about. */
  "CREATE TABLE gift ("
  "  id INTEGER PRIMARY KEY REFERENCES transfer_group (id),"
  "  room INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  stream TEXT NOT NULL REFERENCES stream (id),"
  "  account INTEGER NOT NULL REFERENCES account (id),"
  "  gift TEXT NOT NULL REFERENCES gift_kind (id),"
  "  price INTEGER NOT NULL CHECK (price > 0),"
  "  count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 9999),"
  "  value INTEGER NOT NULL CHECK (value = price * count),"
  "  combo INTEGER NOT NULL,"
  "  combo_count INTEGER NOT NULL CHECK (combo_count >= count),"
  "  combo_value INTEGER NOT NULL CHECK (combo_value >= value),"
  "  at INTEGER NOT NULL,"
  "  UNIQUE (room, seq),"
  "  FOREIGN KEY (room, seq) REFERENCES event (room, seq)"
  "    DEFERRABLE INITIALLY DEFERRED"
  ") STRICT;"
  "CREATE TRIGGER gift_is_final BEFORE UPDATE ON gift BEGIN"
  "  SELECT RAISE (ABORT, 'a gift is final'); END;"
  "CREATE TRIGGER gift_stays BEFORE DELETE ON gift BEGIN"
  "  SELECT RAISE (ABORT, 'a gift is final'); END;"

  /* coins: NULL is no limit; from next_at on it is next_coins. */
  "CREATE TABLE daily_limit ("
  "  account INTEGER PRIMARY KEY REFERENCES account (id),"
  "  coins INTEGER CHECK (coins >= 0),"
  "  next_coins INTEGER CHECK (next_coins >= 0),"
  "  next_at INTEGER"
  ") STRICT;"

  "CREATE TABLE poll ("
  "  id INTEGER PRIMARY KEY,"
  "  room INTEGER NOT NULL REFERENCES room (id),"
  "  opened_seq INTEGER NOT NULL,"
  "  closed_seq INTEGER,"
  "  opened_at INTEGER NOT NULL,"
  "  closes_at INTEGER,"
  "  closed_at INTEGER,"
  "  question TEXT NOT NULL,"
  "  options TEXT NOT NULL,"
  "  multiple INTEGER NOT NULL CHECK (multiple IN (0, 1)),"
  "  changeable INTEGER NOT NULL CHECK (changeable IN (0, 1)),"
  "  anonymous INTEGER NOT NULL CHECK (anonymous IN (0, 1)),"
  "  reason TEXT,"
  "  UNIQUE (room, opened_seq),"
  "  FOREIGN KEY (room, opened_seq) REFERENCES event (room, seq)"
  "    DEFERRABLE INITIALLY DEFERRED,"
  "  CHECK ((closed_at IS NULL) = (reason IS NULL)),"
  "  CHECK ((closed_at IS NULL) = (closed_seq IS NULL))"
  ") STRICT;"
  "CREATE UNIQUE INDEX poll_open ON poll (room) WHERE closed_at IS NULL;"

  "CREATE TABLE poll_vote ("
  "  poll INTEGER NOT NULL REFERENCES poll (id),"
  "  account INTEGER NOT NULL REFERENCES account (id),"
  "  options INTEGER NOT NULL CHECK (options > 0),"
  "  at INTEGER NOT NULL,"
  "  PRIMARY KEY (poll, account)"
  ") STRICT, WITHOUT ROWID;";

/* What the names of accounts look like; filled by server/account. */
static const char version_3[] =
  "CREATE TABLE look ("
  "  skeleton TEXT NOT NULL,"
  "  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
  "  PRIMARY KEY (skeleton, account)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX look_by_account ON look (account);";

static const char *const migrations_of_this_version[] = {
  version_1,
  version_2,
  version_3,
  NULL,
};

static gboolean
read_version (sqlite3 *database,
              gint64  *version,
              GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok;

  if (sqlite3_prepare_v2 (database, "PRAGMA user_version", -1, &statement,
                          NULL) != SQLITE_OK)
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                   "reading the version of the data: %s",
                   sqlite3_errmsg (database));
      return FALSE;
    }

  ok = km_statement_step (statement, error) == KM_STEP_ROW;
  if (ok)
    *version = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);

  return ok;
}

static gboolean
migrate_one (sqlite3    *database,
             const char *migration,
             guint       version,
             GError    **error)
{
  g_autofree char *script =
    g_strdup_printf ("BEGIN IMMEDIATE; %s; PRAGMA user_version = %u; COMMIT",
                     migration, version);

  if (sqlite3_exec (database, script, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;

  g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
               "bringing the data to version %u: %s", version,
               sqlite3_errmsg (database));
  sqlite3_exec (database, "ROLLBACK", NULL, NULL, NULL);

  return FALSE;
}

/**
 * km_schema_migrations:
 *
 * Returns: (array zero-terminated=1): what this version of the server brings
 *   data to, step by step, from an empty file on
 */
const char *const *
km_schema_migrations (void)
{
  return migrations_of_this_version;
}

/**
 * km_schema_migrate:
 * @database: a connection that may write
 * @migrations: (array zero-terminated=1): the steps; the first makes version 1
 * @error: %KM_STORE_ERROR_NEWER_SCHEMA when the data is of a later version
 *   than @migrations reach: it is left alone
 *
 * Returns: whether the data is now of the last version
 */
gboolean
km_schema_migrate (sqlite3           *database,
                   const char *const *migrations,
                   GError           **error)
{
  guint newest = g_strv_length ((char **) migrations);
  gint64 version;

  if (!read_version (database, &version, error))
    return FALSE;

  if (version > newest || version < 0)
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_NEWER_SCHEMA,
                   "The data was made by a newer Kaimu (version %"
                   G_GINT64_FORMAT ", this one knows %u).", version, newest);
      return FALSE;
    }

  for (guint i = (guint) version; i < newest; i++)
    {
      if (!migrate_one (database, migrations[i], i + 1, error))
        return FALSE;
    }

  return TRUE;
}
