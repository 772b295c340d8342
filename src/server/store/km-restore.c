/* km-restore.c: data made anew from a backup
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happened since the backup was made is lost, and what has been given out
 * meanwhile is given out again. So that nobody mixes the one with the other:
 *
 *   rooms      get a new epoch: whoever saw later events begins from a snapshot
 *   inboxes    likewise
 *   accounts   and rooms that are made from now on get ids that are far from
 *              those of before, which others may still remember
 *   sessions   end: one that was signed out since then would be good again
 *
 * Ids of acts are made by clients and stay unique. Passwords and stream keys
 * are as they were.
 *
 * Data that is to be replaced is kept: it has two names, the second in a
 * directory of its own, before it loses the first.
 *
 * Thread: the caller's.
 */

#include "km-backup-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "km-schema.h"
#include "km-store-private.h"

static const char renew_sql[] =
  "BEGIN IMMEDIATE;"
  "UPDATE room SET epoch = lower (hex (randomblob (13)));"
  "UPDATE inbox SET epoch = lower (hex (randomblob (13)));"
  "DELETE FROM session;"
  "UPDATE sqlite_sequence SET seq = seq + 1000000"
  "  WHERE name IN ('account', 'room');"
  "PRAGMA application_id = 0;"
  "COMMIT";

/* What may be in a directory that is as good as empty: a lock that nobody
 * holds, what an interrupted restore left, and what a disk of its own has. */
static const char *const as_good_as_nothing[] = {
  "kaimu.lock", "kaimu.db.part", "kaimu.db.part-journal", "lost+found", NULL,
};

static gboolean
check_empty (const char  *directory,
             GError     **error)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (g_strv_contains (as_good_as_nothing, name))
        continue;
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_EXISTS,
                   "There is something in %s already: %s.", directory, name);
      return FALSE;
    }

  return TRUE;
}

static gboolean
fail (GError     **error,
      const char  *path)
{
  g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
               "%s can't be written: %s.", path, g_strerror (errno));
  return FALSE;
}

static gboolean
copy_backup (KmCopy      *copy,
             const char  *path,
             GError     **error)
{
  sqlite3 *source = km_backup_open (path, error);
  gboolean done = source != NULL && km_copy_fill (copy, source, error);

  sqlite3_close_v2 (source);

  return done;
}

/* Of this version, and no longer what it was before. Should it be cut short,
 * the whole copy goes. */
static gboolean
renew (KmCopy      *copy,
       const char  *path,
       GError     **error)
{
  sqlite3 *database =
    km_store_connect_file (copy->path, SQLITE_OPEN_READWRITE, NULL, error);
  gboolean done = database != NULL
                  && km_store_execute (database,
                                       "PRAGMA journal_mode = MEMORY;"
                                       "PRAGMA foreign_keys = ON", error)
                  && km_schema_migrate (database, km_schema_migrations (),
                                        error)
                  && km_store_execute (database, renew_sql, error);

  sqlite3_close_v2 (database);
  if (!done)
    g_prefix_error (error, "%s can't be used: ", path);

  return done;
}

/* Gives @name in @directory a second name in @shelf, if it is there. */
static gboolean
shelve (const char  *directory,
        const char  *shelf,
        const char  *name,
        GError     **error)
{
  g_autofree char *from = g_build_filename (directory, name, NULL);
  g_autofree char *to = g_build_filename (shelf, name, NULL);

  return link (from, to) == 0 || errno == ENOENT || fail (error, to);
}

static gboolean
drop (const char  *directory,
      const char  *name,
      GError     **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  return unlink (path) == 0 || errno == ENOENT || fail (error, path);
}

/* The log goes after what it belongs to: never is it beside other data, which
 * would take it for its own. */
static gboolean
keep_old (const char  *directory,
          char       **kept,
          GError     **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *name = g_date_time_format (now,
                                              "before-restore-%Y%m%dT%H%M%SZ");
  g_autofree char *shelf = g_build_filename (directory, name, NULL);

  if (g_mkdir (shelf, 0700) < 0)
    return fail (error, shelf);

  if (!shelve (directory, shelf, "kaimu.db", error)
      || !shelve (directory, shelf, "kaimu.db-wal", error)
      || !km_sync_directory (shelf, error)
      || !km_sync_directory (directory, error)
      || !drop (directory, "kaimu.db", error)
      || !drop (directory, "kaimu.db-wal", error)
      || !drop (directory, "kaimu.db-shm", error))
    return FALSE;

  *kept = g_steal_pointer (&shelf);

  return km_sync_directory (directory, error);
}

static gboolean
has_data (const char *directory)
{
  static const char *const names[] = { "kaimu.db", "kaimu.db-wal" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (directory, names[i], NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return TRUE;
    }

  return FALSE;
}

static gboolean
put_in_place (KmCopy      *copy,
              const char  *directory,
              const char  *target,
              char       **kept,
              GError     **error)
{
  if (has_data (directory) && !keep_old (directory, kept, error))
    return FALSE;

  return km_copy_rename (copy, target, FALSE, error);
}

static gboolean
restore (const char   *directory,
         const char   *path,
         KmVisitFunc   check,
         gpointer      data,
         char        **kept,
         GError      **error)
{
  g_autofree char *target = g_build_filename (directory, "kaimu.db", NULL);
  g_auto (KmCopy) copy = { .fd = -1 };

  return km_copy_open (&copy, target, error)
         && copy_backup (&copy, path, error)
         && renew (&copy, path, error)
         && km_copy_sync (&copy, error)
         && km_visit_database (km_backup_open (copy.path, error), path,
                               KM_VISIT_READ, check, data, error)
         && put_in_place (&copy, directory, target, kept, error);
}

/**
 * km_backup_restore:
 * @directory: a data directory, made when missing
 * @path: a backup
 * @replace: whether there may be data in @directory; it is kept
 * @check: looks at the data before it is used; its error is why it isn't
 * @data: for @check
 * @kept: (out) (nullable) (transfer full): where the data is that was there
 * @error: @check's, or %KM_STORE_ERROR; %KM_STORE_ERROR_LOCKED while a server
 *   runs
 *
 * Returns: whether the data is that of the backup; %FALSE: it is as it was, or
 *   in @kept
 */
gboolean
km_backup_restore (const char   *directory,
                   const char   *path,
                   gboolean      replace,
                   KmVisitFunc   check,
                   gpointer      data,
                   char        **kept,
                   GError      **error)
{
  gboolean done;
  int lock;

  *kept = NULL;
  if (!km_backup_check_header (path, error))
    return FALSE;
  if (g_mkdir_with_parents (directory, 0700) < 0)
    return fail (error, directory);

  lock = km_store_lock (directory, error);
  if (lock < 0)
    return FALSE;

  done = (replace || check_empty (directory, error))
         && restore (directory, path, check, data, kept, error);
  close (lock);

  return done;
}
