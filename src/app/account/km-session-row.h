#pragma once

#include <gtk/gtk.h>

#include "km-account-session.h"

G_BEGIN_DECLS

/* What the button of a row does: an action of a widget around it, with the id
 * of the session. */
#define KM_SESSION_ROW_END "account.end-session"

GtkWidget *km_session_row_new      (KmAccountSession *session);
char      *km_session_row_describe (gint64            idle_ms);

G_END_DECLS
