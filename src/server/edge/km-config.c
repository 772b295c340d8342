/* km-config.c: what a server's owner can set
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Defaults, then a key file, then flags: the later wins. A key that isn't
 * known is an error with its name, since a typo that is silently ignored
 * costs its owner an evening.
 *
 * Thread: main, before anything else runs.
 */

#include "km-config.h"

#include <string.h>

#include "km-proxy.h"
#include "km-text.h"

#define SERVER_NAME_MAX_BYTES 200
#define HTTP_IDLE_SECONDS 30
#define HTTP_IDLE_SECONDS_MAX 3600
/* A crowd that comes back after a restart gets in; a thousand people behind
 * one address are rare, and try again. */
#define CONNECTS 5000
#define CONNECTS_OF_ADDRESS 200
#define WAITING 8192
#define WAITING_OF_ADDRESS 256
#define HTTP_CONNECTIONS 16384
#define HTTP_CONNECTIONS_OF_ADDRESS 512
#define CONNECTIONS_MAX 1000000
#define MESSAGE_EVERY_MS 500
#define MESSAGES_AT_ONCE 5
#define PUBLISHER_WAIT_SECONDS 60
#define SHARE_PERMILLE 500
#define CONFIRM_ABOVE_COINS 1000
#define COINS_MAX G_GINT64_CONSTANT (1000000000000)
/* The server of "This computer" keeps nothing and gives to practise with. */
#define EMBEDDED_PRACTICE_COINS 10000
#define SHARE_UNSET G_MAXUINT
#define PRACTICE_UNSET (-1)

G_DEFINE_QUARK (km-config-error-quark, km_config_error)

typedef gboolean (*SetFunc) (KmConfig    *self,
                             const char  *value,
                             GError     **error);

typedef struct
{
  const char *group;
  const char *key;
  gsize offset; /* of a char *, when there is no @set */
  SetFunc set;
} Key;

static gboolean
set_hosts (KmConfig    *self,
           const char  *value,
           GError     **error)
{
  g_strfreev (self->hosts);
  self->hosts = g_strsplit_set (value, " ,;", -1);
  return TRUE;
}

static gboolean
set_origins (KmConfig    *self,
             const char  *value,
             GError     **error)
{
  g_strfreev (self->origins);
  self->origins = g_strsplit_set (value, " ,;", -1);
  return TRUE;
}

static gboolean
set_http_idle (KmConfig    *self,
               const char  *value,
               GError     **error)
{
  guint64 seconds;

  if (!g_ascii_string_to_unsigned (value, 10, 1, HTTP_IDLE_SECONDS_MAX,
                                   &seconds, NULL))
    {
      g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
                   "http-idle is 1 to %d seconds, not “%s”",
                   HTTP_IDLE_SECONDS_MAX, value);
      return FALSE;
    }

  self->http_idle_seconds = (guint) seconds;
  return TRUE;
}

static gboolean
read_number (const char  *key,
             const char  *value,
             gint64       max,
             gint64      *number,
             GError     **error)
{
  if (g_ascii_string_to_signed (value, 10, 0, max, number, NULL))
    return TRUE;

  g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
               "%s is 0 to %" G_GINT64_FORMAT ", not “%s”", key, max, value);
  return FALSE;
}

/* @place: of a guint. 0 means no limit. */
static gboolean
set_limit (const char  *key,
           const char  *value,
           guint       *place,
           GError     **error)
{
  gint64 number;

  if (!read_number (key, value, CONNECTIONS_MAX, &number, error))
    return FALSE;

  *place = (guint) number;
  return TRUE;
}

static gboolean
set_connects (KmConfig    *self,
              const char  *value,
              GError     **error)
{
  return set_limit ("connects", value, &self->limits.a_second, error);
}

static gboolean
set_connects_of_address (KmConfig    *self,
                         const char  *value,
                         GError     **error)
{
  return set_limit ("connects-of-address", value,
                    &self->limits.a_second_of_address, error);
}

