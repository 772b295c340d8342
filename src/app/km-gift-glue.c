/* km-gift-glue.c: what is given in a room plays on a stage
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The room's window and the Studio's stage show the same. Of what was given
 * before one came nothing plays; the chat list tells it.
 *
 * A screen reader hears of gifts, but not of each in a shower of them: the
 * list has them all.
 *
 * Thread: main.
 */

#include "km-gift-glue.h"

#include <glib/gi18n.h>

#include "km-format.h"
#include "km-gift-picture.h"

#define NAME_CLUSTERS 24
#define ANNOUNCE_EVERY_US (5 * G_USEC_PER_SEC)

#define KM_TYPE_GIFT_GLUE (km_gift_glue_get_type ())
G_DECLARE_FINAL_TYPE (KmGiftGlue, km_gift_glue, KM, GIFT_GLUE, GObject)

struct _KmGiftGlue
{
  GObject parent_instance;

  KmGiftLayer *layer; /* holds this */
  KmWallet *wallet;
  gint64 announced_us;
};

G_DEFINE_FINAL_TYPE (KmGiftGlue, km_gift_glue, G_TYPE_OBJECT)

static void
announce (KmGiftGlue *self,
          const char *giver,
          const char *name,
          gint64      count)
{
  g_autofree char *times = km_format_times (count);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self->layer));
  gint64 now_us = g_get_monotonic_time ();
  g_autofree char *words = NULL;

  if (root == NULL || (self->announced_us != 0
                       && now_us < self->announced_us + ANNOUNCE_EVERY_US))
    return;

  self->announced_us = now_us;
  /* Translators: for the screen reader: who, which gift, "×3" */
  words = g_strdup_printf (_("%s sent %s %s"), giver, name, times);
  gtk_accessible_announce (GTK_ACCESSIBLE (root), words,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
}

static void
on_gift (KmGiftGlue       *self,
         const KmRoomGift *gift,
         gboolean          fresh)
{
  g_autoptr (GdkPaintable) art = NULL;
  g_autofree char *giver = NULL;
  g_autofree char *name = NULL;
  KmGiftShow show;

  if (!fresh)
    return;

  art = km_gift_picture_load (self->wallet, gift->art,
                              GTK_WIDGET (self->layer));
  giver = km_format_short_name (gift->from_name, NAME_CLUSTERS);
  name = km_format_short_name (gift->name, NAME_CLUSTERS);
  show = (KmGiftShow) {
    .combo = gift->combo,
    .giver = giver,
    .gift_name = name,
    .art = art,
    .tier = gift->tier,
    .count = gift->count,
    .combo_count = gift->combo_count,
    .value = gift->combo_value,
    .own = gift->own,
  };
  km_gift_layer_add (self->layer, &show);
  announce (self, giver, name, gift->combo_count);
}

static void
km_gift_glue_finalize (GObject *object)
{
  g_clear_object (&KM_GIFT_GLUE (object)->wallet);

  G_OBJECT_CLASS (km_gift_glue_parent_class)->finalize (object);
}

static void
km_gift_glue_class_init (KmGiftGlueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = km_gift_glue_finalize;
}

static void
km_gift_glue_init (KmGiftGlue *self)
{
}

/**
 * km_gift_glue_bind:
 * @layer: where gifts play
 * @hearts: where likes rise
 * @room: whose
 * @wallet: of the room's server, which has the pictures
 *
 * Shows what is given in @room from now on, as long as @layer and @hearts
 * exist. Call it once for each.
 */
void
km_gift_glue_bind (KmGiftLayer *layer,
                   KmHearts    *hearts,
                   KmRoom      *room,
                   KmWallet    *wallet)
{
  KmGiftGlue *self = g_object_new (KM_TYPE_GIFT_GLUE, NULL);

  self->layer = layer;
  self->wallet = g_object_ref (wallet);
  g_object_set_data_full (G_OBJECT (layer), "km-gift-glue", self,
                          g_object_unref);
  g_signal_connect_object (room, "gift", G_CALLBACK (on_gift), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (room, "liked", G_CALLBACK (km_hearts_add), hearts,
                           G_CONNECT_SWAPPED);
}
