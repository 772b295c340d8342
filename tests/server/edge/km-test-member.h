#pragma once

#include "km-command.h"
#include "km-frame.h"

G_BEGIN_DECLS

/**
 * KmTestMember:
 * @fd: its socket
 * @input: what was read and not looked at yet
 * @close_code: 0 until a close frame came
 * @close_reason: (nullable): its reason
 *
 * A client on one end of a socket. What it waits for must come within 20 s.
 */
typedef struct
{
  int fd;
  GByteArray *input;
  guint close_code;
  char *close_reason;
} KmTestMember;

void         km_test_member_init       (KmTestMember     *self,
                                        int              *other_end);
void         km_test_member_clear      (KmTestMember     *self);
GByteArray  *km_test_member_mask       (guint8            first,
                                        const void       *data,
                                        gsize             length);
void         km_test_member_send_bytes (KmTestMember     *self,
                                        const GByteArray *bytes);
void         km_test_member_send_text  (KmTestMember     *self,
                                        const char       *text);
gboolean     km_test_member_read       (KmTestMember     *self,
                                        KmRoomEvent     **event,
                                        KmReply         **reply);
guint        km_test_member_wait_close (KmTestMember     *self);

KmReply     *km_test_member_next_reply (KmTestMember     *self);
KmRoomEvent *km_test_member_next_event (KmTestMember     *self);
KmRoomEvent *km_test_member_next_tick  (KmTestMember     *self);

void         km_test_member_join       (KmTestMember     *self,
                                        const char       *room,
                                        const char       *epoch,
                                        gint64            seq);
KmReply     *km_test_member_ask        (KmTestMember     *self,
                                        const KmCommand  *command);
void         km_test_member_say        (KmTestMember     *self,
                                        const char       *room,
                                        const char       *id,
                                        const char       *text);

G_END_DECLS