static gboolean
set_waiting (KmConfig    *self,
             const char  *value,
             GError     **error)
{
  return set_limit ("waiting", value, &self->limits.waiting, error);
}

static gboolean
set_waiting_of_address (KmConfig    *self,
                        const char  *value,
                        GError     **error)
{
  return set_limit ("waiting-of-address", value,
                    &self->limits.waiting_of_address, error);
}

static gboolean
set_http_connections (KmConfig    *self,
                      const char  *value,
                      GError     **error)
{
  return set_limit ("http-connections", value, &self->http_connections,
                    error);
}

static gboolean
set_http_connections_of_address (KmConfig    *self,
                                 const char  *value,
                                 GError     **error)
{
  return set_limit ("http-connections-of-address", value,
                    &self->http_connections_of_address, error);
}

static gboolean
set_share (KmConfig    *self,
           const char  *value,
           GError     **error)
{
  gint64 permille;

  if (!read_number ("share", value, 1000, &permille, error))
    return FALSE;

  self->rules.share_permille = (guint) permille;
  return TRUE;
}

static gboolean
set_confirm_above (KmConfig    *self,
                   const char  *value,
                   GError     **error)
{
  return read_number ("confirm-above", value, COINS_MAX,
                      &self->rules.confirm_above_coins, error);
}

static gboolean
set_practice (KmConfig    *self,
              const char  *value,
              GError     **error)
{
  return read_number ("practice", value, COINS_MAX,
                      &self->rules.practice_coins, error);
}

static gboolean
set_proxies (KmConfig    *self,
             const char  *value,
             GError     **error)
{
  g_clear_pointer (&self->proxies, g_ptr_array_unref);
  self->proxies = km_proxy_parse_trusted (value, error);

  return self->proxies != NULL;
}

static gboolean
set_proxy_rtmp_port (KmConfig    *self,
                     const char  *value,
                     GError     **error)
{
  gint64 port;

  if (!read_number ("rtmp-port", value, G_MAXUINT16, &port, error))
    return FALSE;

  self->proxy_rtmp_port = (guint) port;
  return TRUE;
}

static gboolean
set_proxy_rtmps_port (KmConfig    *self,
                      const char  *value,
                      GError     **error)
{
  gint64 port;

  if (!read_number ("rtmps-port", value, G_MAXUINT16, &port, error))
    return FALSE;

  self->proxy_rtmps_port = (guint) port;
  return TRUE;
}

static const Key keys[] = {
  { "server", "name", G_STRUCT_OFFSET (KmConfig, name) },
  { "server", "data-dir", G_STRUCT_OFFSET (KmConfig, data_dir) },
  { "server", "registration", 0, km_config_set_registration },
  { "server", "log", 0, km_config_set_log_format },
  { "server", "log-level", 0, km_config_set_log_level },
  { "listen", "http", G_STRUCT_OFFSET (KmConfig, http) },
  { "listen", "http-idle", 0, set_http_idle },
  { "listen", "https", G_STRUCT_OFFSET (KmConfig, https) },
  { "listen", "metrics", 0, km_config_set_metrics },
  { "listen", "plain", 0, km_config_set_plain },
  { "listen", "rtmp", G_STRUCT_OFFSET (KmConfig, rtmp) },
  { "listen", "rtmps", G_STRUCT_OFFSET (KmConfig, rtmps) },
  { "listen", "connects", 0, set_connects },
  { "listen", "connects-of-address", 0, set_connects_of_address },
  { "listen", "waiting", 0, set_waiting },
  { "listen", "waiting-of-address", 0, set_waiting_of_address },
  { "listen", "http-connections", 0, set_http_connections },
  { "listen", "http-connections-of-address", 0,
    set_http_connections_of_address },
  { "rooms", "message-every", 0, km_config_set_message_every },
  { "rooms", "messages-at-once", 0, km_config_set_messages_at_once },
  { "rooms", "publisher-wait", 0, km_config_set_publisher_wait },
  { "tls", "certificate", G_STRUCT_OFFSET (KmConfig, certificate) },
  { "tls", "key", G_STRUCT_OFFSET (KmConfig, key) },
  { "proxy", "trusted", 0, set_proxies },
  { "proxy", "rtmp-port", 0, set_proxy_rtmp_port },
  { "proxy", "rtmps-port", 0, set_proxy_rtmps_port },
  { "browser", "hosts", 0, set_hosts },
  { "browser", "origins", 0, set_origins },
  { "gifts", "directory", G_STRUCT_OFFSET (KmConfig, gifts_dir) },
  { "wallet", "share", 0, set_share },
  { "wallet", "confirm-above", 0, set_confirm_above },
  { "wallet", "practice", 0, set_practice },
};

