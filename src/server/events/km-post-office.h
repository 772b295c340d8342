#pragma once

#include "km-event.h"

G_BEGIN_DECLS

typedef struct _KmPostOffice KmPostOffice;

KmPostOffice *km_post_office_new         (void);
void          km_post_office_free        (KmPostOffice *self);
void          km_post_office_subscribe   (KmPostOffice *self,
                                          KmQueue      *queue,
                                          KmEventKind   kinds);
void          km_post_office_unsubscribe (KmPostOffice *self,
                                          KmQueue      *queue);
void          km_post_office_send        (KmPostOffice *self,
                                          KmEvent      *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmPostOffice, km_post_office_free)

G_END_DECLS
