/* km-broadcast.c: camera and microphone, previewed, encoded and sent
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-broadcast.h"

struct _KmBroadcast
{
  GObject parent_instance;

  KmUplink *uplink;
  KmDevice *camera;
  KmDevice *microphone;
  gboolean muted;
};

G_DEFINE_QUARK (km-broadcast-error-quark, km_broadcast_error)
G_DEFINE_FINAL_TYPE (KmBroadcast, km_broadcast, G_TYPE_OBJECT)

static void
km_broadcast_class_init (KmBroadcastClass *klass)
{
}

static void
km_broadcast_init (KmBroadcast *self)
{
  self->uplink = g_object_new (KM_TYPE_UPLINK, NULL);
}

KmBroadcast *km_broadcast_new (const KmBroadcastQuality *quality) { return g_object_new (KM_TYPE_BROADCAST, NULL); }
gboolean km_broadcast_start (KmBroadcast *self, GError **error) { return TRUE; }
void km_broadcast_stop (KmBroadcast *self) { }
gboolean km_broadcast_get_running (KmBroadcast *self) { return FALSE; }
GObject *km_broadcast_get_paintable (KmBroadcast *self) { return NULL; }
void km_broadcast_set_camera (KmBroadcast *self, KmDevice *camera) { g_set_object (&self->camera, camera); }
KmDevice *km_broadcast_get_camera (KmBroadcast *self) { return self->camera; }
const GError *km_broadcast_get_camera_error (KmBroadcast *self) { return NULL; }
void km_broadcast_set_microphone (KmBroadcast *self, KmDevice *microphone) { g_set_object (&self->microphone, microphone); }
KmDevice *km_broadcast_get_microphone (KmBroadcast *self) { return self->microphone; }
const GError *km_broadcast_get_microphone_error (KmBroadcast *self) { return NULL; }
void km_broadcast_set_muted (KmBroadcast *self, gboolean muted) { self->muted = muted; }
gboolean km_broadcast_get_muted (KmBroadcast *self) { return self->muted; }
double km_broadcast_get_rms_db (KmBroadcast *self) { return -100; }
double km_broadcast_get_peak_db (KmBroadcast *self) { return -100; }
gboolean km_broadcast_go_live (KmBroadcast *self, const char *address, GError **error) { return TRUE; }
void km_broadcast_end (KmBroadcast *self) { }
KmUplink *km_broadcast_get_uplink (KmBroadcast *self) { return self->uplink; }