/**
 * km_config_new:
 *
 * Returns: (transfer full): the defaults: reachable from this machine only
 */
KmConfig *
km_config_new (void)
{
  KmConfig *self = g_new0 (KmConfig, 1);

  self->data_dir = g_build_filename (g_get_user_data_dir (), "kaimu-server",
                                     NULL);
  self->http = g_strdup ("127.0.0.1:8080");
  self->http_idle_seconds = HTTP_IDLE_SECONDS;
  self->rtmp = g_strdup ("127.0.0.1:1935");
  self->limits.a_second = CONNECTS;
  self->limits.a_second_of_address = CONNECTS_OF_ADDRESS;
  self->limits.waiting = WAITING;
  self->limits.waiting_of_address = WAITING_OF_ADDRESS;
  self->http_connections = HTTP_CONNECTIONS;
  self->http_connections_of_address = HTTP_CONNECTIONS_OF_ADDRESS;
  self->message_every_ms = MESSAGE_EVERY_MS;
  self->messages_at_once = MESSAGES_AT_ONCE;
  self->publisher_wait_seconds = PUBLISHER_WAIT_SECONDS;
  self->registration_open = TRUE;
  self->log_level = G_LOG_LEVEL_MESSAGE;
  self->rules.share_permille = SHARE_UNSET;
  self->rules.confirm_above_coins = CONFIRM_ABOVE_COINS;
  self->rules.practice_coins = PRACTICE_UNSET;

  return self;
}

void
km_config_free (KmConfig *self)
{
  g_free (self->data_dir);
  g_free (self->runtime_dir);
  g_free (self->name);
  g_free (self->owner);
  g_free (self->http);
  g_free (self->rtmp);
  g_free (self->https);
  g_free (self->rtmps);
  g_free (self->certificate);
  g_free (self->key);
  g_clear_pointer (&self->proxies, g_ptr_array_unref);
  g_strfreev (self->hosts);
  g_strfreev (self->origins);
  g_free (self->gifts_dir);
  g_free (self);
}

/**
 * km_config_set_registration:
 * @self: the configuration
 * @word: `open` or `closed`
 * @error: what is wrong
 *
 * Returns: whether it is one of these words
 */
gboolean
km_config_set_registration (KmConfig    *self,
                            const char  *word,
                            GError     **error)
{
  if (!g_str_equal (word, "open") && !g_str_equal (word, "closed"))
    {
      g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
                   "registration is “open” or “closed”, not “%s”", word);
      return FALSE;
    }

  self->registration_open = g_str_equal (word, "open");
  return TRUE;
}

/**
 * km_config_set_plain:
 * @self: the configuration
 * @word: `loopback` or `all`
 * @error: what is wrong
 *
 * Returns: whether it is one of these words
 */
gboolean
km_config_set_plain (KmConfig    *self,
                     const char  *word,
                     GError     **error)
{
  if (!g_str_equal (word, "loopback") && !g_str_equal (word, "all"))
    {
      g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
                   "plain is for “loopback” or “all”, not “%s”", word);
      return FALSE;
    }

  self->plain_anywhere = g_str_equal (word, "all");
  return TRUE;
}

/**
 * km_config_set_metrics:
 * @self: the configuration
 * @word: `loopback`, `all` or `off`
 * @error: what is wrong
 *
 * Returns: whether it is one of these words
 */
