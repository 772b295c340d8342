/* km-test-ui.c: uses a program as a person with a screen reader does
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Widgets are found by role and name on the accessibility bus, pressed, and
 * typed into; what can't be found that way couldn't be used by everybody
 * either. A name with "*" in it is a pattern. Only what is showing counts,
 * the newest window first. A wait that isn't met ends
 * the test with the tree that was there and a picture of the screen.
 *
 * Thread: main of the test.
 */

#include "km-test-ui.h"

#include <string.h>

#define ATTACH_SECONDS 30

struct _KmTestUi
{
  KmTestScreen *screen;
  KmTestProcess *process;
  char *label;
  AtspiAccessible *root;
};

typedef enum
{
  CAN_BE_SEEN,
  CAN_BE_PRESSED,
  CAN_BE_TYPED_INTO,
} Ability;

typedef struct
{
  KmTestUi *ui;
  AtspiRole role;
  const char *name;
  Ability ability;
  AtspiAccessible *found;
} Search;

static gboolean
is_showing (AtspiAccessible *node)
{
  g_autoptr (AtspiStateSet) states = atspi_accessible_get_state_set (node);

  return states != NULL
         && atspi_state_set_contains (states, ATSPI_STATE_SHOWING);
}

static gboolean
has_ability (AtspiAccessible *node,
             Ability          ability)
{
  g_autoptr (AtspiAction) action = NULL;
  g_autoptr (AtspiEditableText) editable = NULL;

  switch (ability)
    {
    case CAN_BE_PRESSED:
      action = atspi_accessible_get_action_iface (node);
      return action != NULL && atspi_action_get_n_actions (action, NULL) > 0;

    case CAN_BE_TYPED_INTO:
      editable = atspi_accessible_get_editable_text_iface (node);
      return editable != NULL;

    case CAN_BE_SEEN:
    default:
      return TRUE;
    }
}

static gboolean
name_matches (const char *found,
              const char *wanted)
{
  if (found == NULL)
    return FALSE;
  if (strchr (wanted, '*') != NULL)
    return g_pattern_match_simple (wanted, found);

  return strcmp (found, wanted) == 0;
}

static gboolean
matches (AtspiAccessible *node,
         const Search    *wanted)
{
  g_autofree char *found = NULL;

  if (wanted->role != ATSPI_ROLE_INVALID
      && atspi_accessible_get_role (node, NULL) != wanted->role)
    return FALSE;
  if (wanted->name != NULL)
    {
      found = atspi_accessible_get_name (node, NULL);
      if (!name_matches (found, wanted->name))
        return FALSE;
    }

  return has_ability (node, wanted->ability);
}

/* An application's newest window, and in it a dialog over the rest, come
 * last among their siblings and are what a person looks at. */
#define NEWEST_FIRST_LEVELS 3

static AtspiAccessible *
search (AtspiAccessible *node,
        const Search    *wanted,
        guint            level)
{
  int n_children;

  if (level > 0 && !is_showing (node))
    return NULL;
  if (matches (node, wanted))
    return g_object_ref (node);

  n_children = atspi_accessible_get_child_count (node, NULL);
  for (int i = 0; i < n_children; i++)
    {
      int index = level < NEWEST_FIRST_LEVELS ? n_children - 1 - i : i;
      g_autoptr (AtspiAccessible) child = NULL;
      AtspiAccessible *found;

      child = atspi_accessible_get_child_at_index (node, index, NULL);
      if (child != NULL && (found = search (child, wanted, level + 1)) != NULL)
        return found;
    }

  return NULL;
}

/* What runs in a sandbox comes to the bus through a proxy that was started
 * with it, for the same screen. */
static gboolean
speaks_for (KmTestUi *self,
            GPid      pid)
{
  return pid == km_test_process_get_pid (self->process)
         || km_test_screen_has_process (self->screen, pid);
}

