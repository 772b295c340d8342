#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KM_TYPE_GIFT_LAYER (km_gift_layer_get_type ())
G_DECLARE_FINAL_TYPE (KmGiftLayer, km_gift_layer, KM, GIFT_LAYER, GtkWidget)

/**
 * KmGiftShow:
 * @combo: (nullable): id that gifts of one combo share; without one it merges
 *   with nothing
 * @giver: shown name of who gave
 * @gift_name: what, in the viewer's language
 * @art: (nullable): its picture; a wrapped present without one
 * @tier: 1 small, 2 flies across the picture, 3 takes the stage
 * @count: how many were given by this act
 * @combo_count: how many in this combo so far, these included; at least @count
 * @value: coins of the combo so far
 * @own: whether the person at this screen gave it
 *
 * A gift, as told to km_gift_layer_add().
 */
typedef struct
{
  const char *combo;
  const char *giver;
  const char *gift_name;
  GdkPaintable *art;
  guint tier;
  gint64 count;
  gint64 combo_count;
  gint64 value;
  gboolean own;
} KmGiftShow;

GtkWidget *km_gift_layer_new           (void);
void       km_gift_layer_add           (KmGiftLayer      *self,
                                        const KmGiftShow *show);
void       km_gift_layer_clear         (KmGiftLayer      *self);
guint      km_gift_layer_get_n_visible (KmGiftLayer      *self);

G_END_DECLS
