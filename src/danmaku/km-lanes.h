#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KM_LANES_MAX 128

/**
 * KmLane:
 * @clear_us: its last comment has wholly entered: another may start
 * @gone_us: its last comment has wholly left
 */
typedef struct
{
  gint64 clear_us;
  gint64 gone_us;
} KmLane;

/**
 * KmLanes:
 * @width_px: of the picture
 * @gap_px: kept free between two comments of a lane
 * @duration_us: from a comment's first pixel entering to its last leaving
 * @density: share of a lane's length that text may cover, in (0, 1]
 * @n_lanes: how many are used
 * @lanes: what each lane's last comment leaves behind
 */
typedef struct
{
  int width_px;
  int gap_px;
  gint64 duration_us;
  double density;
  guint n_lanes;
  KmLane lanes[KM_LANES_MAX];
} KmLanes;

void   km_lanes_reset      (KmLanes       *self);
gint64 km_lanes_earliest   (const KmLanes *self,
                            guint          lane,
                            int            text_px);
void   km_lanes_take       (KmLanes       *self,
                            guint          lane,
                            int            text_px,
                            gint64         start_us);
void   km_lanes_take_still (KmLanes       *self,
                            guint          lane,
                            gint64         end_us);
double km_lanes_x          (const KmLanes *self,
                            int            text_px,
                            gint64         age_us);

G_END_DECLS
