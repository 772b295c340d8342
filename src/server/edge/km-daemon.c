/* km-daemon.c: the server, put together and taken apart
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts are made in the order in which they need each other. At the end new
 * calls are refused while those under way get their answers, and the doors
 * close; streams end while the hub still writes that down; sockets get their
 * 1001; then what was written last reaches the disk.
 *
 * Thread: main.
 */

#include "km-daemon.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "km-certificate.h"
#include "km-doors.h"
#include "km-embedded.h"
#include "km-gate.h"
#include "km-gift-files.h"
#include "km-http-door.h"
#include "km-json.h"
#include "km-log.h"
#include "km-options.h"
#include "km-queue-source.h"
#include "km-service.h"
#include "km-web.h"

#define COME_BACK_WITHIN_MS 2000
#define ANSWERED_WITHIN_MS 5000
#define HEALTHY_WITHIN_MS 5000
#define STATUS_TROUBLE 1
#define STATUS_ALREADY_RUNNING 3

typedef struct
{
  KmConfig *config;
  KmEmbedded *embedded;
  GMainLoop *loop;

  KmStore *store;
  KmPostOffice *office;
  KmReader *reader;
  KmArchive *archive;
  KmDesk *desk;
  KmAccounts *accounts;
  KmHub *hub;
  KmGate *gate;
  KmRelay *relay;
  KmHealth *health;
  KmService *service;

  KmDirectory *directory;
  KmQueue *events;
  GSource *events_source;
  KmTickets *tickets;

  KmDoors *doors;
  KmTlsDoors *tls; /* (nullable) */
  KmLan *lan;      /* of "This computer" */
  gint64 owner;
  SoupServer *soup;
  KmWeb *api;
} KmDaemon;

/* With the room's id apart, for who looks for all of one room. */
static void
log_of_room (const KmEvent *event,
             const char    *message)
{
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE,
                    "CODE_FILE", __FILE__,
                    "KAIMU_ROOM", event->room,
                    "MESSAGE", "%s", message);
}

static void
log_event (const KmEvent *event)
{
  g_autofree char *message = NULL;

  if (event->kind == KM_EVENT_STREAM_STARTED)
    message = g_strdup_printf ("room %s is live", event->room);
  else if (event->kind == KM_EVENT_STREAM_ENDED)
    message = g_strdup_printf (
      "the stream in room %s has ended (%s) after %" G_GINT64_FORMAT " s",
      event->room, event->text, event->duration_ms / 1000);

  if (message != NULL)
    log_of_room (event, message);
}

static void
take_events (KmMessage *chain,
             gpointer   data)
{
  KmDaemon *self = data;

  while (chain != NULL)
    {
      KmDelivery *delivery = (KmDelivery *) chain;
      const KmEvent *event = delivery->event;

      chain = chain->next;
      log_event (event);
      km_directory_take (self->directory, event);
      km_delivery_free (delivery);
    }
}

static gboolean
open_store (KmDaemon  *self,
            GError   **error)
{
  self->store = km_store_open (self->config->data_dir, error);
  if (self->store == NULL)
    return FALSE;

  self->desk = km_desk_new (self->store);
  self->reader = km_reader_open (self->store, error);
  if (self->reader != NULL)
    self->archive = km_archive_new (self->store, error);
  if (self->archive == NULL)
    return FALSE;

  self->accounts = km_accounts_new (self->store, self->desk, error);
  return self->accounts != NULL;
}

static gboolean
make_owner (KmDaemon  *self,
            GError   **error)
{
  g_autofree char *path = g_build_filename (self->config->data_dir,
                                            "owner-token", NULL);
  g_autoptr (KmSession) owner = NULL;

  if (!self->config->embedded)
    return TRUE;

  owner = km_accounts_make_owner (self->accounts,
                                  self->config->owner != NULL
                                    ? self->config->owner
                                    : g_get_real_name (),
                                  path, error);
  if (owner == NULL)
    return FALSE;

  self->owner = owner->account;
  return TRUE;
}

