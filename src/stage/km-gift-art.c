/* km-gift-art.c: pictures of gifts, sharp at any size
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A gift's picture is an SVG. It is drawn into a texture when it is first
 * shown at a size, and scaled down to that from the next larger of a few
 * sizes, so that one that grows on the stage costs a few textures and not one
 * a frame. Pictures that are part of this program are drawn once for all who
 * show them.
 *
 * What a server sends is drawn by librsvg alone, which reads no files; what
 * could make it work for long is refused, and a wrapped present shown instead
 * of it and of what can't be read.
 *
 * Thread: main.
 */

#include "km-gift-art.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "km-stage-style.h"

#define PREFIX "/io/github/kaimu_live/Kaimu/gifts/"
#define FALLBACK "present"
#define NAME_BYTES_MAX 32

/* Edges of the textures, in device px. */
static const int edges_px[] = { 32, 48, 64, 96, 128, 192, 256, 384, 512 };

/* What all that show the same picture share. */
typedef struct
{
  GBytes *svg; /* NULL: not to be drawn, the fallback instead */
  GdkTexture *textures[G_N_ELEMENTS (edges_px)];
} Drawing;

struct _KmGiftArt
{
  GObject parent_instance;

  Drawing *drawing;
  int size_px;
  double scale;
};

static void
free_drawing (gpointer data)
{
  Drawing *drawing = data;

  g_clear_pointer (&drawing->svg, g_bytes_unref);
  for (guint i = 0; i < G_N_ELEMENTS (edges_px); i++)
    g_clear_object (&drawing->textures[i]);
}

static Drawing *
ref_drawing_of (GBytes *svg)
{
  Drawing *drawing = g_rc_box_new0 (Drawing);

  drawing->svg = svg != NULL ? g_bytes_ref (svg) : NULL;
  return drawing;
}

static gboolean
is_name (const char *name)
{
  gsize length = name != NULL ? strlen (name) : 0;

  return length > 0 && length <= NAME_BYTES_MAX
         && strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static GBytes *
load_bundled (const char *name)
{
  g_autofree char *path = NULL;

  if (!is_name (name))
    return NULL;

  km_stage_pack_open ();
  path = g_strconcat (PREFIX, name, ".svg", NULL);
  return g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}

/* Kept as long as the program runs: there are only as many as are bundled. */
static Drawing *
ref_bundled (const char *name)
{
  static GHashTable *drawings = NULL;
  Drawing *drawing;
  g_autoptr (GBytes) svg = NULL;

  if (drawings == NULL)
    drawings = g_hash_table_new (g_str_hash, g_str_equal);

  drawing = name != NULL ? g_hash_table_lookup (drawings, name) : NULL;
  if (drawing != NULL)
    return g_rc_box_acquire (drawing);

  svg = load_bundled (name);
  if (svg == NULL)
    return NULL;

  drawing = ref_drawing_of (svg);
  g_hash_table_insert (drawings, g_strdup (name), g_rc_box_acquire (drawing));
  return drawing;
}

static Drawing *
ref_fallback (void)
{
  Drawing *drawing = ref_bundled (FALLBACK);

  return drawing != NULL ? drawing : ref_drawing_of (NULL);
}

/* What draws for long or multiplies: filters, and pictures, patterns and
 * copies within each other. */
static gboolean
is_refused (const char *tag)
{
  static const char * const refused[] = {
    "filter", "image", "pattern", "use", "mask", "marker", "style",
    "foreignObject", "include",
  };
  gsize length = strcspn (tag, " \t\r\n/>:");

  if (tag[length] == ':')
    {
      tag += length + 1;
      length = strcspn (tag, " \t\r\n/>");
    }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    if (strlen (refused[i]) == length && strncmp (refused[i], tag, length) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
is_harmless (GBytes *svg)
{
  gsize size = 0;
  const char *bytes = g_bytes_get_data (svg, &size);
  g_autofree char *text = NULL;

  if (size == 0 || size > KM_GIFT_ART_BYTES_MAX
      || !g_utf8_validate_len (bytes, size, NULL))
    return FALSE;

  text = g_strndup (bytes, size);
  if (strstr (text, "<svg") == NULL || strstr (text, "<!ENTITY") != NULL)
    return FALSE;
  for (const char *tag = text; (tag = strchr (tag, '<')) != NULL; tag++)
    if (is_refused (tag + 1))
      return FALSE;

  return TRUE;
}

static void
on_size_prepared (GdkPixbufLoader *loader,
                  int              width,
                  int              height,
                  gpointer         user_data)
{
  int edge_px = GPOINTER_TO_INT (user_data);
  double ratio = width > 0 && height > 0 ? (double) width / height : 1;

  gdk_pixbuf_loader_set_size (
    loader, MAX ((int) (ratio < 1 ? edge_px * ratio : edge_px), 1),
    MAX ((int) (ratio > 1 ? edge_px / ratio : edge_px), 1));
}

static GdkTexture *
render (GBytes *svg,
        int     edge_px)
{
  g_autoptr (GdkPixbufLoader) loader =
    gdk_pixbuf_loader_new_with_mime_type ("image/svg+xml", NULL);
  GdkPixbuf *pixbuf;
  gboolean read;

  if (loader == NULL)
    return NULL;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared),
                    GINT_TO_POINTER (edge_px));
  read = gdk_pixbuf_loader_write_bytes (loader, svg, NULL);
  if (!gdk_pixbuf_loader_close (loader, NULL) || !read)
    return NULL;

  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  return pixbuf != NULL ? gdk_texture_new_for_pixbuf (pixbuf) : NULL;
}

static guint
choose_edge (double size_px)
{
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (edges_px) && edges_px[i] < size_px)
    i++;

  return i;
}

