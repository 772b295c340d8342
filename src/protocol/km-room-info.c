/* km-room-info.c: ACCOUNT and ROOM of the protocol, read and written
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: any.
 */

#include "km-room-info.h"

#include "km-json.h"
#include "km-protocol.h"

#define ID_BYTES_MAX 64

/**
 * km_account_info_new:
 * @id: digits
 * @name: (nullable): the unique name
 * @shown_name: what others see
 *
 * Returns: (transfer full): a copy of it all
 */
KmAccountInfo *
km_account_info_new (const char *id,
                     const char *name,
                     const char *shown_name)
{
  KmAccountInfo *self = g_new0 (KmAccountInfo, 1);

  self->id = g_strdup (id);
  self->name = g_strdup (name);
  self->shown_name = g_strdup (shown_name);

  return self;
}

KmAccountInfo *
km_account_info_copy (const KmAccountInfo *self)
{
  return km_account_info_new (self->id, self->name, self->shown_name);
}

/**
 * km_account_info_clear:
 * @self: one that is part of another struct
 *
 * Frees what it points to, not @self.
 */
void
km_account_info_clear (KmAccountInfo *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->shown_name, g_free);
}

void
km_account_info_free (KmAccountInfo *self)
{
  km_account_info_clear (self);
  g_free (self);
}

/**
 * km_account_info_append:
 * @self: an account
 * @out: where its JSON object goes
 */
void
km_account_info_append (const KmAccountInfo *self,
                        GString             *out)
{
  g_string_append_c (out, '{');
  km_json_append_member (out, "id", self->id);
  km_json_append_member (out, "name", self->name);
  km_json_append_member (out, "shown_name", self->shown_name);
  g_string_append_c (out, '}');
}

/**
 * km_account_info_from_json:
 * @object: (nullable): what should be an ACCOUNT
 *
 * Returns: (nullable) (transfer full): the account; %NULL when it isn't one
 */
KmAccountInfo *
km_account_info_from_json (JsonObject *object)
{
  const char *id, *shown_name;

  if (object == NULL)
    return NULL;

  id = km_json_get_string (object, "id", ID_BYTES_MAX);
  shown_name = km_json_get_string (object, "shown_name",
                                   KM_SHOWN_NAME_BYTES_MAX);
  if (id == NULL || shown_name == NULL)
    return NULL;

  return km_account_info_new (id,
                              km_json_get_string (object, "name",
                                                  KM_NAME_LENGTH_MAX),
                              shown_name);
}

/**
 * km_room_info_new:
 *
 * Returns: (transfer full): a room without anything: not live
 */
KmRoomInfo *
km_room_info_new (void)
{
  KmRoomInfo *self = g_new0 (KmRoomInfo, 1);

  self->since_ms = -1;

  return self;
}

KmRoomInfo *
km_room_info_copy (const KmRoomInfo *self)
{
  KmRoomInfo *copy = g_new (KmRoomInfo, 1);

  *copy = *self;
  copy->id = g_strdup (self->id);
  copy->title = g_strdup (self->title);
  copy->category = g_strdup (self->category);
  copy->stream = g_strdup (self->stream);
  copy->host.id = g_strdup (self->host.id);
  copy->host.name = g_strdup (self->host.name);
  copy->host.shown_name = g_strdup (self->host.shown_name);

  return copy;
}

void
km_room_info_free (KmRoomInfo *self)
{
  g_free (self->id);
  g_free (self->title);
  g_free (self->category);
  g_free (self->stream);
  km_account_info_clear (&self->host);
  g_free (self);
}

/**
 * km_room_info_append:
 * @self: a room
 * @out: where its JSON object goes
 */
void
km_room_info_append (const KmRoomInfo *self,
                     GString          *out)
{
  g_string_append_c (out, '{');
  km_json_append_member (out, "id", self->id);
  km_json_append_member (out, "title", self->title);
  km_json_append_member (out, "category", self->category);
  g_string_append (out, ",\"host\":");
  km_account_info_append (&self->host, out);
  km_json_append_boolean (out, "live", self->live);
  km_json_append_member (out, "stream", self->live ? self->stream : NULL);
  if (self->live && self->since_ms >= 0)
    km_json_append_integer (out, "since", self->since_ms);
  else
    km_json_append_member (out, "since", NULL);
  km_json_append_integer (out, "online", self->online);
  km_json_append_integer (out, "slow_s", self->slow_s);
  g_string_append_c (out, '}');
}

/**
 * km_room_info_from_json:
 * @object: (nullable): what should be a ROOM
 *
 * Returns: (nullable) (transfer full): the room; %NULL when it isn't one
 */
KmRoomInfo *
km_room_info_from_json (JsonObject *object)
{
  g_autoptr (KmAccountInfo) host = NULL;
  g_autoptr (KmRoomInfo) self = km_room_info_new ();
  gint64 online = 0;
  gint64 slow_s = 0;

  if (object == NULL)
    return NULL;

  self->id = g_strdup (km_json_get_string (object, "id", ID_BYTES_MAX));
  self->title = g_strdup (km_json_get_string (object, "title",
                                              KM_TITLE_BYTES_MAX));
  self->category = g_strdup (km_json_get_string (object, "category", 64));
  host = km_account_info_from_json (km_json_get_object (object, "host"));
  if (self->id == NULL || self->title == NULL || host == NULL)
    return NULL;

  self->host = *host;
  g_free (g_steal_pointer (&host));
  if (self->category == NULL)
    self->category = g_strdup ("other");

  self->stream = g_strdup (km_json_get_string (object, "stream",
                                               ID_BYTES_MAX));
  self->live = km_json_get_boolean (object, "live");
  km_json_get_integer (object, "since", 0, G_MAXINT64, &self->since_ms);
  km_json_get_integer (object, "online", 0, G_MAXINT32, &online);
  self->online = (guint) online;
  km_json_get_integer (object, "slow_s", 0, KM_SLOW_MODE_S_MAX, &slow_s);
  self->slow_s = (guint) slow_s;

  return g_steal_pointer (&self);
}
