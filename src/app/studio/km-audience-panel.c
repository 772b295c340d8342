/* km-audience-panel.c: the audience, beside the preview
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * At the top the stage, on which comments, gifts and polls show as viewers see
 * them; below it what they say, what they give, who they are and what they
 * report. Without a room it says what it waits for.
 *
 * Thread: main.
 */

#include "km-audience-panel.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "km-audience-stage.h"
#include "km-chat-panel.h"
#include "km-flying.h"
#include "km-gift-glue.h"
#include "km-gift-list.h"
#include "km-people-list.h"
#include "km-poll-glue.h"
#include "km-report-list.h"
#include "km-sign-in-dialog.h"
#include "km-words.h"

struct _KmAudiencePanel
{
  GtkWidget parent_instance;

  GtkStack *pages;
  AdwStatusPage *waiting;
  GtkWidget *sign_in;
  GtkPaned *paned;
  KmAudienceStage *stage;
  AdwViewStack *tabs;
  AdwViewStackPage *gifts_tab;
  AdwViewStackPage *reports_tab;
  KmChatPanel *chat;
  KmGiftList *gifts;
  KmPeopleList *people;
  KmReportList *reports;

  KmServer *server;
  GSettings *settings;
  KmRoom *room;
};

G_DEFINE_FINAL_TYPE (KmAudiencePanel, km_audience_panel, GTK_TYPE_WIDGET)

static void
update_waiting (KmAudiencePanel *self)
{
  const GError *error = km_server_get_error (self->server);
  gboolean online = km_server_get_state (self->server) == KM_SERVER_ONLINE;
  gboolean guest = online && !km_server_get_signed_in (self->server);
  g_autofree char *escaped = NULL;

  if (self->room != NULL)
    return;

  escaped = g_markup_escape_text (!online && error != NULL ? km_words (error)
                                                           : "", -1);
  adw_status_page_set_title (self->waiting,
                             guest ? _("Sign In to Go Live")
                             : online ? _("Opening Your Room…")
                                      : _("Connecting to the Server…"));
  adw_status_page_set_description (self->waiting, escaped);
  adw_status_page_set_icon_name (self->waiting,
                                 guest ? "avatar-default-symbolic"
                                       : "network-server-symbolic");
  gtk_widget_set_visible (self->sign_in, guest);
}

static void
on_sign_in_clicked (KmAudiencePanel *self)
{
  adw_dialog_present (km_sign_in_dialog_new (self->server),
                      GTK_WIDGET (self));
}

/* Gifts that come while one looks elsewhere are seen on the tab. */
static void
on_gift (KmAudiencePanel  *self,
         const KmRoomGift *gift,
         gboolean          fresh)
{
  const char *shown = adw_view_stack_get_visible_child_name (self->tabs);

  if (fresh && g_strcmp0 (shown, "gifts") != 0)
    adw_view_stack_page_set_needs_attention (self->gifts_tab, TRUE);
}

/* How many wait is seen on the tab; that one came is heard, too. */
static void
on_reported (KmAudiencePanel *self,
             KmRoomReport    *report,
             gboolean         fresh)
{
  if (fresh)
    gtk_accessible_announce (GTK_ACCESSIBLE (self),
                             _("A message was reported"),
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
update_reports (KmAudiencePanel *self)
{
  adw_view_stack_page_set_badge_number (self->reports_tab,
                                        km_room_get_n_reports (self->room));
}

static void
on_tab_changed (KmAudiencePanel *self)
{
  const char *shown = adw_view_stack_get_visible_child_name (self->tabs);

  if (g_strcmp0 (shown, "gifts") == 0)
    adw_view_stack_page_set_needs_attention (self->gifts_tab, FALSE);
}

static void
km_audience_panel_dispose (GObject *object)
{
  KmAudiencePanel *self = KM_AUDIENCE_PANEL (object);

  if (self->server != NULL)
    g_signal_handlers_disconnect_by_data (self->server, self);
  if (self->room != NULL)
    g_signal_handlers_disconnect_by_data (self->room, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_AUDIENCE_PANEL);
  g_clear_object (&self->room);
  g_clear_object (&self->settings);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (km_audience_panel_parent_class)->dispose (object);
}

static void
km_audience_panel_class_init (KmAudiencePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_audience_panel_dispose;

  g_type_ensure (KM_TYPE_AUDIENCE_STAGE);
  g_type_ensure (KM_TYPE_CHAT_PANEL);
  g_type_ensure (KM_TYPE_GIFT_LIST);
  g_type_ensure (KM_TYPE_PEOPLE_LIST);
  g_type_ensure (KM_TYPE_REPORT_LIST);
#define BIND(name) \
  gtk_widget_class_bind_template_child (widget_class, KmAudiencePanel, name)
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-audience-panel.ui");
  BIND (pages);
  BIND (waiting);
  BIND (sign_in);
  BIND (paned);
  BIND (stage);
  BIND (tabs);
  BIND (gifts_tab);
  BIND (reports_tab);
  BIND (chat);
  BIND (gifts);
  BIND (people);
  BIND (reports);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in_clicked);
}

static void
km_audience_panel_init (KmAudiencePanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->tabs, "notify::visible-child",
                           G_CALLBACK (on_tab_changed), self,
                           G_CONNECT_SWAPPED);
}

/**
 * km_audience_panel_setup:
 * @server: where one goes live
 * @settings: the profile's
 *
 * Call it once.
 */
void
km_audience_panel_setup (KmAudiencePanel *self,
                         KmServer        *server,
                         GSettings       *settings)
{
  g_return_if_fail (self->server == NULL);

  self->server = g_object_ref (server);
  self->settings = g_object_ref (settings);
  g_settings_bind (settings, "stage-height", self->paned, "position",
                   G_SETTINGS_BIND_DEFAULT);
  km_flying_bind_settings (km_audience_stage_get_danmaku_view (self->stage),
                           settings);
  g_signal_connect_object (server, "notify", G_CALLBACK (update_waiting), self,
                           G_CONNECT_SWAPPED);
  update_waiting (self);
}

/**
 * km_audience_panel_set_room:
 * @room: one's own; set once
 */
void
km_audience_panel_set_room (KmAudiencePanel *self,
                            KmRoom          *room)
{
  g_return_if_fail (self->room == NULL);

  self->room = g_object_ref (room);
  km_chat_panel_set_room (self->chat, self->server, room, self->settings);
  km_gift_list_set_room (self->gifts, self->server, room);
  km_people_list_set_room (self->people, room);
  km_report_list_set_room (self->reports, room);
  km_room_open_staff (room);
  km_flying_bind_room (km_audience_stage_get_danmaku_view (self->stage), room);
  g_signal_connect_object (room, "gift", G_CALLBACK (on_gift), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (room, "reported", G_CALLBACK (on_reported), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (room, "notify::n-reports",
                           G_CALLBACK (update_reports), self,
                           G_CONNECT_SWAPPED);
  update_reports (self);
  km_poll_glue_bind (km_audience_stage_get_poll (self->stage), room);
  km_gift_glue_bind (km_audience_stage_get_gifts (self->stage),
                     km_audience_stage_get_hearts (self->stage), room,
                     km_server_get_wallet (self->server));
  gtk_stack_set_visible_child_name (self->pages, "room");
}
