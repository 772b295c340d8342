#pragma once

#include <json-glib/json-glib.h>

#include "km-gift.h"
#include "km-person.h"
#include "km-poll-info.h"
#include "km-room-info.h"
#include "km-staff-entry.h"
#include "km-stream-summary.h"
#include "km-wallet-info.h"

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
gboolean    km_json_get_flag    (JsonObject  *object,
                                 const char  *member,
                                 gboolean    *value);
JsonArray  *km_json_get_array   (JsonObject  *object,
                                 const char  *member);
JsonObject *km_json_get_object  (JsonObject  *object,
                                 const char  *member);
gboolean    km_json_is_null     (JsonObject  *object,
                                 const char  *member);

KmAccountInfo *km_account_info_from_json (JsonObject *object);
KmRoomInfo    *km_room_info_from_json    (JsonObject *object);
GError        *km_json_get_error         (JsonObject *object);
KmPerson      *km_person_from_json       (JsonObject *object);
GPtrArray     *km_people_from_json       (JsonArray  *array);
char          *km_names_from_json        (JsonObject *object);
KmGift        *km_gift_from_json         (JsonObject *object);
KmGiftInfo    *km_gift_info_from_json    (JsonObject *d);

KmPollQuestion *km_poll_question_from_json (JsonObject   *object,
                                            GError      **error);
gboolean        km_poll_choices_from_json  (JsonArray    *array,
                                            guint        *choices,
                                            GError      **error);
gboolean        km_wallet_info_read_coins  (KmWalletInfo  *self,
                                            JsonObject    *object);
void            km_wallet_info_read_limit  (KmWalletInfo  *self,
                                            JsonObject    *object);
gboolean        km_wallet_entry_read       (KmWalletEntry *self,
                                            JsonObject    *object);
KmPollInfo     *km_poll_info_from_json     (JsonObject   *object,
                                            KmPollParts   parts);
GPtrArray      *km_poll_infos_from_json    (JsonArray    *array,
                                            KmPollParts   parts);

KmStaffEntry    *km_staff_entry_from_json (JsonObject      *d,
                                           KmRoomEventKind  kind);
KmStreamSummary *km_stream_summary_from_json (JsonObject *object);

/* Writing. */
void        km_json_append_string  (GString    *out,
                                    const char *text);
void        km_json_append_member  (GString    *out,
                                    const char *member,
                                    const char *text);
void        km_json_append_integer (GString    *out,
                                    const char *member,
                                    gint64      value);
void        km_json_append_time    (GString    *out,
                                    const char *member,
                                    gint64      at_ms);
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
