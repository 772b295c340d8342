#pragma once

#include "km-lan.h"
#include "km-tickets.h"
#include "km-tls-doors.h"

G_BEGIN_DECLS

typedef struct _KmDoors KmDoors;

/**
 * KmDoorsParts:
 * @hub: who accepts
 * @relay: who takes streams
 * @soup: who answers what is asked by HTTP
 * @tickets: what opens sockets
 * @tls: (nullable): who shakes hands at the ports of the configuration
 * @lan: (nullable): who does so at those to the network around
 *
 * To whom those go who come in. All must outlive the doors.
 */
typedef struct
{
  KmHub *hub;
  KmRelay *relay;
  SoupServer *soup;
  KmTickets *tickets;
  KmTlsDoors *tls;
  KmLan *lan;
} KmDoorsParts;

KmDoors *km_doors_new              (const KmConfig      *config,
                                    GError             **error);
void     km_doors_free             (KmDoors             *self);
guint    km_doors_get_port         (KmDoors             *self,
                                    KmDoorKind           kind);
void     km_doors_open             (KmDoors             *self,
                                    const KmDoorsParts  *parts);
void     km_doors_close            (KmDoors             *self,
                                    guint                kinds);
void     km_doors_finish           (KmDoors             *self);
void     km_doors_append_addresses (KmDoors             *self,
                                    GString             *out);
char    *km_doors_describe         (KmDoors             *self,
                                    KmDoorKind           plain,
                                    KmDoorKind           tls,
                                    const char          *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmDoors, km_doors_free)

G_END_DECLS
