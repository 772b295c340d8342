/* km-test-desktop.c: a desktop of a test's own, seen and touched from outside
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A private session bus (which starts the accessibility bus when asked), home
 * and runtime directories, and as many screens as the test wants, each an
 * Xvfb: one window a screen needs no window manager and is never covered by
 * another. Programs are started with an environment that knows nothing of the
 * machine's own desktop.
 *
 * Thread: main of the test, before any other thread starts, since the test's
 * own environment is changed too (libatspi finds its bus there).
 */

#include "km-test-desktop.h"

#include <cairo.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <X11/extensions/Xdamage.h>
#include <X11/extensions/XTest.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>

#define START_SECONDS 20
#define LOG_TAIL_BYTES 2000

struct _KmTestDesktop
{
  char *directory;
  char *home;
  char *runtime_dir;
  char *artefacts;
  char **environment;
  KmTestProcess *bus;
  GPtrArray *screens;
  guint saved;
};

struct _KmTestScreen
{
  KmTestDesktop *desktop;
  KmTestProcess *server;
  Display *display;
  Damage damage;
  char *name;
};

/* The one whose screens are kept when the test fails. */
static KmTestDesktop *running;

static void
screen_free (gpointer data)
{
  KmTestScreen *self = data;

  XCloseDisplay (self->display);
  km_test_process_stop (self->server);
  g_free (self->name);
  g_free (self);
}

/* A window may go away between being found and being asked for its size. */
static int
ignore_error (Display     *display,
              XErrorEvent *event)
{
  return 0;
}

static char *
make_directory (KmTestDesktop *self,
                const char    *variable,
                const char    *name)
{
  char *path = g_build_filename (self->directory, name, NULL);

  g_assert_no_errno (g_mkdir (path, 0700));
  if (variable != NULL)
    km_test_desktop_set_variable (self, variable, path);

  return path;
}

static void
start_bus (KmTestDesktop *self)
{
  g_autofree char *address = g_strdup_printf ("--address=unix:path=%s/bus",
                                              self->runtime_dir);
  g_autofree char *log = g_build_filename (self->artefacts, "dbus.log", NULL);
  g_autofree char *line = NULL;
  const char *argv[] = {
    "dbus-daemon", "--session", "--nofork", "--print-address", address, NULL
  };

  self->bus = km_test_process_start (argv,
                                     (const char * const *) self->environment,
                                     log);
  line = km_test_process_read_line (self->bus, START_SECONDS);
  if (line == NULL)
    g_error ("dbus-daemon doesn't start: see %s", log);

  km_test_desktop_set_variable (self, "DBUS_SESSION_BUS_ADDRESS", line);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", line, TRUE);
}

/* The end of what a program said, for whoever has only the test's output. */
static void
print_log (const char *directory,
           const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autofree char *text = NULL;
  gsize length;

  if (!g_str_has_suffix (name, ".log")
      || !g_file_get_contents (path, &text, &length, NULL) || length == 0)
    return;
  g_printerr ("--- the end of %s:\n%s\n", name,
              text + MAX (length, LOG_TAIL_BYTES) - LOG_TAIL_BYTES);
}

/* A test that fails ends here, by abort() or by g_error(), on its own thread
 * and at a known place: nothing is interrupted, all may be called. */
static void
on_failure (int number)
{
  static gboolean failing;
  g_autoptr (GDir) directory = NULL;
  const char *name;

  signal (number, SIG_DFL);
  if (!failing)
    {
      failing = TRUE;
      for (guint i = 0; i < running->screens->len; i++)
        g_free (km_test_screen_save (running->screens->pdata[i], "at-failure"));
      directory = g_dir_open (running->artefacts, 0, NULL);
      while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
        print_log (running->artefacts, name);
    }
  raise (number);
}

/**
 * km_test_desktop_start:
 * @artefacts: the directory for screenshots and logs; made when missing
 *
 * Returns: (transfer full): a desktop without screens
 */
