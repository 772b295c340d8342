#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmSlowMode:
 * @spacing_us: how far apart two messages of an account are; 0: it is off
 *
 * Slow mode of a room. Part of another struct, zeroed; the rest is
 * km-slow-mode.c's own.
 */
typedef struct
{
  gint64 spacing_us;
  GHashTable *speakers; /* gint64 account -> Speaker */
  guint sweep_at;
} KmSlowMode;

void   km_slow_mode_clear     (KmSlowMode       *self);
void   km_slow_mode_set       (KmSlowMode       *self,
                               guint             seconds);
gint64 km_slow_mode_wait_us   (const KmSlowMode *self,
                               gint64            account,
                               const char       *id,
                               gint64            now_us);
void   km_slow_mode_say       (KmSlowMode       *self,
                               gint64            account,
                               const char       *id,
                               gint64            now_us);
void   km_slow_mode_said      (KmSlowMode       *self,
                               gint64            account,
                               const char       *id,
                               gint64            said_us);
void   km_slow_mode_take_back (KmSlowMode       *self,
                               gint64            account,
                               const char       *id);

G_END_DECLS
