/* test-log-file.c: one write a commit, and nothing but commits
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The calls that write are this program's own, which libsqlite3 finds before
 * the C library's: what goes to the log is counted, and fails when it is told
 * to.
 */

#include "km-log-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "km-log-vfs.h"
#include "km-test-store.h"

#define HEADER_BYTES 32
#define FRAME_BYTES 4120
#define PAGE_BYTES 4096
#define COMMITS 6

/* What may be told to fail, and how much of it is written before. */
typedef struct
{
  int number; /* errno; 0: nothing fails */
  guint after; /* how many go well before */
  gsize written;
  gboolean of_zeros; /* of those that make the file grow by a step, instead */
} Failure;

typedef struct
{
  char *directory;
  char *path;
  char *log;
  sqlite3 *database;
} Fixture;

/* What was done to logs: D a write that waits for the disk, w one that
 * doesn't, z one of zeros, s waiting for the disk. */
static GString *calls;
static Failure failure;

static gboolean
is_log (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *path = g_file_read_link (link, NULL);

  return calls != NULL && path != NULL && g_str_has_suffix (path, "-wal");
}

ssize_t
pwritev2 (int                 fd,
          const struct iovec *parts,
          int                 n,
          off_t               at,
          int                 flags)
{
  g_assert_true (is_log (fd));
  g_assert_cmpint (flags, ==, RWF_DSYNC);
  g_string_append_c (calls, 'D');

  if (failure.number == 0 || failure.of_zeros || failure.after-- > 0)
    return syscall (SYS_pwritev2, fd, parts, n, at, 0, flags);

  failure.after = 0;
  if (failure.written > 0)
    {
      gsize written = MIN (failure.written, parts[0].iov_len);

      failure.written = 0;
      return syscall (SYS_pwrite64, fd, parts[0].iov_base, written, at);
    }

  errno = failure.number;
  return -1;
}

static gboolean
is_zero (const guint8 *data,
         gsize         length)
{
  return data[0] == 0 && memcmp (data, data + 1, length - 1) == 0;
}

ssize_t
pwrite64 (int         fd,
          const void *data,
          size_t      length,
          off64_t     at)
{
  if (is_log (fd))
    {
      gboolean zero = is_zero (data, length);

      g_string_append_c (calls, zero ? 'z' : 'w');
      if (failure.of_zeros && zero && failure.after-- == 0)
        {
          failure.after = 0;
          errno = failure.number;
          return -1;
        }
    }

  return syscall (SYS_pwrite64, fd, data, length, at);
}

int
fdatasync (int fd)
{
  if (is_log (fd))
    g_string_append_c (calls, 's');

  return (int) syscall (SYS_fdatasync, fd);
}

static int
try_sql (sqlite3    *database,
         const char *sql)
{
  return sqlite3_exec (database, sql, NULL, NULL, NULL);
}

static void
run (sqlite3    *database,
     const char *sql)
{
  if (try_sql (database, sql) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (database));
}

static char *
ask (sqlite3    *database,
     const char *sql)
{
  sqlite3_stmt *statement = NULL;
  char *answer;

  g_assert_cmpint (sqlite3_prepare_v2 (database, sql, -1, &statement, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  answer = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);

  return answer;
}

static gint64
ask_number (sqlite3    *database,
            const char *sql)
{
  g_autofree char *answer = ask (database, sql);

  return g_ascii_strtoll (answer, NULL, 10);
}

static void
assert_sound (sqlite3 *database,
              gint64   rows)
{
  g_autofree char *sound = ask (database, "PRAGMA integrity_check");

  g_assert_cmpstr (sound, ==, "ok");
  g_assert_cmpint (ask_number (database, "SELECT count(*) FROM row"), ==,
                   rows);
}

static sqlite3 *
open_database (const char *path,
               const char *vfs)
{
  sqlite3 *database = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &database,
                                    SQLITE_OPEN_READWRITE
                                    | SQLITE_OPEN_CREATE, vfs), ==, SQLITE_OK);
  run (database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                 "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_spill = OFF;"
                 "PRAGMA journal_size_limit = 1500000");

  return database;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->directory = km_test_store_directory_new ();
  self->path = g_build_filename (self->directory, "a.db", NULL);
  self->log = g_strconcat (self->path, "-wal", NULL);
  calls = g_string_new (NULL);
  failure = (Failure) { 0 };
  self->database = open_database (self->path, km_log_vfs_get_name ());
  run (self->database, "CREATE TABLE row (id INTEGER PRIMARY KEY, body BLOB)");
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_assert_cmpint (sqlite3_close (self->database), ==, SQLITE_OK);
  g_string_free (g_steal_pointer (&calls), TRUE);
  km_test_store_directory_remove (self->directory);
  g_free (self->path);
  g_free (self->log);
}

