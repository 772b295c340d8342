/* km-copy.c: a whole copy of a database, or none
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is made by SQLite's backup API under a name of its own, reaches the disk,
 * and only then gets the name that people look for.
 *
 * The copy is of one moment: the read transaction is held from the first page
 * to the last. Without it the API begins again whenever somebody else has
 * written, which on a busy server is always; and what VACUUM INTO does can't be
 * done in steps. Nobody waits for a reader in WAL mode, but the log can't begin
 * anew under it. So nothing is waited for while pages are copied but the
 * kernel's memory: the disk gets them when the transaction is over, piece by
 * piece, for it would make everybody's commits wait if it got them at once.
 * Both halves rest as long as they work, and leave half of the disk and of a
 * core to a server.
 *
 * Thread: the caller's.
 */

#include "km-copy.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "km-store-private.h"

#define STEP_PAGES 256
#define PIECE_BYTES (8 * 1024 * 1024)
#define REST_MAX_US (G_USEC_PER_SEC / 2)

static gboolean
fail (GError     **error,
      const char  *path,
      const char  *why)
{
  g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
               "%s can't be written: %s.", path, why);
  return FALSE;
}

/* As long as the work since @since_us took. */
static void
rest (gint64 since_us)
{
  gint64 worked_us = g_get_monotonic_time () - since_us;

  g_usleep ((gulong) CLAMP (worked_us, 0, REST_MAX_US));
}

/* Whether nobody who had the lock before has given the file its name. */
static gboolean
is_still_called (int         fd,
                 const char *path)
{
  struct stat named, opened;

  return fstat (fd, &opened) == 0 && lstat (path, &named) == 0
         && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

/**
 * km_copy_open:
 * @self: (out caller-allocates): a copy, for km_copy_clear()
 * @target: what it will be called
 * @error: why not
 *
 * What somebody who was killed left there is written over.
 *
 * Returns: whether there is an empty file to fill
 */
gboolean
km_copy_open (KmCopy      *self,
              const char  *target,
              GError     **error)
{
  g_autofree char *path = g_strconcat (target, ".part", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

  *self = (KmCopy) { .fd = -1 };
  if (fd < 0)
    return fail (error, path, g_strerror (errno));

  if (flock (fd, LOCK_EX | LOCK_NB) < 0 || !is_still_called (fd, path))
    {
      close (fd);
      return fail (error, path, "it is being written by somebody else");
    }

  self->path = g_steal_pointer (&path);
  self->fd = fd;
  if (fchmod (fd, 0600) == 0 && ftruncate (fd, 0) == 0)
    return TRUE;

  return fail (error, self->path, g_strerror (errno));
}

/* SQLite says that there was trouble with a file, the system which. */
static gboolean
fail_to_copy (KmCopy   *self,
              sqlite3  *target,
              int       code,
              GError  **error)
{
  int number = sqlite3_system_errno (target);

  return fail (error, self->path,
               (code & 0xff) == SQLITE_IOERR && number != 0
                 ? g_strerror (number) : sqlite3_errstr (code));
}

static gboolean
copy_pages (KmCopy   *self,
            sqlite3  *source,
            sqlite3  *target,
            GError  **error)
{
  sqlite3_backup *backup = sqlite3_backup_init (target, "main", source, "main");
  int code = SQLITE_OK;

  if (backup == NULL)
    return fail (error, self->path, sqlite3_errmsg (target));

  while (code == SQLITE_OK)
    {
      gint64 since_us = g_get_monotonic_time ();

      code = sqlite3_backup_step (backup, STEP_PAGES);
      if (code == SQLITE_OK)
        rest (since_us);
    }
  sqlite3_backup_finish (backup);

  return code == SQLITE_DONE || fail_to_copy (self, target, code, error);
}

/**
 * km_copy_fill:
 * @self: an empty copy
 * @source: a connection, in a transaction that has begun to read: what it sees
 *   is what is copied
 * @error: why not
 *
 * It isn't on the disk yet.
 *
 * Returns: whether all of it is in the file
 */
gboolean
km_copy_fill (KmCopy   *self,
              sqlite3  *source,
              GError  **error)
{
  sqlite3 *target = km_store_connect_file (self->path, SQLITE_OPEN_READWRITE,
                                           NULL, error);
  gboolean done;

  if (target == NULL)
    return FALSE;

  done = km_store_execute (target,
                           "PRAGMA locking_mode = EXCLUSIVE;"
                           "PRAGMA journal_mode = OFF;"
                           "PRAGMA synchronous = OFF",
                           error)
         && copy_pages (self, source, target, error);
  sqlite3_close_v2 (target);

  return done;
}

/**
 * km_copy_sync:
 * @self: a copy that is complete
 * @error: why not
 *
 * Returns: whether it is on the disk
 */
gboolean
km_copy_sync (KmCopy  *self,
              GError **error)
{
  struct stat info;

  if (fstat (self->fd, &info) < 0)
    return fail (error, self->path, g_strerror (errno));

  for (off_t at = 0; at < info.st_size; at += PIECE_BYTES)
    {
      gint64 since_us = g_get_monotonic_time ();

      /* Where it can't be done, the end does all of it. */
      if (sync_file_range (self->fd, at, PIECE_BYTES,
                           SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE
                           | SYNC_FILE_RANGE_WAIT_AFTER) < 0)
        break;
      rest (since_us);
    }

  return fsync (self->fd) == 0 || fail (error, self->path, g_strerror (errno));
}

/**
 * km_sync_directory:
 * @path: a directory
 * @error: why not
 *
 * Returns: whether the names in it are on the disk
 */
gboolean
km_sync_directory (const char  *path,
                   GError     **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean done = fd >= 0 && fsync (fd) == 0;
  int number = errno;

  if (fd >= 0)
    close (fd);

  return done || fail (error, path, g_strerror (number));
}

/* Not every file system can do both at once. */
static int
rename_to_new (const char *from,
               const char *to)
{
  int code = renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);

  if (code < 0 && (errno == EINVAL || errno == ENOSYS))
    {
      if (g_file_test (to, G_FILE_TEST_EXISTS))
        {
          errno = EEXIST;
          return -1;
        }
      return rename (from, to);
    }

  return code;
}

/**
 * km_copy_rename:
 * @self: a copy that is on the disk
 * @target: what it is called from now on
 * @replace: whether something of that name may be replaced
 * @error: why not
 *
 * Returns: whether it has that name, and keeps it
 */
gboolean
km_copy_rename (KmCopy      *self,
                const char  *target,
                gboolean     replace,
                GError     **error)
{
  g_autofree char *directory = g_path_get_dirname (target);

  if ((replace ? rename (self->path, target)
               : rename_to_new (self->path, target)) < 0)
    return fail (error, target, g_strerror (errno));

  g_clear_pointer (&self->path, g_free);

  return km_sync_directory (directory, error);
}

/**
 * km_copy_clear:
 * @self: a copy
 *
 * Nothing is left of one that got no name.
 */
void
km_copy_clear (KmCopy *self)
{
  static const char *const beside[] = { "", "-journal", "-wal", "-shm" };

  for (guint i = 0; self->path != NULL && i < G_N_ELEMENTS (beside); i++)
    {
      g_autofree char *path = g_strconcat (self->path, beside[i], NULL);

      unlink (path);
    }
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->path, g_free);
  self->fd = -1;
}
