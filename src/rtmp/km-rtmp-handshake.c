/* km-rtmp-handshake.c: the simple handshake, from either side
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S1 says version 0.0.0.0. ffmpeg as a player verifies a digest when the
 * version looks like a Flash server's, and many publishers put a digest into
 * C1 without needing an answer to it; so the simple handshake suits everybody
 * but Flash itself. C1 says the same, as OBS and librtmp do it, and no server
 * asks for more. C2 isn't compared with S1, nor S2 with C1: several programs
 * send their own bytes there.
 *
 * Thread: any, one at a time.
 */

#include "km-rtmp-handshake.h"

#include "km-rtmp-bytes.h"

#define VERSION 3

/**
 * km_rtmp_handshake_init:
 * @self: (out caller-allocates): a handshake
 * @time_ms: the server's clock, any epoch
 *
 * For the server's side, which waits for the client's.
 */
void
km_rtmp_handshake_init (KmRtmpHandshake *self,
                        guint32          time_ms)
{
  *self = (KmRtmpHandshake) { .input = g_byte_array_new (),
                              .time_ms = time_ms };
}

void
km_rtmp_handshake_clear (KmRtmpHandshake *self)
{
  g_clear_pointer (&self->input, g_byte_array_unref);
}

/* C0 and C1, or S0 and S1 (RTMP 1.0, 5.2.2 and 5.2.3). What they hold beside
 * time and version need not be random; it tells nobody anything. */
static void
greet (KmRtmpHandshake *self,
       GByteArray      *output)
{
  guint8 greeting[1 + KM_RTMP_HANDSHAKE_SIZE] = { VERSION };

  km_rtmp_put_u32 (greeting + 1, self->time_ms);
  for (guint i = 9; i < sizeof greeting; i++)
    greeting[i] = (guint8) g_random_int ();

  g_byte_array_append (output, greeting, sizeof greeting);
}

/* C2 or S2 (RTMP 1.0, 5.2.4): the other side's greeting back. */
static void
echo (KmRtmpHandshake *self,
      GByteArray      *output)
{
  guint8 reply[KM_RTMP_HANDSHAKE_SIZE];

  memcpy (reply, self->input->data + 1, KM_RTMP_HANDSHAKE_SIZE);
  km_rtmp_put_u32 (reply + 4, self->time_ms);

  g_byte_array_append (output, reply, sizeof reply);
}

/**
 * km_rtmp_handshake_begin:
 * @self: (out caller-allocates): a handshake
 * @time_ms: the client's clock, any epoch
 * @output: gets what is to be sent
 *
 * In the place of km_rtmp_handshake_init(), for the client's side.
 */
void
km_rtmp_handshake_begin (KmRtmpHandshake *self,
                         guint32          time_ms,
                         GByteArray      *output)
{
  km_rtmp_handshake_init (self, time_ms);
  greet (self, output);
  self->greeted = TRUE;
}

/**
 * km_rtmp_handshake_push:
 * @self: a handshake
 * @data: bytes from the other side
 * @length: how many
 * @used: (out): how many of them belong to the handshake
 * @output: gets what is to be sent
 * @error: return location for a #KmRtmpError
 *
 * Returns: whether the handshake is done; %FALSE without an error when more
 *   bytes are needed
 */
gboolean
km_rtmp_handshake_push (KmRtmpHandshake *self,
                        const guint8    *data,
                        gsize            length,
                        gsize           *used,
                        GByteArray      *output,
                        GError         **error)
{
  const gsize first = 1 + KM_RTMP_HANDSHAKE_SIZE;
  const gsize whole = first + KM_RTMP_HANDSHAKE_SIZE;

  *used = MIN (length, whole - self->input->len);
  g_byte_array_append (self->input, data, (guint) *used);

  /* 6 and 8 would be encrypted; no other version was ever in use. */
  if (self->input->len > 0 && self->input->data[0] != VERSION)
    {
      g_set_error (error, KM_RTMP_ERROR, KM_RTMP_ERROR_PROTOCOL,
                   "RTMP version %u", self->input->data[0]);
      return FALSE;
    }

  if (!self->answered && self->input->len >= first)
    {
      if (!self->greeted)
        greet (self, output);
      echo (self, output);
      self->answered = TRUE;
    }

  return self->input->len == whole;
}
