#pragma once

#include "km-flv-packet.h"

G_BEGIN_DECLS

/**
 * KM_FLV_AVC_SIZE:
 *
 * Bytes in front of H.264 in a tag's data.
 */
#define KM_FLV_AVC_SIZE 5

/**
 * KM_FLV_AAC_SIZE:
 *
 * Bytes in front of AAC in a tag's data.
 */
#define KM_FLV_AAC_SIZE 2

void km_flv_put_avc (guint8          *bytes,
                     KmFlvPacketKind  kind,
                     gboolean         key,
                     gint32           composition_ms);
void km_flv_put_aac (guint8          *bytes,
                     KmFlvPacketKind  kind);

G_END_DECLS
