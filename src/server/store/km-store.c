/* km-store.c: the one thread that writes
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Jobs from all threads are committed in groups: one BEGIN IMMEDIATE, one
 * COMMIT that reaches the disk (synchronous=FULL), and only then is anybody
 * told. A job that fails is undone alone; a COMMIT that fails, or a job that
 * can't be undone, fails every job of its group.
 *
 * To be undone alone, a job has a savepoint, for which SQLite copies every
 * page that the job is the first to touch. A group of jobs that may be applied
 * twice does without. Those refuse before they write, as a rule; should one
 * fail half-way, the group is rolled back and applied again with savepoints.
 *
 * Groups are leading-edge: an idle store commits at once, and what arrives
 * until 2 ms after the end of the last commit is the next group. That has the
 * latency of committing each job and a fifth of its cost under load, and on a
 * slow disk it becomes "commit when the last one has ended" by itself.
 *
 * Where jobs come so fast that a group has many, groups begin 8 ms from each
 * other: what a commit costs, mostly pages that all of its jobs share, is then
 * paid by twice as many, and the disk's time is part of the 8 ms. Not where
 * they only waited for a slow moment of the disk: they have waited enough.
 *
 * Checkpoints are made by a second connection on a thread of its own: an
 * automatic one would hold up a commit for as long as 30 ms. While changes
 * never cease, that one never gets to the end of the log, which would grow for
 * ever. So once the log is long and has been moved, the store thread moves the
 * little that came meanwhile, between two groups, and the next change begins
 * the log anew.
 *
 * Thread: any for submit; open and free on one.
 */

#include "km-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "km-log-vfs.h"
#include "km-schema.h"
#include "km-spacing.h"
#include "km-statement.h"

#define COMMIT_SPACING_US 2000
#define LARGE_GROUP 8
#define LARGE_GROUP_JOB_US 500 /* one each, or faster */
#define LARGE_GROUP_SPACING_US 8000
#define CHECKPOINT_SPACING_US (5 * G_USEC_PER_SEC)
/* Pages in the log from which on it is moved at once; of what it grows to until
 * that is done, all is kept, so that it needn't grow each time. */
#define LOG_LONG 4096
#define WAL_KEPT_BYTES "25165824"
#define SAVEPOINT_BYTES (256 * 1024)
/* Below zero: KiB. After nearly each group SQLite looks at every page that it
 * keeps (B-trees that are balanced make it forget pages beyond the end), so
 * many cost more than they save: what isn't here is in the kernel's cache. A
 * group that doesn't fit still stays in memory until its commit: see
 * cache_spill. */
#define CACHE_KIB "-4096"

struct _KmStore
{
  char *directory;
  int lock_fd;
  KmQueue *jobs;
  KmJob stop;

  GThread *writer;
  KmTransaction transaction;

  GThread *checkpointer;
  sqlite3 *checkpoint_database;
  GMutex mutex;
  GCond changed;
  gboolean dirty;
  gboolean stopping;
  gboolean log_is_long;
  gboolean log_is_moved; /* but for what came meanwhile */
  int log_pages; /* the store thread's */
  KmStoreFigures *figures;
};

/* How a job of a group is applied; see apply_in_savepoint(). */
typedef gboolean (*ApplyFunc) (KmTransaction  *transaction,
                               KmJob          *job,
                               GError        **error);

G_DEFINE_QUARK (km-store-error-quark, km_store_error)

/* The lock is the open file's: it goes when the process does, however that
 * ends, and a second store in the same process is refused as well. */
int
km_store_lock (const char *directory,
               GError    **error)
{
  g_autofree char *path = g_build_filename (directory, "kaimu.lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                   "opening %s: %s", path, g_strerror (errno));
      return -1;
    }

  if (flock (fd, LOCK_EX | LOCK_NB) < 0)
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_LOCKED,
                   "Another server uses the data in %s. End it, or choose "
                   "another directory.", directory);
      close (fd);
      return -1;
    }

  return fd;
}

/* As km_store_execute(), for one statement that is said again and again. */
static gboolean
execute_prepared (KmTransaction  *transaction,
                  const char     *sql,
                  GError        **error)
{
  return km_statement_run (km_statements_get (transaction->statements,
                                              transaction->database, sql,
                                              error),
                           error);
}

