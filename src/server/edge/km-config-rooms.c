/* km-config-rooms.c: what an owner may set of rooms and their streams
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: any.
 */

#include "km-config.h"

#define MESSAGE_EVERY_MS_MIN 10
#define MESSAGE_EVERY_MS_MAX 60000
#define MESSAGES_AT_ONCE_MAX 100
#define PUBLISHER_WAIT_SECONDS_MAX 3600

static gboolean
set_number (const char  *key,
            const char  *value,
            guint        min,
            guint        max,
            guint       *place,
            GError     **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (value, 10, min, max, &number, NULL))
    {
      g_set_error (error, KM_CONFIG_ERROR, KM_CONFIG_ERROR_BAD,
                   "%s is %u to %u, not “%s”", key, min, max, value);
      return FALSE;
    }

  *place = (guint) number;
  return TRUE;
}

/**
 * km_config_set_message_every:
 * @self: a configuration
 * @value: ms between two messages of a member in the long run
 * @error: what is wrong with it
 *
 * Returns: whether it is such a number
 */
gboolean
km_config_set_message_every (KmConfig    *self,
                             const char  *value,
                             GError     **error)
{
  return set_number ("message-every", value, MESSAGE_EVERY_MS_MIN,
                     MESSAGE_EVERY_MS_MAX, &self->message_every_ms, error);
}

/**
 * km_config_set_messages_at_once:
 * @self: a configuration
 * @value: messages of a member that may come at once
 * @error: what is wrong with it
 *
 * Returns: whether it is such a number
 */
gboolean
km_config_set_messages_at_once (KmConfig    *self,
                                const char  *value,
                                GError     **error)
{
  return set_number ("messages-at-once", value, 1, MESSAGES_AT_ONCE_MAX,
                     &self->messages_at_once, error);
}

/**
 * km_config_set_publisher_wait:
 * @self: a configuration
 * @value: seconds that a stream waits for a publisher that was lost
 * @error: what is wrong with it
 *
 * Returns: whether it is such a number
 */
gboolean
km_config_set_publisher_wait (KmConfig    *self,
                              const char  *value,
                              GError     **error)
{
  return set_number ("publisher-wait", value, 1, PUBLISHER_WAIT_SECONDS_MAX,
                     &self->publisher_wait_seconds, error);
}
