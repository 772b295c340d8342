/* km-uplink-socket.h: a socket that sends without hoarding
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KmUplinkProgress:
 * @waiting_bytes: given to the kernel, not yet taken by the other side
 * @taken_bytes: taken by it, since the connection began
 * @round_trip_us: as the kernel measured it; 0: it hasn't
 */
typedef struct
{
  guint64 waiting_bytes;
  guint64 taken_bytes;
  gint64 round_trip_us;
} KmUplinkProgress;

void km_uplink_socket_tune    (GSocket          *socket);
void km_uplink_socket_measure (GSocket          *socket,
                               KmUplinkProgress *progress);

G_END_DECLS
