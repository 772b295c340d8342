#pragma once

#include "km-client-retry.h"
#include "km-command.h"
#include "km-reply.h"
#include "km-room-message-private.h"
#include "km-room.h"
#include "km-unsent.h"

G_BEGIN_DECLS

/**
 * KmSending:
 * @unsent: the act
 * @message: (nullable): its row; %NULL: a report has none
 * @task: (nullable): who waits; %NULL: nobody
 * @on_disk: whether it may go out
 * @asked_us: since when it waits here, monotonic
 *
 * For km-send-queue.c and the rules of a queue.
 */
typedef struct
{
  KmUnsent *unsent;
  KmRoomMessage *message;
  GTask *task;
  gboolean on_disk;
  gint64 asked_us;
} KmSending;

/**
 * KmSendRule:
 * @command: what the acts of the queue are
 * @fill: puts what @unsent says into a command
 * @hold: (nullable): returns whether the person is to be asked before the
 *   act goes out again, and sets the error that says so to its row
 * @done: the server has it
 * @refused: it doesn't take it; returns whether the act is settled by that
 *   and may leave the disk
 * @waits: (nullable): told how long it waits because it came too fast
 */
typedef struct
{
  KmCommandKind command;
  void     (*fill)    (KmCommand      *command,
                       const KmUnsent *unsent);
  gboolean (*hold)    (KmRoom         *room,
                       KmSending      *sending,
                       GError        **error);
  void     (*done)    (KmRoom         *room,
                       KmSending      *sending,
                       const KmReply  *reply);
  gboolean (*refused) (KmRoom         *room,
                       KmSending      *sending,
                       const GError   *error);
  void     (*waits)   (KmRoom         *room,
                       gint64          wait_ms);
} KmSendRule;

/* Part of a KmRoom. */
typedef struct
{
  KmRoom *room;
  const KmSendRule *rule;
  GQueue sending;       /* of KmSending, oldest first */
  gboolean in_flight;   /* the first of them is on its way */
  guint timer;
  KmRetry retry;
} KmSendQueue;

void       km_send_queue_init    (KmSendQueue      *self,
                                  KmRoom           *room,
                                  const KmSendRule *rule);
void       km_send_queue_clear   (KmSendQueue      *self,
                                  const GError     *error);
void       km_send_queue_add     (KmSendQueue      *self,
                                  const KmUnsent   *unsent,
                                  KmRoomMessage    *message,
                                  GTask            *task,
                                  gboolean          on_disk);
KmSending *km_send_queue_find    (KmSendQueue      *self,
                                  const char       *id);
void       km_send_queue_finish  (KmSendQueue      *self,
                                  KmSending        *sending,
                                  const GError     *error);
void       km_send_queue_next    (KmSendQueue      *self);
void       km_send_queue_hurry   (KmSendQueue      *self);
void       km_send_queue_lost    (KmSendQueue      *self);

G_END_DECLS
