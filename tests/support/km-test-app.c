/* km-test-app.c: Kaimu's windows in the words of the person who uses them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each call is one thing that a person does or sees, waits until the window
 * shows that it worked, and ends the test when it doesn't. An app has a screen
 * of its own; profiles share the desktop, and so this computer's server.
 *
 * Thread: main of the test.
 */

#include "km-test-app.h"

#include "km-barcode.h"

#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>

#define WORK_SECONDS 30
#define STREAM_SECONDS 40

/* With the time behind it; a card of the lobby says only "LIVE". */
#define LIVE_BADGE "LIVE *"

struct _KmTestApp
{
  KmTestDesktop *desktop;
  KmTestScreen *screen;
  KmTestProcess *process;
  KmTestUi *ui;
  char *label;
  AtspiAccessible *comments;
};

static KmTestApp *
start (KmTestDesktop      *desktop,
       const char         *profile,
       guint               width,
       guint               height,
       const char * const *argv)
{
  KmTestApp *self = g_new0 (KmTestApp, 1);
  g_autofree char *log = NULL;

  self->desktop = desktop;
  self->label = g_strdup (profile != NULL ? profile : "streamer");
  self->screen = km_test_desktop_add_screen (desktop, width, height);
  log = g_strconcat (self->label, ".log", NULL);
  self->process = km_test_screen_start (self->screen, argv, log);
  self->ui = km_test_ui_attach (self->screen, self->process, self->label);
  g_object_unref (km_test_ui_wait (self->ui, ATSPI_ROLE_FRAME, NULL,
                                   WORK_SECONDS));
  km_test_screen_fill (self->screen);

  return self;
}

static const char *
get_program (void)
{
  const char *program = g_getenv ("KAIMU");

  return program != NULL ? program : "kaimu";
}

/**
 * km_test_app_start:
 * @desktop: where
 * @profile: (nullable): the profile; %NULL for the default one
 * @width: pixels of its screen
 * @height: pixels of its screen
 *
 * Opens Kaimu and waits for its first window.
 *
 * Returns: (transfer full): the running app
 */
KmTestApp *
km_test_app_start (KmTestDesktop *desktop,
                   const char    *profile,
                   guint          width,
                   guint          height)
{
  const char *argv[] = { get_program (), profile != NULL ? "--profile" : NULL,
                         profile, NULL };

  return start (desktop, profile, width, height, argv);
}

/**
 * km_test_app_start_link:
 * @desktop: where
 * @profile: the profile
 * @link: what somebody opened elsewhere
 * @width: pixels of its screen
 * @height: pixels of its screen
 *
 * Opens @link as a desktop does, and waits for the first window.
 *
 * Returns: (transfer full): the running app
 */
KmTestApp *
km_test_app_start_link (KmTestDesktop *desktop,
                        const char    *profile,
                        const char    *link,
                        guint          width,
                        guint          height)
{
  const char *argv[] = { get_program (), "--profile", profile, link, NULL };

  return start (desktop, profile, width, height, argv);
}

/**
 * km_test_app_start_in_sandbox:
 * @desktop: where
 * @width: pixels of its screen
 * @height: pixels of its screen
 *
 * Opens Kaimu as from a Flatpak, with km-test-sandbox, and waits for its first
 * window.
 *
 * Returns: (transfer full): the running app
 */
KmTestApp *
km_test_app_start_in_sandbox (KmTestDesktop *desktop,
                              guint          width,
                              guint          height)
{
  const char *argv[] = { KM_TEST_SANDBOX, get_program (), NULL };

  return start (desktop, NULL, width, height, argv);
}

/**
 * km_test_app_stop:
 * @self: (transfer full): an app
 */
void
km_test_app_stop (KmTestApp *self)
{
  g_clear_object (&self->comments);
  km_test_ui_free (self->ui);
  km_test_process_stop (self->process);
  g_free (self->label);
  g_free (self);
}

/**
 * km_test_app_kill:
 * @self: (transfer full): an app, which gets no chance to tidy up
 */
void
km_test_app_kill (KmTestApp *self)
{
  km_test_process_signal (self->process, SIGKILL);
  km_test_app_stop (self);
}

