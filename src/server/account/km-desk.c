/* km-desk.c: where the main loop hands writes in and gets word of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The store answers into a queue; here that queue becomes GTasks, so that an
 * HTTP call can write and go on when what it wrote is on the disk.
 *
 * Thread: main, except for what is given as apply.
 */

#include "km-desk.h"

#include "km-queue-source.h"

struct _KmDesk
{
  KmStore *store;
  KmQueue *answers;
  GSource *source;
};

typedef struct
{
  KmJob job;
  KmDeskFunc apply;
  gpointer data;
  GTask *task; /* NULL: somebody waits for @finished */
  gboolean *finished;
  GError **error;
} DeskJob;

static gboolean
apply_job (KmJob          *job,
           KmTransaction  *transaction,
           GError        **error)
{
  DeskJob *self = (DeskJob *) job;

  return self->apply (self->data, transaction, error);
}

static void
job_done (KmJob        *job,
          const GError *error)
{
  DeskJob *self = (DeskJob *) job;

  if (self->task == NULL)
    {
      *self->finished = TRUE;
      if (error != NULL && self->error != NULL)
        *self->error = g_error_copy (error);
    }
  else if (error != NULL)
    g_task_return_error (self->task, g_error_copy (error));
  else
    g_task_return_pointer (self->task, self->data, NULL);

  g_clear_object (&self->task);
  g_free (self);
}

static void
take_answers (KmMessage *chain,
              gpointer   data)
{
  km_job_finish_all (chain);
}

/**
 * km_desk_new:
 * @store: a store; must outlive the desk
 *
 * Returns: (transfer full): a desk of the thread-default main context
 */
KmDesk *
km_desk_new (KmStore *store)
{
  KmDesk *self = g_new0 (KmDesk, 1);

  self->store = store;
  self->answers = km_queue_new (0);
  self->source = km_queue_source_new (self->answers, take_answers, self);
  g_source_attach (self->source, g_main_context_get_thread_default ());

  return self;
}

/**
 * km_desk_free:
 * @self: (transfer full): a desk whose store has been freed: all its answers
 *   are in, and those that nobody has seen yet are given out now
 */
void
km_desk_free (KmDesk *self)
{
  km_job_finish_all (km_queue_take_all (self->answers));
  g_source_destroy (self->source);
  g_source_unref (self->source);
  km_queue_free (self->answers);
  g_free (self);
}

static DeskJob *
new_job (KmDesk     *self,
         KmDeskFunc  apply,
         gpointer    data)
{
  DeskJob *job = g_new0 (DeskJob, 1);

  job->job.apply = apply_job;
  job->job.done = job_done;
  job->job.reply_to = self->answers;
  job->apply = apply;
  job->data = data;

  return job;
}

static GError *
busy_error (void)
{
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BUSY,
                              "too many changes wait for the disk");
}

/**
 * km_desk_run_async:
 * @self: a desk
 * @apply: writes
 * @data: for @apply; nobody else touches it until it is done
 * @destroy: (nullable): frees @data after @callback has run
 * @callback: gets to know when it is on the disk, or why it isn't
 * @user_data: for @callback
 *
 * Fails with %G_IO_ERROR_BUSY when too much waits for the store.
 */
void
km_desk_run_async (KmDesk              *self,
                   KmDeskFunc           apply,
                   gpointer             data,
                   GDestroyNotify       destroy,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  DeskJob *job = new_job (self, apply, data);

  g_task_set_source_tag (task, km_desk_run_async);
  g_task_set_task_data (task, data, destroy);
  job->task = task;

  if (!km_store_submit (self->store, &job->job))
    {
      g_task_return_error (task, busy_error ());
      g_object_unref (task);
      g_free (job);
    }
}

/**
 * km_desk_run_finish:
 * @result: what the callback was given
 * @error: why nothing was written
 *
 * Returns: (nullable) (transfer none): the data, good until the callback ends;
 *   %NULL when it failed
 */
gpointer
km_desk_run_finish (GAsyncResult  *result,
                    GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * km_desk_run:
 * @self: a desk
 * @apply: writes
 * @data: for @apply
 * @error: why nothing was written
 *
 * Waits until it is on the disk: for the time before the main loop runs.
 *
 * Returns: whether it was written
 */
gboolean
km_desk_run (KmDesk      *self,
             KmDeskFunc   apply,
             gpointer     data,
             GError     **error)
{
  g_autoptr (GError) local = NULL;
  gboolean finished = FALSE;
  DeskJob *job = new_job (self, apply, data);

  job->finished = &finished;
  job->error = &local;
  if (!km_store_submit (self->store, &job->job))
    {
      g_propagate_error (error, busy_error ());
      g_free (job);
      return FALSE;
    }

  while (!finished && km_queue_wait (self->answers, -1))
    km_job_finish_all (km_queue_take_all (self->answers));

  if (local == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
