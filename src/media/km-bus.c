/* km-bus.c: what a pipeline complains about, in words to act on
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GStreamer's domains say where a code comes from; ours say what to do. Our own
 * sources say that themselves.
 */

#include "km-bus.h"

#include "km-media.h"

static KmMediaError
get_resource_code (const GError *error)
{
  switch (error->code)
    {
    case GST_RESOURCE_ERROR_BUSY:
      return KM_MEDIA_ERROR_BUSY;
    case GST_RESOURCE_ERROR_NOT_AUTHORIZED:
      return KM_MEDIA_ERROR_DENIED;
    case GST_RESOURCE_ERROR_NOT_FOUND:
    case GST_RESOURCE_ERROR_OPEN_READ:
    case GST_RESOURCE_ERROR_OPEN_WRITE:
    case GST_RESOURCE_ERROR_OPEN_READ_WRITE:
    case GST_RESOURCE_ERROR_READ:
    case GST_RESOURCE_ERROR_WRITE:
    case GST_RESOURCE_ERROR_CLOSE:
      return KM_MEDIA_ERROR_UNREACHABLE;
    default:
      return KM_MEDIA_ERROR_FAILED;
    }
}

/* All that a source says when a connection is refused is that its stream
 * failed. */
static KmMediaError
get_stream_code (const GError *error,
                 GstObject    *source)
{
  switch (error->code)
    {
    case GST_STREAM_ERROR_FAILED:
      return source != NULL &&
             GST_OBJECT_FLAG_IS_SET (source, GST_ELEMENT_FLAG_SOURCE)
               ? KM_MEDIA_ERROR_UNREACHABLE : KM_MEDIA_ERROR_FAILED;
    case GST_STREAM_ERROR_CODEC_NOT_FOUND:
      return KM_MEDIA_ERROR_MISSING;
    case GST_STREAM_ERROR_TYPE_NOT_FOUND:
    case GST_STREAM_ERROR_WRONG_TYPE:
    case GST_STREAM_ERROR_DECODE:
    case GST_STREAM_ERROR_DEMUX:
    case GST_STREAM_ERROR_FORMAT:
      return KM_MEDIA_ERROR_FORMAT;
    default:
      return KM_MEDIA_ERROR_FAILED;
    }
}

/**
 * km_bus_error_new:
 * @message: an error or a warning from a pipeline's bus
 *
 * Returns: (transfer full): the same in %KM_MEDIA_ERROR
 */
GError *
km_bus_error_new (GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  KmMediaError code = KM_MEDIA_ERROR_FAILED;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);

  if (error->domain == KM_MEDIA_ERROR)
    code = (KmMediaError) error->code;
  else if (error->domain == GST_RESOURCE_ERROR)
    code = get_resource_code (error);
  else if (error->domain == GST_STREAM_ERROR)
    code = get_stream_code (error, GST_MESSAGE_SRC (message));
  else if (g_error_matches (error, GST_CORE_ERROR,
                            GST_CORE_ERROR_MISSING_PLUGIN))
    code = KM_MEDIA_ERROR_MISSING;

  return g_error_new_literal (KM_MEDIA_ERROR, (int) code, error->message);
}

/**
 * km_bus_message_is_in:
 * @message: from a pipeline's bus
 * @bin: (nullable): a part of the pipeline
 *
 * Returns: whether @bin or something in it sent @message
 */
gboolean
km_bus_message_is_in (GstMessage *message,
                      GstElement *bin)
{
  GstObject *source = GST_MESSAGE_SRC (message);

  return bin != NULL && source != NULL &&
         (source == GST_OBJECT (bin) ||
          gst_object_has_as_ancestor (source, GST_OBJECT (bin)));
}