KmTestUi *
km_test_app_get_ui (KmTestApp *self)
{
  return self->ui;
}

KmTestScreen *
km_test_app_get_screen (KmTestApp *self)
{
  return self->screen;
}

KmTestProcess *
km_test_app_get_process (KmTestApp *self)
{
  return self->process;
}

/**
 * km_test_app_save_screen:
 * @self: an app
 * @name: what its picture shows
 */
void
km_test_app_save_screen (KmTestApp  *self,
                         const char *name)
{
  g_autofree char *file = g_strdup_printf ("%s-%s", self->label, name);

  g_free (km_test_screen_save (self->screen, file));
}

/**
 * km_test_app_find_server:
 * @self: an app whose desktop has a server for "This computer"
 *
 * Returns: the server's process id, from the file that the apps look at too
 */
GPid
km_test_app_find_server (KmTestApp *self)
{
  g_autofree char *path = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *object;

  path = g_build_filename (km_test_desktop_get_runtime_dir (self->desktop),
                           "kaimu", "this-computer.json", NULL);
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  object = json_node_get_object (json_parser_get_root (parser));
  return (GPid) json_object_get_int_member (object, "pid");
}

static void
press (KmTestApp  *self,
       const char *name)
{
  km_test_ui_press (self->ui, ATSPI_ROLE_INVALID, name);
}

static void
wait_for (KmTestApp  *self,
          const char *name,
          guint       seconds)
{
  g_object_unref (km_test_ui_wait (self->ui, ATSPI_ROLE_INVALID, name,
                                   seconds));
}

/**
 * km_test_app_create_account:
 * @self: an app whose window offers "Sign In to Talk"
 * @name: of the account
 * @shown_name: what others see
 */
void
km_test_app_create_account (KmTestApp  *self,
                            const char *name,
                            const char *shown_name)
{
  press (self, "Sign In to Talk");
  press (self, "Create Account");
  km_test_ui_type (self->ui, ATSPI_ROLE_INVALID, "Name", name);
  km_test_ui_type (self->ui, ATSPI_ROLE_INVALID, "Shown Name (Optional)",
                   shown_name);
  km_test_ui_type (self->ui, ATSPI_ROLE_INVALID, "Password",
                   KM_TEST_APP_PASSWORD);
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Create Account");
  wait_for (self, "Message", WORK_SECONDS);
}

/**
 * km_test_app_add_server:
 * @self: an app with its lobby in front
 * @address: of a server that runs
 *
 * Adds it, which shows its lobby.
 */
void
km_test_app_add_server (KmTestApp  *self,
                        const char *address)
{
  press (self, "Server: *");
  press (self, "Add Server…");
  km_test_ui_type (self->ui, ATSPI_ROLE_INVALID, "Address", address);
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Add");
  km_test_ui_wait_gone (self->ui, ATSPI_ROLE_INVALID, "Address", WORK_SECONDS);
}

/**
 * km_test_app_open_sign_in:
 * @self: an app with the lobby of a server in front, as a guest
 */
void
km_test_app_open_sign_in (KmTestApp *self)
{
  press (self, "Account");
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Sign In");
  wait_for (self, "Password", WORK_SECONDS);
}

/**
 * km_test_app_sign_in:
 * @self: an app with the lobby of a server in front, as a guest
 * @name: an account there whose password is %KM_TEST_APP_PASSWORD
 */
void
km_test_app_sign_in (KmTestApp  *self,
                     const char *name)
{
  km_test_app_open_sign_in (self);
  km_test_ui_type (self->ui, ATSPI_ROLE_INVALID, "Name", name);
  km_test_ui_type (self->ui, ATSPI_ROLE_INVALID, "Password",
                   KM_TEST_APP_PASSWORD);
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Sign In");
  km_test_ui_wait_gone (self->ui, ATSPI_ROLE_INVALID, "Password",
                        WORK_SECONDS);
}

/**
 * km_test_app_wait:
 * @self: an app
 * @name: what has to show: a text, or what a screen reader calls it
 */
void
km_test_app_wait (KmTestApp  *self,
                  const char *name)
{
  wait_for (self, name, WORK_SECONDS);
}

