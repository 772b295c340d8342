/* km-gift-shelf.c: the gifts of a server, to choose one
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * By what is made of them, the smallest first, and by price among those. One
 * is always chosen. When the catalogue changes it is the same as before, if
 * it is still there.
 *
 * Thread: main.
 */

#include "km-gift-shelf.h"

#include <glib/gi18n.h>

#include "km-format.h"
#include "km-gift-picture.h"

#define COLUMNS 4
#define N_TIERS 3
#define PICTURE_PX 44
#define NAME_CLUSTERS 24

struct _KmGiftShelf
{
  GtkWidget parent_instance;

  GtkWidget *box;
  KmWallet *wallet;
  GPtrArray *buttons; /* GtkToggleButton, in the order that is shown */
  char *chosen;
};

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *const tier_titles[N_TIERS] = {
  N_("Small"),
  N_("Big"),
  N_("Grand"),
};

G_DEFINE_FINAL_TYPE (KmGiftShelf, km_gift_shelf, GTK_TYPE_WIDGET)

static guint
get_shelf (KmGiftItem *item)
{
  return CLAMP (km_gift_item_get_tier (item), 1, N_TIERS) - 1;
}

static KmGiftItem *
get_item (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (button), "gift");
}

static void
on_toggled (KmGiftShelf     *self,
            GtkToggleButton *button)
{
  if (!gtk_toggle_button_get_active (button))
    return;

  g_set_str (&self->chosen,
             km_gift_item_get_id (get_item (GTK_WIDGET (button))));
  g_signal_emit (self, signals[CHOSEN], 0);
}

static GtkWidget *
make_price (gint64 price)
{
  g_autofree char *number = km_format_number (price);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  GtkWidget *coin = gtk_image_new_from_icon_name ("kaimu-coin-symbolic");
  GtkWidget *label = gtk_label_new (number);

  gtk_image_set_pixel_size (GTK_IMAGE (coin), 12);
  gtk_widget_add_css_class (coin, "coin");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), coin);
  gtk_box_append (GTK_BOX (box), label);
  return box;
}

static GtkWidget *
make_face (KmGiftShelf *self,
           KmGiftItem  *item)
{
  g_autofree char *name = km_format_short_name (km_gift_item_get_name (item),
                                                NAME_CLUSTERS);
  g_autoptr (GdkPaintable) art = km_gift_picture_load (
    self->wallet, km_gift_item_get_art (item), GTK_WIDGET (self));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *picture = gtk_image_new_from_paintable (art);
  GtkWidget *label = gtk_label_new (name);

  gtk_image_set_pixel_size (GTK_IMAGE (picture), PICTURE_PX);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), 6);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 6);
  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), make_price (km_gift_item_get_price (item)));
  return box;
}

static GtkWidget *
make_button (KmGiftShelf *self,
             KmGiftItem  *item)
{
  GtkWidget *button = gtk_toggle_button_new ();
  g_autofree char *name = km_format_short_name (km_gift_item_get_name (item),
                                                NAME_CLUSTERS);
  g_autofree char *price = km_format_coins (km_gift_item_get_price (item));
  /* Translators: a gift and its price, for the screen reader */
  g_autofree char *title = g_strdup_printf (_("%s, %s"), name, price);

  gtk_button_set_child (GTK_BUTTON (button), make_face (self, item));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "gift-choice");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_object_set_data_full (G_OBJECT (button), "gift", g_object_ref (item),
                          g_object_unref);
  if (self->buttons->len > 0)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button),
                                 g_ptr_array_index (self->buttons, 0));
  g_signal_connect_object (button, "toggled", G_CALLBACK (on_toggled), self,
                           G_CONNECT_SWAPPED);
  g_ptr_array_add (self->buttons, button);
  return button;
}

static int
compare_items (gconstpointer a,
               gconstpointer b)
{
  gint64 price_a = km_gift_item_get_price ((KmGiftItem *) a);
  gint64 price_b = km_gift_item_get_price ((KmGiftItem *) b);

  return (price_a > price_b) - (price_a < price_b);
}

static void
add_shelf (KmGiftShelf *self,
           guint        shelf,
           GPtrArray   *items)
{
  GtkWidget *title, *grid;

  if (items->len == 0)
    return;

  g_ptr_array_sort_values (items, compare_items);
  title = gtk_label_new (_(tier_titles[shelf]));
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "caption-heading");
  gtk_widget_add_css_class (title, "dimmed");
  gtk_box_append (GTK_BOX (self->box), title);

  grid = gtk_grid_new ();
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (guint i = 0; i < MAX (items->len, COLUMNS); i++)
    gtk_grid_attach (GTK_GRID (grid),
                     i < items->len ? make_button (self, items->pdata[i])
                                    : gtk_label_new (NULL),
                     (int) (i % COLUMNS), (int) (i / COLUMNS), 1, 1);
  gtk_box_append (GTK_BOX (self->box), grid);
}

