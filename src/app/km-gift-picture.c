/* km-gift-picture.c: the picture of a gift, wherever it comes from
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Most pictures are part of this program. One that a server's owner added is
 * fetched once for everybody who shows it; a wrapped present stands for it
 * until it is there, and for good where it can't be had.
 *
 * Thread: main.
 */

#include "km-gift-picture.h"

#include "km-gift-art.h"

#define SIZE_PX 64
#define KEY "km-gift-pictures"

struct _KmGiftPicture
{
  GObject parent_instance;

  GdkPaintable *art;
  char *name;
  int scale;
};

static void
km_gift_picture_snapshot (GdkPaintable *paintable,
                          GdkSnapshot  *snapshot,
                          double        width,
                          double        height)
{
  gdk_paintable_snapshot (KM_GIFT_PICTURE (paintable)->art, snapshot, width,
                          height);
}

static GdkPaintableFlags
km_gift_picture_get_flags (GdkPaintable *paintable)
{
  return GDK_PAINTABLE_STATIC_SIZE;
}

static int
km_gift_picture_get_intrinsic_size (GdkPaintable *paintable)
{
  return SIZE_PX;
}

static void
init_paintable (GdkPaintableInterface *iface)
{
  iface->snapshot = km_gift_picture_snapshot;
  iface->get_flags = km_gift_picture_get_flags;
  iface->get_intrinsic_width = km_gift_picture_get_intrinsic_size;
  iface->get_intrinsic_height = km_gift_picture_get_intrinsic_size;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (KmGiftPicture, km_gift_picture, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE,
                                                      init_paintable))

static void
km_gift_picture_finalize (GObject *object)
{
  KmGiftPicture *self = KM_GIFT_PICTURE (object);

  g_clear_object (&self->art);
  g_free (self->name);

  G_OBJECT_CLASS (km_gift_picture_parent_class)->finalize (object);
}

static void
km_gift_picture_class_init (KmGiftPictureClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = km_gift_picture_finalize;
}

static void
km_gift_picture_init (KmGiftPicture *self)
{
}

/* Pictures of @wallet's server by name and scale. */
static GHashTable *
get_pictures (KmWallet *wallet)
{
  GHashTable *pictures = g_object_get_data (G_OBJECT (wallet), KEY);

  if (pictures == NULL)
    {
      pictures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        g_object_unref);
      g_object_set_data_full (G_OBJECT (wallet), KEY, pictures,
                              (GDestroyNotify) g_hash_table_unref);
    }
  return pictures;
}

static char *
make_key (const char *art,
          int         scale)
{
  return g_strdup_printf ("%d %s", scale, art);
}

static void
on_loaded (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KmGiftPicture) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) svg = NULL;
  g_autofree char *key = make_key (self->name, self->scale);

  svg = km_wallet_load_art_finish (KM_WALLET (source), result, &error);
  if (svg == NULL)
    {
      g_info ("The picture of a gift: %s", error->message);
      g_hash_table_remove (get_pictures (KM_WALLET (source)), key);
      return;
    }

  g_object_unref (self->art);
  self->art = km_gift_art_new_for_bytes (svg, SIZE_PX, self->scale);
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

/**
 * km_gift_picture_load:
 * @wallet: of the server that has the gift
 * @art: (nullable): the name of its picture
 * @widget: where it will be shown: it is sharp there, at any size
 *
 * Returns: (transfer full): the picture, which may change when it arrives
 */
GdkPaintable *
km_gift_picture_load (KmWallet   *wallet,
                      const char *art,
                      GtkWidget  *widget)
{
  int scale = gtk_widget_get_scale_factor (widget);
  g_autofree char *key = NULL;
  KmGiftPicture *self;

  if (art == NULL || *art == '\0' || km_gift_art_is_bundled (art))
    return km_gift_art_load (art, SIZE_PX, scale);

  key = make_key (art, scale);
  self = g_hash_table_lookup (get_pictures (wallet), key);
  if (self != NULL)
    return GDK_PAINTABLE (g_object_ref (self));

  self = g_object_new (KM_TYPE_GIFT_PICTURE, NULL);
  self->name = g_strdup (art);
  self->scale = scale;
  self->art = km_gift_art_load (NULL, SIZE_PX, scale);
  g_hash_table_insert (get_pictures (wallet), g_steal_pointer (&key),
                       g_object_ref (self));
  km_wallet_load_art_async (wallet, art, NULL, on_loaded, g_object_ref (self));
  return GDK_PAINTABLE (self);
}
