/* km-backup.c: a backup beside a running server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A backup is one file, a database that needs no log beside it, marked so that
 * nothing else is taken for one: the data itself, copied while a server runs,
 * would lack what is in its log, and nobody would see it.
 *
 * It is read again from beginning to end before it is called a backup.
 *
 * Thread: the caller's.
 */

#include "km-backup-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "km-schema.h"
#include "km-statement.h"
#include "km-store-private.h"

/* The header of a database (fileformat2.html, "The Database Header"). */
#define HEADER_BYTES 100
#define HEADER_MAGIC "SQLite format 3"
#define AT_PAGE_SIZE 16
#define AT_READ_VERSION 19
#define AT_N_PAGES 28
#define AT_USER_VERSION 60
#define AT_APPLICATION_ID 68
#define NEEDS_A_LOG 2

static gboolean
refuse (GError     **error,
        const char  *path,
        const char  *why)
{
  g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_REFUSED, "%s %s.", path,
               why);
  return FALSE;
}

static guint32
read_number (const guint8 *header,
             gsize         at)
{
  guint32 number;

  memcpy (&number, header + at, sizeof number);

  return GUINT32_FROM_BE (number);
}

static gint64
get_size (const guint8 *header)
{
  gint64 page = header[AT_PAGE_SIZE] << 8 | header[AT_PAGE_SIZE + 1];

  /* What doesn't fit into its two bytes is written as 1. */
  return (page == 1 ? 65536 : page) * read_number (header, AT_N_PAGES);
}

/**
 * km_backup_check_header:
 * @path: what somebody takes for a backup
 * @error: %KM_STORE_ERROR_NEWER_SCHEMA, %KM_STORE_ERROR_REFUSED: what it is
 *   instead
 *
 * Returns: whether it is a backup, and as long as it was made
 */
gboolean
km_backup_check_header (const char  *path,
                        GError     **error)
{
  guint8 header[HEADER_BYTES];
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  struct stat info = { 0 };
  gssize length = fd >= 0 ? read (fd, header, sizeof header) : -1;
  int number = errno;

  if (length >= 0 && fstat (fd, &info) < 0)
    length = -1;
  if (fd >= 0)
    close (fd);
  if (length < 0)
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                   "%s can't be read: %s.", path, g_strerror (number));
      return FALSE;
    }

  if (length < HEADER_BYTES
      || memcmp (header, HEADER_MAGIC, sizeof HEADER_MAGIC) != 0
      || read_number (header, AT_APPLICATION_ID) != KM_BACKUP_ID
      || header[AT_READ_VERSION] == NEEDS_A_LOG)
    return refuse (error, path, "isn't a backup of Kaimu");
  if (info.st_size < get_size (header))
    return refuse (error, path, "isn't whole: its end is missing");
  if (read_number (header, AT_USER_VERSION)
      > g_strv_length ((char **) km_schema_migrations ()))
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_NEWER_SCHEMA,
                   "%s was made by a newer Kaimu. Use that one.", path);
      return FALSE;
    }

  return TRUE;
}

/**
 * km_backup_open:
 * @path: a backup that nobody changes
 * @error: why not
 *
 * Returns: (nullable) (transfer full): a connection that only reads, and makes
 *   no file beside it
 */
sqlite3 *
km_backup_open (const char  *path,
                GError     **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *address = g_filename_to_uri (absolute, NULL, error);
  g_autofree char *uri = NULL;

  if (address == NULL)
    return NULL;

  uri = g_strconcat (address, "?immutable=1", NULL);

  return km_store_connect_file (uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
                                NULL, error);
}

/* The moment that is copied begins with the first thing that is read. */
static gboolean
copy_now (KmTransaction  *transaction,
          gpointer        data,
          GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction, "SELECT count(*) FROM sqlite_schema", error);

  return km_statement_run (statement, error)
         && km_copy_fill (data, transaction->database, error);
}

/* It was in WAL mode, as the data is. */
static gboolean
mark (KmCopy  *copy,
      GError **error)
{
  sqlite3 *database =
    km_store_connect_file (copy->path, SQLITE_OPEN_READWRITE, NULL, error);
  g_autofree char *sql = g_strdup_printf (
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE;"
    "PRAGMA application_id = %d", KM_BACKUP_ID);
  gboolean done = database != NULL && km_store_execute (database, sql, error);

  sqlite3_close_v2 (database);

  return done && km_backup_check_header (copy->path, error);
}

static gboolean
is_same_directory (const char *one,
                   const char *other)
{
  struct stat a, b;

  return stat (one, &a) == 0 && stat (other, &b) == 0
         && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static gboolean
check_target (const char  *directory,
              const char  *path,
              gboolean     replace,
              GError     **error)
{
  g_autofree char *parent = g_path_get_dirname (path);

  if (is_same_directory (parent, directory))
    return refuse (error, path, "would be among the data itself. Choose a "
                                "place elsewhere, best on another disk");
  if (!replace && g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_EXISTS,
                   "%s is there already.", path);
      return FALSE;
    }

  return TRUE;
}

/**
 * km_backup_write:
 * @directory: a data directory; a server may be using it
 * @path: what to make
 * @replace: whether a file of that name may be replaced
 * @check: looks at the copy before it is kept; its error is why it isn't
 * @data: for @check
 * @error: @check's, or %KM_STORE_ERROR
 *
 * The copy is of one moment after the call; all that was committed before is
 * in it. Takes as long as copying, writing and reading all data does.
 *
 * Returns: whether a good backup is on the disk; %FALSE: nothing is left of it
 */
gboolean
km_backup_write (const char   *directory,
                 const char   *path,
                 gboolean      replace,
                 KmVisitFunc   check,
                 gpointer      data,
                 GError      **error)
{
  g_auto (KmCopy) copy = { .fd = -1 };

  return check_target (directory, path, replace, error)
         && km_copy_open (&copy, path, error)
         && km_store_visit (directory, KM_VISIT_READ, copy_now, &copy, error)
         && mark (&copy, error)
         && km_copy_sync (&copy, error)
         && km_visit_database (km_backup_open (copy.path, error), path,
                               KM_VISIT_READ, check, data, error)
         && km_copy_rename (&copy, path, replace, error);
}
