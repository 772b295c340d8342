#pragma once

#include "km-live-room.h"
#include "km-poll-box.h"
#include "km-slow-mode.h"

G_BEGIN_DECLS

/* What the files of a live room share. Everything belongs to the hub's
 * thread. */
struct _KmLiveRoom
{
  gint64 id;
  gint64 host;
  KmRoomInfo *info; /* its online is what the last tick said */
  char *epoch;
  KmRoomLog log;

  GHashTable *present; /* gint64 account -> sockets */
  guint guests;
  KmBuckets buckets[KM_N_PACES]; /* by account: coming back refills none */
  KmBucket bucket;               /* of all of them together, but the host */
  KmBuckets like_buckets;
  KmPaceRule chat_pace; /* burst 0: the usual one */
  KmSlowMode slow_mode;

  gint64 edge_ms; /* -1: not known */
  gboolean publisher_lost;

  KmStreamFigures figures; /* of the running stream */
  gboolean figures_changed; /* since they were taken */
  gboolean figures_sealed;  /* its end is on its way to the disk */
  gint64 figures_us;

  KmPollBox polls;

  gboolean changed;
  gint64 ticked_us;
  GBytes *tick;
  guint64 tick_number;
};

G_END_DECLS
