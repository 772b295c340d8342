/* km-schema.c: the tables, and how older data becomes newer data
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each migration takes the database from one user_version to the next in a
 * transaction of its own, so that a crash between two of them leaves whole
 * ones behind. A released migration is never edited; the next one follows it.
 *
 * The rules that must hold whatever the code does are here as constraints:
 * one room an account, one place in the log an event, one meaning an act, one
 * open poll a room, one vote a user, one report of a message a user.
 *
 * Books: a row of `transfer_group` moves coins between four accounts at most:
 *
 *   source           loses `coins`
 *   target           gets `coins` − `share` − `remainder`
 *   the server's two get `share` and `remainder`
 *
 * so that no group can fail to sum to zero; the view `transfer` shows it as
 * the single transfers that it is made of. A refund is its gift with the
 * numbers below zero. Nothing but the insertion of a group moves a balance,
 * and no group is ever changed or deleted: what was wrong is put right by a
 * refund. Only `issue`, where coins come from, may be below zero, and no
 * balance leaves what JSON can carry.
 *
 * Each group has what source and target hold after it, and which group was
 * the one before it in the book of each of the two (0: none); an account has
 * its newest one. A statement follows that chain from the newest backwards,
 * so that no index by account has to be kept: it would cost each gift a page
 * of its own. The row of an account is found by its owner alone, for the same
 * reason: its id is the owner's doubled.
 *
 * A gift and the group that pays for it are one row, behind the event that
 * tells of it: the two name each other. The view `gift` shows gifts alone.
 *
 * A group that doesn't say truly what is there can only be a mistake of the
 * program. It ends the whole transaction, which costs nothing; undoing it
 * alone would cost each group a copy of every page that it changes.
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
  /* Events are kept as they come, and found by an index of their places. Kept
   * by their places, each room had large rows in the midst of the others': an
   * event made SQLite balance up to five pages, and write them. */
  "CREATE TABLE event_2 ("
  "  room INTEGER NOT NULL REFERENCES room (id),"
  "  seq INTEGER NOT NULL CHECK (seq > 0),"
  "  at INTEGER NOT NULL,"
  "  kind TEXT NOT NULL,"
  "  account INTEGER REFERENCES account (id),"
  "  body TEXT NOT NULL,"
  "  PRIMARY KEY (room, seq)"
  ") STRICT;"
  "INSERT INTO event_2 SELECT * FROM event ORDER BY at, room, seq;"

  /* A vote's act has no place in the log; what was answered is in result. Ids
   * begin with the time, so that new ones are neighbours in the key. */
  "CREATE TABLE act_2 ("
  "  account INTEGER NOT NULL REFERENCES account (id),"
  "  id TEXT NOT NULL,"
  "  digest BLOB NOT NULL,"
  "  room INTEGER,"
  "  seq INTEGER,"
  "  result TEXT,"
  "  PRIMARY KEY (id, account),"
  "  FOREIGN KEY (room, seq) REFERENCES event_2 (room, seq),"
  "  CHECK ((room IS NULL) = (seq IS NULL))"
  ") STRICT, WITHOUT ROWID;"
  "INSERT INTO act_2 (account, id, digest, room, seq)"
  "  SELECT account, id, digest, room, seq FROM act;"
  "DROP TABLE act;"
  "DROP TABLE event;"
  "ALTER TABLE event_2 RENAME TO event;"
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
  "  kind TEXT NOT NULL,"
  "  owner INTEGER REFERENCES account (id),"
  "  balance INTEGER NOT NULL DEFAULT 0"
  "    CHECK (balance BETWEEN -9007199254740991 AND 9007199254740991),"
  "  newest INTEGER NOT NULL DEFAULT 0,"
  "  CHECK (balance >= 0 OR id = 1),"
  "  CHECK ((owner IS NULL) = (id < 4)),"
  "  CHECK (CASE kind WHEN 'user' THEN id = 2 * owner + 2"
  "    WHEN 'host' THEN id = 2 * owner + 3 WHEN 'issue' THEN id = 1"
  "    WHEN 'share' THEN id = 2 WHEN 'remainder' THEN id = 3"
  "    ELSE 0 END)"
  ") STRICT;"
  "INSERT INTO ledger_account (id, kind)"
  "  VALUES (1, 'issue'), (2, 'share'), (3, 'remainder');"

  /* What its numbers refer to is seen to by the trigger. */
  "CREATE TABLE transfer_group ("
  "  id INTEGER PRIMARY KEY,"
  "  kind TEXT NOT NULL,"
  "  at INTEGER NOT NULL,"
  "  source INTEGER NOT NULL,"
  "  target INTEGER NOT NULL,"
  "  coins INTEGER NOT NULL,"
  "  share INTEGER NOT NULL DEFAULT 0,"
  "  remainder INTEGER NOT NULL DEFAULT 0,"
  "  source_balance INTEGER NOT NULL,"
  "  source_before INTEGER NOT NULL,"
  "  target_balance INTEGER NOT NULL,"
  "  target_before INTEGER NOT NULL,"
  /* Of a refund: which gift. */
  "  refunds INTEGER,"
  "  note TEXT,"
  /* Of a gift: its event, what it is, and the combo up to it. */
  "  room INTEGER,"
  "  seq INTEGER,"
  "  gift TEXT,"
  "  price INTEGER,"
  "  count INTEGER,"
  "  combo INTEGER,"
  "  combo_count INTEGER,"
  "  combo_value INTEGER,"
  "  CHECK (source <> target AND source <> 2 AND source <> 3 AND target > 3),"
  "  CHECK (id > source_before AND id > target_before),"
  "  CHECK (kind = 'gift' AND source > 3 AND share >= 0 AND remainder >= 0"
  "      AND share + remainder <= coins AND coins > 0"
  "    OR kind = 'refund' AND source > 3 AND share <= 0 AND remainder <= 0"
  "      AND share + remainder >= coins AND coins < 0"
  "    OR (kind = 'grant' OR kind = 'practice') AND source = 1"
  "      AND share = 0 AND remainder = 0 AND coins > 0),"
  "  CHECK ((kind = 'refund') = (refunds IS NOT NULL)),"
  "  CHECK (kind = 'gift' AND room IS NOT NULL AND seq IS NOT NULL"
  "      AND gift IS NOT NULL AND price IS NOT NULL AND count IS NOT NULL"
  "      AND combo IS NOT NULL AND combo_count IS NOT NULL"
  "      AND combo_value IS NOT NULL"
  "    OR kind <> 'gift' AND room IS NULL AND seq IS NULL AND gift IS NULL"
  "      AND price IS NULL AND count IS NULL AND combo IS NULL"
  "      AND combo_count IS NULL AND combo_value IS NULL),"
  "  CHECK (price > 0 AND count > 0 AND count < 10000"
  "    AND coins = price * count AND combo_count >= count"
  "    AND combo_value >= coins)"
  ") STRICT;"
  "CREATE UNIQUE INDEX transfer_group_refunds"
  "  ON transfer_group (refunds) WHERE refunds IS NOT NULL;"
  "CREATE INDEX transfer_group_practice"
  "  ON transfer_group (target) WHERE kind = 'practice';"
  "CREATE VIEW transfer (grp, source, target, coins) AS"
  "  SELECT id, source, target, coins - share - remainder"
  "    FROM transfer_group WHERE coins <> share + remainder"
  "  UNION ALL SELECT id, source, 2, share"
  "    FROM transfer_group WHERE share <> 0"
  "  UNION ALL SELECT id, source, 3, remainder"
  "    FROM transfer_group WHERE remainder <> 0;"
  "CREATE VIEW gift (id, at, room, seq, account, gift, price, count, value,"
  "  combo, combo_count, combo_value) AS"
  "  SELECT id, at, room, seq, source / 2 - 1, gift, price, count, coins,"
  "    combo, combo_count, combo_value"
  "    FROM transfer_group WHERE kind = 'gift';"
  "ALTER TABLE event ADD COLUMN gift INTEGER"
  "  CHECK ((gift IS NOT NULL) = (kind = 'gift.sent'));"

  "CREATE TRIGGER ledger_account_begins_empty"
  "  BEFORE INSERT ON ledger_account"
  "  WHEN NEW.balance <> 0 OR NEW.newest <> 0 BEGIN"
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
  /* Not a row is updated where the group doesn't say what is so. No function is
   * called here: one might fail, and have what came before undone. */
  "CREATE TRIGGER transfer_group_moves_balances"
  "  AFTER INSERT ON transfer_group BEGIN"
  "  UPDATE ledger_account"
  "    SET balance = NEW.source_balance, newest = NEW.id"
  "    WHERE id = NEW.source AND newest = NEW.source_before"
  "    AND balance - NEW.coins = NEW.source_balance;"
  "  UPDATE ledger_account"
  "    SET balance = NEW.target_balance, newest = NEW.id"
  "    WHERE id = NEW.target AND newest = NEW.target_before"
  "    AND balance + NEW.coins - NEW.share - NEW.remainder"
  "      = NEW.target_balance;"
  "  SELECT RAISE (ROLLBACK, 'an account isn''t as its group says')"
  "    WHERE NEW.id IS NOT"
  "      (SELECT newest FROM ledger_account WHERE id = NEW.source)"
  "    OR NEW.id IS NOT"
  "      (SELECT newest FROM ledger_account WHERE id = NEW.target);"
  "  UPDATE ledger_account SET balance = balance + NEW.share"
  "    WHERE id = 2 AND NEW.share <> 0;"
  "  UPDATE ledger_account SET balance = balance + NEW.remainder"
  "    WHERE id = 3 AND NEW.remainder <> 0;"
  "  SELECT RAISE (ROLLBACK, 'no event tells of this gift')"
  "    WHERE NEW.room IS NOT NULL AND NEW.id IS NOT"
  "    (SELECT gift FROM event WHERE room = NEW.room AND seq = NEW.seq);"
  "  SELECT RAISE (ROLLBACK, 'there is no such gift to refund')"
  "    WHERE NEW.refunds IS NOT NULL AND NOT EXISTS"
  "    (SELECT 1 FROM transfer_group WHERE id = NEW.refunds"
  "     AND kind = 'gift'); END;"
  "CREATE TRIGGER gift_kind_stays BEFORE DELETE ON gift_kind BEGIN"
  "  SELECT RAISE (ABORT, 'a kind of gift stays'); END;"

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

