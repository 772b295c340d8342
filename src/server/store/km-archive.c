/* km-archive.c: a thread for what takes long to read
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * To sum up a long evening is to look at each of its rows, which would keep
 * everybody else waiting for the main loop. One thread reads for those who
 * ask such things, with a connection of its own; that it is one bounds what
 * they cost the others. What waits is bounded too, and so is how much of that
 * is one account's: whoever asks again and again keeps only themselves busy.
 *
 * Thread: main; answers come on its thread-default main context.
 */

#include "km-archive.h"

struct _KmArchive
{
  KmReader *reader; /* the thread's, once it runs */
  GThreadPool *threads;
  GHashTable *asking; /* gint64 account -> questions; outlives the archive */
  gint closed; /* atomic */
};

typedef struct
{
  KmArchiveFunc func;
  gpointer data;
  GDestroyNotify free_data;
  GDestroyNotify free_result;
  gint64 account;
  GHashTable *asking;
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  if (self->free_data != NULL)
    self->free_data (self->data);
  g_hash_table_unref (self->asking);
  g_free (self);
}

static guint
count_questions (GHashTable *asking,
                 gint64      account)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (asking, &account));
}

static void
set_questions (GHashTable *asking,
               gint64      account,
               guint       n)
{
  if (n > 0)
    g_hash_table_replace (asking, g_memdup2 (&account, sizeof account),
                          GUINT_TO_POINTER (n));
  else
    g_hash_table_remove (asking, &account);
}

/* On the asker's thread, behind the callback. */
static void
completed (GTask      *task,
           GParamSpec *pspec,
           Question   *question)
{
  set_questions (question->asking, question->account,
                 count_questions (question->asking, question->account) - 1);
}

static void
refuse (GTask *task)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY,
                           "too many ask for what takes long to read");
}

/* On the archive's thread. */
static void
answer (gpointer data,
        gpointer user_data)
{
  KmArchive *self = user_data;
  g_autoptr (GTask) task = data;
  Question *question = g_task_get_task_data (task);
  GError *error = NULL;
  gpointer result;

  if (g_atomic_int_get (&self->closed))
    {
      refuse (task);
      return;
    }

  result = question->func (self->reader, question->data, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, question->free_result);
}

/**
 * km_archive_new:
 * @store: a store; must outlive the archive
 * @error: why not
 *
 * Returns: (nullable) (transfer full): an archive
 */
KmArchive *
km_archive_new (KmStore  *store,
                GError  **error)
{
  KmReader *reader = km_reader_open (store, error);
  KmArchive *self;

  if (reader == NULL)
    return NULL;

  self = g_new0 (KmArchive, 1);
  self->reader = reader;
  /* Shared threads can't fail to start later on; of one it is never more than
   * one that has the connection. */
  self->threads = g_thread_pool_new (answer, self, 1, FALSE, NULL);
  self->asking = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                        NULL);

  return self;
}

/**
 * km_archive_free:
 * @self: (transfer full): an archive
 *
 * Waits for what is being read; what waits for its turn is refused as busy.
 * The callbacks of both are still to run.
 */
void
km_archive_free (KmArchive *self)
{
  g_atomic_int_set (&self->closed, TRUE);
  g_thread_pool_free (self->threads, FALSE, TRUE);
  km_reader_free (self->reader);
  g_hash_table_unref (self->asking);
  g_free (self);
}

/**
 * km_archive_read_async:
 * @self: an archive
 * @account: who asks
 * @func: reads
 * @data: for @func; nobody else touches it until it is done
 * @free_data: (nullable): frees @data
 * @free_result: (nullable): frees what @func returned, when nobody took it
 * @callback: gets to know what was read
 * @user_data: for @callback
 *
 * Questions are answered one after the other. Fails with %G_IO_ERROR_BUSY
 * when too many wait, or %KM_ARCHIVE_MAX_OF_ACCOUNT of @account.
 */
void
km_archive_read_async (KmArchive           *self,
                       gint64               account,
                       KmArchiveFunc        func,
                       gpointer             data,
                       GDestroyNotify       free_data,
                       GDestroyNotify       free_result,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Question *question = g_new0 (Question, 1);

  *question = (Question) {
    func, data, free_data, free_result, account,
    g_hash_table_ref (self->asking),
  };
  g_task_set_task_data (task, question, question_free);
  g_task_set_source_tag (task, km_archive_read_async);

  if (g_thread_pool_unprocessed (self->threads) >= KM_ARCHIVE_MAX_WAITING
      || count_questions (self->asking, account) >= KM_ARCHIVE_MAX_OF_ACCOUNT)
    {
      refuse (task);
      return;
    }

  set_questions (self->asking, account,
                 count_questions (self->asking, account) + 1);
  g_signal_connect (task, "notify::completed", G_CALLBACK (completed),
                    question);
  g_thread_pool_push (self->threads, g_steal_pointer (&task), NULL);
}

/**
 * km_archive_read_finish:
 * @result: what the callback was given
 * @error: the function's, or %G_IO_ERROR_BUSY
 *
 * Returns: (nullable) (transfer full): what was read
 */
gpointer
km_archive_read_finish (GAsyncResult  *result,
                        GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
