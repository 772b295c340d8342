/* test-metrics.c: figures that Prometheus can read, for those who may
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reader below is stricter than Prometheus': it takes nothing that the
 * text format, version 0.0.4, or the conventions for names don't say.
 */

#include <math.h>

#include "km-test-server.h"
#include "km-web-private.h"

typedef struct
{
  char *name;
  char *type;
  guint samples;
  double last_bound;
  double last_count;
  gboolean has_sum;
} Family;

typedef struct
{
  GHashTable *families; /* names that were seen */
  GHashTable *values;   /* sample with its labels -> double */
  Family now;
} Reader;

static void
family_clear (Family *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->type, g_free);
  *self = (Family) { .last_bound = -INFINITY };
}

static void
assert_name (const char *name)
{
  g_assert_true (g_regex_match_simple ("^[a-z][a-z0-9_]*$", name, 0, 0));
  g_assert_true (g_str_has_prefix (name, "kaimu_")
                 || g_str_has_prefix (name, "process_"));
}

static void
end_family (Reader *self)
{
  if (self->now.name == NULL)
    return;

  g_assert_cmpuint (self->now.samples, >, 0);
  g_assert_cmpint (g_str_equal (self->now.type, "counter"), ==,
                   g_str_has_suffix (self->now.name, "_total"));
  if (g_str_equal (self->now.type, "histogram"))
    {
      double *count;
      g_autofree char *name = g_strconcat (self->now.name, "_count", NULL);

      g_assert_true (g_str_has_suffix (self->now.name, "_seconds"));
      g_assert_true (isinf (self->now.last_bound));
      g_assert_true (self->now.has_sum);
      count = g_hash_table_lookup (self->values, name);
      g_assert_nonnull (count);
      g_assert_cmpfloat (*count, ==, self->now.last_count);
    }
  family_clear (&self->now);
}

static void
read_comment (Reader     *self,
              const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);

  g_assert_cmpuint (g_strv_length (words), ==, 4);
  assert_name (words[2]);
  if (g_str_equal (words[1], "HELP"))
    {
      end_family (self);
      g_assert_true (g_hash_table_add (self->families, g_strdup (words[2])));
      self->now.name = g_strdup (words[2]);
      g_assert_null (strchr (words[3], '\\'));
      return;
    }

  g_assert_cmpstr (words[1], ==, "TYPE");
  g_assert_cmpstr (words[2], ==, self->now.name);
  g_assert_null (self->now.type);
  self->now.type = g_strdup (words[3]);
  g_assert_true (g_strv_contains ((const char *const[]) { "counter", "gauge",
                                                          "histogram", NULL },
                                  words[3]));
}

static void
read_of_histogram (Reader     *self,
                   const char *suffix,
                   const char *label,
                   double      value)
{
  if (g_str_equal (suffix, "_bucket"))
    {
      double bound;

      g_assert_true (g_str_has_prefix (label, "le="));
      bound = g_str_equal (label + 4, "+Inf\"")
                ? INFINITY : g_ascii_strtod (label + 4, NULL);
      g_assert_cmpfloat (bound, >, self->now.last_bound);
      g_assert_cmpfloat (value, >=, self->now.last_count);
      self->now.last_bound = bound;
      self->now.last_count = value;
      return;
    }

  g_assert_null (label);
  self->now.has_sum |= g_str_equal (suffix, "_sum");
  g_assert_true (g_str_equal (suffix, "_sum")
                 || g_str_equal (suffix, "_count"));
}

static void
read_sample (Reader     *self,
             const char *line)
{
  g_autoptr (GRegex) form = g_regex_new (
    "^(([a-z0-9_]+)(?:\\{([a-z]+=\"[^\"\\\\]*\")\\})?) ([0-9]+(?:\\.[0-9]+)?)$",
    0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *sample = NULL;
  g_autofree char *name = NULL;
  g_autofree char *label = NULL;
  g_autofree char *number = NULL;
  double *value = g_new (double, 1);

  g_test_message ("%s", line);
  g_assert_true (g_regex_match (form, line, 0, &match));
  sample = g_match_info_fetch (match, 1);
  name = g_match_info_fetch (match, 2);
  label = g_match_info_fetch (match, 3);
  number = g_match_info_fetch (match, 4);
  if (label[0] == '\0')
    g_clear_pointer (&label, g_free);
  *value = g_ascii_strtod (number, NULL);

  g_assert_nonnull (self->now.type);
  g_assert_true (g_str_has_prefix (name, self->now.name));
  if (g_str_equal (self->now.type, "histogram"))
    read_of_histogram (self, name + strlen (self->now.name), label, *value);
  else
    g_assert_cmpstr (name, ==, self->now.name);
  self->now.samples++;
  g_assert_true (g_hash_table_insert (self->values, g_steal_pointer (&sample),
                                      value));
}

/* Returns what each sample says, by name and labels. */
static GHashTable *
read_all (const char *text)
{
  Reader self = {
    .families = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
  };
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines);

  family_clear (&self.now);
  g_assert_cmpuint (n, >, 1);
  g_assert_cmpstr (lines[n - 1], ==, "");
  for (guint i = 0; i + 1 < n; i++)
    {
      if (lines[i][0] == '#')
        read_comment (&self, lines[i]);
      else
        read_sample (&self, lines[i]);
    }
  end_family (&self);
  g_hash_table_unref (self.families);

  return self.values;
}

