/* test-admin-backup.c: backups of a server that runs, and what comes of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "km-grant.h"
#include "km-test-admin.h"
#include "km-test-socket.h"
#include "km-visit.h"

#define SAID 5
#define FILLED_SQL \
  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n" \
  " WHERE i < 20000) INSERT INTO setting" \
  " SELECT 'filled ' || i, hex (randomblob (500)) FROM n"

typedef struct
{
  KmTestServer *server;
  char *data;
  char *database;
  char *place;
  char *file;
  char *alice;
  char *room;

  GMutex mutex; /* of what follows */
  GCond written;
  gint64 granted;
  gboolean stop;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autofree char *key = NULL;

  self->server = km_test_server_new (NULL);
  self->data = g_build_filename (km_test_server_get_directory (self->server),
                                 "data", NULL);
  self->database = g_build_filename (self->data, "kaimu.db", NULL);
  self->place = km_test_directory_new ("backup");
  self->file = g_build_filename (self->place, "backup.db", NULL);
  self->alice = km_test_server_sign_up (self->server, "alice");
  key = km_test_server_get_key (self->server, self->alice, &self->room);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->written);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_server_free (self->server);
  km_test_directory_remove (self->place);
  g_free (self->data);
  g_free (self->database);
  g_free (self->place);
  g_free (self->file);
  g_free (self->alice);
  g_free (self->room);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->written);
}

static void
says (Fixture    *self,
      const char *command,
      int         status,
      const char *part)
{
  g_autofree char *words = g_strconcat (command, " ", self->file, NULL);

  km_test_admin_says (self->data, words, status, part);
}

static guint
count_files (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static void
change_file (const char *path,
             const char *sql)
{
  sqlite3 *database = NULL;

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, sql, NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_close (database);
}

/* Says something SAID times; the seq of the last is returned. */
static gint64
talk (Fixture     *self,
      const char  *token,
      char       **epoch)
{
  g_autoptr (KmTestSocket) socket = km_test_socket_open (self->server, token);
  g_autoptr (KmReply) joined = km_test_socket_join (socket, self->room, NULL,
                                                    -1);
  gint64 last = 0;

  g_set_str (epoch, joined->epoch);
  for (guint i = 0; i < SAID; i++)
    {
      g_autoptr (KmReply) reply = km_test_socket_say (socket, self->room,
                                                      NULL, "said");

      g_assert_no_error (reply->error);
      last = reply->seq;
    }

  return last;
}

static char *
sign_in (Fixture *self)
{
  g_autoptr (KmTestAnswer) answer = km_test_server_call (
    self->server, "POST", "sessions", NULL,
    "{\"name\":\"alice\",\"password\":\"" KM_TEST_PASSWORD "\"}");

  g_assert_cmpuint (answer->status, ==, 200);

  return g_strdup (km_json_get_string (answer->body, "token", 100));
}

static gint64
read_balance (Fixture    *self,
              const char *token)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "GET", "wallet", token, NULL);

  g_assert_cmpuint (answer->status, ==, 200);

  return json_object_get_int_member (answer->body, "balance");
}

static gboolean
apply_grant (KmTransaction  *transaction,
             gpointer        data,
             GError        **error)
{
  return km_ledger_grant (transaction, 1, 1, NULL, 1, NULL, error);
}

/* Coin after coin, each on the disk before it counts. */
static gpointer
grant_on (gpointer data)
{
  Fixture *self = data;
  gboolean stop = FALSE;

  while (!stop)
    {
      g_autoptr (GError) error = NULL;

      km_store_visit (self->data, KM_VISIT_WRITE, apply_grant, NULL, &error);
      g_assert_no_error (error);
      g_mutex_lock (&self->mutex);
      self->granted++;
      g_cond_signal (&self->written);
      stop = self->stop;
      g_mutex_unlock (&self->mutex);
    }

  return NULL;
}

/* From the first one on. */
static gint64
count_granted (Fixture  *self,
               gboolean  stop)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  while (self->granted == 0)
    g_cond_wait (&self->written, &self->mutex);

  self->stop = stop;

  return self->granted;
}

/* What was acknowledged is in the copy, and a room is another history. */
static void
assert_restored (Fixture    *self,
                 const char *epoch,
                 gint64      last)
{
  g_autofree char *token = sign_in (self);
  g_autoptr (KmTestSocket) socket = km_test_socket_open (self->server, token);
  g_autoptr (KmReply) joined = km_test_socket_join (socket, self->room, epoch,
                                                    last);

  g_assert_no_error (joined->error);
  g_assert_false (joined->resumed);
  g_assert_cmpstr (joined->epoch, !=, epoch);
  g_assert_cmpint (joined->seq, ==, last);
  for (guint i = 0; i < SAID; i++)
    {
      g_autoptr (KmRoomEvent) event =
        km_test_socket_wait (socket, KM_ROOM_EVENT_CHAT_MESSAGE);

      g_assert_cmpint (event->seq, ==, last - SAID + 1 + i);
    }
}