static GdkTexture *
get_texture (KmGiftArt *self,
             double     size_px)
{
  guint i = choose_edge (size_px);
  Drawing *fallback;

  if (self->drawing->textures[i] == NULL && self->drawing->svg != NULL)
    self->drawing->textures[i] = render (self->drawing->svg, edges_px[i]);
  if (self->drawing->textures[i] != NULL || self->drawing->svg == NULL)
    return self->drawing->textures[i];

  fallback = ref_fallback ();
  g_rc_box_release_full (self->drawing, free_drawing);
  self->drawing = fallback;
  if (fallback->textures[i] == NULL && fallback->svg != NULL)
    fallback->textures[i] = render (fallback->svg, edges_px[i]);

  return fallback->textures[i];
}

static void
km_gift_art_snapshot (GdkPaintable *paintable,
                      GdkSnapshot  *snapshot,
                      double        width,
                      double        height)
{
  KmGiftArt *self = KM_GIFT_ART (paintable);
  double edge = MIN (width, height);
  GdkTexture *texture = get_texture (self, edge * self->scale);
  double ratio, shown_width, shown_height;

  if (texture == NULL || edge <= 0)
    return;

  ratio = gdk_paintable_get_intrinsic_aspect_ratio (GDK_PAINTABLE (texture));
  shown_width = ratio < 1 ? edge * ratio : edge;
  shown_height = ratio > 1 ? edge / ratio : edge;
  gtk_snapshot_append_scaled_texture (
    snapshot, texture, GSK_SCALING_FILTER_TRILINEAR,
    &GRAPHENE_RECT_INIT ((float) (width - shown_width) / 2,
                         (float) (height - shown_height) / 2,
                         (float) shown_width, (float) shown_height));
}

static GdkPaintableFlags
km_gift_art_get_flags (GdkPaintable *paintable)
{
  return GDK_PAINTABLE_STATIC_CONTENTS | GDK_PAINTABLE_STATIC_SIZE;
}

static int
km_gift_art_get_intrinsic_size (GdkPaintable *paintable)
{
  return KM_GIFT_ART (paintable)->size_px;
}

static void
init_paintable (GdkPaintableInterface *iface)
{
  iface->snapshot = km_gift_art_snapshot;
  iface->get_flags = km_gift_art_get_flags;
  iface->get_intrinsic_width = km_gift_art_get_intrinsic_size;
  iface->get_intrinsic_height = km_gift_art_get_intrinsic_size;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (KmGiftArt, km_gift_art, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE,
                                                      init_paintable))

static void
km_gift_art_finalize (GObject *object)
{
  KmGiftArt *self = KM_GIFT_ART (object);

  g_rc_box_release_full (self->drawing, free_drawing);

  G_OBJECT_CLASS (km_gift_art_parent_class)->finalize (object);
}

static void
km_gift_art_class_init (KmGiftArtClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = km_gift_art_finalize;
}

static void
km_gift_art_init (KmGiftArt *self)
{
}

static GdkPaintable *
make (Drawing *drawing,
      int      size_px,
      double   scale)
{
  KmGiftArt *self = g_object_new (KM_TYPE_GIFT_ART, NULL);

  self->drawing = drawing;
  self->size_px = MAX (size_px, 1);
  self->scale = CLAMP (scale, 0.5, 8);

  return GDK_PAINTABLE (self);
}

/**
 * km_gift_art_is_bundled:
 * @name: (nullable): of a gift's art, as in the catalogue
 *
 * Returns: whether the picture is part of this program
 */
gboolean
km_gift_art_is_bundled (const char *name)
{
  g_autoptr (GBytes) svg = load_bundled (name);

  return svg != NULL;
}

/**
 * km_gift_art_load:
 * @name: (nullable): of a gift's art, as in the catalogue
 * @size_px: its size in a widget that asks, logical px; it is sharp at any
 * @scale: device px per logical px
 *
 * Returns: (transfer full): the picture that is part of this program, or a
 *   wrapped present if there is none of that name
 */
GdkPaintable *
km_gift_art_load (const char *name,
                  int         size_px,
                  double      scale)
{
  Drawing *drawing = ref_bundled (name);

  return make (drawing != NULL ? drawing : ref_fallback (), size_px, scale);
}

/**
 * km_gift_art_new_for_bytes:
 * @svg: what a server sent; any bytes
 * @size_px: its size in a widget that asks, logical px; it is sharp at any
 * @scale: device px per logical px
 *
 * Returns: (transfer full): that picture; a wrapped present if it is larger
 *   than %KM_GIFT_ART_BYTES_MAX, isn't an SVG or wants more than simple shapes
 */
GdkPaintable *
km_gift_art_new_for_bytes (GBytes *svg,
                           int     size_px,
                           double  scale)
{
  return make (is_harmless (svg) ? ref_drawing_of (svg) : ref_fallback (),
               size_px, scale);
}
