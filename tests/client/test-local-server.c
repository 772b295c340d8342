/* test-local-server.c: the server of "This computer", real and misbehaving
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real kaimu-server where a person would have it, and small scripts for
 * what it never does: die at once, complain, or not end by itself.
 */

#include "km-client-error.h"
#include "km-server-list.h"
#include "km-test-process.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One app: a profile with its own view of the one server. */
typedef struct
{
  KmProfile *profile;
  KmLocalServer *local;
  KmServerList *servers;
  KmServer *server;
  KmRoom *room;
  GString *heard;
  GAsyncResult *result;
} App;

typedef struct
{
  char *directory;
  char *program;
  App one;
  App two;
} Fixture;

static void
app_start (App        *app,
           Fixture    *fixture,
           const char *profile,
           const char *program)
{
  g_autofree char *data = g_build_filename (fixture->directory, "data", NULL);
  g_autofree char *runtime = g_build_filename (fixture->directory, "run",
                                               NULL);

  app->profile = km_profile_new (profile, data, runtime, "Real Name");
  app->local = km_local_server_new (app->profile, program);
  app->servers = km_server_list_new (app->profile, app->local);
  app->server = g_object_ref (km_server_list_get_local (app->servers));
  app->heard = g_string_new (NULL);
  km_local_server_start (app->local);
}

static void
app_stop (App *app)
{
  if (app->local == NULL)
    return;

  g_clear_object (&app->result);
  if (app->room != NULL)
    g_signal_handlers_disconnect_by_data (app->room, app);
  g_clear_object (&app->room);
  g_clear_object (&app->server);
  g_clear_object (&app->servers);
  km_local_server_stop (app->local);
  g_clear_object (&app->local);
  g_clear_pointer (&app->profile, km_profile_unref);
  g_string_free (app->heard, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gboolean
is_gone (gpointer data)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat",
                                           GPOINTER_TO_INT (data));
  g_autofree char *stat = NULL;
  const char *state;

  if (!g_file_get_contents (path, &stat, NULL, NULL))
    return TRUE;
  state = strrchr (stat, ')');

  return state == NULL || state[2] == 'Z';
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  const char *real = g_getenv ("KAIMU_SERVER");

  self->directory = km_test_directory_new ("local");
  self->program = real != NULL ? g_strdup (real)
                               : km_local_server_find_program (NULL);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  int pids[2] = { 0, 0 };

  if (self->one.local != NULL)
    pids[0] = km_local_server_get_pid (self->one.local);
  if (self->two.local != NULL)
    pids[1] = km_local_server_get_pid (self->two.local);
  app_stop (&self->one);
  app_stop (&self->two);
  for (guint i = 0; i < 2; i++)
    g_assert_true (pids[i] == 0 ||
                   km_test_wait_until (is_gone, GINT_TO_POINTER (pids[i]),
                                       20));
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_free (self->program);
}

static char *
write_script (Fixture    *self,
              const char *text)
{
  char *path = g_build_filename (self->directory, "kaimu-server", NULL);
  g_autofree char *whole = g_strconcat ("#!/bin/sh\n", text, "\n", NULL);

  g_assert_true (g_file_set_contents_full (path, whole, -1,
                                           G_FILE_SET_CONTENTS_NONE, 0700,
                                           NULL));

  return path;
}

typedef struct
{
  KmLocalServer *local;
  KmLocalServerState state;
} Wanted;

static gboolean
is_in_state (gpointer data)
{
  Wanted *wanted = data;

  return km_local_server_get_state (wanted->local) == wanted->state;
}

static void
wait_state (App                *app,
            KmLocalServerState  state)
{
  Wanted wanted = { app->local, state };

  g_assert_true (km_test_wait_until (is_in_state, &wanted, 30));
}

static gboolean
is_signed_in (gpointer data)
{
  return km_server_get_signed_in (data);
}

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_set_object ((GAsyncResult **) data, result);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

static GAsyncResult *
wait_result (App *app)
{
  g_assert_true (km_test_wait_until (is_set, &app->result, 30));

  return app->result;
}

static gboolean
register_account (App         *app,
                  const char  *name,
                  GError     **error)
{
  g_clear_object (&app->result);
  km_server_register_async (app->server, name, "a rare password", name, NULL,
                            on_result, &app->result);

  return km_server_register_finish (app->server, wait_result (app), error);
}

