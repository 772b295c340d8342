#pragma once

#include "km-server.h"
#include "km-test-wire.h"

G_BEGIN_DECLS

#define KM_TEST_ACCOUNT \
  "{\"id\":\"7\",\"name\":\"alice\",\"shown_name\":\"Alice\"}"

/**
 * KmTestRoom:
 * @wire: the scripted server
 * @server: the same as the app sees it, signed in as account 7
 * @room: its room 42, joined
 * @live: what the answer to a join says
 * @role: likewise
 * @resumed: likewise
 * @epoch: likewise
 * @head: likewise, `seq`
 * @likes: likewise
 * @polls: likewise, a JSON array
 * @slow_s: likewise, of its room
 * @chat_wait_ms: likewise
 * @joins: how often it was joined
 * @replies: what commands are answered, by their kind; none: not at all
 * @inbox: `d` of the last `inbox.open`; unless there is a reply for it, this
 *   server knows no such command
 * @sent: commands other than these, as "KIND ID JSON-OF-D"
 *
 * A room at a scripted server.
 */
typedef struct
{
  char *directory;
  KmProfile *profile;
  KmSecrets *secrets;
  KmTestWire *wire;
  KmServer *server;
  KmRoom *room;

  gboolean live;
  const char *role;
  gboolean resumed;
  const char *epoch;
  gint64 head;
  gint64 likes;
  const char *polls;
  guint slow_s;
  guint chat_wait_ms;
  guint joins;
  GHashTable *replies;
  char *inbox;
  GPtrArray *sent;
} KmTestRoom;

void        km_test_room_set_up     (KmTestRoom     *self,
                                     gconstpointer   data);
void        km_test_room_tear_down  (KmTestRoom     *self,
                                     gconstpointer   data);
void        km_test_room_open       (KmTestRoom     *self);
void        km_test_room_close      (KmTestRoom     *self);
void        km_test_room_restart    (KmTestRoom     *self);
void        km_test_room_cut        (KmTestRoom     *self);
void        km_test_room_reply      (KmTestRoom     *self,
                                     const char     *kind,
                                     const char     *reply);
void        km_test_room_wait_sent  (KmTestRoom     *self,
                                     guint           n);
char       *km_test_room_dup_id     (KmTestRoom     *self,
                                     guint           index);
void        km_test_room_event      (KmTestRoom     *self,
                                     const char     *kind,
                                     gint64          seq,
                                     const char     *d);
void        km_test_room_say        (KmTestRoom     *self,
                                     gint64          seq);
char       *km_test_room_list_rows  (KmTestRoom     *self);
void        km_test_room_assert_rows
                                    (KmTestRoom     *self,
                                     const char     *expected);

void        km_test_on_result       (GObject        *source,
                                     GAsyncResult   *result,
                                     gpointer        data);
void        km_test_wait_result     (GAsyncResult  **result);

G_END_DECLS