static gboolean
find_root (gpointer data)
{
  KmTestUi *self = data;
  g_autoptr (AtspiAccessible) desktop = atspi_get_desktop (0);
  int n_children = atspi_accessible_get_child_count (desktop, NULL);

  for (int i = 0; i < n_children; i++)
    {
      g_autoptr (AtspiAccessible) child = NULL;

      child = atspi_accessible_get_child_at_index (desktop, i, NULL);
      if (child != NULL
          && speaks_for (self,
                         (GPid) atspi_accessible_get_process_id (child, NULL)))
        {
          self->root = g_steal_pointer (&child);
          return TRUE;
        }
    }

  if (!km_test_process_is_running (self->process))
    g_error ("%s has ended; see its log", self->label);
  return FALSE;
}

/* libatspi warns when a program has no cache to ask, which GTK 4 has not, and
 * a test would end at a warning. */
static void
ignore_warning (const char     *domain,
                GLogLevelFlags  level,
                const char     *message,
                gpointer        data)
{
}

static void
begin (void)
{
  static gsize begun = 0;

  if (!g_once_init_enter (&begun))
    return;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_log_set_handler ("dbind", G_LOG_LEVEL_WARNING, ignore_warning, NULL);
  atspi_init ();
  g_once_init_leave (&begun, 1);
}

/**
 * km_test_ui_attach:
 * @screen: the screen that the program draws on; outlives the result
 * @process: the program; outlives the result
 * @label: what failures call it
 *
 * Waits until the program is on the accessibility bus.
 *
 * Returns: (transfer full): a hand on the program
 */
KmTestUi *
km_test_ui_attach (KmTestScreen  *screen,
                   KmTestProcess *process,
                   const char    *label)
{
  KmTestUi *self = g_new0 (KmTestUi, 1);

  begin ();
  self->screen = screen;
  self->process = process;
  self->label = g_strdup (label);

  if (!km_test_wait_until (find_root, self, ATTACH_SECONDS))
    g_error ("%s doesn't come to the accessibility bus", label);
  /* A cached tree lags behind what the program shows; asking anew costs a
   * few ms, which a test can pay. */
  atspi_accessible_set_cache_mask (self->root, ATSPI_CACHE_NONE);

  return self;
}

void
km_test_ui_free (KmTestUi *self)
{
  g_clear_object (&self->root);
  g_free (self->label);
  g_free (self);
}

/**
 * km_test_ui_find:
 * @self: a program
 * @role: a role; ATSPI_ROLE_INVALID for any
 * @name: (nullable): its name; %NULL for any
 *
 * Returns: (nullable) (transfer full): the first such widget that is showing
 */
AtspiAccessible *
km_test_ui_find (KmTestUi   *self,
                 AtspiRole   role,
                 const char *name)
{
  Search wanted = { self, role, name, CAN_BE_SEEN, NULL };

  return search (self->root, &wanted, 0);
}

/**
 * km_test_ui_find_below:
 * @parent: a widget
 * @role: a role; ATSPI_ROLE_INVALID for any
 * @name: (nullable): its name; %NULL for any
 *
 * Returns: (nullable) (transfer full): @parent or the first such widget in it
 */
AtspiAccessible *
km_test_ui_find_below (AtspiAccessible *parent,
                       AtspiRole        role,
                       const char      *name)
{
  Search wanted = { NULL, role, name, CAN_BE_SEEN, NULL };

  return search (parent, &wanted, NEWEST_FIRST_LEVELS);
}

static guint
count (AtspiAccessible *node,
       const Search    *wanted,
       gboolean         is_root)
{
  guint n_matches;
  int n_children;

  if (!is_root && !is_showing (node))
    return 0;

  n_matches = matches (node, wanted) ? 1 : 0;
  n_children = atspi_accessible_get_child_count (node, NULL);
  for (int i = 0; i < n_children; i++)
    {
      g_autoptr (AtspiAccessible) child = NULL;

      child = atspi_accessible_get_child_at_index (node, i, NULL);
      if (child != NULL)
        n_matches += count (child, wanted, FALSE);
    }

  return n_matches;
}

