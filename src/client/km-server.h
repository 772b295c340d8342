#pragma once

#include "km-account-session.h"
#include "km-connection.h"
#include "km-local-server.h"
#include "km-room-item.h"
#include "km-room.h"
#include "km-secrets.h"
#include "km-server-wallet.h"
#include "km-stream-summary.h"

G_BEGIN_DECLS

/**
 * KmServerState:
 * @KM_SERVER_OFFLINE: the last attempt got no answer: see
 *   km_server_get_error(); while watched, the next comes by itself
 * @KM_SERVER_CONNECTING: no answer yet
 * @KM_SERVER_ONLINE: answers
 */
typedef enum
{
  KM_SERVER_OFFLINE,
  KM_SERVER_CONNECTING,
  KM_SERVER_ONLINE,
} KmServerState;

#define KM_TYPE_SERVER_STATE (km_server_state_get_type ())
GType km_server_state_get_type (void);

#define KM_TYPE_SERVER (km_server_get_type ())
G_DECLARE_FINAL_TYPE (KmServer, km_server, KM, SERVER, GObject)

KmServer      *km_server_new                     (KmProfile            *profile,
                                                  KmSecrets            *secrets,
                                                  const char           *address);
KmServer      *km_server_new_local               (KmProfile            *profile,
                                                  KmSecrets            *secrets,
                                                  KmLocalServer        *local);
const char    *km_server_get_address             (KmServer             *self);
KmSecrets     *km_server_get_secrets             (KmServer             *self);
const char    *km_server_get_name                (KmServer             *self);
KmServerState  km_server_get_state               (KmServer             *self);
const GError  *km_server_get_error               (KmServer             *self);
gboolean       km_server_get_registration        (KmServer             *self);
gboolean       km_server_get_signed_in           (KmServer             *self);
const char    *km_server_get_account_id          (KmServer             *self);
const char    *km_server_get_account_name        (KmServer             *self);
const char    *km_server_get_shown_name          (KmServer             *self);
const GError  *km_server_get_guest_error         (KmServer             *self);
gboolean       km_server_is_owner_here           (KmServer             *self);
KmLocalServer *km_server_get_local               (KmServer             *self);
const char    *km_server_get_pin                 (KmServer             *self);
const char    *km_server_get_refused_certificate (KmServer             *self);
void           km_server_expect_certificate      (KmServer             *self,
                                                  const char           *fingerprint);
void           km_server_refuse_certificate      (KmServer             *self,
                                                  const char           *fingerprint);
gboolean       km_server_accept_certificate      (KmServer             *self,
                                                  const char           *fingerprint,
                                                  GError              **error);
void           km_server_forget_refused          (KmServer             *self);
KmConnection  *km_server_get_connection          (KmServer             *self);
KmWallet      *km_server_get_wallet              (KmServer             *self);
GListModel    *km_server_get_rooms               (KmServer             *self);
gboolean       km_server_get_rooms_loaded        (KmServer             *self);
KmRoomItem    *km_server_get_own_room            (KmServer             *self);
const char    *km_server_get_stream_key          (KmServer             *self);
gboolean       km_server_get_takes_streams       (KmServer             *self);
char          *km_server_dup_flv_address         (KmServer             *self,
                                                  const char           *room);
char          *km_server_dup_rtmp_address        (KmServer             *self,
                                                  const char           *room);
char          *km_server_dup_publish_address     (KmServer             *self,
                                                  const char           *publish);

void           km_server_watch                   (KmServer             *self);
void           km_server_unwatch                 (KmServer             *self);
KmRoom        *km_server_open_room               (KmServer             *self,
                                                  const char           *id);

void           km_server_check_async             (KmServer             *self,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_check_finish            (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_register_async          (KmServer             *self,
                                                  const char           *name,
                                                  const char           *password,
                                                  const char           *shown_name,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_register_finish         (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_sign_in_async           (KmServer             *self,
                                                  const char           *name,
                                                  const char           *password,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_sign_in_finish          (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_sign_out_async          (KmServer             *self,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_sign_out_finish         (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_set_shown_name_async    (KmServer             *self,
                                                  const char           *shown_name,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_set_shown_name_finish   (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_load_sessions_async     (KmServer             *self,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
GListModel    *km_server_load_sessions_finish    (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_end_session_async       (KmServer             *self,
                                                  const char           *session,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_end_session_finish      (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_end_other_sessions_async (KmServer            *self,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_end_other_sessions_finish (KmServer           *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_change_password_async   (KmServer             *self,
                                                  const char           *old_password,
                                                  const char           *new_password,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_change_password_finish  (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_load_rooms_async        (KmServer             *self,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_load_rooms_finish       (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_load_own_room_async     (KmServer             *self,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
KmRoomItem    *km_server_load_own_room_finish    (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_update_own_room_async   (KmServer             *self,
                                                  const char           *title,
                                                  const char           *category,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_update_own_room_finish  (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_set_slow_mode_async     (KmServer             *self,
                                                  guint                 seconds,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_set_slow_mode_finish    (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_roll_key_async          (KmServer             *self,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_roll_key_finish         (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_end_stream_async        (KmServer             *self,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_end_stream_finish       (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_load_summary_async      (KmServer             *self,
                                                  const char           *stream,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
KmStreamSummary *
               km_server_load_summary_finish     (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);
void           km_server_save_poll_async         (KmServer             *self,
                                                  const char           *poll,
                                                  GFile                *file,
                                                  GCancellable         *cancellable,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
gboolean       km_server_save_poll_finish        (KmServer             *self,
                                                  GAsyncResult         *result,
                                                  GError              **error);

G_END_DECLS
