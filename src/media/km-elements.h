/* km-elements.h: which of GStreamer's elements serve, and what is missing
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * KmElementRole:
 *
 * A task that one of several elements can do.
 */
typedef enum
{
  KM_ELEMENT_VIDEO_ENCODER,
  KM_ELEMENT_AUDIO_ENCODER,
  KM_ELEMENT_VIDEO_DECODER,
  KM_ELEMENT_AUDIO_DECODER,
  KM_ELEMENT_PREVIEW,
  KM_ELEMENT_N_ROLES,
} KmElementRole;

const char *const *km_elements_get_candidates (KmElementRole  role);
const char        *km_elements_choose         (KmElementRole  role,
                                               GError       **error);
GstElement        *km_elements_make           (const char    *factory,
                                               const char    *name,
                                               GError       **error);
/**
 * KM_ELEMENTS_SHOWN_CAPS:
 *
 * What frames look like that a window gets from memory. Left to itself the
 * sink asks for BGRx, which GTK 4.18 turns into its own format by way of
 * floating point where it paints without a graphics card: with 720p at 30 a
 * second that is a third of a core, and half of it this way. A graphics card
 * takes either.
 */
#define KM_ELEMENTS_SHOWN_CAPS "video/x-raw,format=BGRA"

GstElement        *km_elements_parse_bin      (const char    *description,
                                               GError       **error);
GstElement        *km_elements_parse_pipeline (const char    *description,
                                               GError       **error);

G_END_DECLS