static void
test_trouble_is_shown (Fixture       *self,
                       gconstpointer  data)
{
  g_autofree char *program = write_script (
    self, "echo '{\"trouble\":{\"code\":\"disk\",\"message\":\"Disk full.\"}}'\n"
          "exit 1");

  app_start (&self->one, self, NULL, program);
  wait_state (&self->one, KM_LOCAL_SERVER_FAILED);
  g_assert_error (km_local_server_get_error (self->one.local),
                  KM_CLIENT_ERROR, KM_CLIENT_ERROR_LOCAL_SERVER);
  g_assert_cmpstr (km_local_server_get_error (self->one.local)->message, ==,
                   "Disk full.");
  g_assert_cmpint (km_server_get_state (self->one.server), ==,
                   KM_SERVER_OFFLINE);
  g_assert_cmpstr (km_server_get_error (self->one.server)->message, ==,
                   "Disk full.");
}

static void
test_missing_program_is_told (Fixture       *self,
                              gconstpointer  data)
{
  app_start (&self->one, self, NULL, NULL);
  wait_state (&self->one, KM_LOCAL_SERVER_FAILED);
  g_assert_nonnull (km_local_server_get_error (self->one.local));
  app_start (&self->two, self, "two", "/nonexistent/kaimu-server");
  wait_state (&self->two, KM_LOCAL_SERVER_FAILED);
}

static void
test_dying_again_and_again_is_given_up (Fixture       *self,
                                        gconstpointer  data)
{
  g_autofree char *starts = g_build_filename (self->directory, "starts", NULL);
  g_autofree char *script = g_strdup_printf ("echo x >> %s; exit 7", starts);
  g_autofree char *program = write_script (self, script);
  g_autofree char *text = NULL;

  app_start (&self->one, self, NULL, program);
  wait_state (&self->one, KM_LOCAL_SERVER_FAILED);
  g_assert_cmpstr (km_local_server_get_error (self->one.local)->message, ==,
                   "The server of this computer ends as soon as it has "
                   "started. Its log says more.");
  g_assert_true (g_file_get_contents (starts, &text, NULL, NULL));
  g_assert_cmpuint (strlen (text) / 2, ==, 5);
}

static void
test_owner_is_signed_in_silently (Fixture       *self,
                                  gconstpointer  data)
{
  g_autoptr (KmRoomItem) room = NULL;
  g_autofree char *publish = NULL;

  app_start (&self->one, self, NULL, self->program);
  g_assert_true (km_test_wait_until (is_signed_in, self->one.server, 30));
  g_assert_true (km_local_server_get_is_child (self->one.local));
  g_assert_cmpstr (km_server_get_shown_name (self->one.server), ==,
                   "Real Name");

  km_server_load_own_room_async (self->one.server, NULL, on_result,
                                 &self->one.result);
  room = km_server_load_own_room_finish (self->one.server,
                                         wait_result (&self->one), NULL);
  g_assert_nonnull (room);
  publish = km_server_dup_publish_address (self->one.server, "id");
  g_assert_true (g_str_has_prefix (publish, "rtmp://127.0.0.1:"));
}

static void
test_refusals_have_words (Fixture       *self,
                          gconstpointer  data)
{
  g_autoptr (GError) taken = NULL;
  g_autoptr (GError) weak = NULL;
  g_autoptr (GError) wrong = NULL;
  App *app = &self->two;

  app_start (app, self, "two", self->program);
  wait_state (app, KM_LOCAL_SERVER_READY);
  g_assert_false (km_server_get_signed_in (app->server));
  g_assert_true (register_account (app, "bob", NULL));
  g_assert_false (register_account (app, "bob", &taken));
  g_assert_error (taken, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_NAME_TAKEN);

  g_clear_object (&app->result);
  km_server_register_async (app->server, "carol", "short", NULL, NULL,
                            on_result, &app->result);
  g_assert_false (km_server_register_finish (app->server, wait_result (app),
                                             &weak));
  g_assert_error (weak, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_WEAK_PASSWORD);

  g_clear_object (&app->result);
  km_server_sign_in_async (app->server, "bob", "a wrong password", NULL,
                           on_result, &app->result);
  g_assert_false (km_server_sign_in_finish (app->server, wait_result (app),
                                            &wrong));
  g_assert_error (wrong, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_WRONG_CREDENTIALS);
}

