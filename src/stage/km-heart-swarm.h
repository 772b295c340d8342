#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KM_HEARTS_MAX 40
#define KM_HEART_KINDS 5

/**
 * KmHeart:
 * @kind: 0 to KM_HEART_KINDS - 1: which color
 * @x: of its middle, 0 (left) to 1, in the column they rise in
 * @y: of its middle, 0 (top) to 1 (bottom)
 * @scale: relative to the usual size
 * @angle: degrees, clockwise
 * @opacity: 0 to 1
 *
 * Where a heart is.
 */
typedef struct
{
  guint kind;
  float x;
  float y;
  float scale;
  float angle;
  float opacity;
} KmHeart;

typedef struct _KmHeartSwarm KmHeartSwarm;

KmHeartSwarm *km_heart_swarm_new     (guint32       seed);
void          km_heart_swarm_free    (KmHeartSwarm *self);

guint         km_heart_swarm_add     (KmHeartSwarm *self,
                                      guint         n_likes,
                                      gint64        now_us);
gboolean      km_heart_swarm_advance (KmHeartSwarm *self,
                                      gint64        now_us);
void          km_heart_swarm_clear   (KmHeartSwarm *self);
guint         km_heart_swarm_get     (KmHeartSwarm *self,
                                      gint64        now_us,
                                      KmHeart      *hearts);
guint         km_heart_swarm_count   (KmHeartSwarm *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmHeartSwarm, km_heart_swarm_free)

G_END_DECLS