KmTestDesktop *
km_test_desktop_start (const char *artefacts)
{
  KmTestDesktop *self = g_new0 (KmTestDesktop, 1);
  static const char * const foreign[] = {
    "DISPLAY", "WAYLAND_DISPLAY", "AT_SPI_BUS_ADDRESS", "PIPEWIRE_REMOTE",
    "PULSE_SERVER", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "GTK_THEME",
  };

  XSetErrorHandler (ignore_error);

  self->directory = km_test_directory_new ("desktop");
  self->artefacts = g_strdup (artefacts);
  self->environment = g_get_environ ();
  self->screens = g_ptr_array_new_with_free_func (screen_free);
  g_assert_no_errno (g_mkdir_with_parents (artefacts, 0755));

  for (gsize i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      self->environment = g_environ_unsetenv (self->environment, foreign[i]);
      g_unsetenv (foreign[i]);
    }
  self->home = make_directory (self, "HOME", "home");
  self->runtime_dir = make_directory (self, "XDG_RUNTIME_DIR", "run");
  g_free (make_directory (self, "XDG_CONFIG_HOME", "config"));
  g_free (make_directory (self, "XDG_DATA_HOME", "data"));
  g_free (make_directory (self, "XDG_CACHE_HOME", "cache"));
  g_free (make_directory (self, "XDG_STATE_HOME", "state"));
  km_test_desktop_set_variable (self, "GDK_BACKEND", "x11");
  km_test_desktop_set_variable (self, "GSK_RENDERER", "cairo");
  km_test_desktop_set_variable (self, "ADW_DISABLE_PORTAL", "1");
  km_test_desktop_set_variable (self, "GTK_USE_PORTAL", "0");
  km_test_desktop_set_variable (self, "G_DEBUG", "fatal-criticals");
  g_setenv ("XDG_RUNTIME_DIR", self->runtime_dir, TRUE);

  start_bus (self);
  running = self;
  signal (SIGABRT, on_failure);
  signal (SIGTRAP, on_failure);
  return self;
}

/**
 * km_test_desktop_stop:
 * @self: (transfer full): a desktop whose programs have been stopped
 */
void
km_test_desktop_stop (KmTestDesktop *self)
{
  signal (SIGABRT, SIG_DFL);
  signal (SIGTRAP, SIG_DFL);
  running = NULL;
  g_ptr_array_unref (self->screens);
  km_test_process_stop (self->bus);
  km_test_directory_remove (self->directory);

  g_strfreev (self->environment);
  g_free (self->directory);
  g_free (self->home);
  g_free (self->runtime_dir);
  g_free (self->artefacts);
  g_free (self);
}

const char *
km_test_desktop_get_runtime_dir (KmTestDesktop *self)
{
  return self->runtime_dir;
}

const char *
km_test_desktop_get_home (KmTestDesktop *self)
{
  return self->home;
}

const char *
km_test_desktop_get_artefacts (KmTestDesktop *self)
{
  return self->artefacts;
}

void
km_test_desktop_set_variable (KmTestDesktop *self,
                              const char    *name,
                              const char    *value)
{
  self->environment = g_environ_setenv (self->environment, name, value, TRUE);
}

/**
 * km_test_desktop_add_screen:
 * @self: a desktop
 * @width: pixels
 * @height: pixels
 *
 * Returns: (transfer none): a new, empty screen
 */
KmTestScreen *
km_test_desktop_add_screen (KmTestDesktop *self,
                            guint          width,
                            guint          height)
{
  KmTestScreen *screen = g_new0 (KmTestScreen, 1);
  g_autofree char *size = g_strdup_printf ("%ux%ux24", width, height);
  g_autofree char *number = NULL;
  const char *argv[] = {
    "Xvfb", "-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp",
    "-noreset", NULL
  };
  g_autofree char *log = g_build_filename (self->artefacts, "xvfb.log", NULL);

  screen->desktop = self;
  screen->server = km_test_process_start (
      argv, (const char * const *) self->environment, log);
  number = km_test_process_read_line (screen->server, START_SECONDS);
  if (number == NULL)
    g_error ("Xvfb doesn't start: see %s", log);

  screen->name = g_strconcat (":", number, NULL);
  screen->display = XOpenDisplay (screen->name);
  if (screen->display == NULL)
    g_error ("Xvfb %s can't be reached", screen->name);

  g_ptr_array_add (self->screens, screen);
  return screen;
}

