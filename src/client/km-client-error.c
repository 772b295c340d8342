/* km-client-error.c: what went wrong on this side of the wire, in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words of GIO and libsoup are for programmers ("Error receiving data:
 * Connection reset by peer"). A person wants to know what happened to the
 * server they chose and what to do; that is decided here, once.
 *
 * Thread: any.
 */

#include "km-client-error.h"

#include <glib/gi18n-lib.h>

G_DEFINE_QUARK (km-client-error-quark, km_client_error)

/**
 * km_client_error_from_io:
 * @error: what GIO, GnuTLS or libsoup said
 *
 * A cancelled operation stays one, so that callers can tell it apart.
 *
 * Returns: (transfer full): the same in the domain %KM_CLIENT_ERROR, with a
 *   sentence to show
 */
GError *
km_client_error_from_io (const GError *error)
{
  KmClientError code = KM_CLIENT_ERROR_UNREACHABLE;
  const char *words = _("The server can’t be reached. It may be down, or the "
                         "network may be.");

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      error->domain == KM_CLIENT_ERROR)
    return g_error_copy (error);

  if (error->domain == G_TLS_ERROR)
    {
      code = KM_CLIENT_ERROR_CERTIFICATE;
      words = _("The server can’t prove who it is: its certificate is not "
                 "trusted.");
    }
  else if (error->domain == G_RESOLVER_ERROR ||
           g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND))
    {
      words = _("No server of this name was found. Check the address and the "
                 "network.");
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    {
      words = _("Nothing answers at this address. The server may be down.");
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      words = _("The server doesn’t answer. It may be down, or the network may "
                 "be slow.");
    }

  return g_error_new_literal (KM_CLIENT_ERROR, code, words);
}