static gboolean
start_threads (KmDaemon  *self,
               GError   **error)
{
  KmRelayHost host;

  self->office = km_post_office_new ();
  self->directory = km_directory_new ();
  self->events = km_queue_new (0);
  self->events_source = km_queue_source_new (self->events, take_events, self);
  g_source_attach (self->events_source, NULL);
  km_post_office_subscribe (self->office, self->events, KM_DIRECTORY_KINDS);

  self->hub = km_hub_new (self->store, self->office, &self->config->rules,
                          error);
  if (self->hub == NULL)
    return FALSE;

  km_hub_set_chat_pace (self->hub,
                        (gint64) self->config->message_every_ms * 1000,
                        self->config->messages_at_once);
  self->health = km_health_new (self->desk, self->hub, HEALTHY_WITHIN_MS);
  self->gate = km_gate_new (self->reader);
  host = km_gate_host (self->gate);
  host.grace_ms = (gint64) self->config->publisher_wait_seconds * 1000;
  self->relay = km_relay_new (&host, self->office, error);

  return self->relay != NULL;
}

static gboolean
got_hangup (gpointer user_data)
{
  KmDaemon *self = user_data;

  if (self->tls != NULL)
    km_tls_doors_reload (self->tls);
  else
    g_message ("asked to read the certificate again, but there is no TLS");

  return G_SOURCE_CONTINUE;
}

static gboolean
prepare_tls (KmDaemon  *self,
             GError   **error)
{
  if (self->config->https == NULL && self->config->rtmps == NULL)
    return TRUE;

  self->tls = km_tls_doors_new (self->config, self->soup, self->relay, error);
  return self->tls != NULL;
}

static void
make_web (KmDaemon *self)
{
  const KmWebParts parts = {
    .config = self->config,
    .rtmp_port = km_doors_get_port (self->doors, KM_DOOR_RTMP),
    .rtmps_port = km_doors_get_port (self->doors, KM_DOOR_RTMPS),
    .store = self->store,
    .accounts = self->accounts,
    .desk = self->desk,
    .reader = self->reader,
    .archive = self->archive,
    .directory = self->directory,
    .tickets = self->tickets,
    .office = self->office,
    .hub = self->hub,
    .relay = self->relay,
    .health = self->health,
    .tls = self->tls,
    .lan = self->lan,
  };

  self->api = km_web_new (self->soup, &parts);
}

static gboolean
open_doors (KmDaemon  *self,
            GError   **error)
{
  KmDoorsParts parts;

  self->doors = km_doors_new (self->config, error);
  if (self->doors == NULL)
    return FALSE;

  self->soup = soup_server_new (NULL, NULL);
  if (!km_http_door_prepare (self->soup, self->config->http_connections,
                             self->config->http_connections_of_address, error)
      || !prepare_tls (self, error))
    return FALSE;

  if (self->config->embedded)
    self->lan = km_lan_new (self->config, self->owner, self->soup, self->hub,
                            self->relay);
  self->tickets = km_tickets_new ();
  make_web (self);
  parts = (KmDoorsParts) {
    .hub = self->hub,
    .relay = self->relay,
    .soup = self->soup,
    .tickets = self->tickets,
    .tls = self->tls,
    .lan = self->lan,
  };
  km_doors_open (self->doors, &parts);

  return TRUE;
}

static void
say (const char *line)
{
  fprintf (stdout, "%s\n", line);
  fflush (stdout);
}

/* Tells where the server is: the person, the parent, and whoever looks. */
static gboolean
announce (KmDaemon  *self,
          GError   **error)
{
  g_autoptr (GString) address = g_string_new ("{");
  g_autofree char *line = NULL;
  g_autofree char *status = NULL;
  g_autofree char *web = km_doors_describe (self->doors, KM_DOOR_HTTP,
                                            KM_DOOR_HTTPS, "");
  g_autofree char *streams = km_doors_describe (self->doors, KM_DOOR_RTMP,
                                                KM_DOOR_RTMPS, "/live");

  km_json_append_integer (address, "pid", getpid ());
  km_doors_append_addresses (self->doors, address);
  g_string_append_c (address, '}');

  if (self->embedded != NULL &&
      !km_embedded_publish (self->embedded, address->str, error))
    return FALSE;

  line = g_strdup_printf ("{\"ready\":%s}", address->str);
  say (line);
  status = g_strdup_printf ("Serving %s, taking streams at %s", web, streams);
  self->service = km_service_new (self->health, status);
  g_message ("kaimu-server %s serves %s and takes streams at %s, its data is "
             "in %s", KAIMU_VERSION, web, streams, self->config->data_dir);

  return TRUE;
}

