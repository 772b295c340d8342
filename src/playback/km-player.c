/* km-player.c: a live address in, a picture and sound out
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-player.h"

struct _KmPlayer
{
  GObject parent_instance;
  double volume;
  gboolean muted;
};

G_DEFINE_QUARK (km-player-error-quark, km_player_error)
G_DEFINE_ENUM_TYPE (KmPlayerState, km_player_state,
                    G_DEFINE_ENUM_VALUE (KM_PLAYER_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (KM_PLAYER_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (KM_PLAYER_PLAYING, "playing"),
                    G_DEFINE_ENUM_VALUE (KM_PLAYER_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (KM_PLAYER_OFFLINE, "offline"),
                    G_DEFINE_ENUM_VALUE (KM_PLAYER_ERROR_STATE, "error"))
G_DEFINE_FINAL_TYPE (KmPlayer, km_player, G_TYPE_OBJECT)

static void
km_player_class_init (KmPlayerClass *klass)
{
}

static void
km_player_init (KmPlayer *self)
{
}

KmPlayer *km_player_new (void) { return g_object_new (KM_TYPE_PLAYER, NULL); }
void km_player_play (KmPlayer *self, const char *address) { }
void km_player_stop (KmPlayer *self) { }
void km_player_stream_started (KmPlayer *self) { }
void km_player_stream_ended (KmPlayer *self) { }
GdkPaintable *km_player_get_paintable (KmPlayer *self) { return NULL; }
KmPlayerState km_player_get_state (KmPlayer *self) { return KM_PLAYER_IDLE; }
const GError *km_player_get_error (KmPlayer *self) { return NULL; }
gint64 km_player_get_position_ms (KmPlayer *self) { return -1; }
void km_player_set_volume (KmPlayer *self, double volume) { self->volume = volume; }
double km_player_get_volume (KmPlayer *self) { return self->volume; }
void km_player_set_muted (KmPlayer *self, gboolean muted) { self->muted = muted; }
gboolean km_player_get_muted (KmPlayer *self) { return self->muted; }
gboolean km_player_get_silent (KmPlayer *self) { return FALSE; }
