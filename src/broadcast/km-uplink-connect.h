/* km-uplink-connect.h: a connection to a server that takes streams
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "km-rtmp-target.h"

G_BEGIN_DECLS

/**
 * KmUplinkWire:
 * @stream: what is read and written; pollable
 * @socket: beneath it
 *
 * A connection, through TLS or not.
 */
typedef struct
{
  GIOStream *stream;
  GSocket *socket;
} KmUplinkWire;

void          km_uplink_connect_async  (const KmRtmpTarget   *target,
                                        const char           *pin,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
KmUplinkWire *km_uplink_connect_finish (GAsyncResult         *result,
                                        char                **refused,
                                        GError              **error);

void          km_uplink_wire_close     (KmUplinkWire         *self);

G_END_DECLS
