/* test-hub-disk.c: a disk that is really full
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The data is on a file system of a few MiB in memory, mounted where nobody
 * else sees it, and another file takes all that is left of it. People talk
 * until the server says no: the pages of its log that are there already can
 * still be written over. What it has said yes to must be there afterwards, and
 * nothing else.
 */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "km-id.h"
#include "km-test-hub.h"

#define DISK_OPTIONS "size=8m"
#define STREAM "stream-1"
#define HOST 1
#define GIVER 2
#define FIRST 3
#define COINS 100
#define MESSAGES_EACH 5 /* as fast as one may talk */
#define BLOCK 65536

typedef struct
{
  KmTestHub hub;
  KmTestMember host;
  KmTestMember giver;
  char *filler;
  GPtrArray *kept; /* ids, in the order of the log */
  char *refused;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  km_test_hub_set_up (&fixture->hub, data);
  km_test_hub_add_gifts (&fixture->hub);
  km_test_hub_grant (&fixture->hub, GIVER, COINS);
  km_test_hub_connect (&fixture->hub, &fixture->host, HOST);
  km_test_hub_join (&fixture->host, NULL, -1, FALSE, 0);
  km_test_hub_go_live (&fixture->hub, &fixture->host, STREAM);
  km_test_hub_connect (&fixture->hub, &fixture->giver, GIVER);
  km_test_hub_join (&fixture->giver, NULL, -1, FALSE, 1);
  fixture->filler = g_build_filename (fixture->hub.directory, "filler", NULL);
  fixture->kept = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_test_member_clear (&fixture->giver);
  km_test_member_clear (&fixture->host);
  km_test_hub_tear_down (&fixture->hub, data);
  g_ptr_array_unref (fixture->kept);
  g_free (fixture->filler);
  g_free (fixture->refused);
}

static void
fill_disk (Fixture *fixture)
{
  g_autofree char *block = g_strnfill (BLOCK, '#');
  int fd = open (fixture->filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  while (write (fd, block, BLOCK) > 0)
    continue;
  g_assert_cmpint (errno, ==, ENOSPC);
  close (fd);
}

/* The stream's start, and what was said. */
static gint64
get_head (Fixture *fixture)
{
  return 1 + (gint64) fixture->kept->len;
}

/* Returns whether it was kept. */
static gboolean
say (Fixture      *fixture,
     KmTestMember *member,
     const char   *id)
{
  g_autofree char *text = g_strnfill (200, 'a');
  g_autoptr (KmReply) reply = NULL;

  km_test_member_say (member, ROOM, id, text);
  reply = km_test_member_next_reply (member);
  if (reply->error != NULL)
    {
      g_assert_error (reply->error, KM_PROTOCOL_ERROR,
                      KM_PROTOCOL_ERROR_INTERNAL);
      return FALSE;
    }

  g_ptr_array_add (fixture->kept, g_strdup (id));
  g_assert_cmpint (reply->seq, ==, get_head (fixture));

  return TRUE;
}

/* Returns whether all of it was kept. */
static gboolean
talk (Fixture *fixture,
      gint64   account)
{
  KmTestMember member;

  km_test_hub_connect (&fixture->hub, &member, account);
  km_test_hub_join (&member, NULL, -1, FALSE, get_head (fixture));
  for (guint i = 0; i < MESSAGES_EACH && fixture->refused == NULL; i++)
    {
      g_autofree char *id = km_id_new ();

      if (!say (fixture, &member, id))
        fixture->refused = g_steal_pointer (&id);
    }
  km_test_member_clear (&member);

  return fixture->refused == NULL;
}

static void
talk_until_refused (Fixture *fixture)
{
  for (gint64 i = FIRST + 1; i <= MEMBERS && talk (fixture, i); i++)
    continue;
  g_assert_nonnull (fixture->refused);
}

static KmReply *
give (Fixture    *fixture,
      const char *id)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_GIFT_SEND);

  command->id = g_strdup (id);
  command->room = g_strdup (ROOM);
  command->gift = g_strdup ("rose");
  command->count = 1;

  return km_test_member_ask (&fixture->giver, command);
}

/* As somebody sees it who comes after a restart, which ended the stream. */
static void
assert_kept (Fixture *fixture)
{
  KmTestMember member;

  km_test_hub_connect (&fixture->hub, &member, HOST);
  km_test_hub_join (&member, EPOCH, 1, TRUE, get_head (fixture) + 1);
  for (guint i = 0; i < fixture->kept->len; i++)
    {
      g_autoptr (KmRoomEvent) event = km_test_member_next_event (&member);

      g_assert_cmpint (event->seq, ==, (gint64) i + 2);
      g_assert_cmpstr (event->id, ==, g_ptr_array_index (fixture->kept, i));
    }
  km_test_member_clear (&member);
}

static void
test_what_was_acknowledged_is_there (Fixture       *fixture,
                                     gconstpointer  data)
{
  g_autofree char *gift = km_id_new ();
  g_autoptr (KmReply) refused = NULL;
  g_autoptr (KmReply) given = NULL;
  KmTestMember member;

  g_assert_true (talk (fixture, FIRST));
  fill_disk (fixture);
  talk_until_refused (fixture);
  refused = give (fixture, gift);
  g_assert_error (refused->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_INTERNAL);
  g_assert_cmpint (km_test_hub_balance (&fixture->hub, GIVER), ==, COINS);

  g_assert_no_errno (unlink (fixture->filler));
  km_test_hub_connect (&fixture->hub, &member, HOST);
  km_test_hub_join (&member, NULL, -1, FALSE, get_head (fixture));
  g_assert_true (say (fixture, &member, fixture->refused));
  km_test_member_clear (&member);

  km_test_hub_stop (&fixture->hub);
  km_test_hub_start (&fixture->hub);
  assert_kept (fixture);
  g_assert_cmpint (km_test_hub_balance (&fixture->hub, GIVER), ==, COINS);
}

static gboolean
write_line (const char *path,
            const char *line)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean written = fd >= 0 && write (fd, line, strlen (line)) > 0;

  close (fd);

  return written;
}

/* In a name space of our own, which not every sandbox allows. */
static gboolean
mount_small_disk (void)
{
  g_autofree char *user = g_strdup_printf ("0 %u 1", getuid ());
  g_autofree char *group = g_strdup_printf ("0 %u 1", getgid ());

  return unshare (CLONE_NEWUSER | CLONE_NEWNS) == 0
         && write_line ("/proc/self/setgroups", "deny")
         && write_line ("/proc/self/uid_map", user)
         && write_line ("/proc/self/gid_map", group)
         && mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
         && mount ("kaimu", g_get_tmp_dir (), "tmpfs", 0, DISK_OPTIONS) == 0;
}

static void
test_no_small_disk (void)
{
  g_test_skip ("no file system may be mounted here");
}

int
main (int   argc,
      char *argv[])
{
  /* Before there is a thread. */
  gboolean is_small = mount_small_disk ();

  g_test_init (&argc, &argv, NULL);
  if (is_small)
    g_test_add ("/edge/hub-disk/what-was-acknowledged-is-there", Fixture,
                NULL, set_up, test_what_was_acknowledged_is_there, tear_down);
  else
    g_test_add_func ("/edge/hub-disk/what-was-acknowledged-is-there",
                     test_no_small_disk);

  return g_test_run ();
}