/**
 * km_test_screen_start:
 * @self: a screen
 * @argv: a program
 * @log_name: the name of its log among the artefacts
 *
 * Returns: (transfer full): the program, started on this screen
 */
KmTestProcess *
km_test_screen_start (KmTestScreen       *self,
                      const char * const *argv,
                      const char         *log_name)
{
  KmTestDesktop *desktop = self->desktop;
  g_autofree char *log = g_build_filename (desktop->artefacts, log_name, NULL);
  g_auto (GStrv) environment = g_strdupv (desktop->environment);

  environment = g_environ_setenv (environment, "DISPLAY", self->name, TRUE);
  return km_test_process_start (argv, (const char * const *) environment, log);
}

/**
 * km_test_screen_has_process:
 * @self: a screen
 * @pid: a process id
 *
 * Returns: whether that process was started to draw on this screen, or by one
 *   that was
 */
gboolean
km_test_screen_has_process (KmTestScreen *self,
                            GPid          pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/environ", (int) pid);
  g_autofree char *wanted = g_strconcat ("DISPLAY=", self->name, NULL);
  g_autofree char *variables = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &variables, &length, NULL))
    return FALSE;

  for (gsize at = 0; at < length; at += strlen (variables + at) + 1)
    if (strcmp (variables + at, wanted) == 0)
      return TRUE;

  return FALSE;
}

void
km_test_pixels_free (KmTestPixels *pixels)
{
  g_free (pixels->data);
  g_free (pixels);
}

/**
 * km_test_screen_read:
 * @self: a screen
 * @x: left edge
 * @y: upper edge
 * @width: columns; 0 for all
 * @height: rows; 0 for all
 *
 * Returns: (nullable) (transfer full): what is shown there now; %NULL when
 *   that lies outside of the screen
 */
KmTestPixels *
km_test_screen_read (KmTestScreen *self,
                     int           x,
                     int           y,
                     guint         width,
                     guint         height)
{
  int screen = DefaultScreen (self->display);
  KmTestPixels *pixels;
  XImage *image;

  if (width == 0)
    width = (guint) DisplayWidth (self->display, screen);
  if (height == 0)
    height = (guint) DisplayHeight (self->display, screen);

  image = XGetImage (self->display, RootWindow (self->display, screen),
                     x, y, width, height, AllPlanes, ZPixmap);
  if (image == NULL)
    return NULL;

  g_assert_cmpint (image->bits_per_pixel, ==, 32);
  pixels = g_new0 (KmTestPixels, 1);
  pixels->width = width;
  pixels->height = height;
  pixels->stride = (gsize) image->bytes_per_line;
  pixels->data = g_memdup2 (image->data, pixels->stride * height);
  XDestroyImage (image);

  return pixels;
}

/* Drawing by any window is reported for the root window it lies in. */
static void
watch_painting (KmTestScreen *self)
{
  int event_base;
  int error_base;

  if (!XDamageQueryExtension (self->display, &event_base, &error_base))
    g_error ("Xvfb %s has no DAMAGE extension", self->name);
  self->damage = XDamageCreate (self->display,
                                DefaultRootWindow (self->display),
                                XDamageReportNonEmpty);
}

/**
 * km_test_screen_wait_painted:
 * @self: a screen
 * @ms: how long to wait at most
 *
 * Waits until something has been painted since the last call.
 *
 * Returns: whether it has
 */
gboolean
km_test_screen_wait_painted (KmTestScreen *self,
                             guint         ms)
{
  struct pollfd poll_fd = {
    .fd = ConnectionNumber (self->display),
    .events = POLLIN,
  };
  gboolean painted = FALSE;

  if (self->damage == None)
    watch_painting (self);

  if (XPending (self->display) == 0)
    poll (&poll_fd, 1, (int) ms);
  while (XPending (self->display) > 0)
    {
      XEvent event;

      XNextEvent (self->display, &event);
      painted = TRUE;
    }
  XDamageSubtract (self->display, self->damage, None, None);
  XFlush (self->display);

  return painted;
}

/**
 * km_test_screen_save:
 * @self: a screen
 * @name: a few words for the file's name
 *
 * Keeps a picture of the whole screen with the test's artefacts; the files
 * are numbered in the order of their taking.
 *
 * Returns: (transfer full): the path of the PNG
 */
