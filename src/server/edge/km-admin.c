/* km-admin.c: commands of an owner, beside a running server or without one
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `kaimu-server admin …` opens the data by itself. It ends with 0 when it did
 * what it was asked for, with 1 when an audit found a difference, and with 2
 * when nothing was done; why is on standard error.
 *
 * Thread: main.
 */

#include "km-admin.h"

#include <glib/gi18n.h>
#include <signal.h>

#include "km-admin-private.h"
#include "km-config.h"

#define STATUS_NOTHING_DONE 2

typedef struct
{
  const char *name;
  KmAdminFunc run;
} Command;

static const Command commands[] = {
  { "grant", km_admin_grant },
  { "refund", km_admin_refund },
  { "audit", km_admin_audit },
  { "gift", km_admin_gift },
  { "backup", km_admin_backup },
  { "restore", km_admin_restore },
};

/**
 * km_admin_visit:
 * @self: a command
 * @mode: what for
 * @func: what to do with the data
 * @data: for @func
 * @error: why not
 *
 * Returns: whether it was done and is on the disk
 */
gboolean
km_admin_visit (KmAdmin      *self,
                KmVisitMode   mode,
                KmVisitFunc   func,
                gpointer      data,
                GError      **error)
{
  return km_store_visit (self->data_dir, mode, func, data, error);
}

/**
 * km_admin_misuse:
 * @error: set to what to do about it
 *
 * Returns: %FALSE: the arguments aren't what the command needs
 */
gboolean
km_admin_misuse (GError **error)
{
  g_set_error_literal (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
                       _("these arguments don’t make a command: see "
                         "kaimu-server admin --help"));
  return FALSE;
}

static GOptionContext *
make_context (const GOptionEntry *entries)
{
  GOptionContext *context = g_option_context_new (_("COMMAND …"));

  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_set_summary (
    context, _("Looks after the coins, gifts and data of a server, which "
               "may be running meanwhile."));
  g_option_context_set_description (
    context,
    _("Commands:\n"
      "  grant NAME COINS [NOTE]  Give coins to an account\n"
      "  refund GIFT              Give back what a gift cost, by the number "
      "that statements\n"
      "                           have for it\n"
      "  audit                    Prove that the books are right; exit "
      "status 1 if not\n"
      "  gift list                Show what can be given, and what no longer\n"
      "  gift add ID --name=NAME --price=COINS --tier=1…5 --art=FILE.svg\n"
      "                           Offer a new gift, or one that was retired, "
      "as described\n"
      "  gift retire ID           Offer a gift no longer\n"
      "  gift restore ID          Offer a retired gift again\n"
      "  backup [--force] FILE    Make a copy of all data, and prove that it "
      "is good\n"
      "  restore [--replace] FILE Make the data anew from a backup; no server "
      "may be running\n"));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);

  return context;
}

/* Finds the data that is spoken of, and leaves the command in @argv. */
static gboolean
parse (KmAdmin   *self,
       int       *argc,
       char    ***argv,
       GError   **error)
{
  g_autofree char *config_path = NULL;
  g_autofree char *data_dir = NULL;
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &config_path,
      N_("The configuration of the server"), N_("FILE") },
    { "data-dir", 'd', 0, G_OPTION_ARG_FILENAME, &data_dir,
      N_("Where the server keeps everything"), N_("DIR") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = make_context (entries);
  g_autoptr (KmConfig) config = km_config_new ();

  if (!g_option_context_parse (context, argc, argv, error)
      || (config_path != NULL
          && !km_config_read_file (config, config_path, error)))
    return FALSE;

  self->data_dir = data_dir != NULL ? g_steal_pointer (&data_dir)
                                    : g_strdup (config->data_dir);

  return TRUE;
}

static gboolean
run (KmAdmin   *self,
     int        argc,
     char     **argv,
     GError   **error)
{
  if (!parse (self, &argc, &argv, error))
    return FALSE;

  for (guint i = 0; argc > 1 && i < G_N_ELEMENTS (commands); i++)
    {
      if (!g_str_equal (commands[i].name, argv[1]))
        continue;
      self->arguments = g_strdupv (argv + 2);
      return commands[i].run (self, error);
    }

  return km_admin_misuse (error);
}

/**
 * km_admin_main:
 * @argc: number of arguments, from `admin` on
 * @argv: the arguments
 *
 * Returns: the exit status
 */
int
km_admin_main (int   argc,
               char *argv[])
{
  g_autoptr (GError) error = NULL;
  KmAdmin self = { 0 };

  g_set_prgname ("kaimu-server admin");
  /* A file that may not grow is an error, not the end. */
  signal (SIGXFSZ, SIG_IGN);
  if (!run (&self, argc, argv, &error))
    {
      g_printerr ("kaimu-server: %s\n", error->message);
      self.status = STATUS_NOTHING_DONE;
    }

  g_strfreev (self.arguments);
  g_free (self.data_dir);

  return self.status;
}
