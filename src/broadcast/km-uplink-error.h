/* km-uplink-error.h: what went wrong with a connection, for a person
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmUplinkStage:
 * @KM_UPLINK_STAGE_CONNECTING: looks for the server
 * @KM_UPLINK_STAGE_GREETING: is connected, and shakes hands
 * @KM_UPLINK_STAGE_ASKING: asks whether it may publish
 * @KM_UPLINK_STAGE_LIVE: publishes
 * @KM_UPLINK_STAGE_LEAVING: says goodbye
 *
 * How far a connection has come.
 */
typedef enum
{
  KM_UPLINK_STAGE_CONNECTING,
  KM_UPLINK_STAGE_GREETING,
  KM_UPLINK_STAGE_ASKING,
  KM_UPLINK_STAGE_LIVE,
  KM_UPLINK_STAGE_LEAVING,
} KmUplinkStage;

GError   *km_uplink_error_new           (KmUplinkStage  stage,
                                         const GError  *cause);
GError   *km_uplink_error_new_refused   (const char    *code,
                                         const char    *message);
GError   *km_uplink_error_new_untrusted (gboolean       pinned);
gboolean  km_uplink_error_is_final      (const GError  *error);

G_END_DECLS
