#pragma once

#include "km-api.h"
#include "km-command.h"
#include "km-connection.h"
#include "km-reply.h"
#include "km-room-event.h"

G_BEGIN_DECLS

/**
 * KmConnectionReply:
 * @reply: (nullable): the answer; %NULL: the connection was lost before
 * @data: what was given with the command
 */
typedef void (*KmConnectionReply) (const KmReply *reply,
                                   gpointer       data);

/**
 * KmConnectionRoom:
 * @opened: the connection is open: join
 * @lost: it isn't any more, or an attempt failed
 * @event: (transfer full): an event of the room
 *
 * What a room wants to be told.
 */
typedef struct
{
  void (*opened) (gpointer data);
  void (*lost)   (gpointer data);
  void (*event)  (gpointer data, KmRoomEvent *event);
} KmConnectionRoom;

/**
 * KmConnectionInbox:
 * @data: as given
 * @event: (transfer full): an event of the account's inbox
 */
typedef void (*KmConnectionInbox) (gpointer     data,
                                   KmRoomEvent *event);

KmConnection *km_connection_new         (KmApi                  *api);
void          km_connection_set_ready   (KmConnection           *self,
                                         gboolean                ready);
void          km_connection_connect     (KmConnection           *self);
void          km_connection_restart     (KmConnection           *self);
void          km_connection_add_room    (KmConnection           *self,
                                         const char             *room,
                                         const KmConnectionRoom *callbacks,
                                         gpointer                data);
void          km_connection_remove_room (KmConnection           *self,
                                         const char             *room);
void          km_connection_set_inbox (KmConnection           *self,
                                       KmConnectionInbox       callback,
                                       gpointer                data);
gboolean      km_connection_send        (KmConnection           *self,
                                         const KmCommand        *command,
                                         KmConnectionReply       callback,
                                         gpointer                data);
void          km_connection_ignore_reply (const KmReply         *reply,
                                          gpointer               data);
void          km_connection_drop_replies (KmConnection          *self,
                                         gpointer                data);

G_END_DECLS
