/* km-flying.c: from a chat message to a comment that flies
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The room's window and the Studio's stage fly comments in the same way: with
 * the person's own settings, every text but those that their writers kept to
 * the panel.
 *
 * Thread: main.
 */

#include "km-flying.h"

#include "km-protocol.h"

static void
on_setting_changed (KmDanmakuView *view,
                    const char    *key,
                    GSettings     *settings)
{
  static const double areas[] = { 0.25, 0.5, 1.0 };
  int area = g_settings_get_enum (settings, "danmaku-area");

  km_danmaku_view_set_enabled (view, g_settings_get_boolean (settings,
                                                             "danmaku"));
  km_danmaku_view_set_font_scale (view, g_settings_get_double (settings,
                                                               "danmaku-size"));
  km_danmaku_view_set_speed (view, g_settings_get_double (settings,
                                                          "danmaku-speed"));
  km_danmaku_view_set_area (view, areas[CLAMP (area, 0, 2)]);
  gtk_widget_set_opacity (GTK_WIDGET (view),
                          g_settings_get_double (settings, "danmaku-opacity"));
}

/**
 * km_flying_bind_settings:
 * @view: where comments fly
 * @settings: the profile's
 *
 * Makes @view follow the settings, now and when they change.
 */
void
km_flying_bind_settings (KmDanmakuView *view,
                         GSettings     *settings)
{
  g_signal_connect_object (settings, "changed",
                           G_CALLBACK (on_setting_changed), view,
                           G_CONNECT_SWAPPED);
  on_setting_changed (view, NULL, settings);
}

static void
add_message (KmDanmakuView *view,
             KmRoomMessage *message)
{
  guint32 color = km_room_message_get_color (message);
  KmDanmaku danmaku = {
    .id = km_room_message_get_id (message),
    .text = km_room_message_get_text (message),
    .color = {
      .red = (float) (color >> 16 & 0xff) / 255,
      .green = (float) (color >> 8 & 0xff) / 255,
      .blue = (float) (color & 0xff) / 255,
      .alpha = 1,
    },
    .time_ms = km_room_message_get_time_ms (message),
    .own = km_room_message_get_own (message),
  };

  switch (km_room_message_get_mode (message))
    {
    case KM_CHAT_MODE_PANEL:
      return;
    case KM_CHAT_MODE_TOP:
      danmaku.mode = KM_DANMAKU_TOP;
      break;
    case KM_CHAT_MODE_BOTTOM:
      danmaku.mode = KM_DANMAKU_BOTTOM;
      break;
    default:
      danmaku.mode = KM_DANMAKU_SCROLL;
      break;
    }
  km_danmaku_view_add (view, &danmaku);
}

static void
on_message (KmDanmakuView *view,
            KmRoomMessage *message,
            gboolean       fresh)
{
  if (fresh)
    add_message (view, message);
}

static void
on_message_deleted (KmDanmakuView *view,
                    KmRoomMessage *message)
{
  km_danmaku_view_remove (view, km_room_message_get_id (message));
}

/**
 * km_flying_bind_room:
 * @view: where comments fly
 * @room: whose
 *
 * Lets what is said in @room from now on fly, until it is deleted.
 */
void
km_flying_bind_room (KmDanmakuView *view,
                     KmRoom        *room)
{
  g_signal_connect_object (room, "message", G_CALLBACK (on_message), view,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (room, "message-deleted",
                           G_CALLBACK (on_message_deleted), view,
                           G_CONNECT_SWAPPED);
}
