#pragma once

#include "km-protocol.h"
#include "km-room-info.h"

G_BEGIN_DECLS

/**
 * KmReply:
 * @re: the id of the command that this answers
 * @error: (nullable): why it was refused, of the domain %KM_PROTOCOL_ERROR;
 *   then nothing else holds
 * @epoch: `room.join`: which history the seqs belong to
 * @seq: `room.join`: seq of the newest event; `chat.send`: seq of the message;
 *   -1: absent
 * @resumed: `room.join`: whether what was missed follows
 * @room: `room.join`: the room
 * @role: `room.join`: what one is in it
 * @at_ms: `chat.send`: when it was said, ms since 1970; -1: absent
 *
 * What a server answers to a command. Plain data.
 */
typedef struct
{
  char *re;
  GError *error;
  char *epoch;
  gint64 seq;
  gboolean resumed;
  KmRoomInfo *room;
  KmRole role;
  gint64 at_ms;
} KmReply;

KmReply *km_reply_new          (void);
void     km_reply_free         (KmReply        *self);
gboolean km_reply_check        (const KmReply  *self,
                                KmCommandKind   kind,
                                GError        **error);

/* The server's side: appends the whole frame's text to @out. */
void     km_reply_append_error  (GString          *out,
                                 const char       *re,
                                 const GError     *error);
void     km_reply_append_empty  (GString          *out,
                                 const char       *re);
void     km_reply_append_sent   (GString          *out,
                                 const char       *re,
                                 gint64            seq,
                                 gint64            at_ms);
void     km_reply_append_joined (GString          *out,
                                 const char       *re,
                                 const char       *epoch,
                                 gint64            seq,
                                 gboolean          resumed,
                                 const KmRoomInfo *room,
                                 KmRole            role);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmReply, km_reply_free)

G_END_DECLS