static void
test_second_profile_shares_it (Fixture       *self,
                               gconstpointer  data)
{
  app_start (&self->one, self, NULL, self->program);
  wait_state (&self->one, KM_LOCAL_SERVER_READY);
  app_start (&self->two, self, "two", self->program);
  wait_state (&self->two, KM_LOCAL_SERVER_READY);
  g_assert_false (km_local_server_get_is_child (self->two.local));
  g_assert_cmpstr (km_local_server_get_http (self->two.local), ==,
                   km_local_server_get_http (self->one.local));
  g_assert_true (register_account (&self->two, "bob", NULL));

  /* The first app is closed: the second goes on, on the same data. */
  app_stop (&self->one);
  wait_state (&self->two, KM_LOCAL_SERVER_RESTARTING);
  wait_state (&self->two, KM_LOCAL_SERVER_READY);
  g_assert_true (km_local_server_get_is_child (self->two.local));
  g_clear_object (&self->two.result);
  km_server_load_own_room_async (self->two.server, NULL, on_result,
                                 &self->two.result);
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (KmRoomItem) room =
      km_server_load_own_room_finish (self->two.server,
                                      wait_result (&self->two), &error);

    g_assert_no_error (error);
    g_assert_nonnull (room);
  }
}

static void
on_message (KmRoom        *room,
            KmRoomMessage *message,
            gboolean       fresh,
            App           *app)
{
  g_string_append_printf (app->heard, "[%s]",
                          km_room_message_get_text (message));
}

static gboolean
is_online (gpointer data)
{
  return km_room_get_state (data) == KM_ROOM_ONLINE;
}

static void
join (App        *app,
      const char *room)
{
  app->room = km_server_open_room (app->server, room);
  g_signal_connect (app->room, "message", G_CALLBACK (on_message), app);
  g_assert_true (km_test_wait_until (is_online, app->room, 30));
}

static void
say (App        *app,
     const char *text)
{
  km_room_send_chat_async (app->room, text, KM_CHAT_MODE_SCROLL, 0xffffff, -1,
                           NULL, NULL, NULL);
}

typedef struct
{
  App *app;
  guint n;
} Heard;

static gboolean
has_heard (gpointer data)
{
  Heard *heard = data;
  guint n = 0;

  for (const char *at = heard->app->heard->str; *at != '\0'; at++)
    n += *at == '[';

  return n >= heard->n;
}

static void
wait_heard (App   *app,
            guint  n)
{
  Heard heard = { app, n };

  g_assert_true (km_test_wait_until (has_heard, &heard, 60));
}

static void
assert_all_sent (App *app)
{
  GListModel *model = km_room_get_messages (app->room);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (KmRoomMessage) row = g_list_model_get_item (model, i);

      g_assert_cmpint (km_room_message_get_state (row), ==,
                       KM_ROOM_MESSAGE_SENT);
      g_assert_cmpint (km_room_message_get_seq (row), >, 0);
    }
}

