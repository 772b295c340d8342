/* km-account-session.c: one place where somebody is signed in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: any (immutable).
 */

#include "km-account-session-private.h"

struct _KmAccountSession
{
  GObject parent_instance;
  KmSessionInfo *info;
};

G_DEFINE_FINAL_TYPE (KmAccountSession, km_account_session, G_TYPE_OBJECT)

static void
km_account_session_finalize (GObject *object)
{
  km_session_info_free (KM_ACCOUNT_SESSION (object)->info);

  G_OBJECT_CLASS (km_account_session_parent_class)->finalize (object);
}

static void
km_account_session_class_init (KmAccountSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = km_account_session_finalize;
}

static void
km_account_session_init (KmAccountSession *self)
{
}

/* @info: (transfer full): what the server says of it. */
KmAccountSession *
km_account_session_new (KmSessionInfo *info)
{
  KmAccountSession *self = g_object_new (KM_TYPE_ACCOUNT_SESSION, NULL);

  self->info = info;

  return self;
}

/* Returns: what ends it: km_server_end_session_async(). */
const char *
km_account_session_get_id (KmAccountSession *self)
{
  g_return_val_if_fail (KM_IS_ACCOUNT_SESSION (self), NULL);

  return self->info->id;
}

/* Returns: (nullable): where it is; %NULL: nobody said so. */
const char *
km_account_session_get_device (KmAccountSession *self)
{
  g_return_val_if_fail (KM_IS_ACCOUNT_SESSION (self), NULL);

  return self->info->device;
}

/* Returns: when somebody signed in there, ms since 1970. */
gint64
km_account_session_get_made_at (KmAccountSession *self)
{
  g_return_val_if_fail (KM_IS_ACCOUNT_SESSION (self), 0);

  return self->info->made_at_ms;
}

/* Returns: when it was last used, ms since 1970, to about an hour. */
gint64
km_account_session_get_used_at (KmAccountSession *self)
{
  g_return_val_if_fail (KM_IS_ACCOUNT_SESSION (self), 0);

  return self->info->used_at_ms;
}

/* Returns: whether it is the one that asked. */
gboolean
km_account_session_get_current (KmAccountSession *self)
{
  g_return_val_if_fail (KM_IS_ACCOUNT_SESSION (self), FALSE);

  return self->info->current;
}
