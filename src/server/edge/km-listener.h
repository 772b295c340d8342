#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _KmListener KmListener;

/**
 * KmListenerFunc:
 * @fd: (transfer full): a new connection, non-blocking, without Nagle's delay
 * @data: what was given to km_listener_new()
 */
typedef void (*KmListenerFunc) (int      fd,
                                gpointer data);

KmListener *km_listener_new      (GSocketAddress  *address,
                                  KmListenerFunc   accepted,
                                  gpointer         data,
                                  GError         **error);
void        km_listener_free     (KmListener      *self);
guint       km_listener_get_port (KmListener      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmListener, km_listener_free)

G_END_DECLS
