/* km-audience-stage.c: where a host sees what the audience sees
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * At the top of the Studio's side panel: comments fly, gifts play and hearts
 * rise across it as they do over the viewers' pictures, on a dark ground
 * instead of the picture, so that the preview stays clean. A poll stands at
 * its foot and makes it as high as it needs. While there is nothing it says
 * what it is for.
 *
 * Thread: main.
 */

#include "km-audience-stage.h"

#include <glib/gi18n.h>

#define HEIGHT_MIN_PX 120
#define POLL_MARGIN_PX 6

struct _KmAudienceStage
{
  GtkWidget parent_instance;

  GtkWidget *hint;
  KmDanmakuView *danmaku_view;
  KmPollCard *poll;
  KmHearts *hearts;
  KmGiftLayer *gifts;
};

G_DEFINE_FINAL_TYPE (KmAudienceStage, km_audience_stage, GTK_TYPE_WIDGET)

static void
show_hint_while_empty (KmAudienceStage *self)
{
  gboolean empty = km_danmaku_view_get_n_visible (self->danmaku_view) == 0
                   && km_gift_layer_get_n_visible (self->gifts) == 0
                   && !gtk_widget_get_visible (GTK_WIDGET (self->poll));

  gtk_widget_set_visible (self->hint, empty);
}

static GtkWidget *
make_hint (void)
{
  GtkWidget *hint = gtk_label_new (_("Comments will fly here"));
  g_autoptr (PangoAttrList) attrs = pango_attr_list_new ();

  /* The ground is dark in every theme. */
  pango_attr_list_insert (attrs, pango_attr_foreground_new (0xb0b0, 0xb0b0,
                                                            0xb8b8));
  gtk_label_set_attributes (GTK_LABEL (hint), attrs);
  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  gtk_label_set_justify (GTK_LABEL (hint), GTK_JUSTIFY_CENTER);
  gtk_widget_set_margin_start (hint, 12);
  gtk_widget_set_margin_end (hint, 12);

  return hint;
}

static void
km_audience_stage_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  const GskColorStop stops[] = {
    { 0, { 0.10f, 0.09f, 0.14f, 1 } },
    { 1, { 0.16f, 0.13f, 0.20f, 1 } },
  };

  gtk_snapshot_append_linear_gradient (
    snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height),
    &GRAPHENE_POINT_INIT (0, 0), &GRAPHENE_POINT_INIT (0, height), stops,
    G_N_ELEMENTS (stops));

  GTK_WIDGET_CLASS (km_audience_stage_parent_class)->snapshot (widget,
                                                               snapshot);
}

static void
km_audience_stage_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (km_audience_stage_parent_class)->dispose (object);
}

static void
km_audience_stage_class_init (KmAudienceStageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_audience_stage_dispose;
  widget_class->snapshot = km_audience_stage_snapshot;
  gtk_widget_class_set_css_name (widget_class, "audiencestage");
  gtk_widget_class_set_accessible_role (widget_class,
                                        GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_layout_manager_type (widget_class,
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
make_poll (KmAudienceStage *self)
{
  GtkWidget *poll = km_poll_card_new ();

  km_poll_card_set_compact (KM_POLL_CARD (poll), TRUE);
  gtk_widget_set_valign (poll, GTK_ALIGN_END);
  gtk_widget_set_margin_start (poll, POLL_MARGIN_PX);
  gtk_widget_set_margin_end (poll, POLL_MARGIN_PX);
  gtk_widget_set_margin_bottom (poll, POLL_MARGIN_PX);
  self->poll = KM_POLL_CARD (poll);
}

static void
km_audience_stage_init (KmAudienceStage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->hint = make_hint ();
  self->danmaku_view = KM_DANMAKU_VIEW (km_danmaku_view_new ());
  km_danmaku_view_set_area (self->danmaku_view, 1.0);
  make_poll (self);
  self->hearts = KM_HEARTS (km_hearts_new ());
  self->gifts = KM_GIFT_LAYER (km_gift_layer_new ());
  g_signal_connect_object (self->danmaku_view, "notify::n-visible",
                           G_CALLBACK (show_hint_while_empty), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->gifts, "notify::n-visible",
                           G_CALLBACK (show_hint_while_empty), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->poll, "notify::visible",
                           G_CALLBACK (show_hint_while_empty), self,
                           G_CONNECT_SWAPPED);

  gtk_widget_set_parent (self->hint, widget);
  gtk_widget_set_parent (GTK_WIDGET (self->poll), widget);
  gtk_widget_set_parent (GTK_WIDGET (self->danmaku_view), widget);
  gtk_widget_set_parent (GTK_WIDGET (self->hearts), widget);
  gtk_widget_set_parent (GTK_WIDGET (self->gifts), widget);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_size_request (widget, -1, HEIGHT_MIN_PX);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Audience stage"), -1);
}

/**
 * km_audience_stage_new:
 *
 * Returns: (transfer floating): an empty stage, at least 120 px high
 */
GtkWidget *
km_audience_stage_new (void)
{
  return g_object_new (KM_TYPE_AUDIENCE_STAGE, NULL);
}

/**
 * km_audience_stage_get_danmaku_view:
 * @self: a stage
 *
 * Returns: (transfer none): where comments fly
 */
KmDanmakuView *
km_audience_stage_get_danmaku_view (KmAudienceStage *self)
{
  return self->danmaku_view;
}

/**
 * km_audience_stage_get_gifts:
 * @self: a stage
 *
 * Returns: (transfer none): where gifts play
 */
KmGiftLayer *
km_audience_stage_get_gifts (KmAudienceStage *self)
{
  return self->gifts;
}

/**
 * km_audience_stage_get_hearts:
 * @self: a stage
 *
 * Returns: (transfer none): where likes rise
 */
KmHearts *
km_audience_stage_get_hearts (KmAudienceStage *self)
{
  return self->hearts;
}

/**
 * km_audience_stage_get_poll:
 * @self: a stage
 *
 * Returns: (transfer none): a compact card at its foot, hidden without a poll
 */
KmPollCard *
km_audience_stage_get_poll (KmAudienceStage *self)
{
  return self->poll;
}
