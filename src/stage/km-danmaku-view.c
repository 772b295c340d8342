/* km-danmaku-view.c: comments flying over a picture
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scene knows what flies; here is when it is drawn. Its clock is the
 * window's frame clock, less the time spent in pauses.
 *
 * Frames are asked for only while something moves or waits for room, the view
 * is mapped and not paused. Otherwise a timeout wakes it when a standing
 * comment ends, or to look whether the picture has reached a held one.
 *
 * To assistive technology it is an image whose name is what it says, newest
 * comment first, changed at most once a second and never announced: the chat
 * list says the same in order.
 *
 * Thread: main.
 */

#include "km-danmaku-view.h"

#include <glib/gi18n.h>

#include "km-danmaku-popover.h"
#include "km-danmaku-scene.h"

#define NAME_MS 1000
#define NAMED_COMMENTS 5

struct _KmDanmakuView
{
  GtkWidget parent_instance;

  gboolean enabled;
  gboolean paused;
  KmDanmakuLook look;
  KmDanmakuScene *scene;

  KmDanmakuPositionFunc position_func;
  gpointer position_data;
  GDestroyNotify position_destroy;

  gint64 paused_at_us;
  gint64 paused_for_us;

  guint tick;
  GSource *waker;
  guint naming;
  gboolean renamed;
  guint n_visible;
  guint n_started;
};

enum
{
  PROP_0,
  PROP_ENABLED,
  PROP_PAUSED,
  PROP_FONT_SCALE,
  PROP_SPEED,
  PROP_AREA,
  PROP_DENSITY,
  PROP_N_VISIBLE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (KmDanmakuView, km_danmaku_view, GTK_TYPE_WIDGET)

static gint64
read_clock (KmDanmakuView *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));
  gint64 now_us = clock != NULL ? gdk_frame_clock_get_frame_time (clock)
                                : g_get_monotonic_time ();

  if (self->paused)
    now_us = self->paused_at_us;
  return now_us - self->paused_for_us;
}

static gint64
read_position (KmDanmakuView *self)
{
  gint64 position_ms = -1;

  if (self->position_func != NULL)
    position_ms = self->position_func (self->position_data);

  return position_ms < 0 ? -1 : position_ms * 1000;
}

static void
rename_now (KmDanmakuView *self)
{
  g_autofree char *name = km_danmaku_scene_describe (self->scene,
                                                     NAMED_COMMENTS);

  gtk_accessible_update_property (
    GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
    *name != '\0' ? name : _("Comments on the picture"), -1);
}

static gboolean
rename_again (gpointer user_data)
{
  KmDanmakuView *self = user_data;

  if (!self->renamed)
    {
      self->naming = 0;
      return G_SOURCE_REMOVE;
    }

  self->renamed = FALSE;
  rename_now (self);
  return G_SOURCE_CONTINUE;
}

/* The first change is told at once, those after it once a second. */
static void
rename_soon (KmDanmakuView *self)
{
  if (self->naming != 0)
    {
      self->renamed = TRUE;
      return;
    }

  self->naming = g_timeout_add (NAME_MS, rename_again, self);
  rename_now (self);
}

static void
count_visible (KmDanmakuView *self)
{
  guint n_visible = km_danmaku_scene_get_n_visible (self->scene);
  guint n_started = km_danmaku_scene_get_n_started (self->scene);

  if (n_visible == self->n_visible && n_started == self->n_started)
    return;

  self->n_started = n_started;
  rename_soon (self);
  if (n_visible == self->n_visible)
    return;

  self->n_visible = n_visible;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_VISIBLE]);
}

/* Wakes for the end of what stands, or to ask the picture again. */
static void
sleep_until_needed (KmDanmakuView *self)
{
  gint64 delay_us = km_danmaku_scene_get_delay_us (self->scene);

  g_source_set_ready_time (self->waker,
                           delay_us < 0 ? -1
                                        : g_get_monotonic_time () + delay_us);
}

static gboolean
on_tick (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  KmDanmakuView *self = KM_DANMAKU_VIEW (widget);
  gboolean moves =
    km_danmaku_scene_advance (self->scene,
                              gtk_widget_get_pango_context (widget),
                              read_clock (self), read_position (self));

  count_visible (self);
  gtk_widget_queue_draw (widget);
  if (moves)
    return G_SOURCE_CONTINUE;

  self->tick = 0;
  sleep_until_needed (self);
  return G_SOURCE_REMOVE;
}

static void
run (KmDanmakuView *self)
{
  g_source_set_ready_time (self->waker, -1);

  if (self->tick == 0 && self->enabled && !self->paused
      && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick,
                                               NULL, NULL);
}

static void
stop (KmDanmakuView *self)
{
  g_source_set_ready_time (self->waker, -1);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
}

