#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _KmRelayTimer KmRelayTimer;

/**
 * KmRelayTimer:
 * @fire: called once when it is due, with the timer unset
 * @data: for @fire
 *
 * Embedded in what it belongs to; all zero is unset.
 */
struct _KmRelayTimer
{
  void (*fire) (gpointer data);
  gpointer data;

  /*< private >*/
  gint64 due_us;
  guint place;      /* in the heap, from 1; 0: unset */
};

/**
 * KmRelayTimers:
 *
 * Timers of one thread. Made by km_relay_timers_init().
 */
typedef struct
{
  /*< private >*/
  GPtrArray *heap;
} KmRelayTimers;

void   km_relay_timers_init     (KmRelayTimers *self);
void   km_relay_timers_clear    (KmRelayTimers *self);
void   km_relay_timers_set      (KmRelayTimers *self,
                                 KmRelayTimer  *timer,
                                 gint64         due_us);
void   km_relay_timers_unset    (KmRelayTimers *self,
                                 KmRelayTimer  *timer);
gint64 km_relay_timers_get_next (KmRelayTimers *self);
void   km_relay_timers_fire     (KmRelayTimers *self,
                                 gint64         now_us);

G_END_DECLS
