/* km-session-info.c: a sign-in of an account, both ways
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: any.
 */

#include "km-session-info.h"

#include "km-json.h"

void
km_session_info_free (KmSessionInfo *self)
{
  g_free (self->id);
  g_free (self->device);
  g_free (self);
}

/**
 * km_session_info_append:
 * @self: a session
 * @out: where its JSON object goes
 */
void
km_session_info_append (const KmSessionInfo *self,
                        GString             *out)
{
  g_string_append_c (out, '{');
  km_json_append_member (out, "id", self->id);
  km_json_append_member (out, "device", self->device);
  km_json_append_integer (out, "made_at", self->made_at_ms);
  km_json_append_integer (out, "used_at", self->used_at_ms);
  km_json_append_boolean (out, "current", self->current);
  g_string_append_c (out, '}');
}

/**
 * km_session_info_from_json:
 * @object: (nullable): what should be a session
 *
 * Returns: (nullable) (transfer full): the session; %NULL when it isn't one
 */
KmSessionInfo *
km_session_info_from_json (JsonObject *object)
{
  g_autoptr (KmSessionInfo) self = g_new0 (KmSessionInfo, 1);

  if (object == NULL)
    return NULL;

  self->id = g_strdup (km_json_get_string (object, "id",
                                           KM_SESSION_ID_BYTES_MAX));
  self->device = g_strdup (km_json_get_string (object, "device",
                                               KM_DEVICE_BYTES_MAX));
  self->current = km_json_get_boolean (object, "current");
  if (self->id == NULL ||
      !km_json_get_integer (object, "made_at", 0, G_MAXINT64,
                            &self->made_at_ms) ||
      !km_json_get_integer (object, "used_at", 0, G_MAXINT64,
                            &self->used_at_ms))
    return NULL;

  return g_steal_pointer (&self);
}
