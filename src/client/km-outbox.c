/* km-outbox.c: acts that no server has answered, on disk
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file of lines: an unsent message or gift, or {"done":"ID"}. A line is the
 * kernel's as soon as the act is added, before anybody sees it in a list: from
 * then on the app may be killed. It is synced before it goes to the server, so
 * that not even a crash of the machine loses the id under which a gift is paid
 * only once. "done" needs no sync: if it is lost the act goes out again under
 * the same id, and the server answers as it did the first time.
 *
 * A torn last line was never acknowledged to anybody; reading drops it, and
 * whatever else isn't an act, and writes the file anew. What a later version
 * of Kaimu wrote stays in it as it is.
 *
 * A line is a few hundred bytes, and to hand it to the kernel is a copy. What
 * waits for the disk is done elsewhere.
 *
 * Thread: main; one thread of its own syncs.
 */

#include "km-outbox.h"

#include "km-client-error.h"
#include "km-json.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define FILE_BYTES_MAX (64 * 1024 * 1024)
#define UNSENT_MAX 1000
#define WORD_BYTES_MAX 64

struct _KmOutbox
{
  GObject parent_instance;
  char *path;
  GPtrArray *unsent;
  GPtrArray *newer; /* lines of a later version */
  GThreadPool *syncer;
};

/* What the syncer waits for. */
typedef struct
{
  GTask *task;
  char *path;
} Sync;

G_DEFINE_FINAL_TYPE (KmOutbox, km_outbox, G_TYPE_OBJECT)

static gboolean
find (KmOutbox   *self,
      const char *id,
      guint      *index)
{
  for (guint i = 0; i < self->unsent->len; i++)
    {
      if (g_str_equal (((KmUnsent *) self->unsent->pdata[i])->id, id))
        {
          *index = i;
          return TRUE;
        }
    }

  return FALSE;
}

static void
read_line (KmOutbox   *self,
           const char *line,
           gsize       length)
{
  g_autoptr (JsonObject) object = km_json_parse (line, length, NULL);
  g_autoptr (KmUnsent) unsent = NULL;
  const char *done;
  guint index;

  if (object == NULL)
    return;

  if (km_unsent_is_newer (object))
    {
      if (self->newer->len < UNSENT_MAX)
        g_ptr_array_add (self->newer, g_strndup (line, length));
      return;
    }

  done = km_json_get_string (object, "done", WORD_BYTES_MAX);
  if (done != NULL)
    {
      if (find (self, done, &index))
        g_ptr_array_remove_index (self->unsent, index);
      return;
    }

  unsent = km_unsent_from_json (object);
  if (unsent != NULL && self->unsent->len < UNSENT_MAX &&
      !find (self, unsent->id, &index))
    g_ptr_array_add (self->unsent, g_steal_pointer (&unsent));
}

static void
load (KmOutbox *self)
{
  g_autofree char *contents = NULL;
  g_autoptr (GString) anew = g_string_new (NULL);
  const char *line, *end;
  GStatBuf status;
  gsize length;

  if (g_stat (self->path, &status) != 0 || !S_ISREG (status.st_mode) ||
      status.st_size > FILE_BYTES_MAX ||
      !g_file_get_contents (self->path, &contents, &length, NULL))
    return;

  for (line = contents;
       (end = memchr (line, '\n', length - (gsize) (line - contents))) != NULL;
       line = end + 1)
    read_line (self, line, (gsize) (end - line));

  for (guint i = 0; i < self->newer->len; i++)
    g_string_append_printf (anew, "%s\n", (char *) self->newer->pdata[i]);
  for (guint i = 0; i < self->unsent->len; i++)
    km_unsent_append_line (self->unsent->pdata[i], anew);
  if (anew->len != length)
    g_file_set_contents_full (self->path, anew->str, (gssize) anew->len,
                              G_FILE_SET_CONTENTS_CONSISTENT |
                              G_FILE_SET_CONTENTS_DURABLE,
                              0600, NULL);
}

static int
open_file (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  int fd = g_open (path, O_WRONLY | O_APPEND | O_CLOEXEC, 0600);

  if (fd >= 0 || errno != ENOENT)
    return fd;

  if (g_mkdir_with_parents (directory, 0700) != 0)
    return -1;

  return g_open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static gboolean
write_all (int         fd,
           const char *text)
{
  gsize length = strlen (text);
  off_t before = lseek (fd, 0, SEEK_END);

  for (gsize done = 0; done < length;)
    {
      gssize n = write (fd, text + done, length - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          /* Half a line would swallow the next one. */
          int reason = errno;

          if (before < 0 || ftruncate (fd, before) != 0)
            reason = EIO;
          errno = reason;
          return FALSE;
        }
      done += (gsize) n;
    }

  return TRUE;
}

static gboolean
write_line (KmOutbox      *self,
            const GString *line)
{
  g_autofd int fd = open_file (self->path);

  return fd >= 0 && write_all (fd, line->str);
}

/* The name of a new file is safe only when its directory is synced, too. */
static gboolean
sync_file (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofd int directory_fd =
    g_open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  g_autofd int fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);

  if (directory_fd >= 0)
    fsync (directory_fd);

  return fd >= 0 && fdatasync (fd) == 0;
}

