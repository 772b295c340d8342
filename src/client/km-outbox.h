#pragma once

#include "km-protocol.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KmUnsent:
 * @id: the act's id
 * @room: where to
 * @account: id of the account that says it
 * @text: what was typed
 * @mode: how it flies
 * @color: 0xrrggbb
 * @time_ms: stream time that its sender saw; -1: none
 * @at_ms: when it was typed, ms since 1970
 *
 * A message that no server has acknowledged. Plain data.
 */
typedef struct
{
  char *id;
  char *room;
  char *account;
  char *text;
  KmChatMode mode;
  guint32 color;
  gint64 time_ms;
  gint64 at_ms;
} KmUnsent;

KmUnsent  *km_unsent_copy       (const KmUnsent       *self);
void       km_unsent_free       (KmUnsent             *self);

#define KM_TYPE_OUTBOX (km_outbox_get_type ())
G_DECLARE_FINAL_TYPE (KmOutbox, km_outbox, KM, OUTBOX, GObject)

KmOutbox  *km_outbox_new        (const char           *path);
GPtrArray *km_outbox_list       (KmOutbox             *self,
                                 const char           *room,
                                 const char           *account);
void       km_outbox_add_async  (KmOutbox             *self,
                                 const KmUnsent       *unsent,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
gboolean   km_outbox_add_finish (KmOutbox             *self,
                                 GAsyncResult         *result,
                                 GError              **error);
void       km_outbox_remove     (KmOutbox             *self,
                                 const char           *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmUnsent, km_unsent_free)

G_END_DECLS
