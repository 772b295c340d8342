/* km-player.h: a live address in, a picture and sound out
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/**
 * KmPlayerError:
 * @KM_PLAYER_ERROR_MISSING: a decoder isn't installed; the message says what
 *   to install
 * @KM_PLAYER_ERROR_UNREACHABLE: nobody answers at the address; tries again by
 *   itself
 * @KM_PLAYER_ERROR_DENIED: the server refuses to show it
 * @KM_PLAYER_ERROR_UNTRUSTED: the server's certificate isn't accepted; see
 *   km_player_set_pin()
 * @KM_PLAYER_ERROR_FORMAT: what arrived can't be decoded; tries again
 * @KM_PLAYER_ERROR_FAILED: anything else
 */
typedef enum
{
  KM_PLAYER_ERROR_MISSING,
  KM_PLAYER_ERROR_UNREACHABLE,
  KM_PLAYER_ERROR_DENIED,
  KM_PLAYER_ERROR_UNTRUSTED,
  KM_PLAYER_ERROR_FORMAT,
  KM_PLAYER_ERROR_FAILED,
} KmPlayerError;

#define KM_PLAYER_ERROR (km_player_error_quark ())
GQuark         km_player_error_quark        (void);

/**
 * KmPlayerState:
 * @KM_PLAYER_IDLE: not asked to play
 * @KM_PLAYER_CONNECTING: asked, no picture yet
 * @KM_PLAYER_PLAYING: frames are shown
 * @KM_PLAYER_WAITING: was playing, nothing arrives; keeps the last picture
 *   and goes on by itself
 * @KM_PLAYER_OFFLINE: the room has no stream now (HTTP 404, or told by
 *   km_player_stream_ended()); looks again now and then
 * @KM_PLAYER_ERROR_STATE: km_player_get_error() says why; tries again by
 *   itself unless that can't help
 */
typedef enum
{
  KM_PLAYER_IDLE,
  KM_PLAYER_CONNECTING,
  KM_PLAYER_PLAYING,
  KM_PLAYER_WAITING,
  KM_PLAYER_OFFLINE,
  KM_PLAYER_ERROR_STATE,
} KmPlayerState;

#define KM_TYPE_PLAYER_STATE (km_player_state_get_type ())
GType          km_player_state_get_type     (void);

#define KM_TYPE_PLAYER (km_player_get_type ())
G_DECLARE_FINAL_TYPE (KmPlayer, km_player, KM, PLAYER, GObject)

KmPlayer      *km_player_new                (void);

void           km_player_play               (KmPlayer   *self,
                                             const char *address);
void           km_player_set_pin            (KmPlayer   *self,
                                             const char *pin);
void           km_player_stop               (KmPlayer   *self);
void           km_player_stream_started     (KmPlayer   *self);
void           km_player_stream_ended       (KmPlayer   *self);

GdkPaintable  *km_player_get_paintable      (KmPlayer   *self);
KmPlayerState  km_player_get_state          (KmPlayer   *self);
const GError  *km_player_get_error          (KmPlayer   *self);
gint64         km_player_get_position_ms    (KmPlayer   *self);

void           km_player_set_volume         (KmPlayer   *self,
                                             double      volume);
double         km_player_get_volume         (KmPlayer   *self);
void           km_player_set_muted          (KmPlayer   *self,
                                             gboolean    muted);
gboolean       km_player_get_muted          (KmPlayer   *self);
gboolean       km_player_get_silent         (KmPlayer   *self);

G_END_DECLS
