#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KM_BALLISTICS_FLOOR_DB  (-60.0)
#define KM_BALLISTICS_YELLOW_DB (-20.0)
#define KM_BALLISTICS_RED_DB    (-9.0)

/**
 * KmBallistics:
 *
 * What a meter shows of one channel of sound. Thread: whoever owns it.
 */
typedef struct
{
  double shown_db;
  double peak_db;
  gint64 at_us;
  gint64 peak_until_us;
} KmBallistics;

void     km_ballistics_init     (KmBallistics *self,
                                 gint64        now_us);
void     km_ballistics_hear     (KmBallistics *self,
                                 double        level_db,
                                 gint64        now_us);
gboolean km_ballistics_fall     (KmBallistics *self,
                                 gint64        now_us);
double   km_ballistics_fraction (double        level_db);

G_END_DECLS
