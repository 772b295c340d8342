#pragma once

#include "km-danmaku-mode.h"
#include "km-lanes.h"

G_BEGIN_DECLS

#define KM_FLIGHTS_WAITING_MAX 64
#define KM_FLIGHTS_PATIENCE_US (2 * G_USEC_PER_SEC)

typedef struct _KmFlights KmFlights;

/**
 * KmFlightsHost:
 * @prepare: makes ready what is drawn of a comment and returns its width in
 *   px, or -1: not in this frame, ask again
 * @retire: the comment neither flies nor waits any more: what @prepare made
 *   can go. It may be prepared again after a seek.
 * @free: the comment is forgotten
 *
 * What the engine asks of whom draws the comments. @data is the comment as
 * given to km_flights_add(), @user_data as given to km_flights_new().
 */
typedef struct
{
  int  (*prepare) (gpointer data,
                   gpointer user_data);
  void (*retire)  (gpointer data,
                   gpointer user_data);
  void (*free)    (gpointer data);
} KmFlightsHost;

/**
 * KmFlightsGeometry:
 * @width_px: of the picture
 * @n_lanes: from top to bottom
 * @n_scroll_lanes: how many of them, from the top, flying comments may use
 * @gap_px: kept free between two comments of a lane
 * @duration_us: of a flight, edge to edge
 * @still_us: how long a comment that doesn't fly stays
 * @density: share of a lane's length that flying text may cover, in (0, 1]
 * @motion: %FALSE: nothing moves, flying comments stand at the top instead
 */
typedef struct
{
  int width_px;
  guint n_lanes;
  guint n_scroll_lanes;
  int gap_px;
  gint64 duration_us;
  gint64 still_us;
  double density;
  gboolean motion;
} KmFlightsGeometry;

/**
 * KmFlight:
 * @data: the comment as given to km_flights_add()
 * @text_px: its width
 * @lane: which it has, 0 is the topmost
 * @moves: whether it flies or stands in the middle
 * @start_us: when its way began; after a seek it may begin in the middle
 */
typedef struct
{
  gpointer data;
  int text_px;
  guint lane;
  gboolean moves;
  gint64 start_us;

  /*< private >*/
  gpointer comment;
} KmFlight;

KmFlights      *km_flights_new          (const KmFlightsHost     *host,
                                         gpointer                 user_data);
void            km_flights_free         (KmFlights               *self);

void            km_flights_set_geometry (KmFlights               *self,
                                         const KmFlightsGeometry *geometry,
                                         double                   text_scale);
void            km_flights_add          (KmFlights               *self,
                                         gpointer                 data,
                                         KmDanmakuMode            mode,
                                         gint64                   time_us,
                                         gboolean                 own,
                                         gint64                   now_us);
void            km_flights_advance      (KmFlights               *self,
                                         gint64                   now_us,
                                         gint64                   position_us);
void            km_flights_seek         (KmFlights               *self,
                                         gint64                   now_us,
                                         gint64                   position_us);
gboolean        km_flights_remove       (KmFlights               *self,
                                         GEqualFunc               equal,
                                         gconstpointer            what);
void            km_flights_clear        (KmFlights               *self);

const KmFlight *km_flights_get_flying   (KmFlights               *self,
                                         guint                   *n_flying);
double          km_flights_x            (KmFlights               *self,
                                         const KmFlight          *flight,
                                         gint64                   now_us);
guint           km_flights_get_n_waiting (KmFlights              *self);
guint           km_flights_get_n_started (KmFlights              *self);
guint           km_flights_get_n_dropped (KmFlights              *self);
gboolean        km_flights_needs_frames (KmFlights               *self);
gint64          km_flights_next_end_us  (KmFlights               *self);
gint64          km_flights_next_due_us  (KmFlights               *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmFlights, km_flights_free)

G_END_DECLS
