/* test-hub-crash.c: what was acknowledged survives kill -9
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A child runs store and hub; this process is its members and counts their
 * replies. After some of them the child is killed, and what it acknowledged
 * must be in the log, at the place it said, the log without a gap. The next
 * child gets what had no reply yet once more, with the same ids, and at the
 * end everything is there exactly once. Every second act is a gift, which must
 * have been paid for exactly as often as it is in the log.
 *
 * This process starts no threads, so that it can fork, and reads the data with
 * a connection of its own while no child runs.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "km-hub.h"
#include "km-id.h"
#include "km-test-member.h"
#include "km-test-store.h"

#define ROUNDS 20
#define FIRST 2 /* account; the first is the host */
#define MEMBERS 10
#define BURST 6
#define ROOM "1"
#define COINS 1000

typedef struct
{
  char *id;
  gboolean gift;
  gint64 seq; /* 0: not acknowledged */
} Said;

typedef struct
{
  KmTestMember member;
  GPtrArray *said; /* Said, of all rounds */
} Speaker;

static void
said_free (gpointer data)
{
  Said *self = data;

  g_free (self->id);
  g_free (self);
}

static void
run (KmStore    *store,
     const char *sql)
{
  g_autoptr (GError) error = NULL;

  km_test_store_run (store, sql, &error);
  g_assert_no_error (error);
}

/* What everybody needs to give something. Coins come from practising. */
static void
add_gifts (KmStore *store)
{
  run (store, "INSERT INTO gift_kind (id, name, price, tier, art, origin,"
              " position) VALUES ('rose', '{\"en\":\"Rose\"}', 1, 1, 'rose',"
              " 'owner', 1)");
}

/* A hub ends the streams of the one before; each has its own. The room is
 * nobody's of those who give. */
static void
go_live (KmStore *store)
{
  g_autofree char *stream = km_id_new ();
  g_autofree char *sql = g_strdup_printf (
    "INSERT INTO stream (id, room, started_at) VALUES ('%s', " ROOM ", 1)",
    stream);

  run (store, sql);
}