/**
 * km_test_ui_count:
 * @self: a program
 * @role: a role; ATSPI_ROLE_INVALID for any
 * @name: (nullable): its name; %NULL for any
 *
 * Returns: how many such widgets are showing
 */
guint
km_test_ui_count (KmTestUi   *self,
                  AtspiRole   role,
                  const char *name)
{
  Search wanted = { self, role, name, CAN_BE_SEEN, NULL };

  return count (self->root, &wanted, TRUE);
}

static gboolean
is_there (gpointer data)
{
  Search *self = data;

  g_clear_object (&self->found);
  self->found = search (self->ui->root, self, 0);
  return self->found != NULL || !km_test_process_is_running (self->ui->process);
}

static gboolean
is_gone (gpointer data)
{
  Search *self = data;

  g_clear_object (&self->found);
  self->found = search (self->ui->root, self, 0);
  return self->found == NULL;
}

static void
describe_node (AtspiAccessible *node,
               guint            depth,
               GString         *text)
{
  g_autofree char *role = atspi_accessible_get_role_name (node, NULL);
  g_autofree char *name = atspi_accessible_get_name (node, NULL);
  int n_children = atspi_accessible_get_child_count (node, NULL);

  g_string_append_printf (text, "%*s%s \"%s\"%s\n", (int) (2 * depth), "",
                          role, name, is_showing (node) ? "" : " (not shown)");

  for (int i = 0; i < n_children; i++)
    {
      g_autoptr (AtspiAccessible) child = NULL;

      child = atspi_accessible_get_child_at_index (node, i, NULL);
      if (child != NULL)
        describe_node (child, depth + 1, text);
    }
}

/**
 * km_test_ui_describe:
 * @self: a program
 *
 * Returns: (transfer full): its widgets as an indented list
 */
char *
km_test_ui_describe (KmTestUi *self)
{
  GString *text = g_string_new (NULL);

  describe_node (self->root, 0, text);
  return g_string_free (text, FALSE);
}

static void
fail (KmTestUi   *self,
      const char *what,
      AtspiRole   role,
      const char *name)
{
  g_autofree char *shot = km_test_screen_save (self->screen, "failure");
  g_autofree char *role_name = atspi_role_get_name (role);
  g_autofree char *tree = NULL;

  if (!km_test_process_is_running (self->process))
    g_error ("%s has ended while %s \"%s\" was awaited; see its log",
             self->label, role_name, name);

  tree = km_test_ui_describe (self);
  g_error ("%s: %s \"%s\" %s; see %s\n%s", self->label, role_name,
           name != NULL ? name : "", what, shot, tree);
}

/**
 * km_test_ui_wait:
 * @self: a program
 * @role: a role; ATSPI_ROLE_INVALID for any
 * @name: (nullable): its name
 * @seconds: how long to wait at most
 *
 * Ends the test when no such widget shows in time.
 *
 * Returns: (transfer full): the widget
 */
AtspiAccessible *
km_test_ui_wait (KmTestUi   *self,
                 AtspiRole   role,
                 const char *name,
                 guint       seconds)
{
  Search wanted = { self, role, name, CAN_BE_SEEN, NULL };

  km_test_wait_until (is_there, &wanted, seconds);
  if (wanted.found == NULL)
    fail (self, "doesn't appear", role, name);

  return wanted.found;
}

void
km_test_ui_wait_gone (KmTestUi   *self,
                      AtspiRole   role,
                      const char *name,
                      guint       seconds)
{
  Search unwanted = { self, role, name, CAN_BE_SEEN, NULL };

  if (!km_test_wait_until (is_gone, &unwanted, seconds))
    fail (self, "doesn't go away", role, name);
}

#define ACTION_SECONDS 15

static gboolean
is_sensitive (gpointer data)
{
  Search *self = data;
  g_autoptr (AtspiStateSet) states = NULL;

  if (!is_there (data) || self->found == NULL)
    return FALSE;
  states = atspi_accessible_get_state_set (self->found);
  return atspi_state_set_contains (states, ATSPI_STATE_SENSITIVE);
}

