/* km-resume-check.c: does each client's log say what the store says?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run of a client begins with what the room has of late and goes on from
 * there, through however many connections: what it showed must be the store's
 * messages from the first one on, each once, in order. The last run must have
 * come to the last message.
 */

#include "km-resume.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  GPtrArray *lines;  /* "SEQ FROM ID TEXT", in order */
  GHashTable *by_seq; /* the line's seq -> its index + 1 */
  GHashTable *texts;  /* text -> how often it is there */
} Store;

static char *
next_word (char **rest)
{
  char *word = *rest;
  char *end = strchr (word, ' ');

  if (end == NULL)
    return word;

  *end = '\0';
  *rest = end + 1;

  return word;
}

static void
add_row (Store        *self,
         sqlite3_stmt *statement)
{
  const char *text = (const char *) sqlite3_column_text (statement, 3);
  gpointer times;

  g_ptr_array_add (self->lines,
                   g_strdup_printf ("%s %s %s %s",
                                    sqlite3_column_text (statement, 0),
                                    sqlite3_column_text (statement, 1),
                                    sqlite3_column_text (statement, 2), text));
  g_hash_table_insert (self->by_seq,
                       GSIZE_TO_POINTER (sqlite3_column_int64 (statement, 0)),
                       GUINT_TO_POINTER (self->lines->len));
  times = g_hash_table_lookup (self->texts, text);
  g_hash_table_insert (self->texts, g_strdup (text),
                       GUINT_TO_POINTER (GPOINTER_TO_UINT (times) + 1));
}

static void
store_read (Store      *self,
            const char *path)
{
  sqlite3 *database = NULL;
  sqlite3_stmt *statement = NULL;

  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->by_seq = g_hash_table_new (NULL, NULL);
  self->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READONLY, NULL)
        != SQLITE_OK
      || sqlite3_prepare_v2 (database,
                             "SELECT seq, account, body ->> 'id',"
                             " body ->> 'text' FROM event"
                             " WHERE kind = 'chat.message' ORDER BY seq", -1,
                             &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", path, sqlite3_errmsg (database));

  while (sqlite3_step (statement) == SQLITE_ROW)
    add_row (self, statement);
  sqlite3_finalize (statement);
  sqlite3_close (database);
}

static void
store_clear (Store *self)
{
  g_ptr_array_unref (self->lines);
  g_hash_table_unref (self->by_seq);
  g_hash_table_unref (self->texts);
}

/* @next: index of the line that should come, in this run; 0: any. Returns what
 * should come behind it. */
static guint
check_shown (const Store     *store,
             const char      *line,
             guint            next,
             KmResumeFigures *figures)
{
  gsize seq = (gsize) g_ascii_strtoll (line, NULL, 10);
  guint index = GPOINTER_TO_UINT (
    g_hash_table_lookup (store->by_seq, GSIZE_TO_POINTER (seq)));

  figures->heard++;
  if (index == 0
      || !g_str_equal (store->lines->pdata[index - 1], line))
    {
      figures->wrong++;
      return next;
    }
  if (next != 0 && index < next)
    {
      figures->repeats++;
      return next;
    }
  if (next != 0)
    figures->gaps += index - next;

  return index + 1;
}

static void
check_said (const Store     *store,
            const char      *text,
            KmResumeFigures *figures)
{
  guint times =
    GPOINTER_TO_UINT (g_hash_table_lookup (store->texts, text));

  figures->missing += times == 0;
  figures->doubled += times > 1;
}

/* @said: what it said last in this run, and may not have kept. */
static void
check_client (const Store     *store,
              char           **lines,
              KmResumeFigures *figures)
{
  const char *said = NULL;
  guint next = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *rest = lines[i];
      const char *kind = next_word (&rest);

      switch (kind[0])
        {
        case 'S':
          next = 0;
          said = NULL;
          break;
        case 'M':
          next = check_shown (store, rest, next, figures);
          break;
        case 'A':
          if (said != NULL)
            {
              figures->said++;
              check_said (store, said, figures);
            }
          said = rest;
          break;
        case 'D':
          figures->acknowledged++;
          check_said (store, rest, figures);
          break;
        default:
          break;
        }
    }
  figures->late += next != store->lines->len + 1;
}

/**
 * km_resume_count:
 * @directory: that of all
 * @name: of a file that gets a byte for each
 *
 * Returns: how many there were
 */
guint
km_resume_count (const char *directory,
                 const char *name)
{
  g_autofree char *path = km_resume_dup_path (directory, name, -1);
  g_autofree char *text = NULL;
  gsize length = 0;

  g_file_get_contents (path, &text, &length, NULL);

  return (guint) length;
}

/**
 * km_resume_check:
 * @directory: with the logs of the clients
 * @database: that of a server that has ended
 * @n_clients: how many there were
 * @figures: gets what came of it
 */
void
km_resume_check (const char      *directory,
                 const char      *database,
                 guint            n_clients,
                 KmResumeFigures *figures)
{
  Store store;

  store_read (&store, database);
  for (guint i = 0; i < n_clients; i++)
    {
      g_autofree char *path = km_resume_dup_path (directory, "log", (int) i);
      g_autofree char *text = NULL;
      g_auto (GStrv) lines = NULL;

      if (!g_file_get_contents (path, &text, NULL, NULL))
        g_error ("%s can't be read", path);
      lines = g_strsplit (text, "\n", -1);
      check_client (&store, lines, figures);
    }
  store_clear (&store);
  figures->cuts = km_resume_count (directory, KM_RESUME_CUTS);
  figures->lost = km_resume_count (directory, KM_RESUME_LOSSES);
  figures->opened = km_resume_count (directory, KM_RESUME_OPENS);
}
