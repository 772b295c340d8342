/* km-uplink.h: what is encoded, sent to a server, and sent again
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Free of GStreamer's own headers, so that windows may include it;
 * km-uplink-private.h has the part for km-broadcast.c.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * KmUplinkState:
 * @KM_UPLINK_IDLE: not asked to send
 * @KM_UPLINK_CONNECTING: asked, and never was live since
 * @KM_UPLINK_LIVE: the server takes what is sent
 * @KM_UPLINK_RECONNECTING: was live, lost it, tries again by itself;
 *   km_uplink_get_error() says why
 * @KM_UPLINK_FAILED: refused; doesn't try again by itself;
 *   km_uplink_get_error() says why
 */
typedef enum
{
  KM_UPLINK_IDLE,
  KM_UPLINK_CONNECTING,
  KM_UPLINK_LIVE,
  KM_UPLINK_RECONNECTING,
  KM_UPLINK_FAILED,
} KmUplinkState;

#define KM_TYPE_UPLINK_STATE (km_uplink_state_get_type ())
GType          km_uplink_state_get_type (void);

/**
 * KmUplinkStatistics:
 * @sent_bps: payload sent in the last second, bits
 * @sent_bytes: payload sent since km_broadcast_go_live()
 * @frames_per_second: video frames sent in the last second
 * @dropped_frames: video frames that the network was too slow for, since
 *   km_broadcast_go_live()
 * @round_trip_us: to the server and back, as measured last; 0: not known
 * @reconnects: connections made after the first one
 * @live_since_us: g_get_monotonic_time() at which this connection went live,
 *   0 when it isn't
 */
typedef struct
{
  guint64 sent_bps;
  guint64 sent_bytes;
  double  frames_per_second;
  guint64 dropped_frames;
  gint64  round_trip_us;
  guint   reconnects;
  gint64  live_since_us;
} KmUplinkStatistics;

#define KM_TYPE_UPLINK (km_uplink_get_type ())
G_DECLARE_FINAL_TYPE (KmUplink, km_uplink, KM, UPLINK, GObject)

KmUplinkState  km_uplink_get_state      (KmUplink           *self);
const GError  *km_uplink_get_error      (KmUplink           *self);
const char    *km_uplink_get_refused_certificate (KmUplink   *self);
void           km_uplink_get_statistics (KmUplink           *self,
                                         KmUplinkStatistics *statistics);
void           km_uplink_refuse         (KmUplink           *self,
                                         const char         *code,
                                         const char         *message);

G_END_DECLS
