/* test-camera-portal.c: what a sandboxed app gets when it asks for cameras
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asking is the same outside of a sandbox, so these run there.
 */

#include "km-camera-portal.h"
#include "km-media.h"
#include "km-test-pipewire.h"

#include <gst/gst.h>
#include <unistd.h>

#define SECONDS 60

static KmTestPipewire *pipewire;

typedef struct
{
  gboolean answered;
  int fd;
  GError *error;
} Answer;

static void
on_answer (GObject      *source_object,
           GAsyncResult *result,
           gpointer      data)
{
  Answer *answer = data;

  answer->fd = km_camera_portal_open_finish (result, &answer->error);
  answer->answered = TRUE;
}

static gboolean
is_answered (gpointer data)
{
  Answer *answer = data;

  return answer->answered;
}

static void
wait_for_answer (Answer *answer)
{
  if (!km_test_wait_until (is_answered, answer, SECONDS))
    g_error ("the portal doesn't answer");
}

static void
assert_refused (KmMediaError code)
{
  Answer answer = { 0 };

  km_camera_portal_open (NULL, on_answer, &answer);
  wait_for_answer (&answer);
  g_assert_error (answer.error, KM_MEDIA_ERROR, (int) code);
  g_assert_cmpint (answer.fd, ==, -1);
  g_error_free (answer.error);
}

static gboolean
has_devices (gpointer data)
{
  GList *devices = gst_device_provider_get_devices (data);
  gboolean any = devices != NULL;

  g_list_free_full (devices, gst_object_unref);
  return any;
}

/* The descriptor is a connection that shows the camera and nothing else. */
static void
assert_only_camera (int fd)
{
  GstDeviceProvider *provider =
    gst_device_provider_factory_get_by_name ("pipewiredeviceprovider");
  GList *devices;

  g_object_set (provider, "fd", fd, NULL);
  g_assert_true (gst_device_provider_start (provider));

  /* WirePlumber shows it what it may see once it is there. */
  g_assert_true (km_test_wait_until (has_devices, provider, SECONDS));
  devices = gst_device_provider_get_devices (provider);

  /* GStreamer lists the first ones twice. */
  for (GList *l = devices; l != NULL; l = l->next)
    {
      g_autofree char *name = gst_device_get_display_name (l->data);

      g_assert_cmpstr (name, ==, "Test Camera");
    }

  /* Not stopped: see km-devices.c. */
  g_list_free_full (devices, gst_object_unref);
  gst_object_unref (provider);
}

static void
test_no_portal (void)
{
  assert_refused (KM_MEDIA_ERROR_FAILED);
}

static void
test_no_camera (void)
{
  g_autoptr (KmTestProcess) portal =
    km_test_pipewire_add_portal (pipewire, "granted");

  assert_refused (KM_MEDIA_ERROR_GONE);
}

static void
test_denied (void)
{
  g_autoptr (KmTestProcess) camera =
    km_test_pipewire_add_camera (pipewire, "cam", "Test Camera");
  g_autoptr (KmTestProcess) portal =
    km_test_pipewire_add_portal (pipewire, "denied");

  assert_refused (KM_MEDIA_ERROR_DENIED);
}

static void
test_cancelled (void)
{
  g_autoptr (KmTestProcess) camera =
    km_test_pipewire_add_camera (pipewire, "cam", "Test Camera");
  g_autoptr (KmTestProcess) portal =
    km_test_pipewire_add_portal (pipewire, "silent");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *asked = NULL;
  g_autofree char *closed = NULL;
  Answer answer = { 0 };

  km_camera_portal_open (cancellable, on_answer, &answer);
  while (asked == NULL)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      asked = km_test_process_read_line (portal, 1);
    }
  g_assert_cmpstr (asked, ==, "asked");
  g_assert_false (answer.answered);

  g_cancellable_cancel (cancellable);
  wait_for_answer (&answer);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&answer.error);

  /* The system takes its question off the screen. */
  closed = km_test_process_read_line (portal, SECONDS);
  g_assert_cmpstr (closed, ==, "closed");
}

static void
test_granted (void)
{
  g_autoptr (KmTestProcess) microphone =
    km_test_pipewire_add_microphone (pipewire, "mic", "Test Microphone");
  g_autoptr (KmTestProcess) portal =
    km_test_pipewire_add_portal (pipewire, "granted");
  g_autoptr (KmTestProcess) camera =
    km_test_pipewire_add_camera (pipewire, "cam", "Test Camera");
  Answer answer = { 0 };

  km_camera_portal_open (NULL, on_answer, &answer);
  wait_for_answer (&answer);
  g_assert_no_error (answer.error);
  g_assert_cmpint (answer.fd, >=, 0);
  assert_only_camera (answer.fd);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  pipewire = km_test_pipewire_start (NULL, NULL);
  km_media_init (&error);
  g_assert_no_error (error);

  g_test_add_func ("/media/camera-portal/none-is-told", test_no_portal);
  g_test_add_func ("/media/camera-portal/no-camera-isnt-asked-for",
                   test_no_camera);
  g_test_add_func ("/media/camera-portal/denied-is-told", test_denied);
  g_test_add_func ("/media/camera-portal/cancelling-closes-the-question",
                   test_cancelled);
  g_test_add_func ("/media/camera-portal/granted-shows-cameras-only",
                   test_granted);

  status = g_test_run ();
  km_test_pipewire_stop (pipewire);
  return status;
}
