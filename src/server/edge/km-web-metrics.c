/* km-web-metrics.c: GET /metrics, and who may read it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much goes on here is the owner's business, so by default only programs
 * on this machine are told. A proxy on this machine speaks for others: what
 * carries its marks isn't local.
 *
 * The threads keep their figures themselves; here they are only read, so that
 * asking costs nobody but the main loop, and that some microseconds.
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "km-http-door.h"

#define TYPE "text/plain; version=0.0.4; charset=utf-8"

/**
 * km_web_is_local:
 * @address: where a connection comes from
 *
 * An IPv4 address may come as one of IPv6, where the server listens on both.
 *
 * Returns: whether that is this machine
 */
gboolean
km_web_is_local (GInetAddress *address)
{
  static const guint8 mapped_loopback[13] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                              0xff, 0xff, 127 };

  if (g_inet_address_get_is_loopback (address))
    return TRUE;

  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
         && memcmp (g_inet_address_to_bytes (address), mapped_loopback,
                    sizeof mapped_loopback) == 0;
}

static gboolean
comes_from_here (SoupServerMessage *message)
{
  static const char *const marks[] = { "Forwarded", "X-Forwarded-For",
                                       "X-Real-IP", "Via" };
  SoupMessageHeaders *headers =
    soup_server_message_get_request_headers (message);
  GSocketAddress *address = soup_server_message_get_remote_address (message);

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      if (soup_message_headers_get_one (headers, marks[i]) != NULL)
        return FALSE;
    }

  return G_IS_INET_SOCKET_ADDRESS (address)
         && km_web_is_local (g_inet_socket_address_get_address (
              G_INET_SOCKET_ADDRESS (address)));
}

