#pragma once

#include "km-command.h"
#include "km-store.h"

G_BEGIN_DECLS

/**
 * KmBallot:
 * @job: the job that writes it; submit this, set done and reply_to first
 * @room: in which room
 * @account: whose vote it is
 * @poll: in which poll
 * @id: the act's id
 * @digest: km_command_digest() of its command
 * @choices: what is voted for, as bits
 * @before: came of it: what the account had voted for; 0: nothing
 * @after: came of it: what its vote is now
 *
 * A vote on its way to the disk: first member of the struct of whoever casts
 * it. It has no place in the room's log.
 */
typedef struct
{
  KmJob job;
  gint64 room;
  gint64 account;
  gint64 poll;
  char *id;
  GBytes *digest;
  guint choices;
  guint before;
  guint after;
} KmBallot;

void km_ballot_init  (KmBallot        *self,
                      gint64           account,
                      const KmCommand *command);
void km_ballot_clear (KmBallot        *self);

G_END_DECLS