char *
km_test_screen_save (KmTestScreen *self,
                     const char   *name)
{
  KmTestDesktop *desktop = self->desktop;
  g_autoptr (KmTestPixels) pixels = km_test_screen_read (self, 0, 0, 0, 0);
  g_autofree char *file = g_strdup_printf ("%02u-%s.png", ++desktop->saved,
                                           name);
  char *path = g_build_filename (desktop->artefacts, file, NULL);
  cairo_surface_t *surface;

  surface = cairo_image_surface_create_for_data (
      pixels->data, CAIRO_FORMAT_RGB24,
      (int) pixels->width, (int) pixels->height, (int) pixels->stride);
  if (cairo_surface_write_to_png (surface, path) != CAIRO_STATUS_SUCCESS)
    g_printerr ("%s can't be written\n", path);
  cairo_surface_destroy (surface);

  return path;
}

/* The topmost window that isn't a popover: dialogs of GTK 4 live inside it. */
static Window
find_main_window (KmTestScreen *self)
{
  Window root = DefaultRootWindow (self->display);
  Window parent;
  Window *children = NULL;
  Window found = None;
  unsigned int n_children = 0;

  if (!XQueryTree (self->display, root, &root, &parent, &children, &n_children))
    return None;

  for (unsigned int i = 0; i < n_children; i++)
    {
      XWindowAttributes attributes;

      if (XGetWindowAttributes (self->display, children[i], &attributes)
          && attributes.map_state == IsViewable
          && !attributes.override_redirect)
        found = children[i];
    }
  if (children != NULL)
    XFree (children);

  return found;
}

/**
 * km_test_screen_fill:
 * @self: a screen with a window
 *
 * Makes the window as large as the screen and gives it the keyboard, as a
 * window manager would.
 */
void
km_test_screen_fill (KmTestScreen *self)
{
  int screen = DefaultScreen (self->display);
  Window window = find_main_window (self);

  if (window == None)
    return;

  XMoveResizeWindow (self->display, window, 0, 0,
                     (unsigned int) DisplayWidth (self->display, screen),
                     (unsigned int) DisplayHeight (self->display, screen));
  XSetInputFocus (self->display, window, RevertToPointerRoot, CurrentTime);
  XSync (self->display, False);
}

static KeyCode
find_key (KmTestScreen *self,
          const char   *key)
{
  KeyCode code = XKeysymToKeycode (self->display, XStringToKeysym (key));

  g_assert_cmpuint (code, !=, 0);

  return code;
}

/**
 * km_test_screen_press_key:
 * @self: a screen
 * @key: an X key name, such as "Return" or "d"
 */
void
km_test_screen_press_key (KmTestScreen *self,
                          const char   *key)
{
  KeyCode code = find_key (self, key);
  Window window = find_main_window (self);

  if (window != None)
    XSetInputFocus (self->display, window, RevertToPointerRoot, CurrentTime);
  XTestFakeKeyEvent (self->display, code, True, CurrentTime);
  XTestFakeKeyEvent (self->display, code, False, CurrentTime);
  XSync (self->display, False);
}

/* As km_test_screen_press_key(), with Shift held. */
void
km_test_screen_press_shift_key (KmTestScreen *self,
                                const char   *key)
{
  KeyCode shift = find_key (self, "Shift_L");

  XTestFakeKeyEvent (self->display, shift, True, CurrentTime);
  km_test_screen_press_key (self, key);
  XTestFakeKeyEvent (self->display, shift, False, CurrentTime);
  XSync (self->display, False);
}

void
km_test_screen_move_pointer (KmTestScreen *self,
                             int           x,
                             int           y)
{
  XTestFakeMotionEvent (self->display, -1, x, y, CurrentTime);
  XSync (self->display, False);
}

void
km_test_screen_click (KmTestScreen *self,
                      int           x,
                      int           y)
{
  km_test_screen_move_pointer (self, x, y);
  XTestFakeButtonEvent (self->display, 1, True, CurrentTime);
  XTestFakeButtonEvent (self->display, 1, False, CurrentTime);
  XSync (self->display, False);
}
