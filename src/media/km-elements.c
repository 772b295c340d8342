/* km-elements.c: which of GStreamer's elements serve, and what is missing
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One table of roles with their candidates, best first, and one of where
 * elements come from. A missing element is an ordinary state of a machine:
 * it becomes an error that names the element and what brings it.
 *
 * Order of the encoders: x264enc is first since it was measured to give a
 * frame within the same millisecond budget everywhere; hardware gives what
 * its driver gives. The order of AAC encoders follows their delay.
 */

#include "km-elements.h"

#include <glib/gi18n.h>
#include <gst/gst.h>

#include "km-media.h"

typedef struct
{
  const char *missing; /* %s: what brings it, %s: the element */
  const char *candidates[6];
} Role;

typedef struct
{
  const char *factory;
  const char *source;
} Origin;

static const Role roles[KM_ELEMENT_N_ROLES] = {
  [KM_ELEMENT_VIDEO_ENCODER] =
    { N_("Nothing on this computer encodes H.264 video. Install %s "
         "(the element “%s”)."),
      { "x264enc", "vah264enc", "vah264lpenc", "nvh264enc", "openh264enc" } },
  [KM_ELEMENT_AUDIO_ENCODER] =
    { N_("Nothing on this computer encodes AAC sound. Install %s "
         "(the element “%s”)."), { "voaacenc", "fdkaacenc", "avenc_aac" } },
  [KM_ELEMENT_VIDEO_DECODER] =
    { N_("Nothing on this computer decodes H.264 video. Install %s "
         "(the element “%s”)."),
      { "avdec_h264", "openh264dec", "vah264dec", "nvh264dec" } },
  [KM_ELEMENT_AUDIO_DECODER] =
    { N_("Nothing on this computer decodes AAC sound. Install %s "
         "(the element “%s”)."), { "avdec_aac", "fdkaacdec", "faad" } },
  [KM_ELEMENT_PREVIEW] =
    { N_("Nothing on this computer shows video in a window. Install %s "
         "(the element “%s”)."), { "gtk4paintablesink" } },
};

static const Origin origins[] = {
  { "x264enc", N_("GStreamer’s “ugly” plugins") },
  { "openh264enc", N_("GStreamer’s “bad” plugins") },
  { "voaacenc", N_("GStreamer’s “bad” plugins") },
  { "flvdemux", N_("GStreamer’s “good” plugins") },
  { "level", N_("GStreamer’s “good” plugins") },
  { "jpegdec", N_("GStreamer’s “good” plugins") },
  { "pulsesrc", N_("GStreamer’s “good” plugins") },
  { "h264parse", N_("GStreamer’s “bad” plugins") },
  { "aacparse", N_("GStreamer’s “good” plugins") },
  { "avdec_h264", "GStreamer’s libav plugin" },
  { "avdec_aac", "GStreamer’s libav plugin" },
  { "avenc_aac", "GStreamer’s libav plugin" },
  { "gtk4paintablesink", N_("GStreamer’s GTK 4 plugin") },
  { "pipewiresrc", N_("PipeWire’s GStreamer plugin") },
};

static const char *
get_origin (const char *factory)
{
  for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
    if (g_strcmp0 (origins[i].factory, factory) == 0)
      return _(origins[i].source);

  return _("GStreamer’s “base” plugins");
}

static gboolean
exists (const char *factory)
{
  g_autoptr (GstElementFactory) found = gst_element_factory_find (factory);

  return found != NULL;
}

/**
 * km_elements_get_candidates:
 * @role: a task
 *
 * Returns: (transfer none): what can do it, best first, ended by %NULL
 */
const char *const *
km_elements_get_candidates (KmElementRole role)
{
  g_return_val_if_fail (role < KM_ELEMENT_N_ROLES, NULL);

  return roles[role].candidates;
}

/**
 * km_elements_choose:
 * @role: a task
 * @error: %KM_MEDIA_ERROR_MISSING
 *
 * Returns: (nullable): the best element for @role that is installed
 */
const char *
km_elements_choose (KmElementRole   role,
                    GError        **error)
{
  const char *const *candidates = km_elements_get_candidates (role);
  g_autofree char *message = NULL;

  for (guint i = 0; candidates[i] != NULL; i++)
    if (exists (candidates[i]))
      return candidates[i];

  message = g_strdup_printf (_(roles[role].missing),
                             get_origin (candidates[0]), candidates[0]);
  g_set_error_literal (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_MISSING, message);
  return NULL;
}

/**
 * km_elements_make:
 * @factory: which element
 * @name: (nullable): its name in the pipeline
 * @error: %KM_MEDIA_ERROR_MISSING
 *
 * Returns: (transfer floating) (nullable): the element
 */
GstElement *
km_elements_make (const char  *factory,
                  const char  *name,
                  GError     **error)
{
  GstElement *element = gst_element_factory_make (factory, name);

  if (element == NULL)
    g_set_error (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_MISSING,
                 _("The element “%s” is missing. Install %s."),
                 factory, get_origin (factory));

  return element;
}

static void
set_parse_error (GError          **error,
                 GstParseContext  *context,
                 const GError     *cause)
{
  g_auto (GStrv) missing = gst_parse_context_get_missing_elements (context);

  if (missing != NULL && missing[0] != NULL)
    g_set_error (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_MISSING,
                 _("The element “%s” is missing. Install %s."),
                 missing[0], get_origin (missing[0]));
  else
    g_set_error_literal (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_FAILED,
                         cause->message);
}

/**
 * km_elements_parse_bin:
 * @description: in gst-launch's words; no ghost pads are made
 * @error: %KM_MEDIA_ERROR_MISSING when an element isn't installed
 *
 * Returns: (transfer floating) (nullable): the bin
 */
GstElement *
km_elements_parse_bin (const char  *description,
                       GError     **error)
{
  g_autoptr (GstParseContext) context = gst_parse_context_new ();
  g_autoptr (GError) cause = NULL;
  GstElement *bin;

  bin = gst_parse_bin_from_description_full (description, FALSE, context,
                                             GST_PARSE_FLAG_FATAL_ERRORS,
                                             &cause);
  if (bin == NULL)
    set_parse_error (error, context, cause);

  return bin;
}

/**
 * km_elements_parse_pipeline:
 * @description: in gst-launch's words; more than one element
 * @error: %KM_MEDIA_ERROR_MISSING when an element isn't installed
 *
 * Returns: (transfer floating) (nullable): the pipeline
 */
GstElement *
km_elements_parse_pipeline (const char  *description,
                            GError     **error)
{
  g_autoptr (GstParseContext) context = gst_parse_context_new ();
  g_autoptr (GError) cause = NULL;
  GstElement *pipeline;

  pipeline = gst_parse_launch_full (description, context,
                                    GST_PARSE_FLAG_FATAL_ERRORS, &cause);
  if (pipeline == NULL)
    set_parse_error (error, context, cause);

  return pipeline;
}
