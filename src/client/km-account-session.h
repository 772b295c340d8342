#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define KM_TYPE_ACCOUNT_SESSION (km_account_session_get_type ())
G_DECLARE_FINAL_TYPE (KmAccountSession, km_account_session, KM,
                      ACCOUNT_SESSION, GObject)

const char *km_account_session_get_id      (KmAccountSession *self);
const char *km_account_session_get_device  (KmAccountSession *self);
gint64      km_account_session_get_made_at (KmAccountSession *self);
gint64      km_account_session_get_used_at (KmAccountSession *self);
gboolean    km_account_session_get_current (KmAccountSession *self);

G_END_DECLS
