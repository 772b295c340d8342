#pragma once

#include "km-protocol.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  KM_UNSENT_CHAT,
  KM_UNSENT_GIFT,
  KM_UNSENT_REPORT,
} KmUnsentKind;

/**
 * KmUnsent:
 * @kind: what it is; says which of the fields below hold something
 * @id: the act's id
 * @room: where to
 * @account: id of the account whose act it is
 * @time_ms: stream time that it saw; -1: none
 * @at_ms: when it was typed or given, ms since 1970
 * @text: chat: what was typed
 * @mode: chat: how it flies
 * @color: chat: 0xrrggbb
 * @gift: gift: which
 * @count: gift: how many
 * @confirmed: gift: whether the person was asked once more
 * @message: report: the id of the message
 * @from: report: the id of the account that said it
 * @reason: report: what is wrong with it
 * @note: (nullable): report: what else is to be said
 *
 * An act that no server has answered. Plain data.
 */
typedef struct
{
  KmUnsentKind kind;
  char *id;
  char *room;
  char *account;
  gint64 time_ms;
  gint64 at_ms;

  char *text;
  KmChatMode mode;
  guint32 color;

  char *gift;
  gint64 count;
  gboolean confirmed;

  char *message;
  char *from;
  KmReportReason reason;
  char *note;
} KmUnsent;

KmUnsent *km_unsent_new         (KmUnsentKind    kind,
                                 const char     *room,
                                 const char     *account);
KmUnsent *km_unsent_copy        (const KmUnsent *self);
void      km_unsent_free        (KmUnsent       *self);

void      km_unsent_append_line (const KmUnsent *self,
                                 GString        *out);
KmUnsent *km_unsent_from_json   (JsonObject     *object);
gboolean  km_unsent_is_newer    (JsonObject     *object);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmUnsent, km_unsent_free)

G_END_DECLS
