/* km-camera-portal.c: a sandboxed app's way to cameras
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In a sandbox there is no PipeWire socket. The portal asks the person once
 * and gives a descriptor on which PipeWire shows cameras only. All of libportal
 * is in this file: its next major version breaks the API. What it would wait
 * for on the spot, whether there is a camera and the descriptor, is asked of
 * the portal without it: a portal that hangs would take the windows with it.
 *
 * Thread: main.
 */

#include "km-camera-portal.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <libportal/portal.h>

#include "km-media.h"

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define CAMERA_INTERFACE "org.freedesktop.portal.Camera"

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
return_failure (GTask      *task,
                const char *reason)
{
  if (g_task_return_error_if_cancelled (task))
    return;

  g_task_return_new_error (task, KM_MEDIA_ERROR, KM_MEDIA_ERROR_FAILED,
                           _("This system has no working camera portal (%s). "
                             "Install xdg-desktop-portal with its backend for "
                             "your desktop, then try again."),
                           reason);
}

static void
on_opened (GObject      *source_object,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  gint32 index;
  int fd;

  reply = g_dbus_proxy_call_with_unix_fd_list_finish (
    G_DBUS_PROXY (source_object), &list, result, &error);
  if (reply == NULL)
    {
      return_failure (task, error->message);
      return;
    }

  g_variant_get (reply, "(h)", &index);
  fd = list != NULL ? g_unix_fd_list_get (list, index, &error) : -1;
  if (fd < 0)
    return_failure (task, error != NULL ? error->message : "fd");
  else
    g_task_return_int (task, fd);
}

/* A person's no and a no from the settings are one to the portal. */
static void
on_access (GObject      *source_object,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  GDBusProxy *proxy = g_task_get_task_data (task);

  if (xdp_portal_access_camera_finish (XDP_PORTAL (source_object), result,
                                       &error))
    g_dbus_proxy_call_with_unix_fd_list (
      proxy, "OpenPipeWireRemote", g_variant_new ("(a{sv})", NULL),
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, g_task_get_cancellable (task),
      on_opened, g_object_ref (task));
  else if (!g_task_return_error_if_cancelled (task))
    g_task_return_new_error (
      task, KM_MEDIA_ERROR, KM_MEDIA_ERROR_DENIED,
      _("Kaimu may not use the camera. Allow it in the system’s settings, "
        "under privacy."));
}

static void
ask (GTask *task)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XdpPortal) portal = xdp_portal_initable_new (&error);

  if (portal == NULL)
    return_failure (task, error->message);
  else
    xdp_portal_access_camera (portal, NULL, XDP_CAMERA_FLAG_NONE,
                              g_task_get_cancellable (task), on_access,
                              g_object_ref (task));
}

static void
on_proxy (GObject      *source_object,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) present = NULL;
  GDBusProxy *proxy = g_dbus_proxy_new_for_bus_finish (result, &error);

  if (proxy == NULL)
    {
      return_failure (task, error->message);
      return;
    }

  g_task_set_task_data (task, proxy, g_object_unref);
  present = g_dbus_proxy_get_cached_property (proxy, "IsCameraPresent");
  if (present == NULL)
    return_failure (task, CAMERA_INTERFACE);
  else if (!g_variant_get_boolean (present))
    g_task_return_new_error_literal (
      task, KM_MEDIA_ERROR, KM_MEDIA_ERROR_GONE,
      _("There is no camera, or the system hides it."));
  else
    ask (task);
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
  GTask *task = g_task_new (NULL, cancellable, callback, data);

  g_task_set_source_tag (task, km_camera_portal_open);
  g_dbus_proxy_new_for_bus (G_BUS_TYPE_SESSION,
                            G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS, NULL,
                            PORTAL_NAME, PORTAL_PATH, CAMERA_INTERFACE,
                            cancellable, on_proxy, task);
}

/**
 * km_camera_portal_open_finish:
 * @result: of km_camera_portal_open()
 * @error: %KM_MEDIA_ERROR_DENIED, %KM_MEDIA_ERROR_GONE, or
 *   %KM_MEDIA_ERROR_FAILED when the system has no such portal
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
