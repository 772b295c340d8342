#pragma once

#include "km-protocol.h"
#include "km-room-info.h"

G_BEGIN_DECLS

/**
 * KmPerson:
 * @account: who
 * @role: what they are in the room
 *
 * Somebody in a room. Plain data.
 */
typedef struct
{
  KmAccountInfo account;
  KmRole role;
} KmPerson;

KmPerson *km_person_new    (const char     *id,
                            const char     *name,
                            const char     *shown_name,
                            KmRole          role);
void      km_person_free   (KmPerson       *self);
void      km_person_append (const KmPerson *self,
                            GString        *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmPerson, km_person_free)

G_END_DECLS
