/* km-room-grid.c: the live rooms of a server, or why there are none
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exactly one page is shown: rooms, "nobody is live", "nothing found", a
 * spinner until the first answer, or the trouble with the server in words.
 * Rooms that are there stay while the server is away; the window's banner
 * tells then.
 *
 * Thread: main.
 */

#include "km-room-grid.h"

#include <glib/gi18n.h>

#include "km-room-card.h"
#include "km-words.h"

struct _KmRoomGrid
{
  AdwBin parent_instance;

  GtkStack *stack;
  AdwStatusPage *loading;
  AdwStatusPage *trouble;
  GtkGridView *view;

  KmServer *server;
  GSignalGroup *changes;
  GtkFilter *filter;
  GtkFilterListModel *rooms;
  char *category;
  char *words;
  gboolean told;
  gboolean offers_go_live;
};

enum
{
  PROP_0,
  PROP_OFFERS_GO_LIVE,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (KmRoomGrid, km_room_grid, ADW_TYPE_BIN)

static gboolean
contains (const char *text,
          const char *folded_word)
{
  g_autofree char *folded = g_utf8_casefold (text != NULL ? text : "", -1);

  return strstr (folded, folded_word) != NULL;
}

/* Each word of the search is somewhere in the title or the host's name. */
static gboolean
fits_search (KmRoomGrid *self,
             KmRoomItem *item)
{
  g_autofree char *folded = g_utf8_casefold (self->words, -1);
  g_auto (GStrv) words = g_strsplit (folded, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (!contains (km_room_item_get_title (item), words[i])
        && !contains (km_room_item_get_host_name (item), words[i]))
      return FALSE;
  return TRUE;
}

static gboolean
fits (gpointer item,
      gpointer user_data)
{
  KmRoomGrid *self = user_data;

  return km_room_item_get_live (item)
         && (self->category == NULL
             || g_strcmp0 (self->category,
                           km_room_item_get_category (item)) == 0)
         && fits_search (self, item);
}

static gboolean
has_live_rooms (KmRoomGrid *self)
{
  GListModel *rooms = km_server_get_rooms (self->server);

  for (guint i = 0; i < g_list_model_get_n_items (rooms); i++)
    {
      g_autoptr (KmRoomItem) item = g_list_model_get_item (rooms, i);

      if (km_room_item_get_live (item))
        return TRUE;
    }
  return FALSE;
}

static void
describe_trouble (KmRoomGrid *self)
{
  KmLocalServer *local = km_server_get_local (self->server);
  const GError *error = km_server_get_error (self->server);
  g_autofree char *title = NULL;
  g_autofree char *escaped = NULL;

  if (local != NULL && km_local_server_get_error (local) != NULL)
    error = km_local_server_get_error (local);

  if (local != NULL)
    title = g_strdup (_("This Computer’s Server Isn’t Running"));
  else
    /* Translators: the name of a server */
    title = g_strdup_printf (_("Can’t Reach %s"),
                             km_server_get_name (self->server));

  escaped = g_markup_escape_text (error != NULL ? km_words (error) : "", -1);
  adw_status_page_set_title (self->trouble, title);
  adw_status_page_set_description (self->trouble, escaped);
  adw_status_page_set_icon_name (self->trouble,
                                 local != NULL ? "dialog-warning-symbolic"
                                               : "network-offline-symbolic");
}

static const char *
choose_page (KmRoomGrid *self)
{
  KmLocalServer *local = km_server_get_local (self->server);

  if (g_list_model_get_n_items (G_LIST_MODEL (self->rooms)) > 0)
    return "rooms";
  if (local != NULL
      && km_local_server_get_state (local) == KM_LOCAL_SERVER_FAILED)
    return "trouble";
  if (km_server_get_state (self->server) == KM_SERVER_OFFLINE
      && km_server_get_error (self->server) != NULL
      && (local == NULL
          || km_local_server_get_state (local) == KM_LOCAL_SERVER_READY))
    return "trouble";
  if (!km_server_get_rooms_loaded (self->server))
    return "loading";
  return has_live_rooms (self) ? "no-match" : "empty";
}

static void
on_painted (KmRoomGrid    *self,
            GdkFrameClock *clock)
{
  g_signal_handlers_disconnect_by_func (clock, on_painted, self);
  g_debug ("The lobby shows what the server answered");
}

/* `dev bench startup` reads this from outside, and so does whoever looks for
 * what makes a start slow. */
static void
tell_first_answer (KmRoomGrid *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  if (self->told || clock == NULL)
    return;

  self->told = TRUE;
  g_signal_connect_object (clock, "after-paint", G_CALLBACK (on_painted), self,
                           G_CONNECT_SWAPPED);
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
}

static void
update (KmRoomGrid *self)
{
  const char *page;

  if (self->server == NULL)
    return;

  page = choose_page (self);
  if (g_str_equal (page, "trouble"))
    describe_trouble (self);
  gtk_stack_set_visible_child_name (self->stack, page);
  if (km_server_get_rooms_loaded (self->server))
    tell_first_answer (self);
}

static void
on_server_notify (KmRoomGrid *self)
{
  update (self);
}

static void
refilter (KmRoomGrid *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  update (self);
}

/* A room that goes live or changes its words may fit now. How many watch is
 * no reason to look again.
 */
static void
on_room_notify (KmRoomGrid *self,
                GParamSpec *pspec)
{
  if (!g_str_equal (pspec->name, "online"))
    refilter (self);
}

static void
on_rooms_changed (KmRoomGrid *self,
                  guint       position,
                  guint       removed,
                  guint       added,
                  GListModel *rooms)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (KmRoomItem) item = g_list_model_get_item (rooms, i);

      g_signal_handlers_disconnect_by_data (item, self);
      g_signal_connect_object (item, "notify", G_CALLBACK (on_room_notify),
                               self, G_CONNECT_SWAPPED);
    }
  refilter (self);
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item)
{
  gtk_list_item_set_child (list_item, km_room_card_new ());
  gtk_list_item_set_focusable (list_item, FALSE);
  gtk_list_item_set_activatable (list_item, FALSE);
  gtk_list_item_set_selectable (list_item, FALSE);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *list_item)
{
  km_room_card_set_item (KM_ROOM_CARD (gtk_list_item_get_child (list_item)),
                         gtk_list_item_get_item (list_item));
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *list_item)
{
  km_room_card_set_item (KM_ROOM_CARD (gtk_list_item_get_child (list_item)),
                         NULL);
}

