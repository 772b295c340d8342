#pragma once

#include "km-person.h"
#include "km-poll-info.h"
#include "km-protocol.h"
#include "km-room-info.h"
#include "km-wallet-info.h"

G_BEGIN_DECLS

/**
 * KmReply:
 * @re: the id of the command that this answers
 * @error: (nullable): why it was refused, of the domain %KM_PROTOCOL_ERROR;
 *   then nothing else holds
 * @epoch: `room.join`, `inbox.open`, `staff.open`: which history the seqs
 *   belong to
 * @seq: `room.join`, `inbox.open`, `staff.open`: seq of the newest event; of an
 *   act with a place in the log, that; -1: absent
 * @resumed: `room.join`, `inbox.open`, `staff.open`: whether what was missed
 *   follows
 * @room: `room.join`: the room
 * @role: `room.join`: what one is in it
 * @likes: `room.join`: how many likes the running stream has; 0: none runs
 * @polls: (nullable) (element-type KmPollInfo): `room.join`: those that are
 *   open, with tallies and one's own vote
 * @chat_wait_ms: `room.join`: how long until one may say something
 * @at_ms: of an act with a place in the log, when it was done, ms since 1970;
 *   -1: absent
 * @value: `gift.send`: what it cost, in coins; -1: absent
 * @balance: `gift.send`: what one has now, in coins; -1: absent
 * @poll: (nullable): `poll.open`, `poll.vote`: the poll's id
 * @choices: `poll.vote`: the options that count now, as bits
 * @people: (nullable) (element-type KmPerson): `people.list`: who is there,
 *   not more than %KM_PEOPLE_MAX
 * @guests: `people.list`: how many guests are there
 * @online: `people.list`: how many are there altogether
 * @has_wallet: `inbox.open`: whether @wallet is there
 * @wallet: `inbox.open`: what one has as of @seq
 * @n_open: `staff.open`: of how many messages reports are open
 * @n_follow: `staff.open`: how many entries follow; -1: absent
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
  gint64 likes;
  GPtrArray *polls;
  gint64 chat_wait_ms;
  gint64 at_ms;
  gint64 value;
  gint64 balance;
  char *poll;
  guint choices;
  GPtrArray *people;
  guint guests;
  guint online;
  gboolean has_wallet;
  KmWalletInfo wallet;
  guint n_open;
  int n_follow;
} KmReply;

/**
 * KmStaffOpened:
 * @epoch: which history the seqs belong to
 * @seq: the newest entry's
 * @resumed: whether the missing entries follow; else the open reports do
 * @n_open: of how many messages reports are open
 * @n_follow: how many entries follow
 *
 * What a server tells one of the staff. Borrows everything.
 */
typedef struct
{
  const char *epoch;
  gint64 seq;
  gboolean resumed;
  guint n_open;
  guint n_follow;
} KmStaffOpened;

/**
 * KmJoined:
 * @epoch: which history the seqs belong to
 * @seq: the newest event's
 * @resumed: whether the missing events follow
 * @room: the room
 * @role: what the member is in it
 * @likes: how many likes the running stream has
 * @polls: (nullable) (element-type KmPollInfo): the open ones, with tallies
 *   and the member's own vote
 * @chat_wait_ms: how long until the member may say something
 *
 * What a server tells somebody who joins. Borrows everything.
 */
typedef struct
{
  const char *epoch;
  gint64 seq;
  gboolean resumed;
  const KmRoomInfo *room;
  KmRole role;
  gint64 likes;
  GPtrArray *polls;
  gint64 chat_wait_ms;
} KmJoined;

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
                                 const KmJoined   *joined);
void     km_reply_append_given  (GString          *out,
                                 const char       *re,
                                 gint64            seq,
                                 gint64            at_ms,
                                 gint64            value,
                                 gint64            balance);
void     km_reply_append_asked  (GString          *out,
                                 const char       *re,
                                 gint64            seq,
                                 gint64            at_ms,
                                 const char       *poll);
void     km_reply_append_voted  (GString          *out,
                                 const char       *re,
                                 const char       *poll,
                                 guint             choices);
void     km_reply_append_inbox  (GString            *out,
                                 const char         *re,
                                 const char         *epoch,
                                 gint64              seq,
                                 gboolean            resumed,
                                 const KmWalletInfo *wallet);
void     km_reply_append_staff  (GString             *out,
                                 const char          *re,
                                 const KmStaffOpened *opened);
void     km_reply_append_people (GString          *out,
                                 const char       *re,
                                 GPtrArray        *people,
                                 guint             guests,
                                 guint             online);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmReply, km_reply_free)

G_END_DECLS
