/* km-connection-parts.h: what the parts of a connection share
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For km-connection*.c only.
 */
#pragma once

#include "km-client-retry.h"
#include "km-connection-private.h"
#include "km-socket.h"

G_BEGIN_DECLS

struct _KmConnection
{
  GObject parent_instance;
  KmApi *api;
  KmConnectionState state;
  GError *error;
  gboolean ready;

  KmSocket *socket;
  KmRetry retry;
  guint timer;

  GHashTable *pending;   /* command id -> Pending */
  GHashTable *rooms;     /* room id -> RoomEntry */
  GHashTable *publishes; /* publish id -> Publish: -publish.c */
  KmConnectionInbox inbox; /* (nullable) */
  gpointer inbox_data;
};

void km_connection_update          (KmConnection  *self);

void km_connection_init_publishes  (KmConnection  *self);
void km_connection_prepare_all     (KmConnection  *self);
void km_connection_fail_publishes  (KmConnection  *self,
                                    const GError  *error);

G_END_DECLS
