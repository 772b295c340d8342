#pragma once

#include "km-command.h"
#include "km-frame.h"
#include "km-test-server.h"

G_BEGIN_DECLS

typedef struct _KmTestSocket KmTestSocket;

KmTestSocket *km_test_socket_open           (KmTestServer      *server,
                                             const char        *token);
KmTestSocket *km_test_socket_open_ticket    (KmTestServer      *server,
                                             const char        *ticket);
void          km_test_socket_free           (KmTestSocket      *self);

void          km_test_socket_send_text      (KmTestSocket      *self,
                                             const char        *text);
KmReply      *km_test_socket_ask            (KmTestSocket      *self,
                                             const KmCommand   *command);
KmReply      *km_test_socket_join           (KmTestSocket      *self,
                                             const char        *room,
                                             const char        *epoch,
                                             gint64             seq);
KmReply      *km_test_socket_say            (KmTestSocket      *self,
                                             const char        *room,
                                             const char        *id,
                                             const char        *text);
KmRoomEvent  *km_test_socket_wait           (KmTestSocket      *self,
                                             KmRoomEventKind    kind);
gushort       km_test_socket_wait_closed    (KmTestSocket      *self,
                                             char             **reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestSocket, km_test_socket_free)

G_END_DECLS
