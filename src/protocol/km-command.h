#pragma once

#include "km-poll-info.h"
#include "km-protocol.h"

G_BEGIN_DECLS

/**
 * KmCommand:
 * @kind: what is asked; says which of the fields below hold something
 * @id: the command's id, 1 to 64 printable ASCII characters; of an act
 *   (km_command_kind_is_act()) it is valid for km_id_is_valid(), of others at
 *   least unique on the socket
 * @room: the room's id: digits; %NULL only for `stream.prepare` and
 *   `inbox.open`
 * @epoch: (nullable): `room.join`, `inbox.open`, `staff.open`: epoch of the
 *   last event had
 * @seq: `room.join`, `inbox.open`, `staff.open`: seq of the last event had;
 *   -1: none
 * @text: `chat.send`: valid UTF-8, at most %KM_CHAT_BYTES_MAX bytes; nothing
 *   else has been checked
 * @mode: `chat.send`: how it flies
 * @color: `chat.send`: 0xrrggbb
 * @time_ms: `chat.send`, `gift.send`: stream time that the sender saw; -1:
 *   none
 * @publish: `stream.prepare`: a valid id
 * @gift: `gift.send`: which one, at most %KM_GIFT_ID_MAX bytes
 * @count: `gift.send`: how many, 1 to %KM_GIFT_COUNT_MAX; `like.send`: 1 to
 *   %KM_LIKES_MAX
 * @confirmed: `gift.send`: the giver was asked whether it may cost so much
 * @ask: (nullable): `poll.open`: the question; its texts are at most as many
 *   bytes as is allowed, nothing else about them has been checked
 * @duration_ms: `poll.open`: %KM_POLL_DURATION_MS_MIN to
 *   %KM_POLL_DURATION_MS_MAX; -1: until closed
 * @poll: `poll.vote`, `poll.close`: the poll's id: digits
 * @choices: `poll.vote`: options as bits, at least one
 * @message: `chat.delete`, `chat.report`, `report.dismiss`: the id of the
 *   message's act
 * @from: likewise: the id of the account that said it: digits
 * @reason: `chat.report`: what is wrong with it
 * @note: (nullable): `chat.report`: what else is to be said, at most
 *   %KM_REPORT_NOTE_BYTES_MAX bytes; nothing else has been checked
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
  char *gift;
  gint64 count;
  gboolean confirmed;
  KmPollQuestion *ask;
  gint64 duration_ms;
  char *poll;
  guint choices;
  char *message;
  char *from;
  KmReportReason reason;
  char *note;
} KmCommand;

#define KM_COMMAND_ID_MAX 64
#define KM_ROOM_ID_MAX 19
#define KM_ACCOUNT_ID_MAX 19
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
