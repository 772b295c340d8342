/* km-log-file.c: a log that is written once a commit
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SQLite writes its log in two calls a page, and then asks that all of it be
 * on the disk. Here what it writes is gathered until it asks, and goes out in
 * one call that returns when it is there.
 *
 * The file grows in large steps, by zeros. Where its blocks are there and its
 * size stays, a commit is pages for the disk and nothing for the journal of
 * the file system. To SQLite, which takes a log to end where a frame doesn't
 * hold, zeros are what remains of an earlier round: a header without its magic
 * number, a frame of page 0 (wal.c, walIndexRecover(), walDecodeFrame()). For
 * the same reason nobody misses what they cover: it is beyond the end.
 *
 * What can't be written is forgotten: SQLite undoes the transaction then, and
 * its bytes must not come later over those of another. That something couldn't
 * be written it hears when it asks for the disk, or before.
 *
 * Thread: that of the connection.
 */

#include "km-log-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define PIECE_BYTES 16384

/* The file of the VFS below is right behind it. */
typedef struct
{
  sqlite3_file parent;
  sqlite3_file **link; /* nullable; where somebody knows of this file */
  int fd; /* of our own, to write with; -1: as the file below does */
  guint8 *gathered;
  gsize n_gathered;
  sqlite3_int64 at;  /* where what was gathered begins */
  sqlite3_int64 end; /* of the file, as far as we know */
  gboolean unsynced; /* something was written that may not be on the disk */
  gboolean cramped;  /* there was no room for a step */
} KmLogFile;

static const guint8 zeros[PIECE_BYTES];

static sqlite3_file *
peek_below (sqlite3_file *file)
{
  return (sqlite3_file *) ((KmLogFile *) file + 1);
}

/* Writes what was gathered, without waiting for the disk. Files of SQLite are
 * written by pages, and don't take more than 128 KiB at once. */
static int
flush (KmLogFile *self)
{
  sqlite3_file *below = peek_below (&self->parent);
  gsize n = self->n_gathered;
  int code = SQLITE_OK;

  if (n == 0)
    return SQLITE_OK;

  self->n_gathered = 0;
  self->unsynced = TRUE;
  self->end = MAX (self->end, self->at + (sqlite3_int64) n);
  for (gsize done = 0; code == SQLITE_OK && done < n; done += PIECE_BYTES)
    code = below->pMethods->xWrite (below, self->gathered + done,
                                    (int) MIN (n - done, PIECE_BYTES),
                                    self->at + (sqlite3_int64) done);

  return code;
}

/* Makes the file longer than what was gathered needs, up to the end of a step;
 * where there is no room for that, no more until the log begins anew. In
 * pieces: what is written together the kernel caches together, and it looks at
 * all of that whenever some of it is written again. What follows is synced by
 * the file below, which for a new file makes sure of its name as well. */
static void
grow (KmLogFile *self)
{
  sqlite3_file *below = peek_below (&self->parent);
  sqlite3_int64 end = self->at + (sqlite3_int64) self->n_gathered;
  sqlite3_int64 step_end = (end + KM_LOG_FILE_STEP_BYTES - 1)
                           / KM_LOG_FILE_STEP_BYTES * KM_LOG_FILE_STEP_BYTES;

  if (self->n_gathered == 0 || end <= self->end || self->cramped)
    return;

  self->unsynced = TRUE;
  while (end < step_end && !self->cramped)
    {
      int n = (int) MIN (step_end - end, PIECE_BYTES - end % PIECE_BYTES);

      self->cramped = below->pMethods->xWrite (below, zeros, n, end)
                      != SQLITE_OK;
      end += n;
    }
  if (self->cramped)
    below->pMethods->xTruncate (below, self->end);
  else
    self->end = step_end;
}

static gboolean
is_unsupported (int number)
{
  return number == EOPNOTSUPP || number == ENOSYS || number == EINVAL;
}

