/* fuzz-frame.c: any bytes as a server's frame
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client never trusts its server either: a frame is an event, or a reply,
 * or refused with a reason; an event can be written again.
 */

#include "km-frame.h"

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmRoomEvent) event = NULL;
  g_autoptr (KmReply) reply = NULL;
  gboolean taken = km_frame_parse ((const char *) data, size, &event, &reply,
                                   &error);

  g_assert_true (taken == (error == NULL));
  g_assert_true (taken == ((event != NULL) != (reply != NULL)));
  if (event != NULL)
    {
      g_autofree char *text = km_room_event_encode (event);

      g_assert_true (g_utf8_validate (text, -1, NULL));
    }

  return 0;
}
