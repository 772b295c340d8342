#pragma once

#include "km-store.h"

G_BEGIN_DECLS

/**
 * KmSaid:
 * @room: in which room
 * @author: the account that said it
 * @id: what that one calls it: the id of the act; borrowed
 * @seq: found: its place in the room's log
 * @at_ms: found: when it was said
 * @body: (nullable): found: as it is in the log
 *
 * A message that somebody said, as others name it.
 */
typedef struct
{
  gint64 room;
  gint64 author;
  const char *id;
  gint64 seq;
  gint64 at_ms;
  char *body;
} KmSaid;

gboolean km_said_find  (KmSaid         *self,
                        KmTransaction  *transaction,
                        GError        **error);
void     km_said_clear (KmSaid         *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KmSaid, km_said_clear)

G_END_DECLS
