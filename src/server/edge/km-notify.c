/* km-notify.c: a word to the service manager
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What sd_notify(3) describes is one datagram to a socket; that needs no
 * library.
 *
 * Thread: any.
 */

#include "km-notify.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/**
 * km_notify_send:
 * @address: a socket as `$NOTIFY_SOCKET` has it: a path, or `@` and the name
 *   of an abstract one
 * @state: lines such as `READY=1`
 * @error: why it couldn't be told
 *
 * Doesn't wait: a manager that doesn't listen must not hold anybody up.
 *
 * Returns: whether it was told
 */
gboolean
km_notify_send (const char  *address,
                const char  *state,
                GError     **error)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  gsize length = strlen (address);
  gssize sent = -1;
  int fd;

  if ((address[0] != '/' && address[0] != '@') || length < 2
      || length >= sizeof name.sun_path)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "“%s” is no socket of a service manager", address);
      return FALSE;
    }

  memcpy (name.sun_path, address, length);
  if (address[0] == '@')
    name.sun_path[0] = '\0';

  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd >= 0)
    sent = sendto (fd, state, strlen (state), MSG_DONTWAIT | MSG_NOSIGNAL,
                   (struct sockaddr *) &name,
                   (socklen_t) (offsetof (struct sockaddr_un, sun_path)
                                + length));
  if (sent < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                 "telling %s: %s", address, g_strerror (errno));
  if (fd >= 0)
    close (fd);

  return sent >= 0;
}
