/* test-edge.c: configuration, tickets, directory and the guard of pages
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>

#include "km-config.h"
#include "km-proxy.h"
#include "km-directory.h"
#include "km-guard.h"
#include "km-protocol.h"
#include "km-tickets.h"
#include "km-web-private.h"

static void
test_addresses_are_read (void)
{
  const char *good[][2] = {
    { "127.0.0.1:8080", "127.0.0.1:8080" }, { "localhost:0", "127.0.0.1" },
    { "[::1]:80", "[::1]:80" }, { ":1935", "[::]:1935" },
    { "0.0.0.0:65535", "0.0.0.0:65535" },
  };
  const char *bad[] = { "", "8080", "127.0.0.1", "127.0.0.1:", "::1:80",
                        "127.0.0.1:65536", "127.0.0.1:-1", "[::1:80",
                        "example.org:80", "127.0.0.1:80x" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GSocketAddress) address = km_config_parse_address (good[i][0],
                                                                    NULL);
      g_autofree char *text = g_socket_connectable_to_string (
        G_SOCKET_CONNECTABLE (address));

      g_assert_cmpstr (text, ==, good[i][1]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (km_config_parse_address (bad[i], &error));
      g_assert_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD);
    }
}

static gboolean
read_text (KmConfig    *config,
           const char  *text,
           GError     **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("kaimu-config-XXXXXX", &path, NULL);
  gboolean read;

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  read = km_config_read_file (config, path, error);
  g_unlink (path);

  return read;
}

static void
test_a_file_is_read_or_its_fault_named (void)
{
  const char *bad[] = { "[server]\nnmae=x\n", "[sever]\nname=x\n", "name=x\n",
                        "[server]\nregistration=no\n",
                        "[server]\nlog-level=loud\n",
                        "[listen]\nhttp-idle=0\n",
                        "[listen]\nhttp-idle=3601\n",
                        "[listen]\nhttp-idle=30s\n",
                        "[listen]\nplain=yes\n",
                        "[proxy]\ntrusted=localhost\n",
                        "[proxy]\nrtmp-port=65536\n",
                        "[listen]\nconnects=-1\n",
                        "[listen]\nconnects-of-address=1000001\n",
                        "[listen]\nwaiting=many\n",
                        "[rooms]\nmessage-every=9\n",
                        "[rooms]\nmessages-at-once=0\n",
                        "[rooms]\npublisher-wait=0\n",
                        "[rooms]\npublisher-wait=3601\n",
                        "[listen]\nwaiting-of-address=\n" };
  g_autoptr (KmConfig) config = km_config_new ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (config->http_idle_seconds, ==, 30);
  g_assert_cmpuint (config->message_every_ms, ==, 500);
  g_assert_cmpuint (config->messages_at_once, ==, 5);
  g_assert_cmpuint (config->publisher_wait_seconds, ==, 60);
  g_assert_cmpuint (config->limits.a_second, ==, 5000);
  g_assert_true (read_text (config,
                            "[server]\nname=Home\nregistration=closed\n"
                            "[listen]\nhttp=:80\nhttp-idle=3600\n"
                            "connects=1\nconnects-of-address=2\n"
                            "waiting=0\nwaiting-of-address=1000000\n"
                            "http-connections=3\n"
                            "http-connections-of-address=4\n"
                            "rtmps=:1936\nplain=all\n"
                            "[rooms]\nmessage-every=2000\n"
                            "messages-at-once=1\npublisher-wait=300\n"
                            "[tls]\ncertificate=/c.pem\nkey=/k.pem\n"
                            "[proxy]\ntrusted=::1, 10.0.0.0/8\n"
                            "rtmps-port=1937\n"
                            "[browser]\nhosts=a.example, b.example\n",
                            &error));
  g_assert_no_error (error);
  g_assert_cmpuint (config->message_every_ms, ==, 2000);
  g_assert_cmpuint (config->messages_at_once, ==, 1);
  g_assert_cmpuint (config->publisher_wait_seconds, ==, 300);
  g_assert_cmpstr (config->name, ==, "Home");
  g_assert_false (config->registration_open);
  g_assert_cmpstr (config->http, ==, ":80");
  g_assert_cmpuint (config->http_idle_seconds, ==, 3600);
  g_assert_cmpuint (config->limits.a_second, ==, 1);
  g_assert_cmpuint (config->limits.a_second_of_address, ==, 2);
  g_assert_cmpuint (config->limits.waiting, ==, 0);
  g_assert_cmpuint (config->limits.waiting_of_address, ==, 1000000);
  g_assert_cmpuint (config->http_connections, ==, 3);
  g_assert_cmpuint (config->http_connections_of_address, ==, 4);
  g_assert_cmpstr (config->rtmps, ==, ":1936");
  g_assert_true (config->plain_anywhere);
  g_assert_cmpstr (config->key, ==, "/k.pem");
  g_assert_cmpuint (config->proxies->len, ==, 2);
  g_assert_cmpuint (config->proxy_rtmps_port, ==, 1937);
  g_assert_true (g_strv_contains ((const char *const *) config->hosts,
                                  "b.example"));

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) fault = NULL;

      g_assert_false (read_text (config, bad[i], &fault));
      g_assert_nonnull (fault);
    }
}

/* What wouldn't be fit to be seen on the way isn't sent by accident. */
static void
test_plain_off_loopback_is_refused (void)
{
  static const struct
  {
    const char *text;
    const char *words; /* of the fault; NULL: none */
  } cases[] = {
    { "[listen]\nhttp=:8080\n", "http=:8080 would let everybody" },
    { "[listen]\nrtmp=192.0.2.1:1935\n", "rtmps= with a certificate" },
    { "[listen]\nhttp=:8080\nrtmp=:1935\nplain=all\n", NULL },
    { "[listen]\nhttp=[::1]:8080\nrtmp=127.9.9.9:1935\n", NULL },
    { "[listen]\nhttps=:443\n", "need a certificate" },
    { "[listen]\nrtmps=:443\n[tls]\nkey=/k.pem\n", "need a certificate" },
    { "[listen]\nrtmps=:443\n[tls]\nkey=/k.pem\ncertificate=/c.pem\n",
      NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (KmConfig) config = km_config_new ();
      g_autoptr (GError) error = NULL;

      g_assert_true (read_text (config, cases[i].text, NULL));
      g_assert_cmpint (km_config_check (config, &error), ==,
                       cases[i].words == NULL);
      if (cases[i].words != NULL)
        g_assert_nonnull (strstr (error->message, cases[i].words));
    }
}

static void
test_only_trusted_proxies_are_believed (void)
{
  static const struct
  {
    const char *peer;
    const char *forwarded;
    const char *client;
  } cases[] = {
    { "192.0.2.7", NULL, "192.0.2.7" },
    { "192.0.2.7", "198.51.100.1", "192.0.2.7" },
    { "127.0.0.1", NULL, "127.0.0.1" },
    { "127.0.0.1", "198.51.100.1", "198.51.100.1" },
    { "127.0.0.1", "10.9.9.9,198.51.100.1", "198.51.100.1" },
    { "127.0.0.1", "203.0.113.5, 198.51.100.1, 10.1.2.3", "198.51.100.1" },
    { "10.1.2.3", "2001:db8::7", "2001:db8::7" },
    { "::ffff:10.1.2.3", "::ffff:198.51.100.1", "198.51.100.1" },
    { "127.0.0.1", "198.51.100.1:4711", "198.51.100.1" },
    { "127.0.0.1", "[2001:db8::7]:4711", "2001:db8::7" },
    { "127.0.0.1", "unknown", "127.0.0.1" },
    { "127.0.0.1", "198.51.100.1, ", "127.0.0.1" },
    { "127.0.0.1", "", "127.0.0.1" },
    { "127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1" },
  };
  g_autoptr (GPtrArray) trusted =
    km_proxy_parse_trusted ("127.0.0.1, ::1,10.0.0.0/8", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GInetAddress) peer =
        g_inet_address_new_from_string (cases[i].peer);
      g_autoptr (GInetAddress) client =
        km_proxy_find_client (trusted, peer, cases[i].forwarded);
      g_autoptr (GInetAddress) alone =
        km_proxy_find_client (NULL, peer, cases[i].forwarded);
      g_autofree char *text = g_inet_address_to_string (client);

      g_assert_cmpstr (text, ==, cases[i].client);
      g_assert_false (km_proxy_is_trusted (NULL, alone));
    }
}

