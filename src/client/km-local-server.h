#pragma once

#include "km-profile.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KmLocalServerState:
 * @KM_LOCAL_SERVER_STOPPED: not asked to run
 * @KM_LOCAL_SERVER_STARTING: being started, or looked for
 * @KM_LOCAL_SERVER_READY: answers at km_local_server_get_http()
 * @KM_LOCAL_SERVER_RESTARTING: it died; the next start comes by itself
 * @KM_LOCAL_SERVER_FAILED: given up: see km_local_server_get_error(), and
 *   try again with km_local_server_start()
 */
typedef enum
{
  KM_LOCAL_SERVER_STOPPED,
  KM_LOCAL_SERVER_STARTING,
  KM_LOCAL_SERVER_READY,
  KM_LOCAL_SERVER_RESTARTING,
  KM_LOCAL_SERVER_FAILED,
} KmLocalServerState;

#define KM_TYPE_LOCAL_SERVER_STATE (km_local_server_state_get_type ())
GType km_local_server_state_get_type (void);

#define KM_TYPE_LOCAL_SERVER (km_local_server_get_type ())
G_DECLARE_FINAL_TYPE (KmLocalServer, km_local_server, KM, LOCAL_SERVER, GObject)

KmLocalServer      *km_local_server_new             (KmProfile     *profile,
                                                     const char    *program);
void                km_local_server_start           (KmLocalServer *self);
void                km_local_server_stop            (KmLocalServer *self);
void                km_local_server_look            (KmLocalServer *self);

KmLocalServerState  km_local_server_get_state       (KmLocalServer *self);
const char         *km_local_server_get_http        (KmLocalServer *self);
const char         *km_local_server_get_rtmp        (KmLocalServer *self);
gboolean            km_local_server_get_is_child    (KmLocalServer *self);
int                 km_local_server_get_pid         (KmLocalServer *self);
const GError       *km_local_server_get_error       (KmLocalServer *self);
char               *km_local_server_dup_owner_token (KmLocalServer *self);
char               *km_local_server_find_program    (const char    *libexecdir);

G_END_DECLS
