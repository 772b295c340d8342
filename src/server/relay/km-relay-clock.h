#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KM_RELAY_CLOCK_TRACKS:
 *
 * Sound, picture and data, which only rise each on its own.
 */
#define KM_RELAY_CLOCK_TRACKS 3

/**
 * KmRelayClock:
 * @edge_ms: the newest stream time
 *
 * Turns publishers' timestamps into stream time. Made by
 * km_relay_clock_init().
 */
typedef struct
{
  gint64 edge_ms;

  /*< private >*/
  gboolean begun;
  gboolean anchored;
  gint64 edge_at_us;
  gint64 publisher_ms;
  gint64 offset_ms;
  gint64 floor_ms;
  gint64 track_ms[KM_RELAY_CLOCK_TRACKS];
} KmRelayClock;

void   km_relay_clock_init   (KmRelayClock *self);
void   km_relay_clock_resume (KmRelayClock *self);
gint64 km_relay_clock_map    (KmRelayClock *self,
                              guint         track,
                              guint32       time_ms,
                              gint64        now_us);

G_END_DECLS
