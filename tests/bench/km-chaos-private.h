#pragma once

#include "km-chaos.h"
#include "km-command.h"
#include "km-frame.h"
#include "km-test-member.h"
#include "km-test-server.h"

G_BEGIN_DECLS

#define KM_CHAOS_COINS 1000000

/* Waiting acts are sent again until they are answered. */
typedef enum
{
  KM_CHAOS_WAITING,
  KM_CHAOS_DONE,
  KM_CHAOS_REFUSED,
} KmChaosState;

typedef struct
{
  KmCommand *command;
  KmChaosState state;
  gint64 not_before_us; /* the server said when to try again; 0: it didn't */
  gint64 seq;
  gint64 at_ms;
  gint64 value;
  gboolean saved; /* done when the last backup began */
} KmChaosAct;

typedef struct
{
  KmTestMember member;
  char *name;
  char *token;
  GPtrArray *acts;   /* KmChaosAct, oldest first */
  GHashTable *by_id; /* its command's id -> KmChaosAct */
  guint waiting;
  gboolean voting;   /* a vote waits: their order must be ours */
  gboolean joined;
  char *epoch;
  gint64 seq;        /* of the last event had; -1: none */
  gint64 missing_to; /* history before this is on its way */
} KmChaosClient;

typedef struct
{
  KmTestServer *server;
  KmTestProcess *backup; /* (nullable): one that is being made */
  GRand *random;
  char *directory;
  char *room;
  char *key;
  char *poll; /* (nullable): the one that is open */
  KmChaosClient *clients; /* the first is the host */
  guint n_clients;
  KmChaosFigures *figures;
} KmChaos;

/* km-chaos-client.c */
void     km_chaos_client_init    (KmChaosClient *self,
                                  KmChaos       *chaos,
                                  guint          number);
void     km_chaos_client_clear   (KmChaosClient *self);
void     km_chaos_client_connect (KmChaosClient *self,
                                  KmChaos       *chaos);
void     km_chaos_client_act     (KmChaosClient *self,
                                  KmChaos       *chaos);
void     km_chaos_client_resend  (KmChaosClient *self,
                                  KmChaos       *chaos);
gboolean km_chaos_client_read    (KmChaosClient *self,
                                  KmChaos       *chaos);
void     km_chaos_client_ask     (KmChaosClient *self,
                                  KmChaos       *chaos,
                                  KmCommand     *command);

/* km-chaos-backup.c */
void     km_chaos_backup_begin   (KmChaos       *self);
void     km_chaos_backup_end     (KmChaos       *self);
void     km_chaos_restore        (KmChaos       *self);

/* km-chaos-check.c */
void     km_chaos_check          (KmChaos       *chaos);

G_END_DECLS
