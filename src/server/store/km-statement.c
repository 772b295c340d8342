/* km-statement.c: binding and stepping, with errors as GError
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A prepared statement comes reset and with nothing bound from
 * km_transaction_prepare() or km_reader_prepare(), and belongs to its
 * connection's cache: nobody finalizes it.
 *
 * Thread: that of the connection.
 */

#include "km-statement.h"

#include "km-store.h"

static void
bind_bytes (sqlite3_stmt           *statement,
            int                     i,
            GBytes                 *bytes,
            sqlite3_destructor_type lifetime)
{
  if (bytes != NULL)
    sqlite3_bind_blob64 (statement, i, g_bytes_get_data (bytes, NULL),
                         g_bytes_get_size (bytes), lifetime);
}

/**
 * km_statement_bind:
 * @statement: (nullable): a prepared statement; %NULL, the result of a failed
 *   prepare, is let through to km_statement_step(), which reports it
 * @types: one letter a parameter, from the first on: `i` a #gint64, `t` a
 *   nullable string, `b` a nullable #GBytes, `n` nothing (NULL); `s` and `d`
 *   are as `t` and `b`, but borrowed: for what is run at once, and not again
 *   without being bound
 * @...: the values; they are copied, unless they are borrowed
 */
void
km_statement_bind (sqlite3_stmt *statement,
                   const char   *types,
                   ...)
{
  va_list values;

  if (statement == NULL)
    return;

  va_start (values, types);
  for (int i = 1; types[i - 1] != '\0'; i++)
    {
      switch (types[i - 1])
        {
        case 'i':
          sqlite3_bind_int64 (statement, i, va_arg (values, gint64));
          break;
        case 't':
          sqlite3_bind_text (statement, i, va_arg (values, const char *), -1,
                             SQLITE_TRANSIENT);
          break;
        case 's':
          sqlite3_bind_text (statement, i, va_arg (values, const char *), -1,
                             SQLITE_STATIC);
          break;
        case 'b':
          bind_bytes (statement, i, va_arg (values, GBytes *),
                      SQLITE_TRANSIENT);
          break;
        case 'd':
          bind_bytes (statement, i, va_arg (values, GBytes *), SQLITE_STATIC);
          break;
        case 'n':
          sqlite3_bind_null (statement, i);
          break;
        default:
          g_assert_not_reached ();
        }
    }
  va_end (values);
}

/**
 * km_statement_step:
 * @statement: (nullable): a prepared statement
 * @error: %KM_STORE_ERROR_CONSTRAINT when a row breaks a rule of the schema
 *
 * Goes to the next row.
 *
 * Returns: what there is
 */
KmStep
km_statement_step (sqlite3_stmt *statement,
                   GError      **error)
{
  int code;

  if (statement == NULL)
    {
      if (error != NULL && *error == NULL)
        g_set_error_literal (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                             "the statement couldn't be prepared");
      return KM_STEP_FAILED;
    }

  code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    return KM_STEP_ROW;
  if (code == SQLITE_DONE)
    return KM_STEP_DONE;

  g_set_error (error, KM_STORE_ERROR,
               (code & 0xff) == SQLITE_CONSTRAINT ? KM_STORE_ERROR_CONSTRAINT
                                                  : KM_STORE_ERROR_FAILED,
               "%s", sqlite3_errmsg (sqlite3_db_handle (statement)));

  return KM_STEP_FAILED;
}

/**
 * km_statement_run:
 * @statement: (nullable): a prepared statement, bound
 * @error: as km_statement_step() sets it
 *
 * Steps through all rows, and frees the read lock that a half-read statement
 * would keep.
 *
 * Returns: whether it ran to its end
 */
gboolean
km_statement_run (sqlite3_stmt *statement,
                  GError      **error)
{
  KmStep step;

  do
    step = km_statement_step (statement, error);
  while (step == KM_STEP_ROW);

  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_DONE;
}

/**
 * km_statement_dup_text:
 * @statement: a statement that is at a row
 * @column: which column, from 0
 *
 * Returns: (nullable) (transfer full): its text; %NULL for a NULL
 */
char *
km_statement_dup_text (sqlite3_stmt *statement,
                       int           column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}
