#pragma once

#include <json-glib/json-glib.h>

#include "km-room-info.h"

G_BEGIN_DECLS

/* Reading what came from outside. */
JsonObject *km_json_parse       (const char  *text,
                                 gsize        length,
                                 GError     **error);
const char *km_json_get_string  (JsonObject  *object,
                                 const char  *member,
                                 gsize        bytes_max);
gboolean    km_json_get_integer (JsonObject  *object,
                                 const char  *member,
                                 gint64       min,
                                 gint64       max,
                                 gint64      *value);
gboolean    km_json_get_boolean (JsonObject  *object,
                                 const char  *member);
JsonObject *km_json_get_object  (JsonObject  *object,
                                 const char  *member);
gboolean    km_json_is_null     (JsonObject  *object,
                                 const char  *member);

KmAccountInfo *km_account_info_from_json (JsonObject *object);
KmRoomInfo    *km_room_info_from_json    (JsonObject *object);
GError        *km_json_get_error         (JsonObject *object);

/* Writing. */
void        km_json_append_string  (GString    *out,
                                    const char *text);
void        km_json_append_member  (GString    *out,
                                    const char *member,
                                    const char *text);
void        km_json_append_integer (GString    *out,
                                    const char *member,
                                    gint64      value);
void        km_json_append_boolean (GString    *out,
                                    const char *member,
                                    gboolean    value);
void        km_json_append_raw     (GString    *out,
                                    const char *member,
                                    const char *json,
                                    gssize      length);
void        km_json_append_error   (GString      *out,
                                    const GError *error);

G_END_DECLS