static gboolean
apply_job (KmTransaction *transaction,
           KmJob         *job)
{
  gboolean applied = job->apply (job, transaction, &job->error);

  km_transaction_reset (transaction);
  if (!applied && job->error == NULL)
    g_set_error_literal (&job->error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                         "the job gave no reason");

  return applied;
}

/* Whether a job was applied is in its error. Returns FALSE when the transaction
 * isn't what it was before the job and the job alone: it can't be kept. */
static gboolean
apply_in_savepoint (KmTransaction  *transaction,
                    KmJob          *job,
                    GError        **error)
{
  gboolean applied;

  if (!execute_prepared (transaction, "SAVEPOINT job", &job->error))
    return TRUE;

  applied = apply_job (transaction, job);
  if (!applied)
    km_memos_forget (transaction);

  return (applied || execute_prepared (transaction, "ROLLBACK TO job", error))
         && execute_prepared (transaction, "RELEASE job", error);
}

/* As apply_in_savepoint(), for a job that refuses before it writes, if it
 * does: there is nothing to undo then. */
static gboolean
apply_directly (KmTransaction  *transaction,
                KmJob          *job,
                GError        **error)
{
  gint64 written = sqlite3_total_changes64 (transaction->database);

  if (apply_job (transaction, job)
      || sqlite3_total_changes64 (transaction->database) == written)
    return TRUE;

  g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_HALF_DONE,
               "a job failed half-way: %s", job->error->message);

  return FALSE;
}

/* A full disk or a failed read can end the whole transaction under a job.
 * What came before it is undone then, and what would follow is not tried: it
 * would be committed alone. */
static gboolean
apply_group (KmTransaction  *transaction,
             KmMessage      *group,
             ApplyFunc       apply,
             GError        **error)
{
  for (KmMessage *message = group; message != NULL; message = message->next)
    {
      KmJob *job = (KmJob *) message;
      gboolean whole = apply (transaction, job, error);

      if (sqlite3_get_autocommit (transaction->database))
        {
          g_clear_error (error);
          g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                       "the transaction was ended: %s",
                       job->error != NULL ? job->error->message : "unknown");
          return FALSE;
        }
      if (!whole)
        return FALSE;
    }

  return execute_prepared (transaction, "COMMIT", error);
}

static void
fail_group (KmMessage    *group,
            const GError *error)
{
  for (KmMessage *message = group; message != NULL; message = message->next)
    {
      KmJob *job = (KmJob *) message;

      if (job->error == NULL)
        job->error = g_error_copy (error);
    }
}

static gboolean
is_repeatable (KmMessage *group)
{
  for (KmMessage *message = group; message != NULL; message = message->next)
    {
      if (!((KmJob *) message)->repeatable)
        return FALSE;
    }

  return TRUE;
}

static void
forget_errors (KmMessage *group)
{
  for (KmMessage *message = group; message != NULL; message = message->next)
    g_clear_error (&((KmJob *) message)->error);
}

/* One group, from BEGIN to COMMIT or ROLLBACK. */
static gboolean
try_group (KmTransaction  *transaction,
           KmMessage      *group,
           ApplyFunc       apply,
           GError        **error)
{
  if (!execute_prepared (transaction, "BEGIN IMMEDIATE", error))
    return FALSE;
  km_memos_begin (transaction);
  if (apply_group (transaction, group, apply, error))
    return TRUE;

  sqlite3_exec (transaction->database, "ROLLBACK", NULL, NULL, NULL);
  km_memos_forget (transaction);

  return FALSE;
}

/* The jobs of a group then hold what came of them. Returns whether it was
 * kept. */
static gboolean
commit_group (KmStore   *self,
              KmMessage *group)
{
  ApplyFunc apply = is_repeatable (group) ? apply_directly
                                          : apply_in_savepoint;
  g_autoptr (GError) error = NULL;

  if (try_group (&self->transaction, group, apply, &error))
    return TRUE;

  if (g_error_matches (error, KM_STORE_ERROR, KM_STORE_ERROR_HALF_DONE))
    {
      g_clear_error (&error);
      forget_errors (group);
      if (try_group (&self->transaction, group, apply_in_savepoint, &error))
        return TRUE;
    }

  g_message ("a group of changes was not kept: %s", error->message);
  fail_group (group, error);

  return FALSE;
}