static gboolean
on_wake (gpointer user_data)
{
  run (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_waker (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs waker_funcs = { .dispatch = dispatch_waker };

static double
get_surface_scale (KmDanmakuView *self)
{
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));
  GdkSurface *surface = native != NULL ? gtk_native_get_surface (native) : NULL;

  return surface != NULL ? gdk_surface_get_scale (surface) : 1.0;
}

static void
update_geometry (KmDanmakuView *self)
{
  int width_px = gtk_widget_get_width (GTK_WIDGET (self));
  int height_px = gtk_widget_get_height (GTK_WIDGET (self));

  if (width_px <= 0 || height_px <= 0)
    return;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)),
                "gtk-enable-animations", &self->look.motion, NULL);
  km_danmaku_scene_set_size (self->scene, width_px, height_px,
                             get_surface_scale (self), &self->look);
  run (self);
}

static void
on_surroundings_changed (KmDanmakuView *self)
{
  update_geometry (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
km_danmaku_view_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  update_geometry (KM_DANMAKU_VIEW (widget));
  for (; child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER (child))
      gtk_popover_present (GTK_POPOVER (child));
}

/* Where the view's corner is on the surface, in logical px. */
static graphene_point_t
get_origin (KmDanmakuView *self)
{
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));
  graphene_point_t origin = GRAPHENE_POINT_INIT (0, 0);
  double x, y;

  if (native != NULL
      && gtk_widget_compute_point (GTK_WIDGET (self), GTK_WIDGET (native),
                                   &GRAPHENE_POINT_INIT (0, 0), &origin))
    {
      gtk_native_get_surface_transform (native, &x, &y);
      origin.x += (float) x;
      origin.y += (float) y;
    }

  return origin;
}

static void
km_danmaku_view_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  KmDanmakuView *self = KM_DANMAKU_VIEW (widget);

  km_danmaku_scene_snapshot (self->scene, snapshot, get_origin (self));
}

/* Between comments the picture below is touched. */
static gboolean
km_danmaku_view_contains (GtkWidget *widget,
                          double     x,
                          double     y)
{
  return km_danmaku_scene_get_text_at (KM_DANMAKU_VIEW (widget)->scene, x, y,
                                       NULL) != NULL;
}

static void
on_pressed (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            KmDanmakuView   *self)
{
  GdkRectangle where;
  const char *text = km_danmaku_scene_get_text_at (self->scene, x, y, &where);

  if (text == NULL)
    return;

  where.x = (int) x;
  where.width = 1;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  km_danmaku_popover_show (GTK_WIDGET (self), &where, text);
}

static void
km_danmaku_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (km_danmaku_view_parent_class)->map (widget);
  update_geometry (KM_DANMAKU_VIEW (widget));
}

static void
km_danmaku_view_unmap (GtkWidget *widget)
{
  stop (KM_DANMAKU_VIEW (widget));
  GTK_WIDGET_CLASS (km_danmaku_view_parent_class)->unmap (widget);
}

static void
km_danmaku_view_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (km_danmaku_view_parent_class)->realize (widget);
  g_signal_connect_object (
    gtk_native_get_surface (gtk_widget_get_native (widget)), "notify::scale",
    G_CALLBACK (on_surroundings_changed), widget, G_CONNECT_SWAPPED);
}

static void
km_danmaku_view_unrealize (GtkWidget *widget)
{
  g_signal_handlers_disconnect_by_func (
    gtk_native_get_surface (gtk_widget_get_native (widget)),
    on_surroundings_changed, widget);
  GTK_WIDGET_CLASS (km_danmaku_view_parent_class)->unrealize (widget);
}

