/* km-signed-out.c: somebody was signed out without having asked for it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only members can do goes from the window without a touch of theirs, so
 * each window says why. It stays until somebody has seen it: they may have
 * been away, or it was they who did it from elsewhere.
 *
 * Thread: main.
 */

#include "km-signed-out.h"

#include <adwaita.h>

#include "km-client-error.h"
#include "km-words.h"

static void
on_signed_in (GtkWidget  *widget,
              GParamSpec *pspec,
              KmServer   *server)
{
  const GError *error = km_server_get_guest_error (server);
  GtkWidget *overlay = gtk_widget_get_ancestor (widget,
                                                ADW_TYPE_TOAST_OVERLAY);
  AdwToast *toast;

  if (overlay == NULL || !g_error_matches (error, KM_CLIENT_ERROR,
                                           KM_CLIENT_ERROR_SIGNED_OUT))
    return;

  toast = adw_toast_new ("");
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_title (toast, km_words (error));
  adw_toast_set_timeout (toast, 0);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

/**
 * km_signed_out_watch:
 * @widget: where to say it: at the foot of the window around it
 * @server: where one is signed in, or may be
 *
 * Says so when the server ends the sign-in, until @widget is gone or
 * disconnected from @server.
 */
void
km_signed_out_watch (GtkWidget *widget,
                     KmServer  *server)
{
  g_signal_connect_object (server, "notify::signed-in",
                           G_CALLBACK (on_signed_in), widget,
                           G_CONNECT_SWAPPED);
}
