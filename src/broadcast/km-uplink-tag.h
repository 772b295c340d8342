/* km-uplink-tag.h: a piece of what is sent, on its way to the connection
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "km-flv.h"
#include "km-queue.h"

G_BEGIN_DECLS

/**
 * KmUplinkTagKind:
 * @KM_UPLINK_TAG_HEADER: what a decoder needs first
 * @KM_UPLINK_TAG_KEY: a picture with which a decoder can begin
 * @KM_UPLINK_TAG_DELTA: a picture that needs those before it
 * @KM_UPLINK_TAG_SOUND: a piece of sound
 * @KM_UPLINK_TAG_END: nothing comes behind it
 */
typedef enum
{
  KM_UPLINK_TAG_HEADER,
  KM_UPLINK_TAG_KEY,
  KM_UPLINK_TAG_DELTA,
  KM_UPLINK_TAG_SOUND,
  KM_UPLINK_TAG_END,
} KmUplinkTagKind;

/**
 * KmUplinkTag:
 * @kind: what it is
 * @type: of the FLV tag that it makes
 * @time_us: when it is decoded, in the pipeline's running time
 * @data: the FLV tag's data
 *
 * Thread: one at a time; handed on by a #KmQueue.
 */
typedef struct
{
  KmMessage message;
  KmUplinkTagKind kind;
  KmFlvType type;
  gint64 time_us;
  GByteArray *data;
} KmUplinkTag;

KmUplinkTag *km_uplink_tag_new  (KmUplinkTagKind  kind,
                                 KmFlvType        type,
                                 gint64           time_us);
void         km_uplink_tag_free (KmUplinkTag     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmUplinkTag, km_uplink_tag_free)

G_END_DECLS
