#pragma once

#include "km-relay.h"
#include "km-store.h"

G_BEGIN_DECLS

typedef struct _KmGate KmGate;

KmGate      *km_gate_new  (KmReader *reader);
void         km_gate_free (KmGate   *self);
KmRelayHost  km_gate_host (KmGate   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmGate, km_gate_free)

G_END_DECLS