static void
test_killed_server_loses_nothing (Fixture       *self,
                                  gconstpointer  data)
{
  g_autoptr (KmRoomItem) item = NULL;
  const char *room;
  int pid;

  app_start (&self->one, self, NULL, self->program);
  g_assert_true (km_test_wait_until (is_signed_in, self->one.server, 30));
  app_start (&self->two, self, "two", self->program);
  wait_state (&self->two, KM_LOCAL_SERVER_READY);
  g_assert_true (register_account (&self->two, "bob", NULL));
  km_server_load_own_room_async (self->one.server, NULL, on_result,
                                 &self->one.result);
  item = km_server_load_own_room_finish (self->one.server,
                                         wait_result (&self->one), NULL);
  room = km_room_item_get_id (item);
  join (&self->one, room);
  join (&self->two, room);
  g_assert_cmpint (km_room_get_role (self->one.room), ==, KM_ROLE_HOST);
  g_assert_cmpint (km_room_get_role (self->two.room), ==, KM_ROLE_MEMBER);

  say (&self->one, "大家好 👋");
  wait_heard (&self->two, 1);
  say (&self->two, "hi");
  wait_heard (&self->one, 2);

  /* In the middle of a burst: some are acknowledged, some on their way, some
   * still here. */
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = g_strdup_printf ("burst %u", i);

      say (&self->two, text);
    }
  wait_heard (&self->one, 3);
  pid = km_local_server_get_pid (self->one.local);
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  say (&self->one, "into the dark");

  wait_heard (&self->one, 6);
  wait_heard (&self->two, 6);
  g_assert_cmpstr (self->one.heard->str, ==, self->two.heard->str);
  g_assert_true (g_str_has_prefix (self->one.heard->str,
                                   "[大家好 👋][hi][burst 0]"));
  g_assert_nonnull (strstr (self->one.heard->str, "[burst 1]"));
  g_assert_nonnull (strstr (self->one.heard->str, "[burst 2]"));
  g_assert_nonnull (strstr (self->one.heard->str, "[into the dark]"));

  /* One more each, to be sure that nothing came twice meanwhile. */
  say (&self->one, "end");
  wait_heard (&self->one, 7);
  wait_heard (&self->two, 7);
  g_assert_true (g_str_has_suffix (self->two.heard->str, "[end]"));
  g_assert_cmpstr (self->one.heard->str, ==, self->two.heard->str);
  assert_all_sent (&self->one);
  assert_all_sent (&self->two);
}

/* Run as a program of its own: an app that is about to be killed. */
static int
be_an_app (const char *directory,
           const char *program)
{
  Fixture fixture = { .directory = (char *) directory };

  app_start (&fixture.one, &fixture, NULL, program);
  wait_state (&fixture.one, KM_LOCAL_SERVER_READY);
  g_print ("%d\n", km_local_server_get_pid (fixture.one.local));
  while (km_local_server_get_state (fixture.one.local) !=
         KM_LOCAL_SERVER_FAILED)
    g_main_context_iteration (NULL, TRUE);

  return EXIT_FAILURE;
}

static void
assert_child_goes_too (Fixture    *self,
                       const char *program)
{
  g_autofree char *own = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { own, "--app", self->directory, program, NULL };
  g_autoptr (KmTestProcess) app = km_test_process_start (argv, NULL, NULL);
  g_autofree char *line = km_test_process_read_line (app, 30);
  int pid;

  g_assert_nonnull (line);
  pid = (int) g_ascii_strtoll (line, NULL, 10);
  g_assert_cmpint (pid, >, 0);
  g_assert_false (is_gone (GINT_TO_POINTER (pid)));
  km_test_process_signal (app, SIGKILL);
  g_assert_true (km_test_wait_until (is_gone, GINT_TO_POINTER (pid), 20));
}

static void
test_none_is_left_behind (Fixture       *self,
                          gconstpointer  data)
{
  g_autofree char *deaf = NULL;

  assert_child_goes_too (self, self->program);

  /* Nor one that doesn't look at its input. */
  deaf = write_script (self,
                       "echo '{\"ready\":{\"pid\":1,"
                       "\"http\":\"127.0.0.1:1\",\"rtmp\":\"127.0.0.1:2\"}}'\n"
                       "exec sleep 600");
  assert_child_goes_too (self, deaf);
}

int
main (int   argc,
      char *argv[])
{
  /* No keyring: a test must not find a real one. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  if (argc == 4 && g_str_equal (argv[1], "--app"))
    return be_an_app (argv[2], argv[3]);

  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                   \
  g_test_add ("/client/local-server/" name, Fixture, NULL, set_up, function,  \
              tear_down)
  ADD ("trouble-is-shown", test_trouble_is_shown);
  ADD ("missing-program-is-told", test_missing_program_is_told);
  ADD ("dying-again-and-again-is-given-up",
       test_dying_again_and_again_is_given_up);
  ADD ("owner-is-signed-in-silently", test_owner_is_signed_in_silently);
  ADD ("refusals-have-words", test_refusals_have_words);
  ADD ("second-profile-shares-it", test_second_profile_shares_it);
  ADD ("killed-server-loses-nothing", test_killed_server_loses_nothing);
  ADD ("none-is-left-behind", test_none_is_left_behind);
#undef ADD
  return g_test_run ();
}