static const char version_4[] =
  /* A message whose body is blank; `deleted_seq` tells of it. */
  "CREATE TABLE tombstone ("
  "  room INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  deleted_seq INTEGER NOT NULL,"
  "  PRIMARY KEY (room, seq),"
  "  FOREIGN KEY (room, seq) REFERENCES event (room, seq),"
  "  FOREIGN KEY (room, deleted_seq) REFERENCES event (room, seq),"
  "  CHECK (deleted_seq > seq)"
  ") STRICT, WITHOUT ROWID;"

  /* The books are everybody's inbox: which history they are. */
  "CREATE TABLE inbox ("
  "  id INTEGER PRIMARY KEY CHECK (id = 1),"
  "  epoch TEXT NOT NULL"
  ") STRICT;"
  "INSERT INTO inbox VALUES (1, lower (hex (randomblob (13))));";

static const char version_5[] =
  /* Slow mode; 0: off. */
  "ALTER TABLE room ADD COLUMN slow_s INTEGER NOT NULL DEFAULT 0"
  "  CHECK (slow_s BETWEEN 0 AND 300);"

  /* What the program said where it is; NULL: it said nothing. */
  "ALTER TABLE session ADD COLUMN device TEXT;"

  /* What the staff of a room is told. No entry is changed or deleted, so the
   * next place is that behind the last one. */
  "CREATE TABLE staff_entry ("
  "  room INTEGER NOT NULL REFERENCES room (id),"
  "  seq INTEGER NOT NULL CHECK (seq > 0),"
  "  at INTEGER NOT NULL,"
  "  kind TEXT NOT NULL CHECK (kind IN"
  "    ('report.filed', 'report.settled', 'message.deleted')),"
  "  message INTEGER NOT NULL,"
  "  account INTEGER NOT NULL REFERENCES account (id),"
  "  body TEXT NOT NULL,"
  "  PRIMARY KEY (room, seq),"
  "  FOREIGN KEY (room, message) REFERENCES event (room, seq)"
  ") STRICT;"
  "CREATE TRIGGER staff_entry_is_next BEFORE INSERT ON staff_entry"
  "  WHEN NEW.seq <> 1 + COALESCE ("
  "    (SELECT MAX (seq) FROM staff_entry WHERE room = NEW.room), 0) BEGIN"
  "  SELECT RAISE (ABORT, 'the staff''s log has no gaps'); END;"
  "CREATE TRIGGER staff_entry_is_final BEFORE UPDATE ON staff_entry BEGIN"
  "  SELECT RAISE (ABORT, 'an entry of the staff''s log is final'); END;"
  "CREATE TRIGGER staff_entry_stays BEFORE DELETE ON staff_entry BEGIN"
  "  SELECT RAISE (ABORT, 'an entry of the staff''s log is final'); END;"

  /* One a message and reporter, told of by the entry `filed`; settled: NULL
   * while nobody has answered it. */
  "CREATE TABLE report ("
  "  room INTEGER NOT NULL,"
  "  message INTEGER NOT NULL,"
  "  account INTEGER NOT NULL REFERENCES account (id),"
  "  reason TEXT NOT NULL CHECK (reason IN ('spam', 'harassment', 'hate',"
  "    'sexual', 'violence', 'other')),"
  "  filed INTEGER NOT NULL,"
  "  settled INTEGER,"
  "  PRIMARY KEY (room, message, account),"
  "  UNIQUE (room, filed),"
  "  FOREIGN KEY (room, message) REFERENCES event (room, seq),"
  "  FOREIGN KEY (room, filed) REFERENCES staff_entry (room, seq),"
  "  FOREIGN KEY (room, settled) REFERENCES staff_entry (room, seq),"
  "  CHECK (settled > filed)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX report_open ON report (room, message)"
  "  WHERE settled IS NULL;"
  "CREATE TRIGGER report_of_another BEFORE INSERT ON report"
  "  WHEN NEW.settled IS NOT NULL OR NEW.account IS"
  "    (SELECT account FROM event"
  "     WHERE room = NEW.room AND seq = NEW.message) BEGIN"
  "  SELECT RAISE (ABORT, 'a report is of another''s message'); END;"
  "CREATE TRIGGER report_is_settled_once BEFORE UPDATE ON report"
  "  WHEN OLD.settled IS NOT NULL OR NEW.settled IS NULL"
  "    OR (OLD.room, OLD.message, OLD.account, OLD.reason, OLD.filed)"
  "      <> (NEW.room, NEW.message, NEW.account, NEW.reason, NEW.filed) BEGIN"
  "  SELECT RAISE (ABORT, 'a report is settled once'); END;"
  "CREATE TRIGGER report_stays BEFORE DELETE ON report BEGIN"
  "  SELECT RAISE (ABORT, 'a report stays'); END;";

static const char *const migrations_of_this_version[] = {
  version_1,
  version_2,
  version_3,
  version_4,
  version_5,
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