gboolean
km_config_set_metrics (KmConfig    *self,
                       const char  *word,
                       GError     **error)
{
  static const char *const words[] = {
    [KM_METRICS_LOOPBACK] = "loopback",
    [KM_METRICS_ALL] = "all",
    [KM_METRICS_OFF] = "off",
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_str_equal (words[i], word))
        {
          self->metrics = (KmMetricsAccess) i;
          return TRUE;
        }
    }

  g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
               "metrics are for “loopback” or “all”, or “off”, not “%s”",
               word);
  return FALSE;
}

/**
 * km_config_set_log_format:
 * @self: the configuration
 * @word: `auto`, `text`, `json` or `journal`
 * @error: what is wrong
 *
 * Returns: whether it is one of these words
 */
gboolean
km_config_set_log_format (KmConfig    *self,
                          const char  *word,
                          GError     **error)
{
  static const char *const words[] = {
    [KM_LOG_AUTO] = "auto",
    [KM_LOG_TEXT] = "text",
    [KM_LOG_JSON] = "json",
    [KM_LOG_JOURNAL] = "journal",
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_str_equal (words[i], word))
        {
          self->log_format = (KmLogFormat) i;
          return TRUE;
        }
    }

  g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
               "the log is “auto”, “text”, “json” or “journal”, not “%s”",
               word);
  return FALSE;
}

/**
 * km_config_set_log_level:
 * @self: the configuration
 * @word: `warning`, `message`, `info` or `debug`
 * @error: what is wrong
 *
 * Returns: whether it is one of these words
 */
gboolean
km_config_set_log_level (KmConfig    *self,
                         const char  *word,
                         GError     **error)
{
  static const struct
  {
    const char *word;
    GLogLevelFlags level;
  } levels[] = {
    { "warning", G_LOG_LEVEL_WARNING },
    { "message", G_LOG_LEVEL_MESSAGE },
    { "info", G_LOG_LEVEL_INFO },
    { "debug", G_LOG_LEVEL_DEBUG },
  };

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      if (g_str_equal (levels[i].word, word))
        {
          self->log_level = levels[i].level;
          return TRUE;
        }
    }

  g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
               "the log level is “warning”, “message”, “info” or “debug”, "
               "not “%s”", word);
  return FALSE;
}

static const Key *
find_key (const char *group,
          const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (g_str_equal (keys[i].group, group) && g_str_equal (keys[i].key, key))
        return &keys[i];
    }

  return NULL;
}

static gboolean
read_key (KmConfig    *self,
          GKeyFile    *file,
          const char  *group,
          const char  *name,
          GError     **error)
{
  const Key *key = find_key (group, name);
  g_autofree char *value = NULL;

  if (key == NULL)
    {
      g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
                   "there is no key “%s” in a group [%s]", name, group);
      return FALSE;
    }

  value = g_key_file_get_string (file, group, name, error);
  if (value == NULL)
    return FALSE;
  if (key->set != NULL)
    return key->set (self, value, error);

  g_free (G_STRUCT_MEMBER (char *, self, key->offset));
  G_STRUCT_MEMBER (char *, self, key->offset) = g_steal_pointer (&value);
  return TRUE;
}

/**
 * km_config_read_file:
 * @self: the configuration
 * @path: a key file
 * @error: what is wrong with it
 *
 * Takes over what the file says.
 *
 * Returns: whether all of it is fine
 */
gboolean
km_config_read_file (KmConfig    *self,
                     const char  *path,
                     GError     **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }

  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) names = g_key_file_get_keys (file, groups[i], NULL, NULL);

      for (guint j = 0; names != NULL && names[j] != NULL; j++)
        {
          if (!read_key (self, file, groups[i], names[j], error))
            {
              g_prefix_error (error, "%s: ", path);
              return FALSE;
            }
        }
    }

  return TRUE;
}

/**
 * km_config_parse_address:
 * @text: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, or `:8080` for
 *   every address of the machine; port 0: any free one
 * @error: what is wrong
 *
 * Returns: (transfer full) (nullable): where to listen
 */
