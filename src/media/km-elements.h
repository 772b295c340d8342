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
GstElement        *km_elements_parse_bin      (const char    *description,
                                               GError       **error);
GstElement        *km_elements_parse_pipeline (const char    *description,
                                               GError       **error);

G_END_DECLS