static void
append_process (GString *out)
{
  struct rusage usage = { 0 };
  unsigned long pages = 0;
  g_autofree char *status = NULL;

  km_metrics_append_family (out, "kaimu_build_info", "gauge",
                            "The version that runs.");
  km_metrics_append_sample (out, "kaimu_build_info", "version", KAIMU_VERSION,
                            1);

  getrusage (RUSAGE_SELF, &usage);
  km_metrics_append_family (out, "process_cpu_seconds_total", "counter",
                            "Time that all threads have spent on a core.");
  g_string_append_printf (
    out, "process_cpu_seconds_total %" G_GINT64_FORMAT ".%06d\n",
    (gint64) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / G_USEC_PER_SEC,
    (int) ((usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
           % G_USEC_PER_SEC));

  if (g_file_get_contents ("/proc/self/statm", &status, NULL, NULL)
      && sscanf (status, "%*u %lu", &pages) == 1)
    km_metrics_append_gauge (out, "process_resident_memory_bytes",
                             "Memory that the server holds.",
                             (guint64) pages * (guint64) sysconf (_SC_PAGESIZE));
}

static void
append_store (GString *out,
              KmStore *store)
{
  const KmStoreFigures *figures = km_store_peek_figures (store);

  km_metrics_append_histogram (out, "kaimu_commit_duration_seconds",
                               "From the beginning of a group of changes "
                               "until it was on the disk.",
                               &figures->commit);
  km_metrics_append_counter (out, "kaimu_commit_failures_total",
                             "Groups of changes that were not kept.",
                             km_counter_read (&figures->failed));
  km_metrics_append_counter (out, "kaimu_changes_total",
                             "Changes that were asked for and tried.",
                             km_counter_read (&figures->changes));
  km_metrics_append_counter (out, "kaimu_changes_refused_total",
                             "Changes that the store had no room for.",
                             km_counter_read (&figures->refused));
}

static void
append_events (GString            *out,
               const KmHubFigures *figures)
{
  static const char *const name = "kaimu_room_events_total";

  km_metrics_append_family (out, name, "counter",
                            "What happened in rooms, by kind; chat.message "
                            "is what people said.");
  for (guint i = 0; i < G_N_ELEMENTS (figures->events); i++)
    km_metrics_append_sample (out, name, "kind",
                              km_room_event_kind_to_word ((KmRoomEventKind) i),
                              km_counter_read (&figures->events[i]));
}

static void
append_staff (GString            *out,
              const KmHubFigures *figures)
{
  static const char *const name = "kaimu_staff_entries_total";

  km_metrics_append_family (out, name, "counter",
                            "What the staff of rooms was told, by kind: "
                            "reports of messages, reports that were answered, "
                            "deleted messages.");
  for (guint i = 0; i < G_N_ELEMENTS (figures->staff); i++)
    km_metrics_append_sample (out, name, "kind",
                              km_room_event_kind_to_word ((KmRoomEventKind) (
                                KM_ROOM_EVENT_REPORT_FILED + i)),
                              km_counter_read (&figures->staff[i]));
}

static void
append_hub (GString            *out,
            const KmHubFigures *figures)
{
  km_metrics_append_gauge (out, "kaimu_rooms_loaded",
                           "Rooms that the hub has in memory.",
                           km_counter_read (&figures->rooms));
  km_metrics_append_gauge (out, "kaimu_members",
                           "Sockets of people and guests that are open.",
                           km_counter_read (&figures->members));
  km_metrics_append_gauge (out, "kaimu_seats",
                           "Members in rooms; one may be in several.",
                           km_counter_read (&figures->seats));
  km_metrics_append_counter (out, "kaimu_members_joined_total",
                             "Sockets that were taken on.",
                             km_counter_read (&figures->joined));
  km_metrics_append_counter (out, "kaimu_members_too_slow_total",
                             "Sockets that were closed since they took too "
                             "little for too long.",
                             km_counter_read (&figures->slow));
  km_metrics_append_counter (out, "kaimu_commands_total",
                             "Commands that members sent.",
                             km_counter_read (&figures->commands));
  append_events (out, figures);
  append_staff (out, figures);
  km_metrics_append_counter (out, "kaimu_deliveries_total",
                             "Events that were handed to members, each "
                             "counted for each of them.",
                             km_counter_read (&figures->deliveries));
  km_metrics_append_histogram (out, "kaimu_flush_duration_seconds",
                               "How long it took to hand a room's news to "
                               "all in it.",
                               &figures->flush);
  km_metrics_append_histogram (out, "kaimu_delivery_duration_seconds",
                               "From a command until what came of it was "
                               "handed to all in the room; of each flush the "
                               "oldest.",
                               &figures->delivery);
}

static void
append_entrance (GString                 *out,
                 const KmEntranceFigures *figures)
{
  static const char *const came = "kaimu_connections_total";
  static const char *const refused = "kaimu_connections_refused_total";
  static const char *const doors[KM_DOOR_KINDS] = {
    [KM_DOOR_HTTP] = "http",
    [KM_DOOR_HTTPS] = "https",
    [KM_DOOR_RTMP] = "rtmp",
    [KM_DOOR_RTMPS] = "rtmps",
  };
  static const char *const reasons[KM_ENTRANCE_REFUSALS] = {
    [KM_ENTRANCE_TOO_FAST] = "connects",
    [KM_ENTRANCE_ADDRESS_TOO_FAST] = "connects_of_address",
    [KM_ENTRANCE_CROWDED] = "waiting",
    [KM_ENTRANCE_ADDRESS_WAITS] = "waiting_of_address",
    [KM_ENTRANCE_BUSY] = "busy",
    [KM_ENTRANCE_SILENT] = "silent",
    [KM_ENTRANCE_LATE] = "half_a_request",
    [KM_ENTRANCE_BAD] = "bad_request",
    [KM_ENTRANCE_SENT_AWAY] = "ticket_or_origin",
  };

  km_metrics_append_family (out, came, "counter",
                            "Connections that were accepted, by port.");
  for (guint i = 0; i < KM_DOOR_KINDS; i++)
    km_metrics_append_sample (out, came, "port", doors[i],
                              km_counter_read (&figures->came[i]));
  km_metrics_append_family (out, refused, "counter",
                            "Connections that were closed before they got "
                            "anywhere: by a limit of the configuration, in "
                            "time, or since their request was no good.");
  for (guint i = 0; i < KM_ENTRANCE_REFUSALS; i++)
    km_metrics_append_sample (out, refused, "reason", reasons[i],
                              km_counter_read (&figures->refused[i]));
  km_metrics_append_gauge (out, "kaimu_connections_waiting",
                           "Connections that haven't said what they want.",
                           km_counter_read (&figures->waiting));
}

/* Those of the doors that are open now. */
static void
append_handshakes (GString          *out,
                   const KmWebParts *parts)
{
  static const char *const name = "kaimu_tls_handshakes_refused_total";
  static const char *const reasons[KM_HANDSHAKE_ENDS] = {
    [KM_HANDSHAKE_OF_ADDRESS] = "of_address",
    [KM_HANDSHAKE_CROWDED] = "crowded",
    [KM_HANDSHAKE_SILENT] = "silent",
    [KM_HANDSHAKE_BAD] = "failed",
  };
  KmTlsDoors *doors = parts->lan != NULL ? km_lan_peek_doors (parts->lan)
                                         : parts->tls;
  KmHandshakes *handshakes;

  if (doors == NULL)
    return;

  handshakes = km_tls_doors_peek_handshakes (doors);
  km_metrics_append_gauge (out, "kaimu_tls_handshakes_under_way",
                           "TLS handshakes that have begun.",
                           km_handshakes_count (handshakes));
  km_metrics_append_family (out, name, "counter",
                            "TLS handshakes that came to nothing: too many, "
                            "too many of their address, silence, or another "
                            "reason.");
  for (guint i = 0; i < KM_HANDSHAKE_ENDS; i++)
    km_metrics_append_sample (
      out, name, "reason", reasons[i],
      km_handshakes_count_ended (handshakes, (KmHandshakeEnd) i));
}

static void
append_queues (GString *out,
               KmStore *store,
               KmHub   *hub)
{
  static const char *const name = "kaimu_queue_length";
  KmHubWaiting waiting = km_hub_count_waiting (hub);

  km_metrics_append_family (out, name, "gauge",
                            "What waits for a thread: changes for the store; "
                            "requests, answers of the store and news for the "
                            "hub.");
  km_metrics_append_sample (out, name, "queue", "store",
                            km_store_count_waiting (store));
  km_metrics_append_sample (out, name, "queue", "hub_requests",
                            waiting.requests);
  km_metrics_append_sample (out, name, "queue", "hub_answers",
                            waiting.answers);
  km_metrics_append_sample (out, name, "queue", "hub_news", waiting.news);
}

static void
append_http (GString *out,
             KmWeb   *api)
{
  static const char *const name = "kaimu_http_responses_total";
  static const char *const classes[] = { "other", "1xx", "2xx", "3xx", "4xx",
                                         "5xx" };

  G_STATIC_ASSERT (G_N_ELEMENTS (classes) == G_N_ELEMENTS (api->responses));
  km_metrics_append_family (out, name, "counter",
                            "Calls by HTTP that ended, by class of status.");
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    km_metrics_append_sample (out, name, "class", classes[i],
                              api->responses[i]);
  km_metrics_append_gauge (out, "kaimu_http_calls_under_way",
                           "Calls by HTTP that have no answer yet.",
                           km_web_count_under_way (api));
  km_metrics_append_gauge (out, "kaimu_http_connections",
                           "Connections by HTTP that are open, but for "
                           "sockets and video.",
                           km_http_door_count (api->soup));
  km_metrics_append_counter (out, "kaimu_http_connections_refused_total",
                             "Connections by HTTP that were closed, since "
                             "there were too many or too many of their "
                             "address.",
                             km_http_door_count_refused (api->soup));
  km_metrics_append_gauge (out, "kaimu_rooms_live",
                           "Rooms in which a stream runs.",
                           km_directory_count_live (api->parts.directory));
}

/* GET /metrics */
void
km_web_get_metrics (KmWebCall *call)
{
  const KmWebParts *parts = &call->api->parts;
  g_autoptr (GString) text = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (parts->config->metrics == KM_METRICS_OFF)
    {
      km_web_call_refuse (call, KM_PROTOCOL_ERROR_NOT_FOUND);
      return;
    }
  if (parts->config->metrics == KM_METRICS_LOOPBACK
      && !comes_from_here (call->message))
    {
      km_web_call_refuse (call, KM_PROTOCOL_ERROR_FORBIDDEN);
      return;
    }

  text = g_string_sized_new (16384);
  append_process (text);
  append_store (text, parts->store);
  append_entrance (text, &km_hub_peek_figures (parts->hub)->entrance);
  append_handshakes (text, parts);
  append_hub (text, km_hub_peek_figures (parts->hub));
  append_queues (text, parts->store, parts->hub);
  append_http (text, call->api);
  bytes = g_string_free_to_bytes (g_steal_pointer (&text));
  km_web_call_answer_bytes (call, TYPE, bytes);
}
