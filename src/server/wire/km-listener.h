#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _KmListener KmListener;

/**
 * KmListenerResult:
 * @KM_LISTENER_TAKEN: here is a connection
 * @KM_LISTENER_GONE: one was there and isn't any more; ask again
 * @KM_LISTENER_NOBODY: none waits
 * @KM_LISTENER_EXHAUSTED: one waits, and there is no descriptor or memory for
 *   it: look away for a moment
 */
typedef enum
{
  KM_LISTENER_TAKEN,
  KM_LISTENER_GONE,
  KM_LISTENER_NOBODY,
  KM_LISTENER_EXHAUSTED,
} KmListenerResult;

KmListener       *km_listener_new      (GSocketAddress  *address,
                                        GError         **error);
void              km_listener_free     (KmListener      *self);
int               km_listener_get_fd   (KmListener      *self);
guint             km_listener_get_port (KmListener      *self);
KmListenerResult  km_listener_accept   (KmListener      *self,
                                        int             *fd,
                                        gint64          *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmListener, km_listener_free)

G_END_DECLS
