#pragma once

#include <gio/gio.h>

#include "km-relay-timers.h"

G_BEGIN_DECLS

/**
 * KmRelayWatch:
 * @ready: called with what epoll says
 * @data: for @ready
 *
 * A descriptor in a loop; embedded in what it belongs to.
 */
typedef struct
{
  void (*ready) (gpointer data,
                 guint32  events);
  gpointer data;

  /*< private >*/
  int fd;
  guint32 events;
} KmRelayWatch;

/**
 * KmRelayLoop:
 * @timers: the loop's timers
 * @now_us: monotonic time when this turn began
 *
 * What one thread waits for. Made by km_relay_loop_init().
 */
typedef struct
{
  KmRelayTimers timers;
  gint64 now_us;

  /*< private >*/
  int epoll;
  GPtrArray *dead;
} KmRelayLoop;

gboolean km_relay_loop_init       (KmRelayLoop   *self,
                                   GDestroyNotify free_dead,
                                   GError       **error);
void     km_relay_loop_clear      (KmRelayLoop   *self);
gboolean km_relay_loop_add        (KmRelayLoop   *self,
                                   KmRelayWatch  *watch,
                                   int            fd,
                                   guint32        events);
void     km_relay_loop_set_events (KmRelayLoop   *self,
                                   KmRelayWatch  *watch,
                                   guint32        events);
void     km_relay_loop_remove     (KmRelayLoop   *self,
                                   KmRelayWatch  *watch);
void     km_relay_loop_bury       (KmRelayLoop   *self,
                                   gpointer       dead);
void     km_relay_loop_turn       (KmRelayLoop   *self);

G_END_DECLS
