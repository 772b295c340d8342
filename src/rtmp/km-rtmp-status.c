/* km-rtmp-status.c: what a server's status codes mean to a publisher
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The codes are Flash's, and servers use them as they like: BadName is
 * nginx-rtmp's "somebody publishes under this name already", others' "there is
 * no such key", and in the middle of a stream this project's "somebody took
 * over". So a code is read together with the moment at which it comes.
 *
 * Thread: any.
 */

#include "km-rtmp-status.h"

#include <string.h>

#define TEXT_MAX 1024
#define WORDS_MAX 200

typedef struct
{
  const char *code;
  KmRtmpError asking;
  KmRtmpError publishing;
} Meaning;

static const Meaning meanings[] = {
  { "NetConnection.Connect.InvalidApp",
    KM_RTMP_ERROR_NO_APP, KM_RTMP_ERROR_NO_APP },
  { "NetStream.Publish.BadName",
    KM_RTMP_ERROR_IN_USE, KM_RTMP_ERROR_TAKEN_OVER },
  { "NetStream.Publish.Denied",
    KM_RTMP_ERROR_DENIED, KM_RTMP_ERROR_DENIED },
  { "NetStream.Unpublish.Success",
    KM_RTMP_ERROR_ENDED, KM_RTMP_ERROR_ENDED },
  { "NetConnection.Connect.Closed",
    KM_RTMP_ERROR_ENDED, KM_RTMP_ERROR_ENDED },
};

/**
 * km_rtmp_status_read:
 * @self: (out caller-allocates): what was said
 * @arguments: at the command's first argument; the information object is the
 *   second, wherever nobody put it first
 */
void
km_rtmp_status_read (KmRtmpStatus *self,
                     KmAmfReader  *arguments)
{
  char *name;

  *self = (KmRtmpStatus) { NULL, NULL, NULL };
  km_amf_reader_skip (arguments);
  if (!km_amf_reader_enter (arguments))
    return;

  while (km_amf_reader_next_member (arguments, &name))
    {
      g_autofree char *owned = name;
      g_autofree char *text = km_amf_reader_read_string (arguments, TEXT_MAX);

      if (text == NULL && !km_amf_reader_skip (arguments))
        return;
      if (g_str_equal (name, "level"))
        g_set_str (&self->level, text);
      else if (g_str_equal (name, "code"))
        g_set_str (&self->code, text);
      else if (g_str_equal (name, "description"))
        g_set_str (&self->description, text);
    }
}

void
km_rtmp_status_clear (KmRtmpStatus *self)
{
  g_clear_pointer (&self->level, g_free);
  g_clear_pointer (&self->code, g_free);
  g_clear_pointer (&self->description, g_free);
}

gboolean
km_rtmp_status_is (const KmRtmpStatus *self,
                   const char         *code)
{
  return g_strcmp0 (self->code, code) == 0;
}

gboolean
km_rtmp_status_is_error (const KmRtmpStatus *self)
{
  return g_strcmp0 (self->level, "error") == 0;
}

static KmRtmpError
find_meaning (const KmRtmpStatus *self,
              gboolean            publishing)
{
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    {
      if (km_rtmp_status_is (self, meanings[i].code))
        return publishing ? meanings[i].publishing : meanings[i].asking;
    }

  return KM_RTMP_ERROR_REJECTED;
}

/**
 * km_rtmp_status_to_error:
 * @self: what was said
 * @publishing: whether media was sent already
 * @secret: what the error mustn't repeat
 *
 * Returns: (transfer full): a #KmRtmpError that a server tells, in its words
 *   or else its code; no words when it said nothing fit to be shown
 */
GError *
km_rtmp_status_to_error (const KmRtmpStatus *self,
                         gboolean            publishing,
                         const char         *secret)
{
  const char *said = self->description != NULL && *self->description != '\0'
                       ? self->description
                       : self->code;
  g_autofree char *words = NULL;

  if (said != NULL && strstr (said, secret) == NULL)
    words = g_utf8_truncate_middle (said, WORDS_MAX);

  return g_error_new_literal (KM_RTMP_ERROR, find_meaning (self, publishing),
                              words != NULL ? words : "");
}