static void
km_danmaku_view_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  KmDanmakuView *self = KM_DANMAKU_VIEW (object);

  switch (prop_id)
    {
    case PROP_ENABLED:
      g_value_set_boolean (value, self->enabled);
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;
    case PROP_FONT_SCALE:
      g_value_set_double (value, self->look.font_scale);
      break;
    case PROP_SPEED:
      g_value_set_double (value, self->look.speed);
      break;
    case PROP_AREA:
      g_value_set_double (value, self->look.area);
      break;
    case PROP_DENSITY:
      g_value_set_double (value, self->look.density);
      break;
    case PROP_N_VISIBLE:
      g_value_set_uint (value, self->n_visible);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
km_danmaku_view_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  KmDanmakuView *self = KM_DANMAKU_VIEW (object);

  switch (prop_id)
    {
    case PROP_ENABLED:
      km_danmaku_view_set_enabled (self, g_value_get_boolean (value));
      break;
    case PROP_PAUSED:
      km_danmaku_view_set_paused (self, g_value_get_boolean (value));
      break;
    case PROP_FONT_SCALE:
      km_danmaku_view_set_font_scale (self, g_value_get_double (value));
      break;
    case PROP_SPEED:
      km_danmaku_view_set_speed (self, g_value_get_double (value));
      break;
    case PROP_AREA:
      km_danmaku_view_set_area (self, g_value_get_double (value));
      break;
    case PROP_DENSITY:
      km_danmaku_view_set_density (self, g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
km_danmaku_view_dispose (GObject *object)
{
  KmDanmakuView *self = KM_DANMAKU_VIEW (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  km_danmaku_view_set_position_func (self, NULL, NULL, NULL);
  g_clear_handle_id (&self->naming, g_source_remove);

  G_OBJECT_CLASS (km_danmaku_view_parent_class)->dispose (object);
}

static void
km_danmaku_view_finalize (GObject *object)
{
  KmDanmakuView *self = KM_DANMAKU_VIEW (object);

  g_source_destroy (self->waker);
  g_source_unref (self->waker);
  km_danmaku_scene_free (self->scene);

  G_OBJECT_CLASS (km_danmaku_view_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                            | G_PARAM_STATIC_STRINGS;

  properties[PROP_ENABLED] =
    g_param_spec_boolean ("enabled", NULL, NULL, TRUE, flags);
  properties[PROP_PAUSED] =
    g_param_spec_boolean ("paused", NULL, NULL, FALSE, flags);
  properties[PROP_FONT_SCALE] =
    g_param_spec_double ("font-scale", NULL, NULL, 0.5, 3.0, 1.0, flags);
  properties[PROP_SPEED] =
    g_param_spec_double ("speed", NULL, NULL, 0.25, 4.0, 1.0, flags);
  properties[PROP_AREA] =
    g_param_spec_double ("area", NULL, NULL, 0.0, 1.0, 0.75, flags);
  properties[PROP_DENSITY] =
    g_param_spec_double ("density", NULL, NULL, 0.1, 1.0, 1.0, flags);
  properties[PROP_N_VISIBLE] =
    g_param_spec_uint ("n-visible", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                       | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (klass, N_PROPS, properties);
}

static void
km_danmaku_view_class_init (KmDanmakuViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = km_danmaku_view_get_property;
  object_class->set_property = km_danmaku_view_set_property;
  object_class->dispose = km_danmaku_view_dispose;
  object_class->finalize = km_danmaku_view_finalize;
  widget_class->size_allocate = km_danmaku_view_size_allocate;
  widget_class->snapshot = km_danmaku_view_snapshot;
  widget_class->contains = km_danmaku_view_contains;
  widget_class->map = km_danmaku_view_map;
  widget_class->unmap = km_danmaku_view_unmap;
  widget_class->realize = km_danmaku_view_realize;
  widget_class->unrealize = km_danmaku_view_unrealize;

  install_properties (object_class);
  gtk_widget_class_set_css_name (widget_class, "danmaku");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
km_danmaku_view_init (KmDanmakuView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->enabled = TRUE;
  self->look = (KmDanmakuLook) { 1.0, 1.0, 0.75, 1.0, TRUE };
  self->scene = km_danmaku_scene_new ();

  self->waker = g_source_new (&waker_funcs, sizeof (GSource));
  g_source_set_callback (self->waker, on_wake, self, NULL);
  g_source_attach (self->waker, NULL);

  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_object (gtk_settings_get_default (),
                           "notify::gtk-enable-animations",
                           G_CALLBACK (on_surroundings_changed), self,
                           G_CONNECT_SWAPPED);

  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (
    GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
    _("Comments on the picture"), -1);
}

/**
 * km_danmaku_view_new:
 *
 * Put it over the picture, in a #GtkOverlay; its size is the picture's. Make
 * it see-through with #GtkWidget:opacity.
 *
 * Returns: (transfer floating): a view without comments
 */
GtkWidget *
km_danmaku_view_new (void)
{
  return g_object_new (KM_TYPE_DANMAKU_VIEW, NULL);
}

/**
 * km_danmaku_view_add:
 * @self: a view
 * @danmaku: a comment
 *
 * Lets it fly, as soon as the picture gets to its time and there is room. Of
 * those that find none for 2 s nothing is seen. While the view is disabled
 * nothing is added.
 */
void
km_danmaku_view_add (KmDanmakuView   *self,
                     const KmDanmaku *danmaku)
{
  if (!self->enabled)
    return;

  km_danmaku_scene_add (self->scene, danmaku, read_clock (self));
  run (self);
}

/**
 * km_danmaku_view_remove:
 * @self: a view
 * @id: of a comment
 *
 * Takes a comment away, wherever it is; for messages that were deleted.
 */
void
km_danmaku_view_remove (KmDanmakuView *self,
                        const char    *id)
{
  if (!km_danmaku_scene_remove (self->scene, id))
    return;

  count_visible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * km_danmaku_view_clear:
 * @self: a view
 *
 * Forgets every comment; for another room or another stream.
 */
void
km_danmaku_view_clear (KmDanmakuView *self)
{
  km_danmaku_scene_clear (self->scene);
  count_visible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * km_danmaku_view_set_position_func:
 * @self: a view
 * @func: (nullable): says where the picture is; called once a frame
 * @user_data: for @func
 * @destroy: (nullable): frees @user_data
 *
 * With it, comments wait until the picture gets to their time, and jump when
 * it jumps. Without it, or while it returns -1, they fly as they come. When
 * another stream begins, its time has nothing to do with that of the one
 * before: km_danmaku_view_clear().
 */
void
km_danmaku_view_set_position_func (KmDanmakuView         *self,
                                   KmDanmakuPositionFunc  func,
                                   gpointer               user_data,
                                   GDestroyNotify         destroy)
{
  if (self->position_destroy != NULL)
    self->position_destroy (self->position_data);

  self->position_func = func;
  self->position_data = user_data;
  self->position_destroy = destroy;
  km_danmaku_scene_forget_position (self->scene);
}

/**
 * km_danmaku_view_set_enabled:
 * @self: a view
 * @enabled: whether comments fly at all
 */
void
km_danmaku_view_set_enabled (KmDanmakuView *self,
                             gboolean       enabled)
{
  if (self->enabled == enabled)
    return;

  self->enabled = enabled;
  if (!enabled)
    {
      stop (self);
      km_danmaku_view_clear (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENABLED]);
}

gboolean
km_danmaku_view_get_enabled (KmDanmakuView *self)
{
  return self->enabled;
}

/**
 * km_danmaku_view_set_paused:
 * @self: a view
 * @paused: whether all stands still, as the picture does
 */
void
km_danmaku_view_set_paused (KmDanmakuView *self,
                            gboolean       paused)
{
  gint64 now_us;

  if (self->paused == paused)
    return;

  now_us = read_clock (self);
  if (paused)
    {
      self->paused_at_us = now_us + self->paused_for_us;
      self->paused = TRUE;
      stop (self);
    }
  else
    {
      self->paused = FALSE;
      self->paused_for_us += read_clock (self) - now_us;
      run (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSED]);
}

gboolean
km_danmaku_view_get_paused (KmDanmakuView *self)
{
  return self->paused;
}

static void
set_double (KmDanmakuView *self,
            double        *field,
            double         value,
            guint          prop)
{
  const GParamSpecDouble *spec = G_PARAM_SPEC_DOUBLE (properties[prop]);

  value = CLAMP (value, spec->minimum, spec->maximum);
  if (*field == value)
    return;

  *field = value;
  on_surroundings_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

/**
 * km_danmaku_view_set_font_scale:
 * @self: a view
 * @scale: of the text, relative to its usual size, 0.5 to 3
 */
void
km_danmaku_view_set_font_scale (KmDanmakuView *self,
                                double         scale)
{
  set_double (self, &self->look.font_scale, scale, PROP_FONT_SCALE);
}

double
km_danmaku_view_get_font_scale (KmDanmakuView *self)
{
  return self->look.font_scale;
}

/**
 * km_danmaku_view_set_speed:
 * @self: a view
 * @speed: of flight, relative to the usual, 0.25 to 4
 */
void
km_danmaku_view_set_speed (KmDanmakuView *self,
                           double         speed)
{
  set_double (self, &self->look.speed, speed, PROP_SPEED);
}

double
km_danmaku_view_get_speed (KmDanmakuView *self)
{
  return self->look.speed;
}

/**
 * km_danmaku_view_set_area:
 * @self: a view
 * @area: share of the height that flying comments use, from the top
 */
void
km_danmaku_view_set_area (KmDanmakuView *self,
                          double         area)
{
  set_double (self, &self->look.area, area, PROP_AREA);
}

double
km_danmaku_view_get_area (KmDanmakuView *self)
{
  return self->look.area;
}

/**
 * km_danmaku_view_set_density:
 * @self: a view
 * @density: share of a lane that may be covered by text, 0.1 to 1
 */
void
km_danmaku_view_set_density (KmDanmakuView *self,
                             double         density)
{
  set_double (self, &self->look.density, density, PROP_DENSITY);
}

double
km_danmaku_view_get_density (KmDanmakuView *self)
{
  return self->look.density;
}

/**
 * km_danmaku_view_get_n_visible:
 * @self: a view
 *
 * Returns: how many comments are on the picture now
 */
guint
km_danmaku_view_get_n_visible (KmDanmakuView *self)
{
  return self->n_visible;
}