static GError *
storage_error_new (int reason)
{
  return g_error_new (KM_CLIENT_ERROR, KM_CLIENT_ERROR_STORAGE,
                      _("This can’t be kept on this computer (%s). "
                        "It was not sent."), g_strerror (reason));
}

/* Thread: syncer. */
static void
sync_one (gpointer data,
          gpointer user_data)
{
  Sync *job = data;

  if (sync_file (job->path))
    g_task_return_boolean (job->task, TRUE);
  else
    g_task_return_error (job->task, storage_error_new (errno));

  g_object_unref (job->task);
  g_free (job->path);
  g_free (job);
}

static void
km_outbox_finalize (GObject *object)
{
  KmOutbox *self = KM_OUTBOX (object);

  g_thread_pool_free (self->syncer, FALSE, TRUE);
  g_ptr_array_unref (self->unsent);
  g_ptr_array_unref (self->newer);
  g_free (self->path);

  G_OBJECT_CLASS (km_outbox_parent_class)->finalize (object);
}

static void
km_outbox_class_init (KmOutboxClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = km_outbox_finalize;
}

static void
km_outbox_init (KmOutbox *self)
{
  self->unsent =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_unsent_free);
  self->newer = g_ptr_array_new_with_free_func (g_free);
}

/**
 * km_outbox_new:
 * @path: its file; it and its directory may be missing
 *
 * Returns: (transfer full): the outbox, with what the file has
 */
KmOutbox *
km_outbox_new (const char *path)
{
  KmOutbox *self = g_object_new (KM_TYPE_OUTBOX, NULL);

  self->path = g_strdup (path);
  self->syncer = g_thread_pool_new (sync_one, NULL, 1, FALSE, NULL);
  load (self);

  return self;
}

/**
 * km_outbox_list:
 * @self: an outbox
 * @room: a room's id
 * @account: an account's id
 *
 * Returns: (transfer container) (element-type KmUnsent): what @account has
 *   not got into @room yet, oldest first
 */
GPtrArray *
km_outbox_list (KmOutbox   *self,
                const char *room,
                const char *account)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < self->unsent->len; i++)
    {
      KmUnsent *unsent = self->unsent->pdata[i];

      if (g_str_equal (unsent->room, room) &&
          g_str_equal (unsent->account, account))
        g_ptr_array_add (list, unsent);
    }

  return list;
}

/**
 * km_outbox_add:
 * @self: an outbox
 * @unsent: an act; copied
 * @error: %KM_CLIENT_ERROR_STORAGE: the disk doesn't take it
 *
 * From now on it is there again when the app is started again, whatever ends
 * it. Adding one that is there already changes nothing.
 *
 * Returns: whether the act is kept
 */
gboolean
km_outbox_add (KmOutbox        *self,
               const KmUnsent  *unsent,
               GError         **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  guint index;

  if (find (self, unsent->id, &index))
    return TRUE;

  if (self->unsent->len >= UNSENT_MAX)
    {
      g_set_error_literal (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_STORAGE,
                           _("Too much waits to be sent. Try again "
                             "when the server is back."));
      return FALSE;
    }

  km_unsent_append_line (unsent, line);
  if (!write_line (self, line))
    {
      g_propagate_error (error, storage_error_new (errno));
      return FALSE;
    }

  g_ptr_array_add (self->unsent, km_unsent_copy (unsent));

  return TRUE;
}

/**
 * km_outbox_sync_async:
 * @self: an outbox
 * @cancellable: (nullable): to stop waiting
 * @callback: called when all that was added is on disk
 * @user_data: for @callback
 */
void
km_outbox_sync_async (KmOutbox            *self,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  Sync *job = g_new0 (Sync, 1);

  /* Without a source object: the syncer may hold the last reference of the
   * task, and must not be the one that frees the outbox, which joins it. */
  job->task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (job->task, km_outbox_sync_async);
  job->path = g_strdup (self->path);
  g_thread_pool_push (self->syncer, job, NULL);
}

/**
 * km_outbox_sync_finish:
 * @self: an outbox
 * @result: what the callback got
 * @error: %KM_CLIENT_ERROR_STORAGE: the disk fails
 *
 * Returns: whether what was added is safe on disk
 */
gboolean
km_outbox_sync_finish (KmOutbox      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * km_outbox_remove:
 * @self: an outbox
 * @id: the id of an act that is answered, or discarded
 *
 * If that can't be written down, the act is answered once more after the next
 * start.
 */
void
km_outbox_remove (KmOutbox   *self,
                  const char *id)
{
  g_autoptr (GString) line = g_string_new ("{");
  guint index;

  if (!find (self, id, &index))
    return;

  /* @id may be that of the act itself. */
  km_json_append_member (line, "done", id);
  g_string_append (line, "}\n");
  g_ptr_array_remove_index (self->unsent, index);

  if (self->unsent->len > 0 || self->newer->len > 0
      || truncate (self->path, 0) != 0)
    write_line (self, line);
}
