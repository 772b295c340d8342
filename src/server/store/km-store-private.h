#pragma once

#include "km-visit.h"

G_BEGIN_DECLS

struct _KmTransaction
{
  sqlite3 *database;
  GHashTable *statements;
  GPtrArray *used; /* statements that the job at hand has prepared */
  GArray *memos; /* see km-memo.h */
  gint64 data_version; /* when there was something to remember */
};

void          km_transaction_reset   (KmTransaction *self);

void          km_memos_open          (KmTransaction *self);
void          km_memos_close         (KmTransaction *self);
void          km_memos_begin         (KmTransaction *self);
void          km_memos_forget        (KmTransaction *self);

int           km_store_lock          (const char  *directory,
                                      GError     **error);
sqlite3      *km_store_connect_file  (const char  *path,
                                      int          flags,
                                      const char  *vfs,
                                      GError     **error);
sqlite3      *km_store_connect       (const char  *directory,
                                      int          flags,
                                      const char  *vfs,
                                      GError     **error);
gboolean      km_store_execute       (sqlite3     *database,
                                      const char  *sql,
                                      GError     **error);
const char   *km_store_get_directory (KmStore     *self);

gboolean      km_visit_database      (sqlite3     *database,
                                      const char  *path,
                                      KmVisitMode  mode,
                                      KmVisitFunc  func,
                                      gpointer     data,
                                      GError     **error);

/* Statements of one connection, by their SQL. */
GHashTable   *km_statements_new      (void);
sqlite3_stmt *km_statements_get      (GHashTable  *statements,
                                      sqlite3     *database,
                                      const char  *sql,
                                      GError     **error);

G_END_DECLS
