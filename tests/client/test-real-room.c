/* test-real-room.c: a host and a guest of theirs, at a real server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ffmpeg makes the host's room live. Who gives and who gets are two apps with
 * profiles of their own.
 */

#include "km-server.h"
#include "km-test-process.h"
#include "km-test-server.h"
#include "km-test-tls.h"
#include "km-trust.h"

#define WAIT_SECONDS 30
#define PRACTICE 10000
#define N_GIFTS 60

/* One app. */
typedef struct
{
  KmProfile *profile;
  KmSecrets *secrets;
  KmServer *server;
  KmWallet *wallet;
  KmRoom *room;
} Person;

typedef struct
{
  char *directory;
  char *config_flag;
  KmTestServer *server;
  KmTestProcess *publisher;
  char *room;
  Person host;
  Person giver;
} Fixture;

static void
write_file (Fixture    *self,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (self->directory, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
start_server (Fixture *self)
{
  const char *arguments[2] = { NULL };
  g_autofree char *config =
    g_strdup_printf ("[gifts]\ndirectory=%s\n[wallet]\npractice=%d\n"
                     "confirm-above=500\nshare=500\n", self->directory,
                     PRACTICE);

  self->config_flag = g_strdup_printf ("--config=%s/config", self->directory);
  arguments[0] = self->config_flag;
  write_file (self, "config", config);
  write_file (self, "rose.svg",
              "<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>");
  write_file (self, "catalogue.ini",
              "[rose]\nName=Rose\nPrice=3\nTier=1\nArt=rose\n"
              "[ship]\nName=Ship\nPrice=600\nTier=3\nArt=rose\n");
  self->server = km_test_server_new (arguments);
}

static gboolean
is_signed_in (gpointer data)
{
  Person *person = data;

  return km_server_get_signed_in (person->server) &&
         km_wallet_get_balance (person->wallet) >= 0;
}

static gboolean
is_online (gpointer data)
{
  return km_room_get_state (((Person *) data)->room) == KM_ROOM_ONLINE;
}

static gboolean
is_live (gpointer data)
{
  return is_online (data) && km_room_get_live (((Person *) data)->room);
}

static void
come (Fixture    *self,
      Person     *person,
      const char *name)
{
  g_autofree char *directory = g_build_filename (self->directory, name, NULL);
  g_autofree char *address = km_test_server_get_web (self->server);

  person->profile = km_profile_new (NULL, directory, directory, "Owner");
  person->secrets = km_secrets_new (person->profile);
  person->server = km_server_new (person->profile, person->secrets, address);
  person->wallet = km_server_get_wallet (person->server);
  km_server_check_async (person->server, NULL, NULL, NULL);
  km_server_register_async (person->server, name, KM_TEST_PASSWORD, NULL, NULL,
                            NULL, NULL);
  g_assert_true (km_test_wait_until (is_signed_in, person, WAIT_SECONDS));
}

static void
leave (Person *person)
{
  km_room_close (person->room);
  g_clear_object (&person->room);
  g_clear_object (&person->server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&person->secrets);
  g_clear_pointer (&person->profile, km_profile_unref);
}

static gboolean
has_own_room (gpointer data)
{
  return km_server_get_own_room (data) != NULL;
}

static void
publish (Fixture *self)
{
  g_autofree char *address =
    km_server_dup_publish_address (self->host.server, NULL);
  g_autofree char *log = g_build_filename (self->directory, "ffmpeg", NULL);
  const char *argv[] = {
    "ffmpeg", "-v", "error", "-nostdin", "-re",
    "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=15",
    "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100",
    "-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-bf", "0",
    "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", address, NULL,
  };

  self->publisher = km_test_process_start (argv, NULL, log);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->directory = km_test_directory_new ("real-room");
  start_server (self);
  come (self, &self->host, "harriet");
  come (self, &self->giver, "georg");

  km_server_load_own_room_async (self->host.server, NULL, NULL, NULL);
  g_assert_true (km_test_wait_until (has_own_room, self->host.server,
                                     WAIT_SECONDS));
  self->room = g_strdup (
    km_room_item_get_id (km_server_get_own_room (self->host.server)));
  self->host.room = km_server_open_room (self->host.server, self->room);
  self->giver.room = km_server_open_room (self->giver.server, self->room);
  publish (self);
  g_assert_true (km_test_wait_until (is_live, &self->host, WAIT_SECONDS));
  g_assert_true (km_test_wait_until (is_live, &self->giver, WAIT_SECONDS));
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  leave (&self->giver);
  leave (&self->host);
  g_clear_pointer (&self->publisher, km_test_process_stop);
  km_test_server_free (self->server);
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_free (self->config_flag);
  g_free (self->room);
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

static gboolean
give (Person         *person,
      const char     *gift,
      gint64          count,
      gboolean        confirmed,
      KmGiftReceipt  *receipt,
      GError        **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  km_room_send_gift_async (person->room, gift, count, confirmed, -1, NULL,
                           on_result, &result);
  g_assert_true (km_test_wait_until (is_set, &result, WAIT_SECONDS));

  return km_room_send_gift_finish (person->room, result, receipt, error);
}

typedef struct
{
  KmWallet *wallet;
  gint64 income;
} Earned;

static gboolean
has_earned (gpointer data)
{
  Earned *earned = data;

  return km_wallet_get_income (earned->wallet) == earned->income;
}

static void
assert_income (Fixture *self,
               gint64   income)
{
  Earned earned = { self->host.wallet, income };

  km_test_wait_until (has_earned, &earned, WAIT_SECONDS);
  g_assert_cmpint (km_wallet_get_income (self->host.wallet), ==, income);
}

/* Until the wallet has asked the server again. */
static void
ask_again (KmWallet *wallet)
{
  g_autoptr (GAsyncResult) result = NULL;

  km_wallet_set_daily_limit_async (wallet, -1, NULL, on_result, &result);
  g_assert_true (km_test_wait_until (is_set, &result, WAIT_SECONDS));
  g_assert_true (km_wallet_set_daily_limit_finish (wallet, result, NULL));
}

static void
test_gift_reaches_the_host (Fixture       *self,
                            gconstpointer  data)
{
  KmGiftReceipt receipt;

  g_assert_cmpint (km_room_get_role (self->host.room), ==, KM_ROLE_HOST);
  g_assert_cmpint (km_wallet_get_balance (self->giver.wallet), ==, PRACTICE);
  assert_income (self, 0);

  g_assert_true (give (&self->giver, "rose", 10, FALSE, &receipt, NULL));
  g_assert_cmpint (receipt.value, ==, 30);
  g_assert_cmpint (receipt.balance, ==, PRACTICE - 30);
  g_assert_cmpint (km_wallet_get_balance (self->giver.wallet), ==,
                   PRACTICE - 30);
  assert_income (self, 15);
  g_assert_true (give (&self->giver, "ship", 1, TRUE, &receipt, NULL));
  assert_income (self, 315);

  /* The API says the same as the events. */
  ask_again (self->host.wallet);
  g_assert_cmpint (km_wallet_get_income (self->host.wallet), ==, 315);
  ask_again (self->giver.wallet);
  g_assert_cmpint (km_wallet_get_balance (self->giver.wallet), ==,
                   PRACTICE - 630);
}

static void
test_refusals (Fixture       *self,
               gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  const struct
  {
    Person *person;
    const char *gift;
    gint64 count;
    gboolean confirmed;
    KmProtocolError code;
  } cases[] = {
    { &self->giver, "ship", 1, FALSE, KM_PROTOCOL_ERROR_CONFIRM_REQUIRED },
    { &self->giver, "ship", 9999, TRUE, KM_PROTOCOL_ERROR_NOT_ENOUGH_COINS },
    { &self->giver, "moon", 1, FALSE, KM_PROTOCOL_ERROR_NO_SUCH_GIFT },
    { &self->host, "rose", 1, FALSE, KM_PROTOCOL_ERROR_OWN_ROOM },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (give (cases[i].person, cases[i].gift, cases[i].count,
                            cases[i].confirmed, NULL, &error));
      g_assert_error (error, KM_PROTOCOL_ERROR, (int) cases[i].code);
    }

  km_wallet_set_daily_limit_async (self->giver.wallet, 29, NULL, on_result,
                                   &result);
  g_assert_true (km_test_wait_until (is_set, &result, WAIT_SECONDS));
  g_assert_cmpint (km_wallet_get_daily_limit (self->giver.wallet), ==, 29);
  {
    g_autoptr (GError) error = NULL;

    g_assert_false (give (&self->giver, "rose", 10, FALSE, NULL, &error));
    g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_DAILY_LIMIT);
  }

  ask_again (self->giver.wallet);
  g_assert_cmpint (km_wallet_get_balance (self->giver.wallet), ==, PRACTICE);
  g_assert_cmpuint (g_list_model_get_n_items (
                      km_room_get_messages (self->giver.room)), ==, 0);
}

typedef struct
{
  guint answered;
  guint given;
  gint64 value;
} Outcome;

static void
on_given (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  Outcome *outcome = data;
  g_autoptr (GError) error = NULL;
  KmGiftReceipt receipt;

  outcome->answered++;
  if (km_room_send_gift_finish (KM_ROOM (source), result, &receipt, &error))
    {
      outcome->given++;
      outcome->value += receipt.value;
      return;
    }

  /* The stream ended with the server. */
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_NOT_LIVE);
}

static gboolean
has_some (gpointer data)
{
  return ((Outcome *) data)->given >= N_GIFTS / 3;
}

static gboolean
has_all (gpointer data)
{
  return ((Outcome *) data)->answered == N_GIFTS;
}

static void
test_killed_between_gifts (Fixture       *self,
                           gconstpointer  data)
{
  Outcome outcome = { 0 };

  for (guint i = 0; i < N_GIFTS; i++)
    km_room_send_gift_async (self->giver.room, "rose", 1 + i % 7, FALSE, -1,
                             NULL, on_given, &outcome);
  g_assert_true (km_test_wait_until (has_some, &outcome, WAIT_SECONDS));
  km_test_server_kill (self->server);
  km_test_server_start (self->server);
  g_assert_true (km_test_wait_until (has_all, &outcome, 2 * WAIT_SECONDS));
  g_test_message ("%u of %d given, %" G_GINT64_FORMAT " coins", outcome.given,
                  N_GIFTS, outcome.value);

  /* Each receipt was paid once, and nothing was paid without one. */
  ask_again (self->giver.wallet);
  g_assert_cmpint (km_wallet_get_balance (self->giver.wallet), ==,
                   PRACTICE - outcome.value);
}

static gboolean
has_likes (gpointer data)
{
  return km_room_get_likes (((Person *) data)->room) == 3;
}

static void
on_liked (KmRoom *room,
          guint   n,
          guint  *liked)
{
  *liked += n;
}

static void
test_hearts_reach_the_host (Fixture       *self,
                            gconstpointer  data)
{
  guint at_host = 0;
  guint at_giver = 0;

  g_signal_connect (self->host.room, "liked", G_CALLBACK (on_liked), &at_host);
  g_signal_connect (self->giver.room, "liked", G_CALLBACK (on_liked),
                    &at_giver);
  for (guint i = 0; i < 3; i++)
    g_assert_true (km_room_like (self->giver.room));
  g_assert_true (km_test_wait_until (has_likes, &self->host, WAIT_SECONDS));
  g_assert_true (km_test_wait_until (has_likes, &self->giver, WAIT_SECONDS));
  g_assert_cmpuint (at_host, ==, 3);
  g_assert_cmpuint (at_giver, ==, 3);
  g_signal_handlers_disconnect_by_data (self->host.room, &at_host);
  g_signal_handlers_disconnect_by_data (self->giver.room, &at_giver);
}

static void
test_people (Fixture       *self,
             gconstpointer  data)
{
  GListModel *people = km_room_get_people (self->giver.room);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (KmRoomPerson) first = NULL;
  g_autoptr (KmRoomPerson) second = NULL;

  km_room_load_people_async (self->giver.room, NULL, on_result, &result);
  g_assert_true (km_test_wait_until (is_set, &result, WAIT_SECONDS));
  g_assert_true (km_room_load_people_finish (self->giver.room, result, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (people), ==, 2);
  first = g_list_model_get_item (people, 0);
  second = g_list_model_get_item (people, 1);
  g_assert_cmpstr (km_room_person_get_name (first), ==, "harriet");
  g_assert_cmpint (km_room_person_get_role (first), ==, KM_ROLE_HOST);
  g_assert_cmpstr (km_room_person_get_name (second), ==, "georg");
  g_assert_cmpuint (km_room_get_guests (self->giver.room), ==, 0);
}

static void
test_statement (Fixture       *self,
                            gconstpointer  data)
{
  g_autoptr (KmPayments) payments = NULL;
  g_autoptr (KmPayment) payment = NULL;
  g_autoptr (GAsyncResult) loaded = NULL;

  g_assert_true (give (&self->giver, "rose", 10, FALSE, NULL, NULL));
  payments = km_wallet_open_payments (self->giver.wallet, KM_PAYMENTS_WALLET);
  km_payments_load_async (payments, NULL, on_result, &loaded);
  g_assert_true (km_test_wait_until (is_set, &loaded, WAIT_SECONDS));
  g_assert_true (km_payments_load_finish (payments, loaded, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (payments)), ==, 2);
  payment = g_list_model_get_item (G_LIST_MODEL (payments), 0);
  g_assert_cmpint (km_payment_get_kind (payment), ==, KM_PAYMENT_GIFT);
  g_assert_cmpint (km_payment_get_coins (payment), ==, -30);
  g_assert_cmpint (km_payment_get_balance (payment), ==, PRACTICE - 30);
  g_assert_cmpint (km_payment_get_count (payment), ==, 10);
  g_assert_cmpstr (km_payment_get_gift_name (payment), ==, "Rose");
}

static void
test_summary (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (KmStreamSummary) summary = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (give (&self->giver, "rose", 10, FALSE, NULL, NULL));
  km_server_load_summary_async (self->host.server,
                                km_room_get_stream (self->host.room), NULL,
                                on_result, &result);
  g_assert_true (km_test_wait_until (is_set, &result, WAIT_SECONDS));
  summary = km_server_load_summary_finish (self->host.server, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (summary->ended_at_ms, ==, -1);
  g_assert_cmpint (summary->gifts, ==, 10);
  g_assert_cmpint (summary->gift_coins, ==, 30);
  g_assert_cmpint (summary->income, ==, 15);
  g_assert_cmpint (summary->givers, ==, 1);

  /* It is the last one, and nobody else's business. */
  g_clear_object (&result);
  g_clear_pointer (&summary, km_stream_summary_free);
  km_server_load_summary_async (self->host.server, NULL, NULL, on_result,
                                &result);
  g_assert_true (km_test_wait_until (is_set, &result, WAIT_SECONDS));
  summary = km_server_load_summary_finish (self->host.server, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (summary->stream, ==, km_room_get_stream (self->host.room));

  g_clear_object (&result);
  km_server_load_summary_async (self->giver.server,
                                km_room_get_stream (self->host.room), NULL,
                                on_result, &result);
  g_assert_true (km_test_wait_until (is_set, &result, WAIT_SECONDS));
  g_assert_null (km_server_load_summary_finish (self->giver.server, result,
                                                &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_FORBIDDEN);
}

typedef struct
{
  Person *person;
  gint64 first;
  gint64 second;
} Tallies;

static KmRoomPoll *
get_poll (Person *person)
{
  return g_list_model_get_item (km_room_get_polls (person->room), 0);
}

static gboolean
has_poll (gpointer data)
{
  g_autoptr (KmRoomPoll) poll = get_poll (data);

  return poll != NULL;
}

static gboolean
has_tallies (gpointer data)
{
  Tallies *tallies = data;
  g_autoptr (KmRoomPoll) poll = get_poll (tallies->person);

  return poll != NULL && km_room_poll_get_tally (poll, 0) == tallies->first &&
         km_room_poll_get_tally (poll, 1) == tallies->second;
}

static void
wait_tallies (Person *person,
              gint64  first,
              gint64  second)
{
  Tallies tallies = { person, first, second };

  g_assert_true (km_test_wait_until (has_tallies, &tallies, WAIT_SECONDS));
}

static char *
open_poll (Fixture *self,
           gint64   duration_ms)
{
  char *options[] = { (char *) "Yes", (char *) "No", NULL };
  KmPollQuestion question = {
    .question = (char *) "Tea?",
    .options = options,
    .changeable = TRUE,
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *id;

  km_room_open_poll_async (self->host.room, &question, duration_ms, NULL,
                           on_result, &result);
  g_assert_true (km_test_wait_until (is_set, &result, WAIT_SECONDS));
  id = km_room_open_poll_finish (self->host.room, result, &error);
  g_assert_no_error (error);
  g_assert_true (km_test_wait_until (has_poll, &self->host, WAIT_SECONDS));
  g_assert_true (km_test_wait_until (has_poll, &self->giver, WAIT_SECONDS));

  return id;
}

static void
vote (Person     *person,
      KmRoomPoll *poll,
      guint       choices)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  km_room_vote_async (person->room, poll, choices, NULL, on_result, &result);
  g_assert_true (km_test_wait_until (is_set, &result, WAIT_SECONDS));
  g_assert_true (km_room_vote_finish (person->room, result, &error));
  g_assert_no_error (error);
}

static gboolean
is_closed (gpointer data)
{
  return km_room_poll_get_closed (data);
}

static void
test_poll_from_both_sides (Fixture       *self,
                           gconstpointer  data)
{
  g_autofree char *id = open_poll (self, -1);
  g_autoptr (KmRoomPoll) asked = get_poll (&self->host);
  g_autoptr (KmRoomPoll) seen = get_poll (&self->giver);
  g_autofree char *path = g_build_filename (self->directory, "poll.csv", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GAsyncResult) saved = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpstr (km_room_poll_get_id (seen), ==, id);
  vote (&self->giver, seen, 1);
  wait_tallies (&self->host, 1, 0);
  vote (&self->host, asked, 1);
  wait_tallies (&self->giver, 2, 0);
  vote (&self->giver, seen, 2);
  wait_tallies (&self->host, 1, 1);
  g_assert_cmpint (km_room_poll_get_voters (asked), ==, 2);

  km_room_close_poll_async (self->host.room, asked, NULL, on_result, &closed);
  g_assert_true (km_test_wait_until (is_set, &closed, WAIT_SECONDS));
  g_assert_true (km_room_close_poll_finish (self->host.room, closed, NULL));
  g_assert_true (km_test_wait_until (is_closed, seen, WAIT_SECONDS));
  g_assert_cmpint (km_room_poll_get_reason (seen), ==, KM_POLL_END_HOST);
  g_assert_cmpint (km_room_poll_get_tally (seen, 0), ==, 1);
  g_assert_cmpint (km_room_poll_get_tally (seen, 1), ==, 1);
  g_assert_false (has_poll (&self->giver));

  km_server_save_poll_async (self->host.server, id, file, NULL, on_result,
                             &saved);
  g_assert_true (km_test_wait_until (is_set, &saved, WAIT_SECONDS));
  km_server_save_poll_finish (self->host.server, saved, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (g_strstr_len (text, -1, "Yes"));
}

static gboolean
is_not_online (gpointer data)
{
  return !is_online (data);
}

static void
test_vote_survives_the_server (Fixture       *self,
                               gconstpointer  data)
{
  g_autofree char *id = open_poll (self, KM_POLL_DURATION_MS_MAX);
  g_autoptr (KmRoomPoll) poll = get_poll (&self->giver);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vote (&self->giver, poll, 1);

  /* Whether or not this one was counted before the end. */
  km_room_vote_async (self->giver.room, poll, 2, NULL, on_result, &result);
  g_assert_cmpuint (km_room_poll_get_voted (poll), ==, 2);
  km_test_server_kill (self->server);
  g_assert_true (km_test_wait_until (is_not_online, &self->giver,
                                     WAIT_SECONDS));
  km_test_server_start (self->server);
  g_assert_true (km_test_wait_until (is_set, &result, 2 * WAIT_SECONDS));
  km_room_vote_finish (self->giver.room, result, &error);
  g_assert_no_error (error);
  g_assert_true (km_test_wait_until (is_online, &self->host, WAIT_SECONDS));
  wait_tallies (&self->host, 0, 1);
  wait_tallies (&self->giver, 0, 1);
  g_assert_cmpint (km_room_poll_get_voters (poll), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  /* No keyring: a test must not find a real one. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_setenv ("LANGUAGE", "en", TRUE);
  g_test_init (&argc, &argv, NULL);
  if (km_test_tls_is_asked_for ())
    km_trust_install (km_test_authority_get_file (km_test_tls_authority ()));
#define ADD(name, function)                                                   \
  g_test_add ("/client/real-room/" name, Fixture, NULL, set_up, function,     \
              tear_down)
  ADD ("gift-reaches-the-host", test_gift_reaches_the_host);
  ADD ("refusals", test_refusals);
  ADD ("killed-between-gifts", test_killed_between_gifts);
  ADD ("hearts-reach-the-host", test_hearts_reach_the_host);
  ADD ("people", test_people);
  ADD ("statement", test_statement);
  ADD ("summary", test_summary);
  ADD ("poll-from-both-sides", test_poll_from_both_sides);
  ADD ("vote-survives-the-server", test_vote_survives_the_server);
#undef ADD
  return g_test_run ();
}
