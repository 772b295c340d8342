/* km-ratio-bin.c: as high as a 16:9 picture of its width
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GtkAspectFrame fits its child into the space it gets, but asks for no
 * height; this asks for the height that a picture of the width it gets has.
 *
 * Thread: main.
 */

#include "km-ratio-bin.h"

#define MINIMUM_PX 120

struct _KmRatioBin
{
  GtkWidget parent_instance;
};

enum
{
  PROP_CHILD = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
km_ratio_bin_add_child (GtkBuildable *buildable,
                        GtkBuilder   *builder,
                        GObject      *child,
                        const char   *type)
{
  g_object_set (buildable, "child", child, NULL);
}

static void
km_ratio_bin_buildable_init (GtkBuildableIface *iface)
{
  iface->add_child = km_ratio_bin_add_child;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (KmRatioBin, km_ratio_bin, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (
                                 GTK_TYPE_BUILDABLE,
                                 km_ratio_bin_buildable_init))

static GtkSizeRequestMode
km_ratio_bin_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
km_ratio_bin_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  int width_px = for_size > 0 ? for_size : MINIMUM_PX;

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL
                          ? MINIMUM_PX : width_px * 9 / 16;
}

static void
km_ratio_bin_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  if (child != NULL)
    gtk_widget_allocate (child, width, height, baseline, NULL);
}

static void
remove_child (GtkWidget *widget)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  g_clear_pointer (&child, gtk_widget_unparent);
}

static void
km_ratio_bin_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  g_value_set_object (value,
                      gtk_widget_get_first_child (GTK_WIDGET (object)));
}

static void
km_ratio_bin_set_property (GObject      *object,
                           guint         property_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  GtkWidget *child = g_value_get_object (value);

  remove_child (GTK_WIDGET (object));
  if (child != NULL)
    gtk_widget_set_parent (child, GTK_WIDGET (object));
}

static void
km_ratio_bin_dispose (GObject *object)
{
  remove_child (GTK_WIDGET (object));

  G_OBJECT_CLASS (km_ratio_bin_parent_class)->dispose (object);
}

static void
km_ratio_bin_class_init (KmRatioBinClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = km_ratio_bin_dispose;
  object_class->get_property = km_ratio_bin_get_property;
  object_class->set_property = km_ratio_bin_set_property;
  widget_class->get_request_mode = km_ratio_bin_get_request_mode;
  widget_class->measure = km_ratio_bin_measure;
  widget_class->size_allocate = km_ratio_bin_size_allocate;

  properties[PROP_CHILD]
    = g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
km_ratio_bin_init (KmRatioBin *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