static gsize
get_log_size (Fixture *self)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (self->log, &info), ==, 0);

  return (gsize) info.st_size;
}

/* Where the next frame goes, as SQLite counts them. */
static gsize
get_log_end (Fixture *self)
{
  int frames = 0;

  g_assert_cmpint (sqlite3_wal_checkpoint_v2 (self->database, NULL,
                                              SQLITE_CHECKPOINT_PASSIVE,
                                              &frames, NULL), ==, SQLITE_OK);

  return HEADER_BYTES + (gsize) frames * FRAME_BYTES;
}

static void
add_row (sqlite3 *database,
         guint    bytes)
{
  g_autofree char *sql = g_strdup_printf (
    "INSERT INTO row (body) VALUES (randomblob (%u))", bytes);

  run (database, sql);
}

static void
test_one_write_a_commit (Fixture       *self,
                         gconstpointer  data)
{
  add_row (self->database, 10);
  g_string_truncate (calls, 0);

  add_row (self->database, 10);
  g_assert_cmpstr (calls->str, ==, "D");
  add_row (self->database, 100000);
  g_assert_cmpstr (calls->str, ==, "DD");
  assert_sound (self->database, 3);
}

/* The header of a log must not reach the disk after what follows it. */
static void
test_a_header_comes_first (Fixture       *self,
                           gconstpointer  data)
{
  g_string_truncate (calls, 0);
  get_log_end (self);
  g_assert_cmpstr (calls->str, ==, "s");
  g_string_truncate (calls, 0);

  add_row (self->database, 10);
  g_assert_cmpstr (calls->str, ==, "DD");
  add_row (self->database, 10);
  g_assert_cmpstr (calls->str, ==, "DDD");
}

/* SQLite's own file syncs the directory with it. */
static void
test_a_new_log_keeps_its_name (Fixture       *self,
                               gconstpointer  data)
{
  g_assert_true (g_regex_match_simple ("^z+ws", calls->str, 0, 0));
}

static void
test_it_grows_in_steps (Fixture       *self,
                        gconstpointer  data)
{
  g_autofree char *contents = NULL;
  gsize length;
  gsize end;

  g_assert_cmpuint (get_log_size (self), ==, KM_LOG_FILE_STEP_BYTES);
  for (guint i = 0; i < 50; i++)
    add_row (self->database, 30000);

  g_assert_cmpuint (get_log_size (self), ==, 2 * KM_LOG_FILE_STEP_BYTES);
  end = get_log_end (self);
  g_assert_cmpuint (end, >, KM_LOG_FILE_STEP_BYTES);
  g_assert_true (g_file_get_contents (self->log, &contents, &length, NULL));
  for (gsize i = end; i < length; i++)
    g_assert_cmpint (contents[i], ==, 0);

  /* The limit on what is kept of it holds as before. */
  add_row (self->database, 10);
  g_assert_cmpuint (get_log_size (self), ==, 1500000);
  assert_sound (self->database, 51);
}

