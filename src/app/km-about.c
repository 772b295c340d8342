/* km-about.c: what Kaimu is and under which licence
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-about.h"

#include <glib/gi18n.h>

/**
 * km_about_dialog_new:
 *
 * Returns: (transfer full): the dialog, to present over a window
 */
AdwDialog *
km_about_dialog_new (void)
{
  AdwDialog *dialog = adw_about_dialog_new ();

  g_object_set (dialog,
                "application-icon", KAIMU_APPLICATION_ID,
                "application-name", _("Kaimu"),
                "developer-name", _("The Kaimu contributors"),
                "version", KAIMU_VERSION,
                "comments", _("Broadcast yourself and watch others live, on "
                              "servers that anyone can host."),
                "license-type", GTK_LICENSE_GPL_3_0,
                /* Translators: your names, one a line */
                "translator-credits", _("translator-credits"),
                NULL);
  return dialog;
}