static int
get_write_error (int number)
{
  return number == ENOSPC || number == EDQUOT || number == EFBIG
           ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

/* Returns SQLITE_NOTFOUND, and what was gathered is still there, where a write
 * can't wait for the disk. */
static int
write_to_disk (KmLogFile *self)
{
  struct iovec part = { self->gathered, self->n_gathered };
  sqlite3_int64 at = self->at;
  int code = SQLITE_OK;

  while (code == SQLITE_OK && part.iov_len > 0)
    {
      gssize written = pwritev2 (self->fd, &part, 1, at, RWF_DSYNC);

      if (written < 0 && is_unsupported (errno))
        return SQLITE_NOTFOUND;
      if (written == 0 || (written < 0 && errno != EINTR))
        code = get_write_error (written == 0 ? ENOSPC : errno);
      if (written <= 0)
        continue;
      part.iov_base = (guint8 *) part.iov_base + written;
      part.iov_len -= (gsize) written;
      at += written;
    }

  self->end = MAX (self->end, at);
  self->n_gathered = 0;
  self->unsynced = code != SQLITE_OK;

  return code;
}

static int
log_file_sync (sqlite3_file *file,
               int           flags)
{
  KmLogFile *self = (KmLogFile *) file;
  sqlite3_file *below = peek_below (file);
  int code;

  grow (self);
  if (self->n_gathered > 0 && !self->unsynced && self->fd >= 0)
    {
      code = write_to_disk (self);
      if (code != SQLITE_NOTFOUND)
        return code;
      close (self->fd);
      self->fd = -1;
    }

  code = flush (self);
  if (code == SQLITE_OK)
    code = below->pMethods->xSync (below, flags);
  if (code == SQLITE_OK)
    self->unsynced = FALSE;

  return code;
}

static int
log_file_write (sqlite3_file *file,
                const void   *data,
                int           n,
                sqlite3_int64 at)
{
  KmLogFile *self = (KmLogFile *) file;
  gsize length = (gsize) n;

  if (at != self->at + (gint64) self->n_gathered
      || length > KM_LOG_FILE_GATHERED_BYTES - self->n_gathered)
    {
      int code = flush (self);

      if (code != SQLITE_OK)
        return code;
      self->at = at;
    }
  if (at == 0)
    self->cramped = FALSE;

  memcpy (self->gathered + self->n_gathered, data, length);
  self->n_gathered += length;

  return SQLITE_OK;
}

static int
log_file_read (sqlite3_file *file,
               void         *data,
               int           n,
               sqlite3_int64 at)
{
  sqlite3_file *below = peek_below (file);
  int code = flush ((KmLogFile *) file);

  return code == SQLITE_OK ? below->pMethods->xRead (below, data, n, at) : code;
}

static int
log_file_truncate (sqlite3_file *file,
                   sqlite3_int64 size)
{
  KmLogFile *self = (KmLogFile *) file;
  sqlite3_file *below = peek_below (file);
  int code = flush (self);

  if (code == SQLITE_OK)
    code = below->pMethods->xTruncate (below, size);
  if (code == SQLITE_OK)
    self->end = size;

  return code;
}

/* The true one: SQLite takes it for how far to look, and for what to cut off
 * where a limit is set. */
static int
log_file_get_size (sqlite3_file  *file,
                   sqlite3_int64 *size)
{
  sqlite3_file *below = peek_below (file);
  int code = flush ((KmLogFile *) file);

  return code == SQLITE_OK ? below->pMethods->xFileSize (below, size) : code;
}

static int
log_file_lock (sqlite3_file *file,
               int           level)
{
  sqlite3_file *below = peek_below (file);

  return below->pMethods->xLock (below, level);
}

static int
log_file_unlock (sqlite3_file *file,
                 int           level)
{
  sqlite3_file *below = peek_below (file);

  return below->pMethods->xUnlock (below, level);
}

static int
log_file_check_reserved (sqlite3_file *file,
                         int          *is_reserved)
{
  sqlite3_file *below = peek_below (file);

  return below->pMethods->xCheckReservedLock (below, is_reserved);
}

static int
log_file_control (sqlite3_file *file,
                  int           what,
                  void         *argument)
{
  sqlite3_file *below = peek_below (file);

  return below->pMethods->xFileControl (below, what, argument);
}

static int
log_file_get_sector_size (sqlite3_file *file)
{
  sqlite3_file *below = peek_below (file);

  return below->pMethods->xSectorSize (below);
}

static int
log_file_get_device (sqlite3_file *file)
{
  sqlite3_file *below = peek_below (file);

  return below->pMethods->xDeviceCharacteristics (below);
}

static int
log_file_close (sqlite3_file *file)
{
  KmLogFile *self = (KmLogFile *) file;
  sqlite3_file *below = peek_below (file);
  int flushed = flush (self);
  int closed = below->pMethods->xClose (below);

  if (self->link != NULL)
    *self->link = NULL;
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->gathered);

  return flushed != SQLITE_OK ? flushed : closed;
}

static const sqlite3_io_methods log_file_methods = {
  .iVersion = 1,
  .xClose = log_file_close,
  .xRead = log_file_read,
  .xWrite = log_file_write,
  .xTruncate = log_file_truncate,
  .xSync = log_file_sync,
  .xFileSize = log_file_get_size,
  .xLock = log_file_lock,
  .xUnlock = log_file_unlock,
  .xCheckReservedLock = log_file_check_reserved,
  .xFileControl = log_file_control,
  .xSectorSize = log_file_get_sector_size,
  .xDeviceCharacteristics = log_file_get_device,
};

/**
 * km_log_file_get_size:
 *
 * Returns: the bytes that a log takes, beside the file of the VFS below
 */
gsize
km_log_file_get_size (void)
{
  return sizeof (KmLogFile);
}

/**
 * km_log_file_open:
 * @file: (out caller-allocates): the log
 * @link: (nullable): is set to @file until it is closed
 * @below: the VFS whose file it is
 * @name: the path of the log
 * @flags: as of xOpen
 * @out_flags: (out) (optional): likewise
 *
 * Returns: what xOpen does
 */
int
km_log_file_open (sqlite3_file  *file,
                  sqlite3_file **link,
                  sqlite3_vfs   *below,
                  const char    *name,
                  int            flags,
                  int           *out_flags)
{
  KmLogFile *self = (KmLogFile *) file;
  sqlite3_file *file_below = peek_below (file);
  int code;

  memset (self, 0, sizeof *self + (gsize) below->szOsFile);
  code = below->xOpen (below, name, file_below, flags, out_flags);
  if (code == SQLITE_OK)
    code = file_below->pMethods->xFileSize (file_below, &self->end);
  if (code != SQLITE_OK)
    {
      if (file_below->pMethods != NULL)
        file_below->pMethods->xClose (file_below);
      return code;
    }

  /* SQLite keeps no lock on this file that closing ours would take away. */
  self->fd = open (name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  self->gathered = g_malloc (KM_LOG_FILE_GATHERED_BYTES);
  self->link = link;
  if (link != NULL)
    *link = file;
  self->parent.pMethods = &log_file_methods;

  return SQLITE_OK;
}

/**
 * km_log_file_flush:
 * @file: an open log
 *
 * What was written without asking for the disk is in the file then, as if it
 * had never been gathered.
 */
void
km_log_file_flush (sqlite3_file *file)
{
  flush ((KmLogFile *) file);
}
