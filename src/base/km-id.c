/* km-id.c: random ids for acts, streams and sessions
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An act (a message, a vote, a gift) gets its id once, where it is made, and
 * keeps it through every retry, so that the server can tell a repeat from a
 * second act. 26 letters of Crockford's base 32 hold 130 bits; they are safe
 * in JSON, in addresses and when read aloud.
 *
 * An act's begins with the time: acts that happen together are then neighbours
 * wherever they are kept in order, and cost a server one page, not one each.
 * What is secret, such as the key of a stream, is random as a whole.
 *
 * Thread: any.
 */

#include "km-id.h"

#include <sys/random.h>

/* 50 bits: enough for 35,000 years of milliseconds. */
#define TIME_LENGTH 10

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * km_id_new:
 *
 * Returns: (transfer full): a new id of KM_ID_LENGTH characters, from the
 *   kernel's random source
 */
char *
km_id_new (void)
{
  guint8 bytes[KM_ID_LENGTH];
  char *id = g_malloc (KM_ID_LENGTH + 1);

  /* getrandom() of so few bytes neither fails nor comes short once the
   * kernel's pool is up (getrandom(2), "Interruption by a signal handler"). */
  if (getrandom (bytes, sizeof bytes, 0) != (gssize) sizeof bytes)
    g_error ("the kernel has no random bytes");

  for (gsize i = 0; i < KM_ID_LENGTH; i++)
    id[i] = alphabet[bytes[i] & 31];
  id[KM_ID_LENGTH] = '\0';

  return id;
}

/**
 * km_id_new_timed:
 * @at_ms: when, since 1970
 *
 * Returns: (transfer full): a new id that sorts behind those of before; 80 of
 *   its bits are random, so it is no secret
 */
char *
km_id_new_timed (gint64 at_ms)
{
  char *id = km_id_new ();
  guint64 rest = (guint64) MAX (at_ms, 0);

  for (gsize i = TIME_LENGTH; i > 0; i--, rest /= 32)
    id[i - 1] = alphabet[rest % 32];

  return id;
}

/**
 * km_id_is_valid:
 * @text: (nullable): what somebody sent as an id
 *
 * Returns: whether @text has the form of an id made here
 */
gboolean
km_id_is_valid (const char *text)
{
  gsize length = 0;

  if (text == NULL)
    return FALSE;

  for (; text[length] != '\0' && length <= KM_ID_LENGTH; length++)
    {
      if (memchr (alphabet, text[length], sizeof alphabet - 1) == NULL)
        return FALSE;
    }

  return length == KM_ID_LENGTH;
}
