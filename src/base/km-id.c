/* km-id.c: 128-bit random ids for acts, streams and sessions
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An act (a message, a vote, a gift) gets its id once, where it is made, and
 * keeps it through every retry, so that the server can tell a repeat from a
 * second act. 26 letters of Crockford's base 32 hold 130 bits; they are safe
 * in JSON, in addresses and when read aloud.
 *
 * Thread: any.
 */

#include "km-id.h"

#include <sys/random.h>

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
 * km_id_is_valid:
 * @text: (nullable): what somebody sent as an id
 *
 * Returns: whether @text has the form of an id made by km_id_new()
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