static void
commit_and_count (KmStore   *self,
                  KmMessage *group,
                  guint      jobs)
{
  gint64 began_us = g_get_monotonic_time ();

  km_counter_add (&self->figures->changes, jobs);

  if (commit_group (self, group))
    km_histogram_add (&self->figures->commit,
                      g_get_monotonic_time () - began_us);
  else
    km_counter_add (&self->figures->failed, 1);
}

/* Hands jobs back in their order; neighbours that go to the same queue go
 * together, so that its reader wakes once. */
static void
answer_group (KmMessage *group)
{
  while (group != NULL)
    {
      KmJob *first = (KmJob *) group;
      KmMessage *last = group;
      KmMessage *rest;

      while (last->next != NULL
             && ((KmJob *) last->next)->reply_to == first->reply_to)
        last = last->next;
      rest = last->next;
      last->next = NULL;

      if (first->reply_to != NULL)
        km_queue_push_all (first->reply_to, group);
      else
        km_job_finish_all (group);
      group = rest;
    }
}

static int
take_log_pages (void       *data,
                sqlite3    *database,
                const char *name,
                int         pages)
{
  KmStore *self = data;

  self->log_pages = pages;

  return SQLITE_OK;
}

/* Returns whether the log is long, and has been moved but for what came
 * meanwhile. */
static gboolean
mark_dirty (KmStore *self)
{
  gboolean is_moved;

  g_mutex_lock (&self->mutex);
  is_moved = self->log_is_moved;
  self->log_is_moved = FALSE;
  self->log_is_long = self->log_pages >= LOG_LONG && !is_moved;
  if (!self->dirty || self->log_is_long)
    g_cond_signal (&self->changed);
  self->dirty = TRUE;
  g_mutex_unlock (&self->mutex);

  return is_moved;
}

/* A reader that has been at it for long may keep it from the end; then it is
 * tried again when more has been moved. */
static void
end_log (KmStore *self)
{
  sqlite3_wal_checkpoint_v2 (self->transaction.database, NULL,
                             SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* Takes the stop job out of a chain; it is always the last one. */
static gboolean
remove_stop (KmStore    *self,
             KmMessage **chain)
{
  for (KmMessage **link = chain; *link != NULL; link = &(*link)->next)
    {
      if (*link == &self->stop.message)
        {
          *link = NULL;
          return TRUE;
        }
    }

  return FALSE;
}

static guint
count_jobs (const KmMessage *group)
{
  guint jobs = 0;

  for (; group != NULL; group = group->next)
    jobs++;

  return jobs;
}

/* Paces commits: the time until @next_us belongs to the next group. */
static void
wait_until (gint64 next_us)
{
  struct timespec until = {
    .tv_sec = next_us / G_USEC_PER_SEC,
    .tv_nsec = next_us % G_USEC_PER_SEC * 1000,
  };

  while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL)
         == EINTR)
    continue;
}

static gpointer
write_jobs (gpointer data)
{
  KmStore *self = data;
  KmSpacing groups = { 0 };
  gint64 next_us = 0;
  gboolean stopped = FALSE;

  while (!stopped)
    {
      KmMessage *group;
      gboolean large;
      guint jobs;

      km_queue_wait (self->jobs, -1);
      if (next_us > g_get_monotonic_time ())
        wait_until (next_us);

      group = km_queue_take_all (self->jobs);
      stopped = remove_stop (self, &group);
      if (group == NULL)
        continue;

      jobs = count_jobs (group);
      large = jobs >= LARGE_GROUP
              && km_spacing_came_fast (&groups, g_get_monotonic_time (), jobs,
                                       LARGE_GROUP_JOB_US);
      km_spacing_begin (&groups, g_get_monotonic_time ());
      commit_and_count (self, group, jobs);
      answer_group (group);
      if (mark_dirty (self))
        end_log (self);
      km_spacing_end (&groups, g_get_monotonic_time ());
      next_us =
        large ? km_spacing_due_after_begin (&groups, LARGE_GROUP_SPACING_US)
              : km_spacing_due_after_end (&groups, COMMIT_SPACING_US);
    }

  return NULL;
}

