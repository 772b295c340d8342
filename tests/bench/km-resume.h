#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmResumePlan:
 * @clients: how many
 * @workers: in how many processes they are
 * @cuts: how many of their connections are cut
 * @kills: how often the server is killed
 * @restarts: how often a process with clients is killed
 * @seed: of everything that is random
 */
typedef struct
{
  guint clients;
  guint workers;
  guint cuts;
  guint kills;
  guint restarts;
  guint32 seed;
} KmResumePlan;

/**
 * KmResumeFigures:
 * @cuts: connections that were cut
 * @lost: connections that were lost, whatever the reason
 * @opened: connections that were opened
 * @said: messages that clients gave out of hand and had a second to keep
 * @acknowledged: messages that clients heard were sent
 * @heard: messages that clients showed
 * @gaps: messages in the store that a client should have shown and didn't
 * @repeats: those that a client showed twice
 * @wrong: those that it showed otherwise than the store has them, or that the
 *   store hasn't
 * @missing: messages that were acknowledged, or kept, and aren't in the store
 * @doubled: messages that are in the store twice
 * @late: clients that hadn't the last message within two minutes
 *
 * What came of it. The last five must be 0.
 */
typedef struct
{
  guint cuts;
  guint lost;
  guint opened;
  guint said;
  guint acknowledged;
  guint64 heard;
  guint gaps;
  guint repeats;
  guint wrong;
  guint missing;
  guint doubled;
  guint late;
} KmResumeFigures;

/* What the processes tell each other by: files in one directory. */
#define KM_RESUME_CUTS "cuts"     /* a byte for each */
#define KM_RESUME_LOSSES "losses" /* likewise */
#define KM_RESUME_OPENS "opens"   /* likewise */
#define KM_RESUME_READY "ready"   /* one for each client that began to talk */
#define KM_RESUME_SETTLED "settled" /* one for each process whose clients
                                     * have nothing unsent any more */
#define KM_RESUME_THE_END "the end"

void  km_resume_run    (const KmResumePlan *plan,
                        KmResumeFigures    *figures);
int   km_resume_worker (const char         *directory,
                        const char         *address,
                        const char         *room,
                        guint               first,
                        guint               n_clients);
void  km_resume_check  (const char         *directory,
                        const char         *database,
                        guint               n_clients,
                        KmResumeFigures    *figures);

guint km_resume_count  (const char         *directory,
                        const char         *name);
char *km_resume_dup_path (const char *directory,
                          const char *name,
                          int         number);

G_END_DECLS