/* Returns the status; *@text is the answer. */
static guint
get (KmTestServer  *server,
     const char    *mark,
     char         **text)
{
  g_autofree char *address = g_strconcat (
    "http://", km_test_server_get_http (server), "/metrics", NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new ("GET", address);
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  g_autoptr (GBytes) body = NULL;

  if (mark != NULL)
    soup_message_headers_replace (
      soup_message_get_request_headers (message), mark, "203.0.113.9");
  body = soup_session_send_and_read (session, message, NULL, NULL);
  g_assert_nonnull (body);
  if (text != NULL)
    {
      g_assert_cmpstr (soup_message_headers_get_one (headers, "Content-Type"),
                       ==, "text/plain; version=0.0.4; charset=utf-8");
      *text = g_strndup (g_bytes_get_data (body, NULL),
                         g_bytes_get_size (body));
    }

  return soup_message_get_status (message);
}

static double
look_up (GHashTable *values,
         const char *sample)
{
  const double *value = g_hash_table_lookup (values, sample);

  g_assert_nonnull (value);

  return *value;
}

static void
test_the_format_is_strict (void)
{
  g_autoptr (KmTestServer) server = km_test_server_new (NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *token = NULL;
  g_autoptr (GHashTable) old = NULL;
  g_autoptr (GHashTable) new = NULL;

  g_assert_cmpuint (get (server, NULL, &before), ==, 200);
  old = read_all (before);
  token = km_test_server_sign_up (server, "alice");
  g_assert_cmpuint (get (server, NULL, &after), ==, 200);
  new = read_all (after);

  g_assert_cmpuint (g_hash_table_size (old), ==, g_hash_table_size (new));
  g_assert_cmpfloat (
    look_up (new, "kaimu_commit_duration_seconds_count"), >,
    look_up (old, "kaimu_commit_duration_seconds_count"));
  g_assert_cmpfloat (look_up (new, "kaimu_changes_total"), >,
                     look_up (old, "kaimu_changes_total"));
  g_assert_cmpfloat (
    look_up (new, "kaimu_connections_total{port=\"http\"}"), >,
    look_up (old, "kaimu_connections_total{port=\"http\"}"));
  g_assert_cmpfloat (
    look_up (new, "kaimu_connections_refused_total{reason=\"connects\"}"), ==,
    0);
  g_assert_cmpfloat (look_up (new, "kaimu_members"), ==, 0);
  g_assert_cmpfloat (
    look_up (new, "kaimu_room_events_total{kind=\"chat.message\"}"), ==, 0);
  g_assert_cmpfloat (
    look_up (new, "kaimu_staff_entries_total{kind=\"report.filed\"}"), ==, 0);
  g_assert_cmpfloat (
    look_up (new, "kaimu_http_responses_total{class=\"2xx\"}"), >=,
    look_up (old, "kaimu_http_responses_total{class=\"2xx\"}") + 1);
  g_assert_cmpfloat (look_up (new, "process_resident_memory_bytes"), >, 0);
  g_assert_cmpfloat (look_up (new, "kaimu_queue_length{queue=\"store\"}"), >=,
                     0);
}

static void
test_what_a_proxy_passes_on_is_not_local (void)
{
  const char *all[] = { "--metrics=all", NULL };
  const char *off[] = { "--metrics=off", NULL };
  g_autoptr (KmTestServer) here = km_test_server_new (NULL);
  g_autoptr (KmTestServer) open = km_test_server_new (all);
  g_autoptr (KmTestServer) shut = km_test_server_new (off);

  g_assert_cmpuint (get (here, NULL, NULL), ==, 200);
  g_assert_cmpuint (get (here, "X-Forwarded-For", NULL), ==, 403);
  g_assert_cmpuint (get (here, "Forwarded", NULL), ==, 403);
  g_assert_cmpuint (get (here, "X-Real-IP", NULL), ==, 403);
  g_assert_cmpuint (get (here, "Via", NULL), ==, 403);
  g_assert_cmpuint (get (open, "X-Forwarded-For", NULL), ==, 200);
  g_assert_cmpuint (get (shut, NULL, NULL), ==, 404);
}

static void
test_local_is_this_machine (void)
{
  const struct
  {
    const char *address;
    gboolean local;
  } cases[] = {
    { "127.0.0.1", TRUE }, { "127.9.9.9", TRUE }, { "::1", TRUE },
    { "::ffff:127.0.0.1", TRUE }, { "::ffff:192.0.2.1", FALSE },
    { "192.0.2.1", FALSE }, { "10.0.0.1", FALSE }, { "fe80::1", FALSE },
    { "2001:db8::7f00:1", FALSE }, { "0.0.0.0", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GInetAddress) address =
        g_inet_address_new_from_string (cases[i].address);

      g_test_message ("%s", cases[i].address);
      g_assert_cmpint (km_web_is_local (address), ==, cases[i].local);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edge/metrics/the-format-is-strict",
                   test_the_format_is_strict);
  g_test_add_func ("/edge/metrics/what-a-proxy-passes-on-is-not-local",
                   test_what_a_proxy_passes_on_is_not_local);
  g_test_add_func ("/edge/metrics/local-is-this-machine",
                   test_local_is_this_machine);
  return g_test_run ();
}