static gboolean
start (KmDaemon  *self,
       GError   **error)
{
  if (self->config->embedded)
    {
      self->embedded = km_embedded_claim (self->config->runtime_dir, error);
      if (self->embedded == NULL)
        return FALSE;
    }

  return open_store (self, error) &&
         make_owner (self, error) &&
         km_gift_files_take (self->config, self->desk, error) &&
         start_threads (self, error) &&
         open_doors (self, error) &&
         announce (self, error);
}

static gboolean
apply_nothing (gpointer        data,
               KmTransaction  *transaction,
               GError        **error)
{
  return TRUE;
}

static void
run_out (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static gboolean
too_late (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_CONTINUE;
}

/* The door stays open meanwhile: a new call hears when to come back. */
static void
answer_calls (KmDaemon *self)
{
  gboolean late = FALSE;
  guint timeout;

  if (self->api == NULL)
    return;

  km_web_close (self->api, COME_BACK_WITHIN_MS);
  timeout = g_timeout_add (ANSWERED_WITHIN_MS, too_late, &late);
  while (km_web_count_under_way (self->api) > 0 && !late)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timeout);

  if (late)
    g_message ("%u calls weren't answered in time",
               km_web_count_under_way (self->api));
}

/* Calls that weren't answered in time end nevertheless, while all that they
 * use is still there: in the pool, in the archive and, in the order in which
 * it was asked, in the store. */
static void
finish_calls (KmDaemon *self)
{
  if (self->soup != NULL)
    soup_server_disconnect (self->soup);

  if (self->accounts != NULL)
    km_accounts_stop (self->accounts);
  g_clear_pointer (&self->archive, km_archive_free);
  run_out ();
  if (self->desk != NULL)
    km_desk_run (self->desk, apply_nothing, NULL, NULL);
  run_out ();

  g_clear_pointer (&self->api, km_web_free);
  g_clear_object (&self->soup);
}

static void
finish_events (KmDaemon *self)
{
  if (self->events == NULL)
    return;

  km_post_office_unsubscribe (self->office, self->events);
  take_events (km_queue_take_all (self->events), self);
  g_source_destroy (self->events_source);
  g_clear_pointer (&self->events_source, g_source_unref);
  g_clear_pointer (&self->events, km_queue_free);
}

/* Whoever looks after the server hears it first. */
static void
tell_end (KmDaemon *self)
{
  if (self->service != NULL)
    km_service_end (self->service);
  g_clear_pointer (&self->service, km_service_free);
  if (self->health != NULL)
    km_health_end (self->health);
}

static void
close_doors (KmDaemon *self,
             guint     kinds)
{
  if (self->doors != NULL)
    km_doors_close (self->doors, kinds);
}

static void
stop (KmDaemon *self)
{
  tell_end (self);
  close_doors (self, 1u << KM_DOOR_RTMP | 1u << KM_DOOR_RTMPS);
  answer_calls (self);
  close_doors (self, 1u << KM_DOOR_HTTP | 1u << KM_DOOR_HTTPS);
  if (self->doors != NULL)
    km_doors_finish (self->doors);
  g_clear_pointer (&self->tls, km_tls_doors_free);
  finish_calls (self);
  g_clear_pointer (&self->lan, km_lan_free);

  g_clear_pointer (&self->relay, km_relay_free);
  if (self->hub != NULL)
    km_hub_close (self->hub, COME_BACK_WITHIN_MS);
  g_clear_pointer (&self->hub, km_hub_free);
  g_clear_pointer (&self->gate, km_gate_free);
  finish_events (self);

  g_clear_pointer (&self->reader, km_reader_free);
  g_clear_pointer (&self->store, km_store_free);
  g_clear_pointer (&self->desk, km_desk_free);
  g_clear_pointer (&self->health, km_health_free);
  g_clear_pointer (&self->accounts, km_accounts_free);
  g_clear_pointer (&self->tickets, km_tickets_free);
  g_clear_pointer (&self->directory, km_directory_free);
  g_clear_pointer (&self->office, km_post_office_free);
  g_clear_pointer (&self->embedded, km_embedded_free);
  g_clear_pointer (&self->doors, km_doors_free);
}

