/* km-log-vfs.c: files as usual, but for the log
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One connection has its log gathered (km-log-file.c); to all others, in this
 * process and beside it, the log is as any. What was gathered is in the file
 * before anybody may look for it there:
 *
 *   readers        look once the index of the log says so, which it does after
 *                  the commit has reached the disk (synchronous=FULL: the
 *                  connection must have it)
 *   other writers  come when this one gives up its lock; what is left then,
 *                  of a transaction that was undone, goes out before: later it
 *                  would be over theirs
 *
 * Thread: that of the connection.
 */

#include "km-log-vfs.h"

#include <sqlite3.h>

#include "km-log-file.h"

#define NAME "kaimu-log"
/* The lock of who writes, among those of the index (wal.c). */
#define WRITE_LOCK 0

/* What is known of a database: behind the file of the VFS below, which calls
 * its own methods but for one. */
typedef struct
{
  sqlite3_io_methods methods;
  const sqlite3_io_methods *below; /* nullable */
  sqlite3_file *log; /* nullable */
} KmLogOwner;

static sqlite3_vfs *vfs_below;
static sqlite3_vfs vfs;

static KmLogOwner *
peek_owner (sqlite3_file *file)
{
  return (KmLogOwner *) ((guint8 *) file + vfs_below->szOsFile);
}

/* SQLite doesn't listen to what comes of giving up a lock. A commit has been
 * on the disk for long by then. */
static int
lock_index (sqlite3_file *file,
            int           first,
            int           n,
            int           flags)
{
  KmLogOwner *owner = peek_owner (file);

  if (first == WRITE_LOCK && (flags & SQLITE_SHM_UNLOCK) != 0
      && owner->log != NULL)
    km_log_file_flush (owner->log);

  return owner->below->xShmLock (file, first, n, flags);
}

static int
open_database (const char   *name,
               sqlite3_file *file,
               int           flags,
               int          *out_flags)
{
  KmLogOwner *owner = peek_owner (file);
  int code = vfs_below->xOpen (vfs_below, name, file, flags, out_flags);

  *owner = (KmLogOwner) { 0 };
  if (code != SQLITE_OK || file->pMethods->iVersion < 2)
    return code;

  owner->below = file->pMethods;
  owner->methods = *file->pMethods;
  owner->methods.xShmLock = lock_index;
  file->pMethods = &owner->methods;

  return SQLITE_OK;
}

/* SQLite closes a log before its database. */
static int
open_log (const char   *name,
          sqlite3_file *file,
          int           flags,
          int          *out_flags)
{
  KmLogOwner *owner = peek_owner (sqlite3_database_file_object (name));

  return km_log_file_open (file, &owner->log, vfs_below, name, flags,
                           out_flags);
}

static int
open_file (sqlite3_vfs  *self,
           const char   *name,
           sqlite3_file *file,
           int           flags,
           int          *out_flags)
{
  file->pMethods = NULL;
  if ((flags & SQLITE_OPEN_WAL) != 0)
    return open_log (name, file, flags, out_flags);
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0)
    return open_database (name, file, flags, out_flags);

  return vfs_below->xOpen (vfs_below, name, file, flags, out_flags);
}

/**
 * km_log_vfs_get_name:
 *
 * Files of this VFS are those of the default one, but for the log. It is for
 * one connection to a database, with synchronous=FULL; others may use any.
 *
 * Returns: the name of the VFS, for sqlite3_open_v2(). Thread: any
 */
const char *
km_log_vfs_get_name (void)
{
  static gsize registered;

  if (g_once_init_enter (&registered))
    {
      vfs_below = sqlite3_vfs_find (NULL);
      vfs = *vfs_below;
      vfs.pNext = NULL;
      vfs.zName = NAME;
      vfs.szOsFile += (int) MAX (km_log_file_get_size (), sizeof (KmLogOwner));
      vfs.xOpen = open_file;
      sqlite3_vfs_register (&vfs, FALSE);
      g_once_init_leave (&registered, 1);
    }

  return NAME;
}