/**
 * km_test_app_open_studio:
 * @self: an app with its lobby in front
 */
void
km_test_app_open_studio (KmTestApp *self)
{
  press (self, "Go Live…");
  km_test_ui_wait (self->ui, ATSPI_ROLE_BUTTON, "Go Live", WORK_SECONDS);
  km_test_screen_fill (self->screen);
}

/**
 * km_test_app_go_live:
 * @self: an app with its Studio in front
 *
 * Returns when the badge says that the server has the stream.
 */
void
km_test_app_go_live (KmTestApp *self)
{
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Go Live");
  wait_for (self, LIVE_BADGE, STREAM_SECONDS);
}

/**
 * km_test_app_end_stream:
 * @self: an app with its Studio in front, live
 *
 * Returns when the summary is shown.
 */
void
km_test_app_end_stream (KmTestApp *self)
{
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "End");
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "End Stream");
  wait_for (self, "The Stream Has Ended", WORK_SECONDS);
  km_test_ui_wait_gone (self->ui, ATSPI_ROLE_INVALID, LIVE_BADGE, WORK_SECONDS);
}

/**
 * km_test_app_get_address:
 * @self: an app with its Studio in front
 *
 * Returns: (transfer full): the address at which others watch
 */
char *
km_test_app_get_address (KmTestApp *self)
{
  char *address;

  press (self, "Who Can Watch");
  address = km_test_ui_get_text (self->ui, ATSPI_ROLE_TEXT,
                                 "Watch Address");
  km_test_screen_press_key (self->screen, "Escape");
  return address;
}

/**
 * km_test_app_open_room:
 * @self: an app with its lobby in front
 * @card: the name of the room's card
 */
void
km_test_app_open_room (KmTestApp  *self,
                       const char *card)
{
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, card);
  wait_for (self, "Picture", WORK_SECONDS);
  km_test_screen_fill (self->screen);
}

/**
 * km_test_app_say:
 * @self: an app with a chat panel
 * @text: what to say
 */
void
km_test_app_say (KmTestApp  *self,
                 const char *text)
{
  km_test_ui_type (self->ui, ATSPI_ROLE_INVALID, "Message", text);
  press (self, "Send");
}

/**
 * km_test_app_wait_message:
 * @self: an app with a chat panel
 * @text: what somebody said
 */
void
km_test_app_wait_message (KmTestApp  *self,
                          const char *text)
{
  g_object_unref (km_test_ui_wait (self->ui, ATSPI_ROLE_LABEL, text,
                                   WORK_SECONDS));
}

/**
 * km_test_app_look_at:
 * @self: an app
 * @place: "Picture" or "Audience stage"
 *
 * From now on km_test_app_wait_flying() looks there. A comment is gone after
 * a few seconds, and finding the place may take as long on a busy machine, so
 * a test looks there before anybody speaks.
 */
void
km_test_app_look_at (KmTestApp  *self,
                     const char *place)
{
  g_autoptr (AtspiAccessible) parent = NULL;

  parent = km_test_ui_wait (self->ui, ATSPI_ROLE_INVALID, place, WORK_SECONDS);
  g_clear_object (&self->comments);
  self->comments = km_test_ui_find_below (parent, ATSPI_ROLE_IMAGE, "?*");
  g_assert_nonnull (self->comments);
}

typedef struct
{
  AtspiAccessible *comments;
  const char *text;
} Flight;

static gboolean
flies (gpointer data)
{
  Flight *flight = data;
  g_autofree char *name = atspi_accessible_get_name (flight->comments, NULL);

  return name != NULL && strstr (name, flight->text) != NULL;
}

/**
 * km_test_app_wait_flying:
 * @self: an app that looks at a place where comments fly
 * @text: a comment that crosses it now or soon
 *
 * The view of the comments says what it shows, as a picture's description
 * does.
 */
void
km_test_app_wait_flying (KmTestApp  *self,
                         const char *text)
{
  Flight flight = { self->comments, text };

  g_assert_nonnull (self->comments);
  if (!km_test_wait_until (flies, &flight, WORK_SECONDS))
    g_error ("%s: \"%s\" doesn't fly", self->label, text);
}

