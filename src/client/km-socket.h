#pragma once

#include "km-api.h"

G_BEGIN_DECLS

typedef struct _KmSocket KmSocket;

/**
 * KmSocketCallbacks:
 * @opened: frames may be sent
 * @frame: one text frame came
 * @ended: it ended, or never opened: why, in words to show, and how long the
 *   server asks to wait before trying again; -1: it doesn't say. The socket
 *   can only be freed then.
 *
 * A socket may be freed in any of them.
 */
typedef struct
{
  void (*opened) (gpointer data);
  void (*frame)  (gpointer data, const char *text, gsize length);
  void (*ended)  (gpointer data, const GError *error, gint64 retry_ms);
} KmSocketCallbacks;

KmSocket *km_socket_open (KmApi                   *api,
                          const KmSocketCallbacks *callbacks,
                          gpointer                 data);
void      km_socket_free (KmSocket                *self);
gboolean  km_socket_send (KmSocket                *self,
                          const char              *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmSocket, km_socket_free)

G_END_DECLS
