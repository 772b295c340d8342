#pragma once

#include "km-room-peer.h"
#include "km-room-server.h"

G_BEGIN_DECLS

/**
 * KmRoomOptions:
 * @test_case: (nullable): this one alone
 * @peers: (nullable): these alone; `kaimu` is the server itself
 * @seconds: how long each run of a case takes
 *
 * What was asked for on the command line.
 */
typedef struct
{
  char *test_case;
  char **peers;
  double seconds;
} KmRoomOptions;

/**
 * KmRoomRun:
 * @load: what came of the load
 * @cpu_s: processor time of the server
 * @store_cpu_s: of it, that of a thread called so
 * @cpu_s_per_million: the same, for so many deliveries
 *
 * One run against one server.
 */
typedef struct
{
  KmLoadFigures load;
  double cpu_s;
  double store_cpu_s;
  double cpu_s_per_million;
} KmRoomRun;

/* bench-room.c */
gboolean km_room_wants_case   (const KmRoomOptions *options,
                               const char          *test_case);
gboolean km_room_wants_peer   (const KmRoomOptions *options,
                               const char          *peer);
void     km_room_set_goal     (const char          *name,
                               double               value);

/* km-room-run.c */
KmLoad  *km_room_join         (const KmLoadSetup   *setup,
                               const char          *who);
KmLoad  *km_room_join_members (KmRoomServer        *server,
                               KmLoadSetup         *setup);
void     km_room_run          (KmLoad              *load,
                               GPid                 pid,
                               double               per_second,
                               double               seconds,
                               KmRoomRun           *run);
void     km_room_print        (const char          *peer,
                               const char          *test_case,
                               const KmRoomRun     *run);

/* km-room-cases.c */
void     km_room_run_cases    (const KmRoomOptions *options);

/* km-room-more.c */
void     km_room_run_more     (const KmRoomOptions *options);

/* km-room-tls.c */
void     km_room_run_tls      (const KmRoomOptions *options);

/* km-room-slow.c */
void     km_room_run_slow     (const KmRoomOptions *options);

/* km-room-commit.c */
void     km_room_run_commit   (const KmRoomOptions *options);

/* km-room-sign-in.c */
void     km_room_run_sign_ins (const KmRoomOptions *options);

G_END_DECLS