static void
test_what_is_large_goes_in_pieces (Fixture       *self,
                                   gconstpointer  data)
{
  g_string_truncate (calls, 0);
  add_row (self->database, 5 * KM_LOG_FILE_GATHERED_BYTES / 2);
  g_assert_true (g_regex_match_simple ("^w{64}w*z+w+s$", calls->str, 0, 0));
  g_assert_cmpuint (calls->len, <, 250);

  add_row (self->database, 10);
  g_assert_true (g_str_has_suffix (calls->str, "sD"));
  assert_sound (self->database, 2);
}

static void
test_where_writes_cannot_wait (Fixture       *self,
                               gconstpointer  data)
{
  failure.number = EOPNOTSUPP;
  g_string_truncate (calls, 0);
  add_row (self->database, 10);
  g_assert_cmpstr (calls->str, ==, "Dws");
  add_row (self->database, 10);
  g_assert_cmpstr (calls->str, ==, "Dwsws");
  assert_sound (self->database, 2);
}

static void
test_no_room_for_a_step (Fixture       *self,
                         gconstpointer  data)
{
  gsize end;

  for (guint i = 0; get_log_size (self) == KM_LOG_FILE_STEP_BYTES; i++)
    {
      failure = (Failure) { .number = ENOSPC, .after = 3, .of_zeros = TRUE };
      g_assert_cmpuint (i, <, 100);
      add_row (self->database, 30000);
    }

  g_assert_cmpuint (get_log_size (self), <, 2 * KM_LOG_FILE_STEP_BYTES);
  add_row (self->database, 10);
  end = get_log_size (self);
  g_assert_cmpuint (get_log_end (self), ==, end);

  /* Once it begins anew there may be room. */
  failure = (Failure) { 0 };
  run (self->database, "PRAGMA wal_checkpoint (TRUNCATE)");
  add_row (self->database, 10);
  g_assert_cmpuint (get_log_size (self), ==, KM_LOG_FILE_STEP_BYTES);
}

/* What a server finds that is started on the database and @log. */
static void
assert_recovers_from (Fixture       *self,
                      gconstpointer  log,
                      gsize          log_bytes,
                      gint64         rows)
{
  g_autofree char *path = g_build_filename (self->directory, "copy.db", NULL);
  g_autofree char *log_path = g_strconcat (path, "-wal", NULL);
  g_autofree char *contents = NULL;
  sqlite3 *database;
  gsize length;

  g_assert_true (g_file_get_contents (self->path, &contents, &length, NULL));
  g_assert_true (g_file_set_contents_full (path, contents, (gssize) length,
                                           G_FILE_SET_CONTENTS_NONE, 0600,
                                           NULL));
  g_assert_true (g_file_set_contents_full (log_path, log, (gssize) log_bytes,
                                           G_FILE_SET_CONTENTS_NONE, 0600,
                                           NULL));
  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  assert_sound (database, rows);
  g_assert_cmpint (sqlite3_close (database), ==, SQLITE_OK);
}

static void
assert_recovers (Fixture *self,
                 gint64   rows)
{
  g_autofree char *log = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (self->log, &log, &length, NULL));
  assert_recovers_from (self, log, length, rows);
}

static void
test_what_fails_is_not_committed (Fixture       *self,
                                  gconstpointer  data)
{
  static const Failure failures[] = {
    { EIO }, { ENOSPC }, { EDQUOT }, { ENOSPC, 0, 1 }, { EIO, 0, 24 },
    { ENOSPC, 0, FRAME_BYTES }, { EIO, 0, FRAME_BYTES + 4000 },
    { ENOSPC, 1 }, { EIO, 1, FRAME_BYTES },
  };
  sqlite3 *reader = open_database (self->path, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      int code;

      /* Each other time the log begins anew, with its header. */
      if (failures[i].after > 0 || i % 2 == 0)
        get_log_end (self);
      failure = failures[i];
      code = try_sql (self->database,
                      "INSERT INTO row (body) VALUES (randomblob (30000))");
      g_assert_cmpint (code, ==, failure.number == EIO ? SQLITE_IOERR
                                                       : SQLITE_FULL);
      failure.number = 0;
      assert_sound (reader, i);
      assert_recovers (self, i);

      add_row (self->database, 30000);
      assert_sound (reader, i + 1);
      assert_recovers (self, i + 1);
    }

  g_assert_cmpint (sqlite3_close (reader), ==, SQLITE_OK);
}

