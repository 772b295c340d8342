/* fuzz-rtmp-session.c: any bytes as a whole client, let in at once
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-rtmp-handshake.h"
#include "km-rtmp-session.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         length);

static gboolean
take_events (KmRtmpSession *session)
{
  KmRtmpEvent event;
  g_autoptr (GError) error = NULL;

  while (km_rtmp_session_next (session, &event, &error) != KM_RTMP_EVENT_NONE)
    {
      switch (event.kind)
        {
        case KM_RTMP_EVENT_PUBLISH:
        case KM_RTMP_EVENT_PLAY:
          g_assert_true (g_utf8_validate (event.name, -1, NULL));
          g_assert_true (km_rtmp_session_wants_answer (session));
          km_rtmp_session_accept (session);
          break;
        case KM_RTMP_EVENT_MEDIA:
        case KM_RTMP_EVENT_METADATA:
          g_assert_cmpint (km_rtmp_session_get_role (session), ==,
                           KM_RTMP_ROLE_PUBLISHER);
          g_assert_cmpuint (event.media.length, <=, 8 * 1024 * 1024);
          break;
        case KM_RTMP_EVENT_ERROR:
          g_assert_nonnull (error);
          g_assert_false (km_rtmp_session_is_open (session));
          return FALSE;
        case KM_RTMP_EVENT_STOPPED:
        case KM_RTMP_EVENT_NONE:
        default:
          break;
        }
    }

  return TRUE;
}

/* The handshake is done before, but for inputs whose first byte is 0xff; the
 * first byte says how large the pieces are. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         length)
{
  g_autoptr (KmRtmpSession) session = km_rtmp_session_new (0);
  guint8 hello[1 + 2 * KM_RTMP_HANDSHAKE_SIZE] = { 3 };
  gsize step = length > 0 ? data[0] + 1u : 1;

  if (step != 256)
    km_rtmp_session_push (session, hello, sizeof hello);
  for (gsize at = 1; at < length; at += step)
    {
      km_rtmp_session_push (session, data + at, MIN (step, length - at));
      if (!take_events (session))
        break;
      g_byte_array_set_size (km_rtmp_session_peek_output (session), 0);
    }

  return 0;
}
