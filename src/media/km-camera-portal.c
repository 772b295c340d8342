/* km-camera-portal.c: a sandboxed app's way to cameras
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In a sandbox there is no PipeWire socket. The portal asks the person once
 * and gives a descriptor on which PipeWire shows cameras only. All of libportal
 * is in this file: its next major version breaks the API.
 *
 * Thread: main.
 */

#include "km-camera-portal.h"

#include <glib/gi18n.h>
#include <libportal/portal.h>

#include "km-media.h"

/**
 * km_camera_portal_is_needed:
 *
 * Returns: whether this program runs in a sandbox
 */
gboolean
km_camera_portal_is_needed (void)
{
  return xdp_portal_running_under_sandbox ();
}

static void
on_access (GObject      *source_object,
           GAsyncResult *result,
           gpointer      data)
{
  XdpPortal *portal = XDP_PORTAL (source_object);
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  int fd;

  if (!xdp_portal_access_camera_finish (portal, result, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
          g_task_return_error_if_cancelled (task))
        return;

      g_task_return_new_error (
        task, KM_MEDIA_ERROR, KM_MEDIA_ERROR_DENIED,
        _("Kaimu may not use the camera. Allow it in the system’s settings, "
          "under privacy."));
      return;
    }

  fd = xdp_portal_open_pipewire_remote_for_camera (portal);
  if (fd < 0)
    g_task_return_new_error (
      task, KM_MEDIA_ERROR, KM_MEDIA_ERROR_FAILED,
      _("The system allows the camera but doesn’t hand it over."));
  else
    g_task_return_int (task, fd);
}

/**
 * km_camera_portal_open:
 * @cancellable: (nullable): gives up waiting for the person
 * @callback: called when the person has answered
 * @data: for @callback
 *
 * Asks for cameras. The person is asked the first time only.
 */
void
km_camera_portal_open (GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  g_autoptr (XdpPortal) portal = xdp_portal_initable_new (&error);

  g_task_set_source_tag (task, km_camera_portal_open);
  if (portal == NULL)
    {
      g_task_return_new_error (task, KM_MEDIA_ERROR, KM_MEDIA_ERROR_FAILED,
                               _("The system has no portal to cameras: %s"),
                               error->message);
      return;
    }

  if (!xdp_portal_is_camera_present (portal))
    {
      g_task_return_new_error_literal (
        task, KM_MEDIA_ERROR, KM_MEDIA_ERROR_GONE,
        _("There is no camera, or the system hides it."));
      return;
    }

  xdp_portal_access_camera (portal, NULL, XDP_CAMERA_FLAG_NONE, cancellable,
                            on_access, g_steal_pointer (&task));
}

/**
 * km_camera_portal_open_finish:
 * @result: of km_camera_portal_open()
 * @error: %KM_MEDIA_ERROR
 *
 * Returns: a descriptor to PipeWire, the caller's to close; −1 on error
 */
int
km_camera_portal_open_finish (GAsyncResult  *result,
                              GError       **error)
{
  gssize fd = g_task_propagate_int (G_TASK (result), error);

  return fd < 0 ? -1 : (int) fd;
}