/* Sleeps until something was written, lets more of it come for a while or
 * until it is much, and moves it from the log into the database without
 * holding up anybody. */
static gpointer
make_checkpoints (gpointer data)
{
  KmStore *self = data;

  g_mutex_lock (&self->mutex);
  while (!self->stopping)
    {
      gint64 until_us;

      while (!self->dirty && !self->stopping)
        g_cond_wait (&self->changed, &self->mutex);

      until_us = g_get_monotonic_time () + CHECKPOINT_SPACING_US;
      while (!self->stopping && !self->log_is_long
             && g_cond_wait_until (&self->changed, &self->mutex, until_us))
        continue;

      self->dirty = FALSE;
      g_mutex_unlock (&self->mutex);
      sqlite3_wal_checkpoint_v2 (self->checkpoint_database, NULL,
                                 SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
      g_mutex_lock (&self->mutex);
      self->log_is_moved = self->log_is_long;
      self->log_is_long = FALSE;
    }
  g_mutex_unlock (&self->mutex);

  return NULL;
}

/* The data holds hashes of passwords and stream keys. SQLite gives its other
 * files the mode of this one. */
static gboolean
make_private_file (const char *directory,
                   GError    **error)
{
  g_autofree char *path = g_build_filename (directory, "kaimu.db", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                   "The data in %s can't be opened: %s.", path,
                   g_strerror (errno));
      return FALSE;
    }
  close (fd);

  return TRUE;
}

/* What SQLite says is about files; a person needs to know which ones, and what
 * to do about them. */
static gboolean
prepare_data (KmStore *self,
              GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (km_store_execute (self->transaction.database,
                        "PRAGMA journal_mode = WAL;"
                        "PRAGMA synchronous = FULL;"
                        "PRAGMA wal_autocheckpoint = 0;"
                        "PRAGMA cache_size = " CACHE_KIB ";"
                        "PRAGMA cache_spill = OFF;"
                        "PRAGMA secure_delete = FAST;"
                        "PRAGMA journal_size_limit = " WAL_KEPT_BYTES ";"
                        "PRAGMA foreign_keys = ON",
                        &cause)
      && km_schema_migrate (self->transaction.database,
                            km_schema_migrations (), &cause))
    return TRUE;

  if (g_error_matches (cause, KM_STORE_ERROR, KM_STORE_ERROR_NEWER_SCHEMA))
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    g_set_error (error, cause->domain, cause->code,
                 "The data in %s can't be used: %s. Put a copy of it back, or "
                 "move it away to begin anew.",
                 self->directory, cause->message);
  return FALSE;
}

/* What a savepoint may have to put back is kept in memory up to this size, a
 * few dozen pages, and in a file beyond it: by default it is the file for each
 * job that moves coins. And nobody asks how much memory SQLite has, which
 * would be counted under a lock at each allocation. It is said before the
 * first use; whoever was faster keeps what there is. */
static void
configure_sqlite (void)
{
  static gsize configured;

  if (g_once_init_enter (&configured))
    {
      sqlite3_config (SQLITE_CONFIG_STMTJRNL_SPILL, SAVEPOINT_BYTES);
      sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
      g_once_init_leave (&configured, 1);
    }
}

static gboolean
open_databases (KmStore *self,
                GError **error)
{
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

  self->lock_fd = km_store_lock (self->directory, error);
  if (self->lock_fd < 0 || !make_private_file (self->directory, error))
    return FALSE;

  self->transaction.database =
    km_store_connect (self->directory, flags, km_log_vfs_get_name (), error);
  if (self->transaction.database == NULL)
    return FALSE;
  self->transaction.statements = km_statements_new ();
  self->transaction.used = g_ptr_array_new ();

  if (!prepare_data (self, error))
    return FALSE;

  km_memos_open (&self->transaction);
  sqlite3_wal_hook (self->transaction.database, take_log_pages, self);

  /* A connection that has never read anything doesn't know of the log, and
   * makes checkpoints that do nothing. */
  self->checkpoint_database =
    km_store_connect (self->directory, flags, NULL, error);

  return self->checkpoint_database != NULL
         && km_store_execute (self->checkpoint_database,
                              "PRAGMA schema_version", error);
}

