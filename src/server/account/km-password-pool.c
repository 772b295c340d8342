/* km-password-pool.c: two threads that hash, so that the main loop never does
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two bound the memory (19 MiB each) and leave cores for the rest, and where
 * there are no more cores than that they stand back behind all other threads:
 * a room must not stutter because somebody signs in. What waits is bounded
 * too: when it gets long, people are told to come back.
 *
 * Thread: main; answers come on its thread-default main context.
 */

#include "km-password-pool.h"

#include <sodium.h>
#include <sys/resource.h>
#include <unistd.h>

#include "km-account-error.h"
#include "km-password.h"

#define THREADS 2
#define WAITING_MAX 64
#define NICER 10
#define NICE_MAX 19

struct _KmPasswordPool
{
  GThreadPool *threads;
  int nice;
};

typedef struct
{
  gboolean verify;
  char *password;
  char *hash;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  sodium_memzero (work->password, strlen (work->password));
  g_free (work->password);
  g_free (work->hash);
  g_free (work);
}

/* On one of the two threads. */
static void
do_work (gpointer data,
         gpointer user_data)
{
  KmPasswordPool *self = user_data;
  g_autoptr (GTask) task = data;
  Work *work = g_task_get_task_data (task);
  char *hash;

  /* Of this thread alone, on Linux. Where it isn't allowed, nothing is lost. */
  setpriority (PRIO_PROCESS, (id_t) gettid (), self->nice);
  if (work->verify)
    {
      g_task_return_boolean (task, km_password_verify (work->password,
                                                       work->hash));
      return;
    }

  hash = km_password_hash (work->password);
  if (hash != NULL)
    g_task_return_pointer (task, hash, g_free);
  else
    g_task_return_new_error (task, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_BUSY,
                             "no memory to hash with");
}

KmPasswordPool *
km_password_pool_new (void)
{
  KmPasswordPool *self = g_new0 (KmPasswordPool, 1);
  g_autoptr (GError) error = NULL;
  int own;

  if (sodium_init () < 0)
    g_error ("libsodium finds no random source");

  own = getpriority (PRIO_PROCESS, 0);
  self->nice = MIN (own + NICER, NICE_MAX);
  /* Its own, since they stand back; all are started here and now, and none
   * can fail to start later on. */
  self->threads = g_thread_pool_new (do_work, self, THREADS, TRUE, &error);
  if (self->threads == NULL)
    g_error ("no threads to hash with: %s", error->message);

  return self;
}

/**
 * km_password_pool_free:
 * @self: (transfer full): a pool; what waits is done first
 */
void
km_password_pool_free (KmPasswordPool *self)
{
  g_thread_pool_free (self->threads, FALSE, TRUE);
  g_free (self);
}

static void
push (KmPasswordPool      *self,
      gboolean             verify,
      const char          *password,
      const char          *hash,
      GAsyncReadyCallback  callback,
      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Work *work = g_new0 (Work, 1);

  work->verify = verify;
  work->password = g_strdup (password);
  work->hash = g_strdup (hash);
  g_task_set_task_data (task, work, work_free);
  g_task_set_source_tag (task, push);

  if (g_thread_pool_unprocessed (self->threads) >= WAITING_MAX)
    g_task_return_new_error (task, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_BUSY,
                             "too many sign in at once");
  else
    g_thread_pool_push (self->threads, g_steal_pointer (&task), NULL);
}

void
km_password_pool_hash_async (KmPasswordPool      *self,
                             const char          *password,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  push (self, FALSE, password, NULL, callback, user_data);
}

/**
 * km_password_pool_hash_finish:
 * @result: what the callback was given
 * @error: %KM_ACCOUNT_ERROR_BUSY
 *
 * Returns: (transfer full) (nullable): what to keep
 */
char *
km_password_pool_hash_finish (GAsyncResult  *result,
                              GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * km_password_pool_verify_async:
 * @self: a pool
 * @password: what somebody typed
 * @hash: (nullable): what is kept; %NULL costs as much and never fits
 * @callback: gets the answer
 * @user_data: for @callback
 */
void
km_password_pool_verify_async (KmPasswordPool      *self,
                               const char          *password,
                               const char          *hash,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  push (self, TRUE, password, hash, callback, user_data);
}

/**
 * km_password_pool_verify_finish:
 * @result: what the callback was given
 * @error: %KM_ACCOUNT_ERROR_BUSY: it wasn't tried
 *
 * Returns: whether it is the password
 */
gboolean
km_password_pool_verify_finish (GAsyncResult  *result,
                                GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
