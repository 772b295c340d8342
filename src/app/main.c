/* main.c: the Kaimu app
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gi18n.h>
#include <locale.h>

#include "km-application.h"
#include "km-settings.h"

int
main (int    argc,
      char **argv)
{
  g_autofree char *translations = km_settings_find_data ("share/locale", "po");
  g_autoptr (KmApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, translations);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = km_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
