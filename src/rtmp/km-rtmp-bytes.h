/* km-rtmp-bytes.h: integers as they stand in a byte stream
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RTMP integers are big-endian but for the message stream id, which is
 * little-endian (RTMP 1.0, 4 and 5.3.1.2.1). The caller has checked that the
 * bytes are there.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

static inline guint32
km_rtmp_get_u16 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 8 | bytes[1];
}

static inline guint32
km_rtmp_get_u24 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 16 | (guint32) bytes[1] << 8 | bytes[2];
}

static inline guint32
km_rtmp_get_u32 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | km_rtmp_get_u24 (bytes + 1);
}

static inline guint32
km_rtmp_get_u32_little (const guint8 *bytes)
{
  return (guint32) bytes[3] << 24 | (guint32) bytes[2] << 16 |
         (guint32) bytes[1] << 8 | bytes[0];
}

static inline void
km_rtmp_put_u24 (guint8 *bytes,
                 guint32 value)
{
  bytes[0] = (guint8) (value >> 16);
  bytes[1] = (guint8) (value >> 8);
  bytes[2] = (guint8) value;
}

static inline void
km_rtmp_put_u32 (guint8 *bytes,
                 guint32 value)
{
  bytes[0] = (guint8) (value >> 24);
  km_rtmp_put_u24 (bytes + 1, value);
}

static inline void
km_rtmp_put_u32_little (guint8 *bytes,
                        guint32 value)
{
  bytes[0] = (guint8) value;
  bytes[1] = (guint8) (value >> 8);
  bytes[2] = (guint8) (value >> 16);
  bytes[3] = (guint8) (value >> 24);
}

G_END_DECLS
