#pragma once

#include "km-web.h"
#include "km-bucket.h"
#include "km-json.h"
#include "km-protocol.h"

G_BEGIN_DECLS

struct _KmWeb
{
  SoupServer *soup;
  KmWebParts parts;
  GHashTable *under_way; /* of SoupServerMessage: read, not yet answered */
  guint come_back_within_ms; /* not 0: takes no new calls */
  KmBuckets writes; /* by account */
  KmCrowd strangers; /* who asks for something without one */
  guint64 responses[6]; /* by the first digit of their status; 0: others */
};

/**
 * KmWebCall:
 * @api: the HTTP side
 * @message: the request and its response
 * @body: (nullable): the request's JSON object
 * @query: (nullable): what stood behind the `?`
 * @argument: (nullable): what the `*` of the route stood for
 * @address: (nullable): where they ask from, once that was asked for
 * @session: (nullable): who asks; never %NULL where the route needs an account
 *
 * One HTTP call. Its handler owns it and ends it with km_web_call_answer() or
 * km_web_call_fail(), now or later.
 */
typedef struct
{
  KmWeb *api;
  SoupServerMessage *message;
  JsonObject *body;
  GHashTable *query;
  char *argument;
  char *address;
  KmSession *session;

  /*< private >*/
  gboolean dispatching;
  gboolean ended;
} KmWebCall;

typedef void (*KmWebHandler) (KmWebCall *call);

/**
 * KmWebPiece:
 * @text: where to append the next piece
 * @data: what was given
 * @more: (out): whether another one follows
 * @error: why there is none
 *
 * Returns: whether the piece could be made
 */
typedef gboolean (*KmWebPiece) (GString   *text,
                                gpointer   data,
                                gboolean  *more,
                                GError   **error);

/* km-web-call.c */
KmWebCall  *km_web_call_new         (KmWeb              *api,
                                     SoupServerMessage  *message,
                                     GHashTable         *query);
void        km_web_call_free        (KmWebCall          *self);
void        km_web_call_run         (KmWebCall          *self,
                                     KmWebHandler        handler);
void        km_web_call_end         (KmWebCall          *self);
void        km_web_call_answer      (KmWebCall          *self,
                                     guint               status,
                                     GString            *json);
void        km_web_call_fail        (KmWebCall          *self,
                                     GError             *error);
void        km_web_call_refuse      (KmWebCall          *self,
                                     KmProtocolError     code);
const char *km_web_call_get_string  (KmWebCall          *self,
                                     const char         *member);
const char *km_web_call_get_address (KmWebCall          *self);
gboolean    km_web_call_is_by_proxy (KmWebCall          *self);
void        km_web_respond          (SoupServerMessage  *message,
                                     guint               status,
                                     GString            *json);
void        km_web_respond_error    (SoupServerMessage  *message,
                                     const GError       *error);

/* km-web-pieces.c */
void        km_web_call_answer_bytes  (KmWebCall        *self,
                                       const char       *type,
                                       GBytes           *bytes);
void        km_web_call_answer_pieces (KmWebCall        *self,
                                       const char       *type,
                                       KmWebPiece        next,
                                       gpointer          data,
                                       GDestroyNotify    destroy);

/* km-web-guard.c */
gboolean    km_web_guard            (KmWeb              *api,
                                     SoupServerMessage  *message);

/* km-web-account.c */
void        km_web_register         (KmWebCall          *call);
gboolean    km_web_begin_sign_in    (KmWebCall          *call,
                                     const char         *name);
void        km_web_sign_in          (KmWebCall          *call);
void        km_web_get_account      (KmWebCall          *call);
void        km_web_change_account   (KmWebCall          *call);

/* km-web-sessions.c */
void        km_web_list_sessions    (KmWebCall          *call);
void        km_web_sign_out         (KmWebCall          *call);
void        km_web_end_session      (KmWebCall          *call);
void        km_web_end_others       (KmWebCall          *call);
void        km_web_change_password  (KmWebCall          *call);

/* km-web-room.c */
void        km_web_list_rooms       (KmWebCall          *call);
void        km_web_get_room         (KmWebCall          *call);
gboolean    km_web_room_exists      (KmWeb              *api,
                                     const char         *id,
                                     GError            **error);
gint64      km_web_parse_number     (const char         *word);

/* km-web-poll.c */
void        km_web_list_polls       (KmWebCall          *call);
void        km_web_get_poll_table   (KmWebCall          *call);

/* km-web-own-room.c */
void        km_web_get_own_room     (KmWebCall          *call);
void        km_web_change_room      (KmWebCall          *call);
void        km_web_roll_key         (KmWebCall          *call);
void        km_web_end_stream       (KmWebCall          *call);

/* km-web-gifts.c */
void        km_web_list_gifts       (KmWebCall          *call);
void        km_web_get_gift_art     (KmWebCall          *call);

/* km-web-wallet.c */
void        km_web_get_wallet       (KmWebCall          *call);
void        km_web_set_daily_limit  (KmWebCall          *call);
void        km_web_practise_again   (KmWebCall          *call);

/* km-web-statement.c */
void        km_web_get_statement       (KmWebCall       *call);
void        km_web_get_statement_table (KmWebCall       *call);

/* km-web-stream.c */
void        km_web_get_summary      (KmWebCall          *call);

/* km-web-socket.c */
void        km_web_issue_ticket     (KmWebCall          *call);
void        km_web_open_socket      (KmWeb              *api,
                                     SoupServerMessage  *message,
                                     GHashTable         *query);

/* km-web-metrics.c */
void        km_web_get_metrics      (KmWebCall          *call);
gboolean    km_web_is_local         (GInetAddress       *address);

/* km-web-network.c */
void        km_web_get_network       (KmWebCall         *call);
void        km_web_open_network      (KmWebCall         *call);
void        km_web_close_network     (KmWebCall         *call);
void        km_web_renew_certificate (KmWebCall         *call);

/* km-web-operation.c */
void        km_web_get_health       (KmWebCall          *call);

/* km-web-media.c */
void        km_web_open_media       (KmWeb              *api,
                                     SoupServerMessage  *message,
                                     const char         *path);

/* km-steal.c */
gboolean    km_steal_connection     (SoupServerMessage  *message,
                                     KmTransport        *transport,
                                     GBytes            **leftover);

G_END_DECLS