static const char *
trouble_code (const GError *error)
{
  if (error->domain == KM_EMBEDDED_ERROR)
    return error->code == KM_EMBEDDED_ERROR_ALREADY_RUNNING
             ? "already_running" : "failed";
  if (error->domain == KM_CONFIG_ERROR || error->domain == G_OPTION_ERROR ||
      error->domain == G_KEY_FILE_ERROR ||
      error->domain == KM_CERTIFICATE_ERROR)
    return "bad_config";
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return "port_in_use";
  if (g_error_matches (error, KM_STORE_ERROR, KM_STORE_ERROR_LOCKED))
    return "data_in_use";
  if (g_error_matches (error, KM_STORE_ERROR, KM_STORE_ERROR_NEWER_SCHEMA))
    return "newer_data";

  return "failed";
}

/* Tells the parent and the person. Returns the exit status. */
static int
tell_trouble (const GError *error)
{
  g_autoptr (GString) line = g_string_new ("{\"trouble\":{");

  km_json_append_member (line, "code", trouble_code (error));
  km_json_append_member (line, "message", error->message);
  g_string_append (line, "}}");
  say (line->str);
  fprintf (stderr, "kaimu-server: %s\n", error->message);

  return g_error_matches (error, KM_EMBEDDED_ERROR,
                          KM_EMBEDDED_ERROR_ALREADY_RUNNING)
           ? STATUS_ALREADY_RUNNING : STATUS_TROUBLE;
}

static gboolean
got_signal (gpointer user_data)
{
  KmDaemon *self = user_data;

  g_message ("asked to end");
  g_main_loop_quit (self->loop);

  return G_SOURCE_CONTINUE;
}

static gboolean
input_closed (gpointer user_data)
{
  KmDaemon *self = user_data;

  g_message ("the app has ended, so do we");
  g_main_loop_quit (self->loop);

  return G_SOURCE_REMOVE;
}

/* Each viewer and member takes a descriptor. */
static void
raise_limits (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

static void
run (KmDaemon *self)
{
  if (self->embedded != NULL)
    km_embedded_watch_input (self->embedded, input_closed, self);

  g_main_loop_run (self->loop);
}

/**
 * km_daemon_main:
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Runs a server until it is asked to end.
 *
 * Returns: the exit status: 0, 1 after trouble, 3 when the server of this
 *   computer runs already
 */
int
km_daemon_main (int   argc,
                char *argv[])
{
  g_autoptr (GError) error = NULL;
  KmDaemon self = { 0 };
  int status = 0;

  /* A socket that is gone and a file that may not grow are errors of a call,
   * not the end of all. */
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
  km_log_install (KM_LOG_AUTO, G_LOG_LEVEL_MESSAGE);
  self.config = km_options_parse (&argc, &argv, &error);
  if (self.config == NULL)
    return error != NULL ? tell_trouble (error) : 0;

  km_log_install (self.config->log_format, self.config->log_level);
  raise_limits ();
  self.loop = g_main_loop_new (NULL, FALSE);
  /* Before the world hears that we are there: a signal waits for the loop.
   * They stay to the end, so that a second one doesn't cut the end short. */
  g_unix_signal_add (SIGTERM, got_signal, &self);
  g_unix_signal_add (SIGINT, got_signal, &self);
  /* One that a person started in a terminal ends with it. */
  if (!isatty (STDIN_FILENO))
    g_unix_signal_add (SIGHUP, got_hangup, &self);
  if (start (&self, &error))
    run (&self);
  else
    status = tell_trouble (error);

  stop (&self);
  g_main_loop_unref (self.loop);
  km_config_free (self.config);

  return status;
}