static void
close_databases (KmStore *self)
{
  km_memos_close (&self->transaction);
  g_clear_pointer (&self->transaction.used, g_ptr_array_unref);
  g_clear_pointer (&self->transaction.statements, g_hash_table_unref);
  g_clear_pointer (&self->checkpoint_database, sqlite3_close_v2);
  g_clear_pointer (&self->transaction.database, sqlite3_close_v2);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
}

/**
 * km_store_open:
 * @directory: the data directory; made (0700) when missing
 * @error: %KM_STORE_ERROR
 *
 * Opens or makes the data and starts the threads.
 *
 * Returns: (nullable) (transfer full): a store
 */
KmStore *
km_store_open (const char *directory,
               GError    **error)
{
  KmStore *self;

  if (g_mkdir_with_parents (directory, 0700) < 0)
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                   "The directory %s can't be made: %s.", directory,
                   g_strerror (errno));
      return NULL;
    }

  configure_sqlite ();
  self = g_new0 (KmStore, 1);
  self->directory = g_strdup (directory);
  self->lock_fd = -1;
  if (!open_databases (self, error))
    {
      close_databases (self);
      g_free (self->directory);
      g_free (self);
      return NULL;
    }

  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->figures = g_aligned_alloc0 (1, sizeof (KmStoreFigures),
                                    KM_CACHE_LINE_BYTES);
  self->jobs = km_queue_new (KM_STORE_MAX_WAITING);
  self->writer = g_thread_new ("store", write_jobs, self);
  self->checkpointer = g_thread_new ("checkpoint", make_checkpoints, self);

  return self;
}

/**
 * km_store_free:
 * @self: (transfer full): a store that nobody submits to any more
 *
 * Commits what waits, answers it, and closes the data. Queues that answers go
 * to must still be there, and are drained afterwards; readers are closed
 * before.
 */
void
km_store_free (KmStore *self)
{
  km_queue_push_all (self->jobs, &self->stop.message);
  g_thread_join (self->writer);

  g_mutex_lock (&self->mutex);
  self->stopping = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->checkpointer);

  close_databases (self);
  km_queue_free (self->jobs);
  g_aligned_free (self->figures);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);
  g_free (self->directory);
  g_free (self);
}

/**
 * km_store_submit:
 * @self: a store
 * @job: (transfer full): what to write; still the caller's when refused
 *
 * Returns: %FALSE when %KM_STORE_MAX_WAITING jobs wait: tell whoever asked
 *   that the server is busy
 */
gboolean
km_store_submit (KmStore *self,
                 KmJob   *job)
{
  if (km_queue_push (self->jobs, &job->message))
    return TRUE;

  km_counter_add_shared (&self->figures->refused, 1);
  return FALSE;
}

/**
 * km_store_count_waiting:
 * @self: a store
 *
 * Returns: how many jobs wait for the store thread. Thread: any
 */
guint
km_store_count_waiting (KmStore *self)
{
  return km_queue_count (self->jobs);
}

/**
 * km_store_peek_figures:
 * @self: a store
 *
 * Returns: (transfer none): what it has done, counting on. Thread: any
 */
const KmStoreFigures *
km_store_peek_figures (KmStore *self)
{
  return self->figures;
}

/**
 * km_job_finish_all:
 * @chain: (nullable) (transfer full): jobs as the queue of answers gave them
 *
 * Calls each job's done, in order.
 */
void
km_job_finish_all (KmMessage *chain)
{
  while (chain != NULL)
    {
      KmJob *job = (KmJob *) chain;
      g_autoptr (GError) error = g_steal_pointer (&job->error);

      chain = chain->next;
      job->done (job, error);
    }
}

/* The data directory; the store's own. */
const char *
km_store_get_directory (KmStore *self)
{
  return self->directory;
}
