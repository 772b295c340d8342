#pragma once

#include "km-protocol.h"

G_BEGIN_DECLS

/**
 * KmCommand:
 * @kind: what is asked; says which of the fields below hold something
 * @id: the command's id, 1 to 64 printable ASCII characters; of a `chat.send`
 *   it is valid for km_id_is_valid(), of others at least unique on the socket
 * @room: the room's id: digits; %NULL only for `stream.prepare`
 * @epoch: (nullable): `room.join`: epoch of the last event had
 * @seq: `room.join`: seq of the last event had; -1: none
 * @text: `chat.send`: valid UTF-8, at most %KM_CHAT_BYTES_MAX bytes; nothing
 *   else has been checked
 * @mode: `chat.send`: how it flies
 * @color: `chat.send`: 0xrrggbb
 * @time_ms: `chat.send`: stream time that the sender saw; -1: none
 * @publish: `stream.prepare`: a valid id
 *
 * One command of a client. Plain data; km_command_free() frees it all.
 */
typedef struct
{
  KmCommandKind kind;
  char *id;
  char *room;
  char *epoch;
  gint64 seq;
  char *text;
  KmChatMode mode;
  guint32 color;
  gint64 time_ms;
  char *publish;
} KmCommand;

#define KM_COMMAND_ID_MAX 64
#define KM_ROOM_ID_MAX 19
#define KM_EPOCH_MAX 32

KmCommand *km_command_new        (KmCommandKind     kind);
void       km_command_free       (KmCommand        *self);
KmCommand *km_command_parse      (const char       *text,
                                  gsize             length,
                                  char            **id,
                                  GError          **error);
char      *km_command_encode     (const KmCommand  *self);
GBytes    *km_command_digest     (const KmCommand  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmCommand, km_command_free)

G_END_DECLS