/* Where the frames of @log end that are of commits, in order. */
static GArray *
find_commits (const guint8 *log,
              gsize         length)
{
  GArray *ends = g_array_new (FALSE, FALSE, sizeof (gsize));

  for (gsize at = HEADER_BYTES; at + FRAME_BYTES <= length; at += FRAME_BYTES)
    {
      guint32 head[2];
      gsize end = at + FRAME_BYTES;

      memcpy (head, log + at, sizeof head);
      if (head[0] == 0)
        break;
      if (head[1] != 0)
        g_array_append_val (ends, end);
    }

  return ends;
}

static gint64
count_until (GArray *ends,
             gsize   at)
{
  gint64 n = 0;

  for (guint i = 0; i < ends->len; i++)
    n += g_array_index (ends, gsize, i) <= at;

  return n;
}

/* A log that holds commits of different sizes, one row each, and nothing else;
 * before them the database was empty. */
static guint8 *
make_log (Fixture  *self,
          gsize    *length,
          GArray  **ends)
{
  char *log;

  get_log_end (self);
  for (guint i = 0; i < COMMITS; i++)
    add_row (self->database, i * 3000);
  g_assert_true (g_file_get_contents (self->log, &log, length, NULL));
  *ends = find_commits ((guint8 *) log, *length);
  g_assert_cmpuint ((*ends)->len, ==, COMMITS);

  return (guint8 *) log;
}

static void
cut_at (Fixture      *self,
        const guint8 *log,
        GArray       *ends,
        gsize         at)
{
  gsize length = g_array_index (ends, gsize, COMMITS - 1) + 2 * FRAME_BYTES;
  g_autofree guint8 *left = g_memdup2 (log, length);
  gint64 rows = count_until (ends, at);

  assert_recovers_from (self, left, at, rows);
  memset (left + at, 0, length - at);
  assert_recovers_from (self, left, length, rows);
  memset (left + at, 0x5a, length - at);
  assert_recovers_from (self, left, length, rows);
}

static void
test_cut_anywhere (Fixture       *self,
                   gconstpointer  data)
{
  static const gsize in_header[] = { 0, 1, 4, 16, 24, 31, 32 };
  static const gsize in_frame[] = { 1, 4, 8, 23, 24, 25, 2000, 4119, 4120 };
  g_autoptr (GArray) ends = NULL;
  gsize length;
  g_autofree guint8 *log = make_log (self, &length, &ends);
  gsize end = g_array_index (ends, gsize, COMMITS - 1);

  for (guint i = 0; i < G_N_ELEMENTS (in_header); i++)
    cut_at (self, log, ends, in_header[i]);
  for (gsize frame = HEADER_BYTES; frame < end; frame += FRAME_BYTES)
    {
      for (guint i = 0; i < G_N_ELEMENTS (in_frame); i++)
        cut_at (self, log, ends, frame + in_frame[i]);
    }
}

/* A disk may write the blocks of one call in any order. */
static void
test_without_any_one_block (Fixture       *self,
                            gconstpointer  data)
{
  g_autoptr (GArray) ends = NULL;
  gsize length;
  g_autofree guint8 *log = make_log (self, &length, &ends);
  gsize end = g_array_index (ends, gsize, COMMITS - 1);
  guint8 whole[PAGE_BYTES];

  for (gsize at = 0; at < end; at += PAGE_BYTES)
    {
      memcpy (whole, log + at, PAGE_BYTES);
      memset (log + at, 0, PAGE_BYTES);
      assert_recovers_from (self, log, length, count_until (ends, at));
      memcpy (log + at, whole, PAGE_BYTES);
    }
  assert_recovers_from (self, log, length, COMMITS);
}

