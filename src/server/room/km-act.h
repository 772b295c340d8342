#pragma once

#include "km-store.h"

G_BEGIN_DECLS

/**
 * KmAct:
 * @account: whose act it is
 * @id: what they call it
 * @digest: of what it says
 * @room: came of it: in which room's log it has a place; 0: in none
 * @seq: came of it: which place; -1: none
 * @at_ms: came of it: when it got it; -1: it has none
 *
 * Something that somebody did, known by its id for ever. Borrows @id and
 * @digest.
 */
typedef struct
{
  gint64 account;
  const char *id;
  GBytes *digest;
  gint64 room;
  gint64 seq;
  gint64 at_ms;
} KmAct;

gboolean km_act_find  (KmAct          *self,
                       KmTransaction  *transaction,
                       GError        **error);
gboolean km_act_write (const KmAct    *self,
                       KmTransaction  *transaction,
                       GError        **error);

G_END_DECLS
