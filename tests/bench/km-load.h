#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _KmLoad KmLoad;

/**
 * KmLoadWords:
 * @KM_LOAD_ECHO: a text frame is what everybody gets, as it came
 * @KM_LOAD_KAIMU: the project's own protocol
 * @KM_LOAD_SOCKET_IO: Socket.IO 5 over Engine.IO 4, by WebSocket alone
 *
 * What the members of a load say to the server.
 */
typedef enum
{
  KM_LOAD_ECHO,
  KM_LOAD_KAIMU,
  KM_LOAD_SOCKET_IO,
} KmLoadWords;

/**
 * KmLoadSetup:
 * @words: what the server understands
 * @port: where it listens, on loopback
 * @n_members: how many join
 * @n_stalled: so many of them, the last ones, never read
 * @first_member: the address that the first one comes from is its
 * @tickets: (nullable): Kaimu: one for each
 * @first_room: Kaimu: id of the first of the rooms, which have ids in a row
 * @n_rooms: Kaimu: how many there are; others have one
 * @in_all: each member is in all of them, not only in one
 * @bytes: a delivered text frame should have so many bytes; 0: as many as a
 *   short message has. Kaimu: those of the message's own text
 *
 * Whose load it is.
 */
typedef struct
{
  KmLoadWords words;
  guint port;
  guint n_members;
  guint n_stalled;
  guint first_member;
  char **tickets;
  gint64 first_room;
  guint n_rooms;
  gboolean in_all;
  guint bytes;
} KmLoadSetup;

/**
 * KmLoadFigures:
 * @sent: messages
 * @replied: those that the server said it has taken on
 * @refused: those that it didn't
 * @due: deliveries that should have come
 * @delivered: those that came, each in its order and as it was sent
 * @wrong: what came twice, out of its order or changed
 * @closed: members that the server closed, or that were cut
 * @bytes: of all text frames delivered, without their heads
 * @wall_s: from the first send to the last delivery
 * @p50_ms: from a send to a receipt
 * @p99_ms: the same
 * @max_ms: the same
 * @reply_p50_ms: from a send to its sender's reply
 * @reply_p99_ms: the same
 *
 * What came of it.
 */
typedef struct
{
  guint64 sent;
  guint64 replied;
  guint64 refused;
  guint64 due;
  guint64 delivered;
  guint64 wrong;
  guint64 closed;
  guint64 bytes;
  double wall_s;
  double p50_ms;
  double p99_ms;
  double max_ms;
  double reply_p50_ms;
  double reply_p99_ms;
} KmLoadFigures;

KmLoad  *km_load_new         (const KmLoadSetup *setup);
void     km_load_free        (KmLoad            *self);
gboolean km_load_join        (KmLoad            *self,
                              double            *wall_s);
void     km_load_run         (KmLoad            *self,
                              double             per_second,
                              double             seconds,
                              KmLoadFigures     *figures);
guint    km_load_read_closes (KmLoad            *self,
                              guint              code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmLoad, km_load_free)

G_END_DECLS
