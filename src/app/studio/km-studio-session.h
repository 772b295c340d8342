#pragma once

#include "km-broadcast.h"
#include "km-server.h"

G_BEGIN_DECLS

/**
 * KmStudioState:
 * @KM_STUDIO_PREVIEW: nobody sees it
 * @KM_STUDIO_STARTING: asked to go live
 * @KM_STUDIO_LIVE: people see it
 * @KM_STUDIO_RECONNECTING: was live, the connection is lost, trying by itself
 * @KM_STUDIO_REFUSED: the server refused, or somebody else took over; see
 *   km_studio_session_get_error(). Doesn't try again by itself.
 */
typedef enum
{
  KM_STUDIO_PREVIEW,
  KM_STUDIO_STARTING,
  KM_STUDIO_LIVE,
  KM_STUDIO_RECONNECTING,
  KM_STUDIO_REFUSED,
} KmStudioState;

#define KM_TYPE_STUDIO_STATE (km_studio_state_get_type ())
GType km_studio_state_get_type (void);

#define KM_TYPE_STUDIO_SESSION (km_studio_session_get_type ())
G_DECLARE_FINAL_TYPE (KmStudioSession, km_studio_session, KM, STUDIO_SESSION,
                      GObject)

KmStudioSession *km_studio_session_new             (KmServer        *server,
                                                    KmBroadcast     *broadcast);
void             km_studio_session_go_live         (KmStudioSession *self);
void             km_studio_session_end             (KmStudioSession *self);

KmStudioState    km_studio_session_get_state       (KmStudioSession *self);
gboolean         km_studio_session_is_on_air       (KmStudioSession *self);
const GError    *km_studio_session_get_error       (KmStudioSession *self);
KmRoom          *km_studio_session_get_room        (KmStudioSession *self);
gint64           km_studio_session_get_duration_ms (KmStudioSession *self);

G_END_DECLS
