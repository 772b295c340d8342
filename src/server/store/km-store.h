#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

#include "km-histogram.h"
#include "km-queue.h"

G_BEGIN_DECLS

/**
 * KM_STORE_ERROR:
 *
 * Domain of everything that the store reports.
 */
#define KM_STORE_ERROR (km_store_error_quark ())
GQuark km_store_error_quark (void);

/**
 * KmStoreError:
 * @KM_STORE_ERROR_FAILED: the disk or the database failed: tell the person
 *   who asked that nothing was kept
 * @KM_STORE_ERROR_LOCKED: another server holds the data directory: choose
 *   another one, or end that server
 * @KM_STORE_ERROR_NEWER_SCHEMA: a newer Kaimu made the data: use that one
 * @KM_STORE_ERROR_CONSTRAINT: a row breaks a rule of the schema (a name that
 *   is taken): the job's owner knows which
 * @KM_STORE_ERROR_HALF_DONE: the store's own
 * @KM_STORE_ERROR_REFUSED: a file isn't what it should be: the message says
 *   what it is
 * @KM_STORE_ERROR_EXISTS: something would be replaced: ask whether it may be
 */
typedef enum
{
  KM_STORE_ERROR_FAILED,
  KM_STORE_ERROR_LOCKED,
  KM_STORE_ERROR_NEWER_SCHEMA,
  KM_STORE_ERROR_CONSTRAINT,
  KM_STORE_ERROR_HALF_DONE,
  KM_STORE_ERROR_REFUSED,
  KM_STORE_ERROR_EXISTS,
} KmStoreError;

/**
 * KM_STORE_MAX_WAITING:
 *
 * Jobs that may wait for the store thread; more are refused as busy.
 */
#define KM_STORE_MAX_WAITING 4096

typedef struct _KmStore       KmStore;
typedef struct _KmTransaction KmTransaction;
typedef struct _KmReader      KmReader;
typedef struct _KmJob         KmJob;

/**
 * KmJob:
 * @message: the link in queues
 * @apply: what to write; on the store thread. Returning %FALSE with an error
 *   undoes this job alone
 * @done: what came of it, once the group's COMMIT has returned; @error is
 *   @apply's, or the failed COMMIT's, or %NULL: it is on the disk. On the
 *   thread that drains @reply_to. Frees the job
 * @reply_to: (nullable): where the job goes when it is done; %NULL: @done is
 *   called on the store thread, and must only hand over
 * @error: (nullable): the store's own while the job is on its way
 * @repeatable: whether @apply may be called once more after all that it wrote
 *   was undone. Cheaper, if it rarely fails after it has written
 *
 * First member of the struct of whoever submits it.
 */
struct _KmJob
{
  KmMessage message;
  gboolean (*apply) (KmJob         *job,
                     KmTransaction *transaction,
                     GError       **error);
  void (*done) (KmJob        *job,
                const GError *error);
  KmQueue *reply_to;
  GError *error;
  gboolean repeatable;
};

/**
 * KmStoreFigures:
 * @commit: how long a group took that was kept
 * @changes: jobs that were tried
 * @failed: groups that were not kept
 * @refused: jobs that there was no room for
 *
 * What the store has done. The store thread's, but for the last; any may read.
 */
typedef struct
{
  KmHistogram commit;
  KmCounter changes;
  KmCounter failed;
  KmCounter refused __attribute__ ((aligned (KM_CACHE_LINE_BYTES)));
} KmStoreFigures;

KmStore      *km_store_open           (const char    *directory,
                                       GError       **error);
void          km_store_free           (KmStore       *self);
gboolean      km_store_submit         (KmStore       *self,
                                       KmJob         *job);
guint         km_store_count_waiting  (KmStore       *self);
const KmStoreFigures *
              km_store_peek_figures   (KmStore       *self);
void          km_job_finish_all       (KmMessage     *chain);

sqlite3_stmt *km_transaction_prepare  (KmTransaction *self,
                                       const char    *sql,
                                       GError       **error);
gint64        km_transaction_last_row (KmTransaction *self);
gint64        km_transaction_changes  (KmTransaction *self);

KmReader     *km_reader_open          (KmStore       *store,
                                       GError       **error);
void          km_reader_free          (KmReader      *self);
sqlite3_stmt *km_reader_prepare       (KmReader      *self,
                                       const char    *sql,
                                       GError       **error);
gboolean      km_reader_has_news      (KmReader      *self,
                                       gint64        *version);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmStore, km_store_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmReader, km_reader_free)

G_END_DECLS
