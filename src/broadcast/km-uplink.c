/* km-uplink.c: what is encoded, sent to a server, and sent again
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-uplink.h"

struct _KmUplink
{
  GObject parent_instance;

  KmUplinkState state;
  GError *error;
};

G_DEFINE_ENUM_TYPE (KmUplinkState, km_uplink_state,
                    G_DEFINE_ENUM_VALUE (KM_UPLINK_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (KM_UPLINK_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (KM_UPLINK_LIVE, "live"),
                    G_DEFINE_ENUM_VALUE (KM_UPLINK_RECONNECTING,
                                         "reconnecting"),
                    G_DEFINE_ENUM_VALUE (KM_UPLINK_FAILED, "failed"))

G_DEFINE_FINAL_TYPE (KmUplink, km_uplink, G_TYPE_OBJECT)

static void
km_uplink_class_init (KmUplinkClass *klass)
{
}

static void
km_uplink_init (KmUplink *self)
{
}

KmUplinkState
km_uplink_get_state (KmUplink *self)
{
  return self->state;
}

const GError *
km_uplink_get_error (KmUplink *self)
{
  return self->error;
}

void
km_uplink_get_statistics (KmUplink           *self,
                          KmUplinkStatistics *statistics)
{
  *statistics = (KmUplinkStatistics) { 0 };
}

void
km_uplink_refuse (KmUplink   *self,
                  const char *code,
                  const char *message)
{
}
