/* test-elements.c: what is missing is named, and the best format is taken
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-bus.h"
#include "km-camera-format.h"
#include "km-elements.h"
#include "km-media.h"

static void
test_each_role_is_served (void)
{
  for (guint role = 0; role < KM_ELEMENT_N_ROLES; role++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_nonnull (km_elements_choose (role, &error));
      g_assert_no_error (error);
    }
}

static void
test_missing_is_named (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (km_elements_make ("nosuchelement", NULL, &error));
  g_assert_error (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_MISSING);
  g_assert_nonnull (strstr (error->message, "nosuchelement"));
  g_clear_error (&error);

  g_assert_null (km_elements_parse_bin ("identity ! nosuchelement", &error));
  g_assert_error (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_MISSING);
  g_assert_nonnull (strstr (error->message, "nosuchelement"));
}

static void
check_format (const char *offered,
              const char *expected)
{
  g_autoptr (GstCaps) from = gst_caps_from_string (offered);
  g_autoptr (GstCaps) chosen = km_camera_format_choose (from, 1280, 720, 30);
  g_autoptr (GstCaps) wanted = gst_caps_from_string (expected);

  if (!gst_caps_is_equal (chosen, wanted))
    g_error ("%" GST_PTR_FORMAT " instead of %s", chosen, expected);
}

static void
test_camera_format (void)
{
  /* A USB 2 webcam: full rate at full size only as JPEG. */
  check_format ("video/x-raw, format=YUY2, width=1280, height=720, "
                "framerate=10/1; video/x-raw, format=YUY2, width=640, "
                "height=480, framerate=30/1; image/jpeg, width=1280, "
                "height=720, framerate={ 15/1, 30/1 }; image/jpeg, "
                "width=1920, height=1080, framerate=30/1",
                "image/jpeg, width=1280, height=720, framerate=30/1");
  check_format ("image/jpeg, width=1280, height=720, framerate=30/1; "
                "video/x-raw, format=NV12, width=[ 64, 1920 ], "
                "height=[ 64, 1080 ], framerate=[ 0/1, 60/1 ]",
                "video/x-raw, format=NV12, width=1280, height=720, "
                "framerate=30/1");
  check_format ("video/x-h264, width=1280, height=720, framerate=30/1",
                "video/x-raw");
}

static void
check_bus (GError       *error,
           KmMediaError  code)
{
  g_autoptr (GstMessage) message =
    gst_message_new_error (NULL, error, "debug");
  g_autoptr (GError) ours = km_bus_error_new (message);

  g_assert_error (ours, KM_MEDIA_ERROR, (int) code);
  g_error_free (error);
}

static void
test_bus_errors (void)
{
  check_bus (g_error_new_literal (GST_RESOURCE_ERROR,
                                  GST_RESOURCE_ERROR_NOT_FOUND, "x"),
             KM_MEDIA_ERROR_UNREACHABLE);
  check_bus (g_error_new_literal (KM_MEDIA_ERROR,
                                  KM_MEDIA_ERROR_NOT_FOUND, "x"),
             KM_MEDIA_ERROR_NOT_FOUND);
  check_bus (g_error_new_literal (GST_RESOURCE_ERROR,
                                  GST_RESOURCE_ERROR_BUSY, "x"),
             KM_MEDIA_ERROR_BUSY);
  check_bus (g_error_new_literal (GST_STREAM_ERROR,
                                  GST_STREAM_ERROR_DEMUX, "x"),
             KM_MEDIA_ERROR_FORMAT);
  check_bus (g_error_new_literal (GST_CORE_ERROR,
                                  GST_CORE_ERROR_MISSING_PLUGIN, "x"),
             KM_MEDIA_ERROR_MISSING);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  km_media_init (&error);
  g_assert_no_error (error);

  g_test_add_func ("/media/elements/each-role-is-served",
                   test_each_role_is_served);
  g_test_add_func ("/media/elements/missing-is-named", test_missing_is_named);
  g_test_add_func ("/media/camera-format/rate-then-size-then-raw",
                   test_camera_format);
  g_test_add_func ("/media/bus/says-what-to-do", test_bus_errors);

  return g_test_run ();
}
