/* fuzz-frame.c: any bytes as a server's frame
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client never trusts its server either: a frame is an event, or a reply,
 * or refused with a reason; an event can be written again, and is the same
 * one when it is read again.
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
      g_autoptr (KmRoomEvent) again = NULL;
      g_autoptr (KmReply) none = NULL;
      g_autofree char *again_text = NULL;

      g_assert_true (g_utf8_validate (text, -1, NULL));
      g_assert_true (km_frame_parse (text, strlen (text), &again, &none,
                                     &error));
      again_text = km_room_event_encode (again);
      g_assert_cmpstr (again_text, ==, text);
    }

  return 0;
}
