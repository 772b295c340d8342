/* km-toast.c: a word at the foot of the window that somebody is in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a widget has to say is shown by the nearest toast overlay around it, so
 * that it needn't know whether it is in a window or in a dialog over one.
 *
 * Thread: main.
 */

#include "km-toast.h"

#include <adwaita.h>

#include "km-words.h"

/**
 * km_toast_show:
 * @widget: who has something to say; nothing is shown if no overlay is around
 *   it any more
 * @text: what, in the reader's language
 */
void
km_toast_show (GtkWidget  *widget,
               const char *text)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  AdwToast *toast;

  if (overlay == NULL)
    return;

  toast = adw_toast_new ("");
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_title (toast, text);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

/**
 * km_toast_error:
 * @widget: what was used
 * @error: why it didn't work; nothing is shown of what was cancelled
 */
void
km_toast_error (GtkWidget    *widget,
                const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    km_toast_show (widget, km_words (error));
}
