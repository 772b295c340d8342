#pragma once

#include <gio/gio.h>
#include <sys/uio.h>

G_BEGIN_DECLS

/* What km_transport_read() and km_transport_write() return besides a number
 * of bytes. */
#define KM_TRANSPORT_WOULD_BLOCK (-1)
#define KM_TRANSPORT_FAILED (-2)

/**
 * KmTransport:
 *
 * The bytes of one connection. A value of two words that is handed from owner
 * to owner and ends with km_transport_clear(); one thread at a time uses it.
 */
typedef struct
{
  /*< private >*/
  int fd;
  struct _KmTransportTls *tls; /* (nullable): plain */
} KmTransport;

#define KM_TRANSPORT_NONE ((KmTransport) { .fd = -1 })

KmTransport km_transport_new_plain         (int                 fd);
KmTransport km_transport_new_tls           (GIOStream          *stream,
                                            GSocket            *socket);
void        km_transport_clear             (KmTransport        *self);
KmTransport km_transport_steal             (KmTransport        *self);

int         km_transport_get_fd            (const KmTransport  *self);
gboolean    km_transport_may_hold_input    (const KmTransport  *self);
gboolean    km_transport_holds_output      (const KmTransport  *self);

gssize      km_transport_read              (KmTransport        *self,
                                            void               *buffer,
                                            gsize               size);
gssize      km_transport_write             (KmTransport        *self,
                                            const void         *data,
                                            gsize               length);
gssize      km_transport_writev            (KmTransport        *self,
                                            const struct iovec *pieces,
                                            guint               n_pieces);
void        km_transport_shutdown          (KmTransport        *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KmTransport, km_transport_clear)

G_END_DECLS
