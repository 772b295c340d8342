#pragma once

#include "km-api.h"
#include "km-client-retry.h"
#include "km-outbox.h"
#include "km-room-info.h"
#include "km-server.h"

G_BEGIN_DECLS

/**
 * KmServerToken:
 * @KM_SERVER_TOKEN_NONE: a guest
 * @KM_SERVER_TOKEN_OWNER: the silent owner's, read from This computer's data
 * @KM_SERVER_TOKEN_KEPT: of signing in, kept by #KmSecrets
 */
typedef enum
{
  KM_SERVER_TOKEN_NONE,
  KM_SERVER_TOKEN_OWNER,
  KM_SERVER_TOKEN_KEPT,
} KmServerToken;

/* For km-server*.c only. */
struct _KmServer
{
  GObject parent_instance;
  KmProfile *profile;
  KmSecrets *secrets;
  KmLocalServer *local; /* NULL: somewhere else */
  char *key;            /* what its tokens and unsent messages are kept by */
  KmApi *api;
  KmConnection *connection;
  KmOutbox *outbox;

  /* km-server-trust.c: fingerprints of certificates */
  char *pin;            /* was agreed to; NULL: none was */
  char *expected;       /* is in the link that led here */
  char *refused;        /* shown last, and not accepted */

  char *name;
  gboolean registration;
  guint rtmp_port;
  guint rtmps_port; /* 0: none */
  gboolean no_streams; /* it takes none from where we are */
  KmServerState state;
  GError *error;
  gboolean checked;

  /* km-server-account.c */
  KmAccountInfo *account;
  KmServerToken token;
  GError *guest_error;  /* why who was signed in isn't any more */
  gboolean owner_left;  /* the owner signed out, until the next start */
  KmRoomItem *own_room;
  char *stream_key;

  /* km-server-rooms.c */
  KmWallet *wallet;     /* NULL: nobody asked for it yet */

  GListStore *rooms;
  gboolean rooms_loaded;
  GHashTable *open;     /* room id -> KmRoom, without a reference */
  guint watchers;
  guint timer;
  GCancellable *poll;
  KmRetry retry;
};

JsonObject *km_server_finish_call      (KmServer            *self,
                                        GAsyncResult        *result,
                                        GError             **error);
GBytes     *km_server_finish_fetch     (KmServer            *self,
                                        GAsyncResult        *result,
                                        GError             **error);
KmWallet   *km_server_peek_wallet      (KmServer            *self);
void        km_server_take_name        (KmServer            *self,
                                        const char          *name);
void        km_server_set_rooms_loaded (KmServer            *self);
void        km_server_set_account      (KmServer            *self,
                                        const KmAccountInfo *account,
                                        const char          *token,
                                        KmServerToken        kind);
void        km_server_set_own_room     (KmServer            *self,
                                        const KmRoomInfo    *info);
void        km_server_set_stream_key   (KmServer            *self,
                                        const char          *key);

void        km_server_save_async       (KmServer            *self,
                                        const char          *path,
                                        GFile               *file,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
gboolean    km_server_save_finish      (KmServer            *self,
                                        GAsyncResult        *result,
                                        GError             **error);

void        km_server_begin_trust      (KmServer            *self);
GError     *km_server_explain          (KmServer            *self,
                                        GError              *error);
void        km_server_forget_pin       (KmServer            *self);

void        km_server_restore          (KmServer            *self);
void        km_server_token_refused    (KmServer            *self,
                                        const GError        *error);

void        km_server_poll_now         (KmServer            *self);
void        km_server_poll_stop        (KmServer            *self);
void        km_server_merge_rooms      (GListStore          *rooms,
                                        GPtrArray           *infos);
void        km_server_gifts_changed    (KmServer            *self);
void        km_server_forget_room      (KmServer            *self,
                                        KmRoom              *room);

G_END_DECLS
