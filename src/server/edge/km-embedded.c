/* km-embedded.c: being the one server of "This computer"
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Holding a lock in the runtime directory is what makes a server the one. It
 * goes with the process, however that ends, so nobody has to guess from a
 * left-over file whether one runs. Whoever finds it held reads the address
 * beside it. Standard input is a pipe from the app that started the server;
 * its end is the server's end.
 *
 * Thread: main.
 */

#include "km-embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

struct _KmEmbedded
{
  int lock_fd;
  char *address_path;
  gboolean published;
  guint input_source;
  GSourceFunc closed;
  gpointer user_data;
};

G_DEFINE_QUARK (km-embedded-error-quark, km_embedded_error)

/**
 * km_embedded_claim:
 * @runtime_dir: made (0700) when missing
 * @error: %KM_EMBEDDED_ERROR
 *
 * Returns: (transfer full) (nullable): the right to be the one
 */
KmEmbedded *
km_embedded_claim (const char  *runtime_dir,
                   GError     **error)
{
  g_autofree char *path = g_build_filename (runtime_dir,
                                            "this-computer.lock", NULL);
  KmEmbedded *self;
  int fd = -1;

  if (g_mkdir_with_parents (runtime_dir, 0700) < 0 ||
      (fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
    {
      g_set_error (error, KM_EMBEDDED_ERROR, KM_EMBEDDED_ERROR_FAILED,
                   "%s can't be made: %s", path, g_strerror (errno));
      return NULL;
    }

  if (flock (fd, LOCK_EX | LOCK_NB) < 0)
    {
      g_set_error_literal (error, KM_EMBEDDED_ERROR,
                           errno == EWOULDBLOCK
                             ? KM_EMBEDDED_ERROR_ALREADY_RUNNING
                             : KM_EMBEDDED_ERROR_FAILED,
                           "the server of this computer runs already");
      close (fd);
      return NULL;
    }

  self = g_new0 (KmEmbedded, 1);
  self->lock_fd = fd;
  self->address_path = g_build_filename (runtime_dir, "this-computer.json",
                                         NULL);

  return self;
}

/**
 * km_embedded_publish:
 * @self: the right to be the one
 * @address: JSON that says where the server is
 * @error: why not
 *
 * Leaves the address where others look, whole or not at all.
 *
 * Returns: whether it is there
 */
gboolean
km_embedded_publish (KmEmbedded  *self,
                     const char  *address,
                     GError     **error)
{
  self->published = g_file_set_contents_full (self->address_path, address, -1,
                                              G_FILE_SET_CONTENTS_CONSISTENT,
                                              0600, error);
  return self->published;
}

static gboolean
input_ready (gint         fd,
             GIOCondition condition,
             gpointer     user_data)
{
  KmEmbedded *self = user_data;
  char buffer[256];
  gssize length = read (fd, buffer, sizeof buffer);

  if (length > 0 || (length < 0 && (errno == EINTR || errno == EAGAIN)))
    return G_SOURCE_CONTINUE;

  self->input_source = 0;
  self->closed (self->user_data);

  return G_SOURCE_REMOVE;
}

/**
 * km_embedded_watch_input:
 * @self: the right to be the one
 * @closed: called when standard input has closed; what it returns is ignored
 * @user_data: for @closed
 */
void
km_embedded_watch_input (KmEmbedded  *self,
                         GSourceFunc  closed,
                         gpointer     user_data)
{
  self->closed = closed;
  self->user_data = user_data;
  self->input_source = g_unix_fd_add (STDIN_FILENO,
                                      G_IO_IN | G_IO_HUP | G_IO_ERR,
                                      input_ready, self);
}

/**
 * km_embedded_free:
 * @self: (transfer full): the right to be the one
 *
 * Takes the address away and lets others be the one.
 */
void
km_embedded_free (KmEmbedded *self)
{
  g_clear_handle_id (&self->input_source, g_source_remove);
  if (self->published)
    g_unlink (self->address_path);
  close (self->lock_fd);
  g_free (self->address_path);
  g_free (self);
}