static KmTicket *
new_ticket (const char *session)
{
  KmTicket *ticket = g_new0 (KmTicket, 1);

  ticket->session = g_strdup (session);
  return ticket;
}

static void
test_a_ticket_is_good_once_and_briefly (void)
{
  g_autoptr (KmTickets) tickets = km_tickets_new ();
  g_autofree char *one = km_tickets_issue (tickets, new_ticket ("s"), 1000);
  g_autofree char *late = km_tickets_issue (tickets, new_ticket ("s"), 1000);
  g_autofree char *out = NULL;
  g_autoptr (KmTicket) ticket = km_tickets_redeem (tickets, one, 1000);

  g_assert_cmpstr (ticket->session, ==, "s");
  g_assert_null (km_tickets_redeem (tickets, one, 1000));
  g_assert_null (km_tickets_redeem (tickets, NULL, 1000));
  g_assert_null (km_tickets_redeem (tickets, late,
                                    1000 + KM_TICKET_LIFE_MS));

  out = km_tickets_issue (tickets, new_ticket ("s"), 1000);
  km_tickets_drop_sessions (tickets, (const char *[]) { "s", NULL });
  g_assert_null (km_tickets_redeem (tickets, out, 1000));
}

static void
test_a_flood_of_tickets_shuts_nobody_out (void)
{
  g_autoptr (KmTickets) tickets = km_tickets_new ();
  g_autofree char *oldest = NULL;
  g_autofree char *newest = NULL;
  g_autoptr (KmTicket) ticket = NULL;

  for (guint i = 0; i < KM_TICKETS_MAX; i++)
    {
      g_autofree char *word = km_tickets_issue (tickets, new_ticket (NULL),
                                                1000);

      g_assert_nonnull (word);
      if (oldest == NULL)
        oldest = g_steal_pointer (&word);
    }

  /* Bounded: for the newest the oldest goes, which had the most time. */
  newest = km_tickets_issue (tickets, new_ticket ("s"), 1000);
  g_assert_nonnull (newest);
  g_assert_null (km_tickets_redeem (tickets, oldest, 1000));
  ticket = km_tickets_redeem (tickets, newest, 1000);
  g_assert_nonnull (ticket);
  g_assert_cmpstr (ticket->session, ==, "s");
}

