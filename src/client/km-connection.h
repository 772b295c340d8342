#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KmConnectionState:
 * @KM_CONNECTION_IDLE: nobody needs it
 * @KM_CONNECTION_CONNECTING: fetching a ticket, or shaking hands
 * @KM_CONNECTION_OPEN: commands go and events come
 * @KM_CONNECTION_WAITING: lost; the next attempt comes by itself
 */
typedef enum
{
  KM_CONNECTION_IDLE,
  KM_CONNECTION_CONNECTING,
  KM_CONNECTION_OPEN,
  KM_CONNECTION_WAITING,
} KmConnectionState;

#define KM_TYPE_CONNECTION_STATE (km_connection_state_get_type ())
GType km_connection_state_get_type (void);

#define KM_TYPE_CONNECTION (km_connection_get_type ())
G_DECLARE_FINAL_TYPE (KmConnection, km_connection, KM, CONNECTION, GObject)

KmConnectionState  km_connection_get_state              (KmConnection         *self);
const GError      *km_connection_get_error              (KmConnection         *self);
void               km_connection_retry_now              (KmConnection         *self);

void               km_connection_prepare_publish_async  (KmConnection         *self,
                                                         const char           *publish,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
gboolean           km_connection_prepare_publish_finish (KmConnection         *self,
                                                         GAsyncResult         *result,
                                                         GError              **error);
void               km_connection_forget_publish         (KmConnection         *self,
                                                         const char           *publish);

G_END_DECLS