/* The child: never returns, until it is killed. */
static void
serve (const char *directory,
       const int  *fds,
       gboolean    first)
{
  const KmLedgerRules rules = {
    .share_permille = 500,
    .confirm_above_coins = COINS,
    .practice_coins = COINS,
  };
  g_autoptr (GError) error = NULL;
  KmPostOffice *post_office;
  KmStore *store;
  KmHub *hub;

  /* Nothing is left behind if this test is killed. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  store = km_store_open (directory, &error);
  g_assert_no_error (error);
  if (first)
    {
      km_test_store_add_users (store, MEMBERS + 1);
      add_gifts (store);
    }
  post_office = km_post_office_new ();
  hub = km_hub_new (store, post_office, &rules, &error);
  g_assert_no_error (error);
  go_live (store);

  for (guint i = 0; i < MEMBERS; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", FIRST + i);
      const KmIdentity identity = { id, id, id, id };

      km_hub_adopt (hub, km_transport_new_plain (fds[i]), &identity, NULL);
    }
  for (;;)
    pause ();
}

static pid_t
start_child (const char *directory,
             Speaker    *speakers,
             gboolean    first)
{
  int fds[MEMBERS];
  pid_t pid;

  for (guint i = 0; i < MEMBERS; i++)
    km_test_member_init (&speakers[i].member, &fds[i]);

  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      for (guint i = 0; i < MEMBERS; i++)
        close (speakers[i].member.fd);
      serve (directory, fds, first);
    }
  for (guint i = 0; i < MEMBERS; i++)
    close (fds[i]);

  return pid;
}

static void
give (Speaker    *self,
      const char *id)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_GIFT_SEND);
  g_autofree char *text = NULL;

  command->id = g_strdup (id);
  command->room = g_strdup (ROOM);
  command->gift = g_strdup ("rose");
  command->count = 2;
  text = km_command_encode (command);
  km_test_member_send_text (&self->member, text);
}

/* The text of an act doesn't change when it is sent again. */
static void
say_all (Speaker *self)
{
  guint waiting = 0;

  for (guint i = 0; i < self->said->len; i++)
    {
      if (((Said *) self->said->pdata[i])->seq == 0)
        waiting++;
    }
  for (; waiting < BURST; waiting++)
    {
      Said *said = g_new0 (Said, 1);

      said->id = km_id_new ();
      said->gift = self->said->len % 2 == 1;
      g_ptr_array_add (self->said, said);
    }
  km_test_member_join (&self->member, ROOM, NULL, -1);
  for (guint i = 0; i < self->said->len; i++)
    {
      Said *said = self->said->pdata[i];

      if (said->seq == 0 && said->gift)
        give (self, said->id);
      else if (said->seq == 0)
        km_test_member_say (&self->member, ROOM, said->id, said->id);
    }
}

/* Takes what is there to read; counts what is acknowledged by it. */
static guint
read_replies (Speaker *self)
{
  guint acknowledged = 0;
  gboolean open = TRUE;

  do
    {
      g_autoptr (KmRoomEvent) event = NULL;
      g_autoptr (KmReply) reply = NULL;

      open = km_test_member_read (&self->member, &event, &reply);
      for (guint i = 0; reply != NULL && i < self->said->len; i++)
        {
          Said *said = self->said->pdata[i];

          if (!g_str_equal (said->id, reply->re))
            continue;
          g_assert_no_error (reply->error);
          g_assert_cmpint (said->seq, ==, 0);
          said->seq = reply->seq;
          acknowledged++;
        }
    }
  while (open && self->member.input->len > 0);

  return open ? acknowledged : G_MAXUINT;
}

/* Reads until @enough were acknowledged. */
static void
read_until (Speaker *speakers,
            guint    enough)
{
  struct pollfd fds[MEMBERS];
  guint acknowledged = 0;

  for (guint i = 0; i < MEMBERS; i++)
    fds[i] = (struct pollfd) { speakers[i].member.fd, POLLIN, 0 };

  while (acknowledged < enough)
    {
      g_assert_cmpint (poll (fds, MEMBERS, 20000), >, 0);
      for (guint i = 0; i < MEMBERS; i++)
        {
          if (fds[i].revents != 0)
            {
              guint n = read_replies (&speakers[i]);

              g_assert_cmpuint (n, !=, G_MAXUINT);
              acknowledged += n;
            }
        }
    }
}

/* What the child still sent before it died counts as well. */
static void
kill_child (pid_t    pid,
            Speaker *speakers)
{
  int status;

  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  for (guint i = 0; i < MEMBERS; i++)
    {
      while (read_replies (&speakers[i]) != G_MAXUINT)
        continue;
      km_test_member_clear (&speakers[i].member);
    }
}

static gint64
ask (sqlite3    *database,
     const char *sql)
{
  sqlite3_stmt *statement = NULL;
  gint64 answer;

  g_assert_cmpint (sqlite3_prepare_v2 (database, sql, -1, &statement, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  answer = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);

  return answer;
}

static void
check_speaker (sqlite3 *database,
               Speaker *self,
               guint    account)
{
  for (guint i = 0; i < self->said->len; i++)
    {
      Said *said = self->said->pdata[i];
      g_autofree char *sql = g_strdup_printf (
        "SELECT act.seq FROM act JOIN event USING (room, seq)"
        " WHERE act.account = %u AND act.id = '%s'"
        " AND json_extract (event.body, '$.%s') = '%s'",
        account, said->id, said->gift ? "id" : "text", said->id);

      if (said->seq != 0)
        g_assert_cmpint (ask (database, sql), ==, said->seq);
    }
}

/* Nobody paid for what isn't in the log, and all coins are somewhere. */
static void
check_coins (sqlite3 *database)
{
  g_assert_cmpint (ask (database, "SELECT count(*) FROM event"
                                  " WHERE kind = 'gift.sent'"), ==,
                   ask (database, "SELECT count(*) FROM gift"
                                  " JOIN event USING (room, seq)"));
  g_assert_cmpint (ask (database, "SELECT total (balance)"
                                  " FROM ledger_account"), ==, 0);
  g_assert_cmpint (ask (database, "SELECT total (value) FROM gift"), ==,
                   ask (database, "SELECT 1000 * count(*) - total (balance)"
                                  " FROM ledger_account"
                                  " WHERE kind = 'user'"));
}

static void
check_log (const char *directory,
           Speaker    *speakers)
{
  g_autofree char *path = g_build_filename (directory, "kaimu.db", NULL);
  sqlite3 *database = NULL;

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (ask (database, "SELECT count(*) = max (seq)"
                                  " AND min (seq) = 1 FROM event"), ==, 1);
  g_assert_cmpint (ask (database, "SELECT max (event.seq) = room.seq"
                                  " FROM event, room WHERE room.id = 1"),
                   ==, 1);
  g_assert_cmpint (ask (database, "SELECT count(*) FROM event"
                                  " WHERE kind <> 'stream.ended'"), ==,
                   ask (database, "SELECT count(*) FROM act"));
  check_coins (database);
  for (guint i = 0; i < MEMBERS; i++)
    check_speaker (database, &speakers[i], FIRST + i);
  sqlite3_close (database);
}

static void
test_acknowledged_survives (void)
{
  char *directory = km_test_store_directory_new ();
  Speaker speakers[MEMBERS] = { 0 };
  guint missing = 0;
  pid_t pid;

  for (guint i = 0; i < MEMBERS; i++)
    speakers[i].said = g_ptr_array_new_with_free_func (said_free);

  for (guint round = 0; round <= ROUNDS; round++)
    {
      /* The last one is killed when all has been acknowledged. */
      guint enough = round == ROUNDS ? MEMBERS * BURST
                                     : 1 + round * 7 % (MEMBERS * BURST);

      pid = start_child (directory, speakers, round == 0);
      for (guint i = 0; i < MEMBERS; i++)
        say_all (&speakers[i]);
      read_until (speakers, enough);
      kill_child (pid, speakers);
      check_log (directory, speakers);
    }

  for (guint i = 0; i < MEMBERS; i++)
    {
      for (guint n = 0; n < speakers[i].said->len; n++)
        missing += ((Said *) speakers[i].said->pdata[n])->seq == 0;
      g_ptr_array_unref (speakers[i].said);
    }
  g_assert_cmpuint (missing, ==, 0);
  km_test_store_directory_remove (directory);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/edge/hub-crash/acknowledged-survives",
                   test_acknowledged_survives);

  return g_test_run ();
}