static void
clear (KmGiftShelf *self)
{
  GtkWidget *child;

  g_ptr_array_set_size (self->buttons, 0);
  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
}

static void
rebuild (KmGiftShelf *self)
{
  GListModel *gifts = km_wallet_get_gifts (self->wallet);
  g_autofree char *chosen = g_strdup (self->chosen);

  clear (self);
  for (guint shelf = 0; shelf < N_TIERS; shelf++)
    {
      g_autoptr (GPtrArray) items
        = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = 0; i < g_list_model_get_n_items (gifts); i++)
        {
          g_autoptr (KmGiftItem) item = g_list_model_get_item (gifts, i);

          if (get_shelf (item) == shelf)
            g_ptr_array_add (items, g_steal_pointer (&item));
        }
      add_shelf (self, shelf, items);
    }
  km_gift_shelf_choose (self, chosen);
}

static void
km_gift_shelf_dispose (GObject *object)
{
  KmGiftShelf *self = KM_GIFT_SHELF (object);

  g_ptr_array_set_size (self->buttons, 0);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->wallet);

  G_OBJECT_CLASS (km_gift_shelf_parent_class)->dispose (object);
}

static void
km_gift_shelf_finalize (GObject *object)
{
  KmGiftShelf *self = KM_GIFT_SHELF (object);

  g_ptr_array_unref (self->buttons);
  g_free (self->chosen);

  G_OBJECT_CLASS (km_gift_shelf_parent_class)->finalize (object);
}

static void
km_gift_shelf_class_init (KmGiftShelfClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_gift_shelf_dispose;
  G_OBJECT_CLASS (klass)->finalize = km_gift_shelf_finalize;

  /**
   * KmGiftShelf::chosen:
   *
   * Another gift is chosen, or the one that is has changed.
   */
  signals[CHOSEN] = g_signal_new ("chosen", KM_TYPE_GIFT_SHELF,
                                  G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class,
                                            GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class,
                                        GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
km_gift_shelf_init (KmGiftShelf *self)
{
  self->buttons = g_ptr_array_new ();
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Gifts"),
                                  -1);
}

/**
 * km_gift_shelf_new:
 *
 * Returns: (transfer floating): an empty shelf
 */
GtkWidget *
km_gift_shelf_new (void)
{
  return g_object_new (KM_TYPE_GIFT_SHELF, NULL);
}

/**
 * km_gift_shelf_set_wallet:
 * @wallet: whose gifts to show; set once
 */
void
km_gift_shelf_set_wallet (KmGiftShelf *self,
                          KmWallet    *wallet)
{
  self->wallet = g_object_ref (wallet);
  g_signal_connect_object (km_wallet_get_gifts (wallet), "items-changed",
                           G_CALLBACK (rebuild), self, G_CONNECT_SWAPPED);
  rebuild (self);
}

/**
 * km_gift_shelf_choose:
 * @id: (nullable): of a gift; the first one if there is none of that id
 */
void
km_gift_shelf_choose (KmGiftShelf *self,
                      const char  *id)
{
  GtkToggleButton *found = NULL;

  for (guint i = 0; i < self->buttons->len; i++)
    {
      GtkToggleButton *button = g_ptr_array_index (self->buttons, i);

      if (found == NULL
          || g_strcmp0 (km_gift_item_get_id (get_item (GTK_WIDGET (button))),
                        id) == 0)
        found = button;
    }

  if (found == NULL)
    g_set_str (&self->chosen, id); /* it may come */
  else if (gtk_toggle_button_get_active (found))
    g_signal_emit (self, signals[CHOSEN], 0);
  else
    gtk_toggle_button_set_active (found, TRUE);
}

/**
 * km_gift_shelf_get_chosen:
 *
 * Returns: (nullable) (transfer none): what is chosen
 */
KmGiftItem *
km_gift_shelf_get_chosen (KmGiftShelf *self)
{
  for (guint i = 0; i < self->buttons->len; i++)
    {
      GtkToggleButton *button = g_ptr_array_index (self->buttons, i);

      if (gtk_toggle_button_get_active (button))
        return get_item (GTK_WIDGET (button));
    }
  return NULL;
}

/**
 * km_gift_shelf_focus:
 *
 * Lets keys move among the gifts, from the one that is chosen.
 */
void
km_gift_shelf_focus (KmGiftShelf *self)
{
  for (guint i = 0; i < self->buttons->len; i++)
    {
      GtkToggleButton *button = g_ptr_array_index (self->buttons, i);

      if (gtk_toggle_button_get_active (button))
        gtk_widget_grab_focus (GTK_WIDGET (button));
    }
}
