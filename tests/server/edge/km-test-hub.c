/* km-test-hub.c: a hub with a store, and people who come and talk
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-test-hub.h"

#include "km-grant.h"
#include "km-test-tls.h"

typedef struct
{
  KmJob job;
  gint64 account;
  gint64 coins;
  GError *error;
} Grant;

static const KmLedgerRules rules = {
  .share_permille = 500,
  .confirm_above_coins = 1000,
};

void
km_test_hub_start (KmTestHub *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->store = km_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->hub = km_hub_new (fixture->store, fixture->post_office, &rules,
                             &error);
  g_assert_no_error (error);
}

void
km_test_hub_stop (KmTestHub *fixture)
{
  km_hub_free (fixture->hub);
  km_store_free (fixture->store);
}

void
km_test_hub_set_up (KmTestHub     *fixture,
                    gconstpointer  data)
{
  fixture->directory = km_test_store_directory_new ();
  fixture->post_office = km_post_office_new ();
  km_test_hub_start (fixture);
  km_test_store_add_users (fixture->store, MEMBERS);
}

void
km_test_hub_tear_down (KmTestHub     *fixture,
                       gconstpointer  data)
{
  km_test_hub_stop (fixture);
  km_post_office_free (fixture->post_office);
  km_test_store_directory_remove (fixture->directory);
}

static KmTransport
make_transport (KmTestMember *member,
                int           other_end)
{
  g_autoptr (GSocket) socket = NULL;
  GIOStream *stream;

  if (!km_test_tls_is_asked_for ())
    return km_transport_new_plain (other_end);

  member->fd = km_test_tls_wrap (member->fd);
  stream = km_test_tls_accept (other_end, &socket);
  return km_transport_new_tls (stream, socket);
}

/* @account 0: a guest. */
void
km_test_hub_connect_with (KmTestHub    *fixture,
                          KmTestMember *member,
                          gint64        account,
                          GBytes       *leftover)
{
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, account);
  g_autofree char *name = g_strdup_printf ("user%s", id);
  const KmIdentity identity = { id, name, name, name };
  const KmIdentity guest = { 0 };
  int other_end;

  km_test_member_init (member, &other_end);
  km_hub_adopt (fixture->hub, make_transport (member, other_end),
                account != 0 ? &identity : &guest, leftover);
}

void
km_test_hub_connect (KmTestHub    *fixture,
                     KmTestMember *member,
                     gint64        account)
{
  km_test_hub_connect_with (fixture, member, account, NULL);
}

void
km_test_hub_join (KmTestMember *member,
                  const char   *epoch,
                  gint64        seq,
                  gboolean      resumed,
                  gint64        head)
{
  g_autoptr (KmReply) reply = NULL;

  km_test_member_join (member, ROOM, epoch, seq);
  reply = km_test_member_next_reply (member);
  g_assert_no_error (reply->error);
  g_assert_cmpint (reply->resumed, ==, resumed);
  g_assert_cmpint (reply->seq, ==, head);
  g_assert_cmpstr (reply->epoch, ==, EPOCH);
}

/* Returns the seq of what was said. */
gint64
km_test_hub_say (KmTestMember *member,
                 const char   *id,
                 const char   *text)
{
  g_autoptr (KmReply) reply = NULL;

  km_test_member_say (member, ROOM, id, text);
  reply = km_test_member_next_reply (member);
  g_assert_no_error (reply->error);

  return reply->seq;
}

void
km_test_hub_expect_event (KmTestMember *member,
                          gint64        seq,
                          const char   *text)
{
  g_autoptr (KmRoomEvent) event = km_test_member_next_event (member);

  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_CHAT_MESSAGE);
  g_assert_cmpint (event->seq, ==, seq);
  g_assert_cmpstr (event->text, ==, text);
}

/* Until a member who is in the room has seen it. */
void
km_test_hub_go_live (KmTestHub    *fixture,
                     KmTestMember *member,
                     const char   *stream)
{
  g_autoptr (KmRoomEvent) event = NULL;

  km_post_office_send (fixture->post_office,
                       km_event_new_stream_started (ROOM, stream, 1000));
  event = km_test_member_next_event (member);
  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_STREAM_STARTED);
}

void
km_test_hub_end_stream (KmTestHub    *fixture,
                        KmTestMember *member,
                        const char   *stream)
{
  g_autoptr (KmRoomEvent) event = NULL;

  km_post_office_send (fixture->post_office,
                       km_event_new_stream_ended (ROOM, stream, "ended",
                                                  9000, 8000));
  event = km_test_member_next_event (member);
  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_STREAM_ENDED);
}

/* A rose for 3, a castle for 600,000, and a tulip that was for 1. */
void
km_test_hub_add_gifts (KmTestHub *fixture)
{
  g_autoptr (GError) error = NULL;

  km_test_store_run (
    fixture->store,
    "INSERT INTO gift_kind"
    " (id, name, price, tier, art, origin, retired_at, position) VALUES"
    " ('rose', '{\"en\":\"Rose\"}', 3, 1, 'rose', 'owner', NULL, 1),"
    " ('castle', '{\"en\":\"Castle\"}', 600000, 3, 'castle', 'owner', NULL,"
    "  2),"
    " ('tulip', '{\"en\":\"Tulip\"}', 1, 1, 'tulip', 'owner', 5, 3)", &error);
  g_assert_no_error (error);
}

static gboolean
apply_grant (KmJob          *job,
             KmTransaction  *transaction,
             GError        **error)
{
  Grant *self = (Grant *) job;

  return km_ledger_grant (transaction, self->account, self->coins, NULL, 1,
                          NULL, error);
}

static void
grant_done (KmJob        *job,
            const GError *error)
{
  g_assert_no_error (error);
}

void
km_test_hub_grant (KmTestHub *fixture,
                   gint64     account,
                   gint64     coins)
{
  g_autoptr (KmQueue) answers = km_queue_new (0);
  Grant grant = {
    .job = { .apply = apply_grant, .done = grant_done, .reply_to = answers },
    .account = account,
    .coins = coins,
  };

  g_assert_true (km_store_submit (fixture->store, &grant.job));
  g_assert_true (km_queue_wait (answers, -1));
  km_job_finish_all (km_queue_take_all (answers));
}

gint64
km_test_hub_balance (KmTestHub *fixture,
                     gint64     account)
{
  g_autofree char *sql = g_strdup_printf (
    "SELECT total (balance) FROM ledger_account"
    " WHERE kind = 'user' AND owner = %" G_GINT64_FORMAT, account);

  return km_test_store_ask (fixture->store, sql);
}