static void
test_backup_under_load_and_restore (Fixture       *self,
                                    gconstpointer  data)
{
  g_autofree char *epoch = NULL;
  g_autofree char *token = NULL;
  gint64 last = talk (self, self->alice, &epoch);
  gint64 before, balance;
  GThread *thread;

  change_file (self->database, FILLED_SQL);
  thread = g_thread_new ("grants", grant_on, self);
  before = count_granted (self, FALSE);
  says (self, "backup", 0, "1 rooms, 1 accounts, 5 events");
  count_granted (self, TRUE);
  g_thread_join (thread);
  g_test_message ("%" G_GINT64_FORMAT " coins before, %" G_GINT64_FORMAT
                  " after", before, self->granted);
  g_assert_cmpint (self->granted, >, before);

  g_assert_cmpint (km_test_server_end (self->server), ==, 0);
  says (self, "restore", 2, "Say --replace");
  says (self, "restore --replace", 0, "before-restore-");
  km_test_admin_says (self->data, "audit", 0, "The books are right.");
  km_test_server_start (self->server);
  assert_restored (self, epoch, last);
  token = sign_in (self);
  balance = read_balance (self, token);
  g_assert_cmpint (balance, >=, before);
  g_assert_cmpint (balance, <=, self->granted);
}

static void
test_restore_into_nothing (Fixture       *self,
                           gconstpointer  data)
{
  g_autofree char *empty = g_build_filename (self->place, "a", NULL);
  g_autofree char *words = g_strconcat ("restore ", self->file, NULL);

  says (self, "backup", 0, self->file);
  km_test_admin_says (empty, words, 0, "1 rooms, 1 accounts, 0 events");
  km_test_admin_says (empty, "audit", 0, "The books are right.");
  km_test_admin_says (empty, words, 2, "Say --replace");
}

static void
test_sessions_end (Fixture       *self,
                   gconstpointer  data)
{
  g_autoptr (KmTestAnswer) answer = NULL;

  says (self, "backup", 0, self->file);
  g_assert_cmpint (km_test_server_end (self->server), ==, 0);
  says (self, "restore --replace", 0, "sign in again");
  km_test_server_start (self->server);
  answer = km_test_server_call (self->server, "GET", "account", self->alice,
                                NULL);
  g_assert_cmpuint (answer->status, ==, 401);
}

static void
test_not_under_a_server (Fixture       *self,
                         gconstpointer  data)
{
  says (self, "backup", 0, self->file);
  says (self, "restore", 2, "Another server uses the data");
  says (self, "restore --replace", 2, "Another server uses the data");
  g_assert_cmpint (read_balance (self, self->alice), ==, 0);
}

static void
test_replaces_when_told (Fixture       *self,
                         gconstpointer  data)
{
  says (self, "backup", 0, self->file);
  says (self, "backup", 2, "is there already. Say --force");
  says (self, "backup --force", 0, "is a backup");
  says (self, "backup --dance", 2, "--help");
  km_test_admin_says (self->data, "backup", 2, "--help");
  km_test_admin_says (self->data, "backup /nowhere/b", 2, "/nowhere/b");
}

static void
overwrite (const char *path,
           goffset     at,
           gsize       length)
{
  g_autofree char *noise = g_strnfill (length, '?');
  int fd = g_open (path, O_WRONLY);

  g_assert_cmpint (pwrite (fd, noise, length, at), ==, length);
  close (fd);
}

static void
spoil_magic (const char *path)
{
  overwrite (path, 0, 16);
}

static void
spoil_pages (const char *path)
{
  overwrite (path, 3 * 4096, 4096);
}

static void
spoil_end (const char *path)
{
  g_assert_cmpint (truncate (path, 100000), ==, 0);
}

static void
spoil_all_but_the_beginning (const char *path)
{
  g_assert_cmpint (truncate (path, 50), ==, 0);
}

static void
spoil_version (const char *path)
{
  change_file (path, "PRAGMA user_version = 999");
}

static void
spoil_kind (const char *path)
{
  change_file (path, "PRAGMA application_id = 0");
}

static void
spoil_books (const char *path)
{
  change_file (path, "UPDATE ledger_account SET balance = 5 WHERE id = 2");
}

