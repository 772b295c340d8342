/* km-chat-gift.c: what a row of the panel shows of a gift
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The gifts of a combo are one row, which tells how many it is by now.
 *
 * Thread: main.
 */

#include "km-chat-gift.h"

#include <glib/gi18n.h>

#include "km-format.h"
#include "km-gift-picture.h"

#define NAME_CLUSTERS 24

struct _KmChatGift
{
  GtkWidget parent_instance;

  GtkWidget *root_child;
  GtkImage *picture;
  GtkLabel *words;
  GtkLabel *coins;
  GtkLabel *times;

  char *art;
};

G_DEFINE_FINAL_TYPE (KmChatGift, km_chat_gift, GTK_TYPE_WIDGET)

static void
km_chat_gift_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), KM_TYPE_CHAT_GIFT);

  G_OBJECT_CLASS (km_chat_gift_parent_class)->dispose (object);
}

static void
km_chat_gift_finalize (GObject *object)
{
  g_free (KM_CHAT_GIFT (object)->art);

  G_OBJECT_CLASS (km_chat_gift_parent_class)->finalize (object);
}

static void
km_chat_gift_class_init (KmChatGiftClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_chat_gift_dispose;
  G_OBJECT_CLASS (klass)->finalize = km_chat_gift_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/chat/km-chat-gift.ui");
  gtk_widget_class_bind_template_child (widget_class, KmChatGift, root_child);
  gtk_widget_class_bind_template_child (widget_class, KmChatGift, picture);
  gtk_widget_class_bind_template_child (widget_class, KmChatGift, words);
  gtk_widget_class_bind_template_child (widget_class, KmChatGift, coins);
  gtk_widget_class_bind_template_child (widget_class, KmChatGift, times);
}

static void
km_chat_gift_init (KmChatGift *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_chat_gift_show:
 * @gift: what was given, and what its combo has become
 * @wallet: of the server, which has the pictures
 */
void
km_chat_gift_show (KmChatGift       *self,
                   const KmRoomGift *gift,
                   KmWallet         *wallet)
{
  g_autofree char *name = km_format_short_name (gift->name, NAME_CLUSTERS);
  g_autofree char *words = g_strdup_printf (_("sent %s"), name);
  g_autofree char *times = km_format_times (gift->combo_count);
  g_autofree char *coins = km_format_coins (gift->combo_value);

  gtk_label_set_text (self->words, words);
  gtk_label_set_text (self->times, times);
  gtk_label_set_text (self->coins, coins);
  gtk_widget_set_visible (GTK_WIDGET (self->coins), gift->combo_value > 0);

  /* A row that only grows keeps its picture. */
  if (g_set_str (&self->art, gift->art)
      || gtk_image_get_paintable (self->picture) == NULL)
    {
      g_autoptr (GdkPaintable) art
        = km_gift_picture_load (wallet, gift->art, GTK_WIDGET (self));

      gtk_image_set_from_paintable (self->picture, art);
    }
}

/**
 * km_chat_gift_dup_title:
 * @gift: what was given
 *
 * Returns: (transfer full): who gave what, for the screen reader
 */
char *
km_chat_gift_dup_title (const KmRoomGift *gift)
{
  g_autofree char *giver = km_format_short_name (gift->from_name,
                                                 NAME_CLUSTERS);
  g_autofree char *name = km_format_short_name (gift->name, NAME_CLUSTERS);
  g_autofree char *times = km_format_times (gift->combo_count);

  /* Translators: for the screen reader: who, which gift, "×3" */
  return g_strdup_printf (_("%s sent %s %s"), giver, name, times);
}