/* What SQLite had to write before a commit that never came. */
static void
test_what_was_undone_is_never_over_others (Fixture       *self,
                                           gconstpointer  data)
{
  sqlite3 *other = open_database (self->path, NULL);

  /* With all of it in the database, nothing is read from the log meanwhile. */
  get_log_end (self);
  run (self->database, "PRAGMA cache_spill = 1; PRAGMA cache_size = 2; BEGIN");
  add_row (self->database, 60000);
  run (self->database, "ROLLBACK");
  add_row (other, 30000);

  add_row (self->database, 30000);
  assert_sound (other, 2);
  assert_recovers (self, 2);
  g_assert_cmpint (sqlite3_close (other), ==, SQLITE_OK);
}

/* A large transaction reads again what it had to write. */
static void
test_what_waits_can_be_read (Fixture       *self,
                             gconstpointer  data)
{
  run (self->database, "PRAGMA cache_spill = 1; PRAGMA cache_size = 2; BEGIN");
  for (guint i = 0; i < 20; i++)
    {
      add_row (self->database, 3000);
      g_assert_cmpint (ask_number (self->database,
                                   "SELECT sum (length (body)) FROM row"),
                       ==, (i + 1) * 3000);
    }
  run (self->database, "COMMIT");
  assert_sound (self->database, 20);
  assert_recovers (self, 20);
}

static void
test_among_others (Fixture       *self,
                   gconstpointer  data)
{
  static const char *const checkpoints[] = {
    "PRAGMA wal_checkpoint (PASSIVE)", "PRAGMA wal_checkpoint (RESTART)",
    "PRAGMA wal_checkpoint (TRUNCATE)",
  };
  sqlite3 *other = open_database (self->path, NULL);
  gint64 rows = 0;

  for (guint i = 0; i < 400; i++)
    {
      sqlite3 *writer = g_test_rand_bit () ? other : self->database;
      sqlite3 *reader = writer == other ? self->database : other;

      if (g_test_rand_int_range (0, 8) == 0)
        run (writer, checkpoints[g_test_rand_int_range (0, 3)]);
      add_row (writer, (guint) g_test_rand_int_range (0, 60000));
      rows++;
      g_assert_cmpint (ask_number (reader, "SELECT count(*) FROM row"), ==,
                       rows);
      if (i % 50 == 0)
        assert_recovers (self, rows);
    }
  assert_sound (other, rows);
  assert_sound (self->database, rows);
  g_assert_cmpint (sqlite3_close (other), ==, SQLITE_OK);
}

static void
add (const char *name,
     void      (*test) (Fixture       *self,
                        gconstpointer  data))
{
  g_autofree char *path = g_strconcat ("/server/store/log-file/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("one-write-a-commit", test_one_write_a_commit);
  add ("a-header-comes-first", test_a_header_comes_first);
  add ("a-new-log-keeps-its-name", test_a_new_log_keeps_its_name);
  add ("it-grows-in-steps", test_it_grows_in_steps);
  add ("what-is-large-goes-in-pieces", test_what_is_large_goes_in_pieces);
  add ("where-writes-cannot-wait", test_where_writes_cannot_wait);
  add ("no-room-for-a-step", test_no_room_for_a_step);
  add ("what-fails-is-not-committed", test_what_fails_is_not_committed);
  add ("cut-anywhere", test_cut_anywhere);
  add ("without-any-one-block", test_without_any_one_block);
  add ("what-was-undone-is-never-over-others",
       test_what_was_undone_is_never_over_others);
  add ("what-waits-can-be-read", test_what_waits_can_be_read);
  add ("among-others", test_among_others);

  return g_test_run ();
}