static void
km_room_grid_dispose (GObject *object)
{
  KmRoomGrid *self = KM_ROOM_GRID (object);

  g_clear_object (&self->changes);
  g_clear_object (&self->server);
  /* The bin would unparent it once more. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_ROOM_GRID);
  g_clear_object (&self->rooms);
  g_clear_object (&self->filter);
  g_clear_pointer (&self->category, g_free);
  g_clear_pointer (&self->words, g_free);

  G_OBJECT_CLASS (km_room_grid_parent_class)->dispose (object);
}

static void
km_room_grid_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  g_assert (id == PROP_OFFERS_GO_LIVE);
  g_value_set_boolean (value, KM_ROOM_GRID (object)->offers_go_live);
}

static void
km_room_grid_set_property (GObject      *object,
                           guint         id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  KmRoomGrid *self = KM_ROOM_GRID (object);

  g_assert (id == PROP_OFFERS_GO_LIVE);
  if (self->offers_go_live == g_value_get_boolean (value))
    return;

  self->offers_go_live = g_value_get_boolean (value);
  g_object_notify_by_pspec (object, pspec);
}

static void
km_room_grid_class_init (KmRoomGridClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = km_room_grid_dispose;
  object_class->get_property = km_room_grid_get_property;
  object_class->set_property = km_room_grid_set_property;

  /**
   * KmRoomGrid:offers-go-live:
   *
   * Whether the page that says that nobody is live has a button to change
   * that; off where the window shows one beside it.
   */
  properties[PROP_OFFERS_GO_LIVE] =
    g_param_spec_boolean ("offers-go-live", NULL, NULL, TRUE,
                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT
                          | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/lobby/km-room-grid.ui");
  gtk_widget_class_bind_template_child (widget_class, KmRoomGrid, stack);
  gtk_widget_class_bind_template_child (widget_class, KmRoomGrid, loading);
  gtk_widget_class_bind_template_child (widget_class, KmRoomGrid, trouble);
  gtk_widget_class_bind_template_child (widget_class, KmRoomGrid, view);
}

static void
km_room_grid_init (KmRoomGrid *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) selection = NULL;
  g_autoptr (GdkPaintable) spinner = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));

  spinner = GDK_PAINTABLE (
    adw_spinner_paintable_new (GTK_WIDGET (self->loading)));
  adw_status_page_set_paintable (self->loading, spinner);
  self->words = g_strdup ("");
  self->changes = g_signal_group_new (KM_TYPE_SERVER);
  g_signal_group_connect_swapped (self->changes, "notify",
                                  G_CALLBACK (on_server_notify), self);

  self->filter = GTK_FILTER (gtk_custom_filter_new (fits, self, NULL));
  self->rooms = gtk_filter_list_model_new (NULL, g_object_ref (self->filter));
  g_signal_connect_object (self->rooms, "items-changed", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_grid_view_set_factory (self->view, factory);
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->rooms)));
  gtk_grid_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
}

/**
 * km_room_grid_set_server:
 * @server: whose rooms to show; the caller watches it
 */
void
km_room_grid_set_server (KmRoomGrid *self,
                         KmServer   *server)
{
  KmLocalServer *local = km_server_get_local (server);
  GListModel *rooms = km_server_get_rooms (server);

  if (self->server != NULL)
    {
      KmLocalServer *old = km_server_get_local (self->server);

      g_signal_handlers_disconnect_by_data (
        km_server_get_rooms (self->server), self);
      if (old != NULL)
        g_signal_handlers_disconnect_by_data (old, self);
    }

  g_set_object (&self->server, server);
  g_signal_group_set_target (self->changes, server);
  if (local != NULL)
    g_signal_connect_object (local, "notify", G_CALLBACK (on_server_notify),
                             self, G_CONNECT_SWAPPED);
  g_signal_connect_object (rooms, "items-changed",
                           G_CALLBACK (on_rooms_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  gtk_filter_list_model_set_model (self->rooms, rooms);
  on_rooms_changed (self, 0, 0, g_list_model_get_n_items (rooms), rooms);
}

/**
 * km_room_grid_set_category:
 * @category: (nullable): show only rooms of this category; %NULL: all
 */
void
km_room_grid_set_category (KmRoomGrid *self,
                           const char *category)
{
  g_set_str (&self->category, category);
  refilter (self);
}

/**
 * km_room_grid_set_search:
 * @words: show only rooms whose title or host has all of these; may be empty
 */
void
km_room_grid_set_search (KmRoomGrid *self,
                         const char *words)
{
  g_set_str (&self->words, words);
  refilter (self);
}

/**
 * km_room_grid_shows_rooms:
 *
 * Returns: whether there are rooms on the screen rather than words about why
 *   there are none
 */
gboolean
km_room_grid_shows_rooms (KmRoomGrid *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack),
                    "trouble") != 0;
}