/**
 * km_test_ui_press:
 * @self: a program
 * @role: a role
 * @name: (nullable): its name
 *
 * Waits for the widget to be usable and does what a click on it does.
 */
void
km_test_ui_press (KmTestUi   *self,
                  AtspiRole   role,
                  const char *name)
{
  Search wanted = { self, role, name, CAN_BE_PRESSED, NULL };
  g_autoptr (AtspiAction) action = NULL;
  g_autoptr (GError) error = NULL;

  if (!km_test_wait_until (is_sensitive, &wanted, ACTION_SECONDS))
    fail (self, "can't be pressed", role, name);

  action = atspi_accessible_get_action_iface (wanted.found);
  if (action == NULL || !atspi_action_do_action (action, 0, &error))
    fail (self, "has no action", role, name);
  g_clear_object (&wanted.found);
}

/**
 * km_test_ui_type:
 * @self: a program
 * @role: a role
 * @name: (nullable): its name
 * @text: replaces what stands in the entry
 */
void
km_test_ui_type (KmTestUi   *self,
                 AtspiRole   role,
                 const char *name,
                 const char *text)
{
  Search wanted = { self, role, name, CAN_BE_TYPED_INTO, NULL };
  g_autoptr (AtspiEditableText) editable = NULL;
  g_autoptr (GError) error = NULL;

  if (!km_test_wait_until (is_sensitive, &wanted, ACTION_SECONDS))
    fail (self, "can't be typed into", role, name);

  editable = atspi_accessible_get_editable_text_iface (wanted.found);
  if (!atspi_editable_text_set_text_contents (editable, text, &error))
    fail (self, "takes no text", role, name);
  g_clear_object (&wanted.found);
}

/**
 * km_test_ui_get_text:
 * @self: a program
 * @role: a role
 * @name: (nullable): its name
 *
 * Returns: (transfer full): what stands in that entry or label
 */
char *
km_test_ui_get_text (KmTestUi   *self,
                     AtspiRole   role,
                     const char *name)
{
  g_autoptr (AtspiAccessible) widget = km_test_ui_wait (self, role, name,
                                                        ACTION_SECONDS);
  g_autoptr (AtspiText) text = atspi_accessible_get_text_iface (widget);

  if (text == NULL)
    return atspi_accessible_get_name (widget, NULL);

  return atspi_text_get_text (text, 0,
                              atspi_text_get_character_count (text, NULL),
                              NULL);
}

static gboolean
get_extents (AtspiAccessible *node,
             AtspiRect       *bounds)
{
  g_autoptr (AtspiComponent) component = NULL;
  AtspiRect *extents;

  component = atspi_accessible_get_component_iface (node);
  if (component == NULL)
    return FALSE;

  extents = atspi_component_get_extents (component, ATSPI_COORD_TYPE_WINDOW,
                                         NULL);
  *bounds = *extents;
  g_free (extents);
  return TRUE;
}

/**
 * km_test_ui_get_bounds:
 * @self: a program whose window fills its screen
 * @role: a role
 * @name: (nullable): its name
 * @bounds: (out): where it is, in pixels of the screen
 *
 * Returns: whether it is showing and has a size
 */
gboolean
km_test_ui_get_bounds (KmTestUi   *self,
                       AtspiRole   role,
                       const char *name,
                       AtspiRect  *bounds)
{
  g_autoptr (AtspiAccessible) widget = km_test_ui_find (self, role, name);
  g_autoptr (AtspiAccessible) frame = NULL;
  AtspiRect window;

  frame = km_test_ui_find (self, ATSPI_ROLE_FRAME, NULL);
  if (widget == NULL || frame == NULL
      || !get_extents (widget, bounds) || !get_extents (frame, &window))
    return FALSE;

  /* GTK 4.18 takes the border that it draws around a window off twice: the
   * window says -5, and what is at 5 on the screen says -5 too. */
  bounds->x -= 2 * window.x;
  bounds->y -= 2 * window.y;
  return bounds->width > 0 && bounds->height > 0;
}