static void
take (KmDirectory *directory,
      KmEvent     *event)
{
  km_directory_take (directory, event);
  km_event_unref (event);
}

static void
test_live_rooms_the_fullest_first (void)
{
  g_autoptr (KmDirectory) directory = km_directory_new ();
  g_autoptr (GPtrArray) rooms = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (KmRoomInfo) info = km_room_info_new ();

  take (directory, km_event_new_stream_started ("1", "a", 1000));
  take (directory, km_event_new_stream_started ("2", "b", 2000));
  take (directory, km_event_new_room_online ("1", 5));
  take (directory, km_event_new_room_online ("3", 9));
  rooms = km_directory_list_live (directory, 10);
  g_assert_cmpuint (rooms->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (rooms, 0), ==, "1");
  g_assert_cmpstr (g_ptr_array_index (rooms, 1), ==, "2");

  info->id = g_strdup ("1");
  km_directory_complete (directory, info);
  g_assert_true (info->live);
  g_assert_cmpstr (info->stream, ==, "a");
  g_assert_cmpuint (info->online, ==, 5);

  /* The late end of an older stream changes nothing. */
  take (directory, km_event_new_stream_started ("2", "c", 3000));
  take (directory, km_event_new_stream_ended ("2", "b", "lost", 3001, 1));
  take (directory, km_event_new_stream_ended ("1", "a", "ended", 3002, 1));
  left = km_directory_list_live (directory, 10);
  g_assert_cmpuint (left->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (left, 0), ==, "2");
}

static void
test_pages_of_other_sites_are_told_apart (void)
{
  const char *hosts[] = { "live.example", NULL };
  const char *origins[] = { "https://page.example", NULL };

  g_assert_true (km_guard_host (NULL, TRUE, NULL));
  g_assert_true (km_guard_host ("localhost:80", TRUE, NULL));
  g_assert_true (km_guard_host ("127.0.0.1", TRUE, NULL));
  g_assert_true (km_guard_host ("[::1]:80", TRUE, NULL));
  g_assert_true (km_guard_host ("LIVE.example:80", TRUE, hosts));
  g_assert_false (km_guard_host ("evil.example", TRUE, hosts));
  g_assert_false (km_guard_host ("localhost.evil.example", TRUE, NULL));
  g_assert_false (km_guard_host ("evil.example", FALSE, hosts));
  g_assert_true (km_guard_host ("any.example", FALSE, NULL));

  g_assert_true (km_guard_origin (NULL, "a", NULL));
  g_assert_true (km_guard_origin ("http://a:80", "a:80", NULL));
  g_assert_true (km_guard_origin ("https://page.example", "a", origins));
  g_assert_false (km_guard_origin ("http://page.example", "a", origins));
  g_assert_false (km_guard_origin ("http://a:81", "a:80", NULL));
  g_assert_false (km_guard_origin ("null", "null", NULL));
  g_assert_false (km_guard_origin ("ftp://a", "a", NULL));
  g_assert_false (km_guard_origin ("http://a", NULL, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edge/config/addresses-are-read",
                   test_addresses_are_read);
  g_test_add_func ("/edge/config/a-file-is-read-or-its-fault-named",
                   test_a_file_is_read_or_its_fault_named);
  g_test_add_func ("/edge/config/plain-off-loopback-is-refused",
                   test_plain_off_loopback_is_refused);
  g_test_add_func ("/edge/proxy/only-trusted-ones-are-believed",
                   test_only_trusted_proxies_are_believed);
  g_test_add_func ("/edge/tickets/good-once-and-briefly",
                   test_a_ticket_is_good_once_and_briefly);
  g_test_add_func ("/edge/tickets/a-flood-shuts-nobody-out",
                   test_a_flood_of_tickets_shuts_nobody_out);
  g_test_add_func ("/edge/directory/live-rooms-the-fullest-first",
                   test_live_rooms_the_fullest_first);
  g_test_add_func ("/edge/guard/pages-of-other-sites-are-told-apart",
                   test_pages_of_other_sites_are_told_apart);
  return g_test_run ();
}
