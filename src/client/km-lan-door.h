#pragma once

#include "km-local-server.h"

G_BEGIN_DECLS

/**
 * KmLanDoorState:
 * @KM_LAN_DOOR_CLOSED: nobody comes in from the network
 * @KM_LAN_DOOR_OPENING: asked for
 * @KM_LAN_DOOR_OPEN: others come in at km_lan_door_get_address()
 * @KM_LAN_DOOR_NO_NETWORK: this computer has no network; opens by itself when
 *   it has one
 * @KM_LAN_DOOR_FAILED: see km_lan_door_get_error()
 */
typedef enum
{
  KM_LAN_DOOR_CLOSED,
  KM_LAN_DOOR_OPENING,
  KM_LAN_DOOR_OPEN,
  KM_LAN_DOOR_NO_NETWORK,
  KM_LAN_DOOR_FAILED,
} KmLanDoorState;

#define KM_TYPE_LAN_DOOR_STATE (km_lan_door_state_get_type ())
GType km_lan_door_state_get_type (void);

#define KM_TYPE_LAN_DOOR (km_lan_door_get_type ())
G_DECLARE_FINAL_TYPE (KmLanDoor, km_lan_door, KM, LAN_DOOR, GObject)

KmLanDoor      *km_lan_door_new             (KmLocalServer *local);

KmLanDoorState  km_lan_door_get_state       (KmLanDoor     *self);
const char     *km_lan_door_get_address     (KmLanDoor     *self);
const char     *km_lan_door_get_streams     (KmLanDoor     *self);
const char     *km_lan_door_get_fingerprint (KmLanDoor     *self);
const GError   *km_lan_door_get_error       (KmLanDoor     *self);
const char     *km_lan_door_get_host        (KmLanDoor     *self);
const char     *km_lan_door_get_open_host   (KmLanDoor     *self);
void            km_lan_door_renew           (KmLanDoor     *self);
char           *km_lan_door_dup_link        (KmLanDoor     *self,
                                             const char    *room);

G_END_DECLS