static void
test_what_is_no_backup_is_refused (Fixture       *self,
                                   gconstpointer  data)
{
  static const struct
  {
    void (*spoil) (const char *path);
    const char *says;
  } rows[] = {
    { spoil_magic, "isn't a backup of Kaimu" },
    { spoil_all_but_the_beginning, "isn't a backup of Kaimu" },
    { spoil_kind, "isn't a backup of Kaimu" },
    { spoil_end, "its end is missing" },
    { spoil_version, "was made by a newer Kaimu" },
    { spoil_pages, "kaimu-server: " },
    { spoil_books, "the sum of its transfers" },
  };
  g_autofree char *empty = g_build_filename (self->place, "a", NULL);
  g_autofree char *made = g_build_filename (empty, "kaimu.db", NULL);
  g_autofree char *words = g_strconcat ("restore ", self->file, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      says (self, "backup --force", 0, self->file);
      rows[i].spoil (self->file);
      km_test_admin_says (empty, words, 2, rows[i].says);
      g_assert_false (g_file_test (made, G_FILE_TEST_EXISTS));
    }
  g_assert_cmpuint (count_files (empty), <=, 1);

  says (self, "backup --force", 0, self->file);
  km_test_admin_says (empty, words, 0, "The books are right.");
}

/* What the data itself is, isn't what it becomes without its log. */
static void
test_the_data_itself_is_no_backup (Fixture       *self,
                                   gconstpointer  data)
{
  g_autofree char *empty = g_build_filename (self->place, "a", NULL);
  g_autofree char *words = g_strconcat ("restore ", self->database, NULL);

  km_test_admin_says (empty, words, 2, "isn't a backup of Kaimu");
}

static void
test_full_disk_leaves_nothing (Fixture       *self,
                               gconstpointer  data)
{
  struct rlimit before, small;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = (struct rlimit) { 65536, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  says (self, "backup", 2, "can't be written");
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpuint (count_files (self->place), ==, 0);

  says (self, "backup", 0, self->file);
  g_assert_cmpuint (count_files (self->place), ==, 1);
}

/* Older data put back by hand: as a disk that lied about what it wrote. */
static void
test_a_lost_tail_is_noticed (Fixture       *self,
                             gconstpointer  data)
{
  g_autofree char *bob = km_test_server_sign_up (self->server, "bob");
  g_autofree char *log = g_strconcat (self->database, "-wal", NULL);
  g_autofree char *epoch = NULL;
  g_autofree char *contents = NULL;
  g_autoptr (KmTestSocket) socket = NULL;
  g_autoptr (KmReply) joined = NULL;
  gsize length;
  gint64 last;

  talk (self, self->alice, &epoch);
  g_assert_cmpint (km_test_server_end (self->server), ==, 0);
  g_assert_true (g_file_get_contents (self->database, &contents, &length,
                                      NULL));
  km_test_server_start (self->server);
  last = talk (self, bob, &epoch);
  km_test_server_kill (self->server);
  g_assert_cmpint (g_unlink (log), ==, 0);
  g_assert_true (g_file_set_contents (self->database, contents,
                                      (gssize) length, NULL));

  km_test_server_start (self->server);
  socket = km_test_socket_open (self->server, bob);
  do
    {
      g_clear_pointer (&joined, km_reply_free);
      joined = km_test_socket_join (socket, self->room, epoch, last);
    }
  while (g_error_matches (joined->error, KM_PROTOCOL_ERROR,
                          KM_PROTOCOL_ERROR_BUSY));
  g_assert_no_error (joined->error);
  g_assert_cmpint (joined->seq, ==, last - SAID);
  g_assert_false (joined->resumed);
  g_assert_cmpstr (joined->epoch, !=, epoch);
}

#define ADD(path, function) \
  g_test_add ("/edge/admin-backup/" path, Fixture, NULL, set_up, function, \
              tear_down)

int
main (int   argc,
      char *argv[])
{
  signal (SIGXFSZ, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  ADD ("backup-under-load-and-restore", test_backup_under_load_and_restore);
  ADD ("restore-into-nothing", test_restore_into_nothing);
  ADD ("sessions-end", test_sessions_end);
  ADD ("not-under-a-server", test_not_under_a_server);
  ADD ("replaces-when-told", test_replaces_when_told);
  ADD ("what-is-no-backup-is-refused", test_what_is_no_backup_is_refused);
  ADD ("the-data-itself-is-no-backup", test_the_data_itself_is_no_backup);
  ADD ("full-disk-leaves-nothing", test_full_disk_leaves_nothing);
  ADD ("a-lost-tail-is-noticed", test_a_lost_tail_is_noticed);
  return g_test_run ();
}