GSocketAddress *
km_config_parse_address (const char  *text,
                         GError     **error)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = NULL;
  GSocketAddress *address = NULL;
  guint64 port;

  if (colon != NULL &&
      g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
    {
      host = g_strndup (text, (gsize) (colon - text));
      if (host[0] == '[' && g_str_has_suffix (host, "]"))
        {
          host[strlen (host) - 1] = '\0';
          memmove (host, host + 1, strlen (host));
        }
      else if (host[0] == '\0')
        g_set_str (&host, "::");
      else if (g_str_equal (host, "localhost"))
        g_set_str (&host, "127.0.0.1");
      else if (strchr (host, ':') != NULL)
        g_set_str (&host, "");
      address = g_inet_socket_address_new_from_string (host, (guint) port);
    }

  if (address == NULL)
    g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
                 "“%s” is no address to listen at: write it like "
                 "127.0.0.1:8080, [::1]:8080 or :8080", text);

  return address;
}

/* What wasn't said depends on whose server it is. */
static void
complete_rules (KmConfig *self)
{
  if (self->rules.share_permille == SHARE_UNSET)
    self->rules.share_permille = self->embedded ? 0 : SHARE_PERMILLE;
  if (self->rules.practice_coins == PRACTICE_UNSET)
    self->rules.practice_coins = self->embedded ? EMBEDDED_PRACTICE_COINS : 0;
}

static gboolean
check_name (KmConfig  *self,
            GError   **error)
{
  g_autofree char *name = NULL;

  if (self->name == NULL)
    return TRUE;

  name = km_text_clean (self->name, KM_TEXT_LINE, SERVER_NAME_MAX_BYTES, NULL);
  if (name == NULL)
    {
      g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
                   "the server's name is one line of at most %d bytes",
                   SERVER_NAME_MAX_BYTES);
      return FALSE;
    }

  g_set_str (&self->name, name);
  return TRUE;
}

/* Passwords, tokens and stream keys go through there as they are. */
static gboolean
check_plain (KmConfig    *self,
             const char  *key,
             const char  *text,
             GError     **error)
{
  g_autoptr (GSocketAddress) address = km_config_parse_address (text, error);

  if (address == NULL)
    return FALSE;
  if (self->plain_anywhere ||
      g_inet_address_get_is_loopback (g_inet_socket_address_get_address (
        G_INET_SOCKET_ADDRESS (address))))
    return TRUE;

  g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
               "%s=%s would let everybody on the way read passwords: listen "
               "at %ss= with a certificate, or at 127.0.0.1 behind a proxy "
               "that does TLS; or allow it with plain=all", key, text, key);
  return FALSE;
}

static gboolean
check_tls (KmConfig  *self,
           GError   **error)
{
  const char *const addresses[] = { self->https, self->rtmps };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (GSocketAddress) address = NULL;

      if (addresses[i] == NULL)
        continue;
      address = km_config_parse_address (addresses[i], error);
      if (address == NULL)
        return FALSE;
      if (self->certificate != NULL && self->key != NULL)
        continue;

      g_set_error_literal (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
                           "https= and rtmps= need a certificate and its "
                           "key: name both files, as certificate= and key= "
                           "under [tls]");
      return FALSE;
    }

  return TRUE;
}

/**
 * km_config_check:
 * @self: the configuration
 * @error: what is wrong
 *
 * Checks what can only be seen when everything has been said.
 *
 * Returns: whether a server can be started with it
 */
gboolean
km_config_check (KmConfig  *self,
                 GError   **error)
{
  complete_rules (self);
  if (self->embedded)
    {
      g_set_str (&self->http, "127.0.0.1:0");
      g_set_str (&self->rtmp, "127.0.0.1:0");
      if (self->runtime_dir == NULL)
        {
          g_set_error_literal (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
                               "--embedded needs --runtime-dir");
          return FALSE;
        }
    }

  return check_name (self, error) &&
         check_plain (self, "http", self->http, error) &&
         check_plain (self, "rtmp", self->rtmp, error) &&
         check_tls (self, error);
}
