/* km-media.h: starting GStreamer, and what can go wrong with devices
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Free of GStreamer's own headers, so that windows may include it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmMediaError:
 * @KM_MEDIA_ERROR_MISSING: an element isn't installed; the message names it
 *   and what brings it. Show it, nothing can be retried.
 * @KM_MEDIA_ERROR_GONE: a device was unplugged or never was there. Offer
 *   another one, or wait for it to come back.
 * @KM_MEDIA_ERROR_BUSY: another program holds the device.
 * @KM_MEDIA_ERROR_DENIED: the system or the person refused. Say where it is
 *   allowed.
 * @KM_MEDIA_ERROR_UNTRUSTED: who answers can't prove who it is. Let a person
 *   look at its certificate.
 * @KM_MEDIA_ERROR_NOT_FOUND: the address has nothing (now). Wait.
 * @KM_MEDIA_ERROR_UNREACHABLE: nobody answers there. Retry with a back-off.
 * @KM_MEDIA_ERROR_FORMAT: what arrived can't be decoded.
 * @KM_MEDIA_ERROR_FAILED: anything else, in GStreamer's words.
 */
typedef enum
{
  KM_MEDIA_ERROR_MISSING,
  KM_MEDIA_ERROR_GONE,
  KM_MEDIA_ERROR_BUSY,
  KM_MEDIA_ERROR_DENIED,
  KM_MEDIA_ERROR_UNTRUSTED,
  KM_MEDIA_ERROR_NOT_FOUND,
  KM_MEDIA_ERROR_UNREACHABLE,
  KM_MEDIA_ERROR_FORMAT,
  KM_MEDIA_ERROR_FAILED,
} KmMediaError;

#define KM_MEDIA_ERROR (km_media_error_quark ())

GQuark   km_media_error_quark (void);

gboolean km_media_init        (GError **error);

G_END_DECLS
