/* km-room-cover.c: what stands over the picture
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing while a picture moves; else what is the matter, and where a person
 * can do something about it, one button. km-room-page.c decides which.
 *
 * Thread: main.
 */

#include "km-room-cover.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "km-format.h"
#include "km-words.h"

#define NAME_CLUSTERS 24

struct _KmRoomCover
{
  GtkWidget parent_instance;

  GtkStack *pages;
  GtkLabel *waiting;
  AdwStatusPage *status;
  GtkButton *status_button;
};

enum
{
  CLICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (KmRoomCover, km_room_cover, GTK_TYPE_WIDGET)

static char *
dup_host (KmRoom *room)
{
  const char *host = km_room_get_host_name (room);

  return host != NULL ? km_format_short_name (host, NAME_CLUSTERS)
                      : g_strdup (_("The host"));
}

static void
show_status (KmRoomCover *self,
             const char  *icon,
             const char  *title,
             const char  *description,
             const char  *button)
{
  g_autofree char *escaped_title = g_markup_escape_text (title, -1);
  g_autofree char *escaped = g_markup_escape_text (
    description != NULL ? description : "", -1);

  adw_status_page_set_paintable (self->status, NULL);
  if (icon == NULL)
    {
      g_autoptr (GdkPaintable) spinner = GDK_PAINTABLE (
        adw_spinner_paintable_new (GTK_WIDGET (self->status)));

      adw_status_page_set_paintable (self->status, spinner);
    }
  adw_status_page_set_icon_name (self->status, icon);
  adw_status_page_set_title (self->status, escaped_title);
  adw_status_page_set_description (self->status, escaped);
  gtk_widget_set_visible (GTK_WIDGET (self->status_button), button != NULL);
  if (button != NULL)
    gtk_button_set_label (self->status_button, button);
  gtk_stack_set_visible_child_name (self->pages, "status");
}

static void
show_not_live (KmRoomCover *self,
               KmRoom      *room,
               gboolean     ended)
{
  g_autofree char *host = dup_host (room);
  g_autofree char *title = NULL;

  if (ended)
    {
      show_status (self, "media-playback-stop-symbolic", _("The Stream Has Ended"),
                   _("The chat stays open. When the host goes live again, the "
                     "picture appears here by itself."), NULL);
      return;
    }

  /* Translators: the name of a host */
  title = g_strdup_printf (_("%s Isn’t Live Yet"), host);
  show_status (self, "camera-video-symbolic", title,
               _("The picture appears here by itself."), NULL);
}

static const char *
get_message (const GError *error,
             const char   *otherwise)
{
  return error != NULL ? km_words (error) : otherwise;
}

static void
on_clicked (KmRoomCover *self)
{
  g_signal_emit (self, signals[CLICKED], 0);
}

static void
km_room_cover_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), KM_TYPE_ROOM_COVER);

  G_OBJECT_CLASS (km_room_cover_parent_class)->dispose (object);
}

static void
km_room_cover_class_init (KmRoomCoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_room_cover_dispose;

  /**
   * KmRoomCover::clicked:
   *
   * The person wants what the button of this page says.
   */
  signals[CLICKED] = g_signal_new ("clicked", KM_TYPE_ROOM_COVER,
                                   G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/room/km-room-cover.ui");
  gtk_widget_class_bind_template_child (widget_class, KmRoomCover, pages);
  gtk_widget_class_bind_template_child (widget_class, KmRoomCover, waiting);
  gtk_widget_class_bind_template_child (widget_class, KmRoomCover, status);
  gtk_widget_class_bind_template_child (widget_class, KmRoomCover,
                                        status_button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
km_room_cover_init (KmRoomCover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_room_cover_show:
 * @page: what has to be said
 * @server: where the room is; says why it doesn't answer
 * @room: whose picture it is; says why it is closed
 * @player: says why there is no picture
 */
void
km_room_cover_show (KmRoomCover *self,
                    KmRoomPage   page,
                    KmServer    *server,
                    KmRoom      *room,
                    KmPlayer    *player)
{
  switch (page)
    {
    case KM_ROOM_PAGE_PICTURE:
      gtk_stack_set_visible_child_name (self->pages, "none");
      break;
    case KM_ROOM_PAGE_LOADING:
      show_status (self, NULL, _("Loading the Picture…"), NULL, NULL);
      break;
    case KM_ROOM_PAGE_WAITING:
      gtk_label_set_text (self->waiting,
                          km_room_get_publisher (room)
                              == KM_ROOM_PUBLISHER_LOST
                            ? _("The streamer’s connection is lost. The "
                                "picture goes on by itself.")
                            : _("Reconnecting…"));
      gtk_stack_set_visible_child_name (self->pages, "waiting");
      break;
    case KM_ROOM_PAGE_PAUSED:
      show_status (self, "media-playback-pause-symbolic", _("Paused"), NULL,
                   _("Back to Live"));
      break;
    case KM_ROOM_PAGE_NOT_LIVE:
    case KM_ROOM_PAGE_ENDED:
      show_not_live (self, room, page == KM_ROOM_PAGE_ENDED);
      break;
    case KM_ROOM_PAGE_UNREACHABLE:
      show_status (self, "network-offline-symbolic", _("No Connection"),
                   get_message (km_server_get_error (server),
                                _("The server doesn’t answer.")),
                   _("Try Again"));
      break;
    case KM_ROOM_PAGE_CLOSED:
      show_status (self, "dialog-warning-symbolic", _("This Room Is Closed"),
                   get_message (km_room_get_error (room), NULL),
                   _("Show the Lobby"));
      break;
    case KM_ROOM_PAGE_TROUBLE:
    default:
      show_status (self, "dialog-warning-symbolic", _("No Picture"),
                   get_message (km_player_get_error (player), NULL),
                   _("Try Again"));
      break;
    }
}
