#pragma once

#include <gio/gio.h>

#include "km-crowd.h"
#include "km-ledger.h"
#include "km-log.h"
#include "km-metrics.h"

G_BEGIN_DECLS

#define KM_CONFIG_ERROR (km_config_error_quark ())
GQuark km_config_error_quark (void);

/**
 * KmConfigError:
 * @KM_CONFIG_ERROR_BAD: the message says what is wrong and where
 */
typedef enum
{
  KM_CONFIG_ERROR_BAD,
} KmConfigError;

/**
 * KmConfig:
 * @data_dir: where everything is kept
 * @runtime_dir: (nullable): where an embedded server leaves its address
 * @name: (nullable): what the server calls itself
 * @owner: (nullable): real name of the silent owner of an embedded server
 * @http: where HTTP listens, as km_config_parse_address() takes it
 * @http_idle_seconds: how long nothing may move on a connection of HTTP
 * @rtmp: where RTMP listens
 * @limits: how many connections may come, on all ports
 * @http_connections: how many of HTTP may be open, but for sockets and video;
 *   0: any number
 * @http_connections_of_address: the same, from one address
 * @https: (nullable): where HTTP within TLS listens
 * @rtmps: (nullable): where RTMP within TLS listens
 * @plain_anywhere: whether what isn't within TLS may listen at addresses that
 *   others than this machine reach
 * @certificate: (nullable): a PEM file with the certificate for TLS
 * @key: (nullable): a PEM file with its key
 * @proxies: (nullable) (element-type GInetAddressMask): who is believed about
 *   whom it asks for
 * @proxy_rtmp_port: where such a proxy takes streams; 0: nowhere
 * @proxy_rtmps_port: where it takes them within TLS; 0: nowhere
 * @hosts: (nullable): host names under which browsers reach the server
 * @origins: (nullable): origins of web pages that may use the API
 * @registration_open: whether anybody may make an account
 * @embedded: whether it is the server of "This computer"
 * @rules: what gifts go by
 * @gifts_dir: (nullable): where the catalogue of gifts is; %NULL: the one
 *   that came with the program
 * @message_every_ms: how far apart a member's messages are in the long run
 * @messages_at_once: how many of them may come at once
 * @publisher_wait_seconds: how long a stream waits for a publisher that was
 *   lost
 * @metrics: who may read the figures
 * @log_format: how messages are logged
 * @log_level: the least important messages that are logged
 *
 * What a server's owner can set. Plain data.
 */
typedef struct
{
  char *data_dir;
  char *runtime_dir;
  char *name;
  char *owner;
  char *http;
  guint http_idle_seconds;
  char *rtmp;
  KmCrowdLimits limits;
  guint http_connections;
  guint http_connections_of_address;
  char *https;
  char *rtmps;
  gboolean plain_anywhere;
  char *certificate;
  char *key;
  GPtrArray *proxies;
  guint proxy_rtmp_port;
  guint proxy_rtmps_port;
  char **hosts;
  char **origins;
  gboolean registration_open;
  gboolean embedded;
  KmLedgerRules rules;
  char *gifts_dir;
  guint message_every_ms;
  guint messages_at_once;
  guint publisher_wait_seconds;
  KmMetricsAccess metrics;
  KmLogFormat log_format;
  GLogLevelFlags log_level;
} KmConfig;

KmConfig       *km_config_new              (void);
void            km_config_free             (KmConfig     *self);
gboolean        km_config_read_file        (KmConfig     *self,
                                            const char   *path,
                                            GError      **error);
gboolean        km_config_set_registration (KmConfig     *self,
                                            const char   *word,
                                            GError      **error);
gboolean        km_config_set_plain        (KmConfig     *self,
                                            const char   *word,
                                            GError      **error);
gboolean        km_config_set_metrics      (KmConfig     *self,
                                            const char   *word,
                                            GError      **error);
gboolean        km_config_set_log_format   (KmConfig     *self,
                                            const char   *word,
                                            GError      **error);
gboolean        km_config_set_log_level    (KmConfig     *self,
                                            const char   *word,
                                            GError      **error);
gboolean        km_config_set_message_every
                                           (KmConfig     *self,
                                            const char   *value,
                                            GError      **error);
gboolean        km_config_set_messages_at_once
                                           (KmConfig     *self,
                                            const char   *value,
                                            GError      **error);
gboolean        km_config_set_publisher_wait
                                           (KmConfig     *self,
                                            const char   *value,
                                            GError      **error);
gboolean        km_config_check            (KmConfig     *self,
                                            GError      **error);
GSocketAddress *km_config_parse_address    (const char   *text,
                                            GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmConfig, km_config_free)

G_END_DECLS
