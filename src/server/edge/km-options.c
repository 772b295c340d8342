/* km-options.c: the command line of kaimu-server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main, before anything else runs.
 */

#include "km-options.h"

#include <glib/gi18n.h>

typedef struct
{
  char *config;
  char *data_dir;
  char *runtime_dir;
  char *http;
  char *rtmp;
  char *https;
  char *rtmps;
  char *certificate;
  char *key;
  char *plain;
  char *name;
  char *registration;
  char *owner;
  char *metrics;
  char *log;
  char *log_level;
  gboolean embedded;
  gboolean version;
} Flags;

static void
flags_clear (Flags *flags)
{
  g_free (flags->config);
  g_free (flags->data_dir);
  g_free (flags->runtime_dir);
  g_free (flags->http);
  g_free (flags->rtmp);
  g_free (flags->https);
  g_free (flags->rtmps);
  g_free (flags->certificate);
  g_free (flags->key);
  g_free (flags->plain);
  g_free (flags->name);
  g_free (flags->registration);
  g_free (flags->owner);
  g_free (flags->metrics);
  g_free (flags->log);
  g_free (flags->log_level);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flags, flags_clear)

static gboolean
parse_flags (Flags    *flags,
             int      *argc,
             char   ***argv,
             GError  **error)
{
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &flags->config,
      N_("Read the configuration from FILE; flags win over it"), N_("FILE") },
    { "data-dir", 'd', 0, G_OPTION_ARG_FILENAME, &flags->data_dir,
      N_("Keep everything in DIR"), N_("DIR") },
    { "http", 0, 0, G_OPTION_ARG_STRING, &flags->http,
      N_("Serve apps and viewers at ADDRESS (127.0.0.1:8080)"),
      N_("ADDRESS") },
    { "rtmp", 0, 0, G_OPTION_ARG_STRING, &flags->rtmp,
      N_("Take streams at ADDRESS (127.0.0.1:1935)"), N_("ADDRESS") },
    { "https", 0, 0, G_OPTION_ARG_STRING, &flags->https,
      N_("Serve apps and viewers within TLS at ADDRESS"), N_("ADDRESS") },
    { "rtmps", 0, 0, G_OPTION_ARG_STRING, &flags->rtmps,
      N_("Take streams within TLS at ADDRESS"), N_("ADDRESS") },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &flags->certificate,
      N_("The certificate for TLS, a PEM file"), N_("FILE") },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &flags->key,
      N_("Its key, a PEM file"), N_("FILE") },
    { "plain", 0, 0, G_OPTION_ARG_STRING, &flags->plain,
      N_("Who may come without TLS: loopback or all"), N_("WORD") },
    { "name", 'n', 0, G_OPTION_ARG_STRING, &flags->name,
      N_("What the server calls itself"), N_("NAME") },
    { "registration", 0, 0, G_OPTION_ARG_STRING, &flags->registration,
      N_("Whether anybody may make an account: open or closed"),
      N_("WORD") },
    { "metrics", 0, 0, G_OPTION_ARG_STRING, &flags->metrics,
      N_("Who may read /metrics: loopback, all or off"), N_("WORD") },
    { "log", 0, 0, G_OPTION_ARG_STRING, &flags->log,
      N_("How to log: auto, text, json or journal"), N_("WORD") },
    { "log-level", 0, 0, G_OPTION_ARG_STRING, &flags->log_level,
      N_("How much to tell: warning, message, info or debug"), N_("WORD") },
    { "embedded", 0, 0, G_OPTION_ARG_NONE, &flags->embedded,
      N_("Be the server of “This computer”; end when standard input closes"),
      NULL },
    { "runtime-dir", 0, 0, G_OPTION_ARG_FILENAME, &flags->runtime_dir,
      N_("Where an embedded server leaves its address"), N_("DIR") },
    { "owner", 0, 0, G_OPTION_ARG_STRING, &flags->owner,
      N_("Real name of an embedded server's owner"), N_("NAME") },
    { "version", 0, 0, G_OPTION_ARG_NONE, &flags->version,
      N_("Print the version and end"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context,
                                _("Carries live rooms: chat and video."));
  g_option_context_set_description (
    context, _("“kaimu-server admin --help” tells how to look after coins and "
               "gifts."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;

  if (*argc > 1)
    {
      g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
                   "“%s” means nothing here: see --help", (*argv)[1]);
      return FALSE;
    }

  return TRUE;
}

static void
replace (char **setting,
         char **flag)
{
  if (*flag == NULL)
    return;

  g_free (*setting);
  *setting = g_steal_pointer (flag);
}

/**
 * km_options_parse:
 * @argc: (inout): number of arguments
 * @argv: (inout): the arguments
 * @error: what is wrong with them
 *
 * Returns: (transfer full) (nullable): the checked configuration; %NULL with
 *   no error: everything was said already, end
 */
KmConfig *
km_options_parse (int      *argc,
                  char   ***argv,
                  GError  **error)
{
  g_auto (Flags) flags = { 0 };
  g_autoptr (KmConfig) config = km_config_new ();

  if (!parse_flags (&flags, argc, argv, error))
    return NULL;
  if (flags.version)
    {
      g_print ("kaimu-server %s\n", KAIMU_VERSION);
      return NULL;
    }
  if (flags.config != NULL &&
      !km_config_read_file (config, flags.config, error))
    return NULL;

  replace (&config->data_dir, &flags.data_dir);
  replace (&config->runtime_dir, &flags.runtime_dir);
  replace (&config->http, &flags.http);
  replace (&config->rtmp, &flags.rtmp);
  replace (&config->https, &flags.https);
  replace (&config->rtmps, &flags.rtmps);
  replace (&config->certificate, &flags.certificate);
  replace (&config->key, &flags.key);
  replace (&config->name, &flags.name);
  replace (&config->owner, &flags.owner);
  config->embedded = flags.embedded;
  if (flags.registration != NULL &&
      !km_config_set_registration (config, flags.registration, error))
    return NULL;
  if (flags.plain != NULL && !km_config_set_plain (config, flags.plain, error))
    return NULL;
  if (flags.metrics != NULL &&
      !km_config_set_metrics (config, flags.metrics, error))
    return NULL;
  if (flags.log != NULL &&
      !km_config_set_log_format (config, flags.log, error))
    return NULL;
  if (flags.log_level != NULL &&
      !km_config_set_log_level (config, flags.log_level, error))
    return NULL;
  if (!km_config_check (config, error))
    return NULL;

  return g_steal_pointer (&config);
}
