#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * KmStep:
 * @KM_STEP_FAILED: the error is set
 * @KM_STEP_DONE: no more rows
 * @KM_STEP_ROW: a row is there to read with sqlite3_column_…()
 */
typedef enum
{
  KM_STEP_FAILED = -1,
  KM_STEP_DONE = 0,
  KM_STEP_ROW = 1,
} KmStep;

void      km_statement_bind     (sqlite3_stmt *statement,
                                 const char   *types,
                                 ...);
KmStep    km_statement_step     (sqlite3_stmt *statement,
                                 GError      **error);
gboolean  km_statement_run      (sqlite3_stmt *statement,
                                 GError      **error);
char     *km_statement_dup_text (sqlite3_stmt *statement,
                                 int           column);

G_END_DECLS
