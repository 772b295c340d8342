/* fuzz-websocket.c: any bytes as what a client sends on a socket
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte says how the rest is cut into reads. What comes out must be
 * the same as when it comes at once.
 */

#include <string.h>

#include "km-websocket.h"

#define LIMIT 16384

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static void
feed (KmWebsocket  *websocket,
      const guint8 *bytes,
      gsize         length,
      GString      *out)
{
  g_autofree guint8 *copy = g_memdup2 (bytes, length);
  guint8 *data = copy;
  KmWebsocketMessage message;
  KmWebsocketResult result;

  while ((result = km_websocket_next (websocket, &data, &length, LIMIT,
                                      &message)) != KM_WEBSOCKET_NEED_MORE)
    {
      g_string_append_printf (out, "%d %d %u ", result, message.opcode,
                              message.close_code);
      if (result == KM_WEBSOCKET_FAILED)
        continue;
      g_assert_cmpuint (message.length, <=, LIMIT);
      g_string_append_len (out, message.data, (gssize) message.length);
    }
  g_assert_cmpuint (length, ==, 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GString) whole = g_string_new (NULL);
  g_autoptr (GString) cut = g_string_new (NULL);
  KmWebsocket websocket = { 0 };
  gsize step;

  if (size == 0)
    return 0;

  step = 1 + data[0] % 16;
  data++;
  size--;
  feed (&websocket, data, size, whole);
  km_websocket_clear (&websocket);

  websocket = (KmWebsocket) { 0 };
  for (gsize at = 0; at < size; at += step)
    feed (&websocket, data + at, MIN (step, size - at), cut);
  km_websocket_clear (&websocket);
  g_assert_true (g_string_equal (whole, cut));

  return 0;
}