static gboolean
find_picture (KmTestApp     *self,
              const char    *place,
              KmTestPicture *picture)
{
  AtspiRect bounds;

  if (!km_test_ui_get_bounds (self->ui, ATSPI_ROLE_INVALID, place, &bounds))
    return FALSE;

  picture->scale = MIN (bounds.width / 1280.0, bounds.height / 720.0);
  picture->x = bounds.x + (bounds.width - 1280 * picture->scale) / 2;
  picture->y = bounds.y + (bounds.height - 720 * picture->scale) / 2;
  return TRUE;
}

/**
 * km_test_app_find_picture:
 * @self: an app with its Room in front
 * @picture: (out): where the picture is, as long as the window keeps its size
 *
 * Returns: whether there is a place for one
 */
gboolean
km_test_app_find_picture (KmTestApp     *self,
                          KmTestPicture *picture)
{
  return find_picture (self, "Picture", picture);
}

/**
 * km_test_app_read_barcode:
 * @self: an app that shows the test camera's picture
 * @picture: from km_test_app_find_picture()
 * @line: 0 for the time that the camera painted, 1 for the frame's number
 * @value: (out): what the barcode says
 *
 * Reads the screen, where a person would look.
 *
 * Returns: whether there is a barcode that can be read
 */
gboolean
km_test_app_read_barcode (KmTestApp           *self,
                          const KmTestPicture *picture,
                          guint                line,
                          guint64             *value)
{
  double upper = picture->y + line * KM_BARCODE_HEIGHT_PX * picture->scale;
  int left = (int) picture->x;
  int top = (int) upper;
  g_autoptr (KmTestPixels) pixels = NULL;
  KmBarcodeImage image;

  pixels = km_test_screen_read (
      self->screen, left, top,
      (guint) (KM_BARCODE_WIDTH_PX * picture->scale) + 2,
      (guint) (KM_BARCODE_HEIGHT_PX * picture->scale) + 2);
  if (pixels == NULL)
    return FALSE;

  image = (KmBarcodeImage) {
    .pixels = pixels->data,
    .stride = pixels->stride,
    .pixel_bytes = 4,
    .channel = 1,
    .width_px = pixels->width,
    .height_px = pixels->height,
  };
  return km_barcode_read (&image, picture->x - left, upper - top,
                          picture->scale, value);
}

/* Evenly coloured fields, as in the test picture, look like a barcode too: of
 * zeros or of ones. */
static gboolean
read_frame (KmTestApp  *self,
            const char *place,
            guint64    *frame)
{
  KmTestPicture picture;

  return find_picture (self, place, &picture)
         && km_test_app_read_barcode (self, &picture, 1, frame)
         && *frame > 0 && *frame < G_MAXUINT32;
}

typedef struct
{
  KmTestApp *app;
  const char *place;
  guint64 frame;
} Frame;

static gboolean
shows_newer_frame (gpointer data)
{
  Frame *last = data;
  guint64 frame;

  if (!read_frame (last->app, last->place, &frame) || frame <= last->frame)
    return FALSE;

  last->frame = frame;
  return TRUE;
}

/**
 * km_test_app_wait_moving:
 * @self: an app that shows the test camera's picture
 * @place: "Picture" in a Room, "Preview" in the Studio
 *
 * Waits for ten different pictures in the order in which the camera made them.
 */
void
km_test_app_wait_moving (KmTestApp  *self,
                         const char *place)
{
  Frame last = { self, place, 0 };

  for (guint i = 0; i < 10; i++)
    {
      if (km_test_wait_until (shows_newer_frame, &last, STREAM_SECONDS))
        continue;
      km_test_app_save_screen (self, "no-moving-picture");
      g_error ("%s: the picture doesn't move after frame %" G_GUINT64_FORMAT,
               self->label, last.frame);
    }
}

/**
 * km_test_app_shows_camera:
 * @self: an app
 * @place: "Picture" in a Room, "Preview" in the Studio
 *
 * Returns: whether the test camera's picture can be seen there now
 */
gboolean
km_test_app_shows_camera (KmTestApp  *self,
                          const char *place)
{
  guint64 frame;

  return read_frame (self, place, &frame);
}
