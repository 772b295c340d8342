/* test-devices.c: what is plugged in is listed once, and leaves the list
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-devices.h"
#include "km-media.h"
#include "km-test-pipewire.h"

#define SECONDS 60

static KmTestPipewire *pipewire;

typedef struct
{
  KmDevices *devices;
  guint cameras;
  guint microphones;
} Expected;

static gboolean
is_as_expected (gpointer data)
{
  Expected *expected = data;
  KmDevices *devices = expected->devices;

  return km_devices_get_ready (devices) &&
         g_list_model_get_n_items (km_devices_get_cameras (devices)) ==
           expected->cameras &&
         g_list_model_get_n_items (km_devices_get_microphones (devices)) ==
           expected->microphones;
}

static void
expect (KmDevices *devices,
        guint      cameras,
        guint      microphones)
{
  Expected expected = { devices, cameras, microphones };

  if (!km_test_wait_until (is_as_expected, &expected, SECONDS))
    g_error ("%u cameras and %u microphones instead of %u and %u",
             g_list_model_get_n_items (km_devices_get_cameras (devices)),
             g_list_model_get_n_items (km_devices_get_microphones (devices)),
             cameras, microphones);
}

static void
test_listed_once (void)
{
  g_autoptr (KmTestProcess) camera =
    km_test_pipewire_add_camera (pipewire, "cam-a", "Camera A");
  g_autoptr (KmTestProcess) microphone =
    km_test_pipewire_add_microphone (pipewire, "mic-a", "Microphone A");
  KmDevices *devices = km_devices_get_default ();
  g_autoptr (KmDevice) found = NULL;

  km_devices_start (devices);
  expect (devices, 1, 1);

  found = km_devices_find (devices, KM_DEVICE_CAMERA, "cam-a");
  g_assert_nonnull (found);
  g_assert_cmpstr (km_device_get_label (found), ==, "Camera A");
  g_assert_null (km_devices_find (devices, KM_DEVICE_CAMERA, "mic-a"));
}

static void
test_hot_plug (void)
{
  KmDevices *devices = km_devices_get_default ();
  g_autoptr (KmTestProcess) twin = NULL;
  g_autoptr (KmTestProcess) microphone = NULL;
  KmTestProcess *camera;

  /* One of the test before is unplugged like any other. */
  km_devices_start (devices);
  expect (devices, 0, 0);

  camera = km_test_pipewire_add_camera (pipewire, "cam-b", "Camera B");
  expect (devices, 1, 0);
  twin = km_test_pipewire_add_camera (pipewire, "cam-b", "Camera B");
  expect (devices, 2, 0);
  microphone = km_test_pipewire_add_microphone (pipewire, "mic-b", "Mic B");
  expect (devices, 2, 1);

  km_test_process_stop (camera);
  expect (devices, 1, 1);
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

  g_test_add_func ("/media/devices/listed-once", test_listed_once);
  g_test_add_func ("/media/devices/hot-plug", test_hot_plug);

  status = g_test_run ();
  km_test_pipewire_stop (pipewire);
  return status;
}
