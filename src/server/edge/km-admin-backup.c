/* km-admin-backup.c: backup and restore, by command
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A copy counts when the audit has found nothing wrong in it.
 *
 * Thread: main.
 */

#include "km-admin-private.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "km-audit.h"
#include "km-backup.h"
#include "km-statement.h"

/* What is in a copy. */
typedef struct
{
  GString *wrong;
  gint64 rooms;
  gint64 accounts;
  gint64 events;
  gint64 last_ms; /* 0: there are no events */
} Content;

static void
note_difference (const char *rule,
                 const char *difference,
                 gpointer    data)
{
  if (difference != NULL)
    g_string_append_printf (data, "\n%s: %s", rule, difference);
}

static gboolean
measure (KmTransaction  *transaction,
         Content        *self,
         GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT (SELECT count(*) FROM room),"
                            " (SELECT count(*) FROM account), count(*),"
                            " COALESCE (max(at), 0) FROM event", error);

  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return FALSE;

  self->rooms = sqlite3_column_int64 (statement, 0);
  self->accounts = sqlite3_column_int64 (statement, 1);
  self->events = sqlite3_column_int64 (statement, 2);
  self->last_ms = sqlite3_column_int64 (statement, 3);

  return km_statement_run (statement, error);
}

static gboolean
check (KmTransaction  *transaction,
       gpointer        data,
       GError        **error)
{
  Content *self = data;
  KmAuditSize size;
  gboolean clean;

  if (!km_audit_run (transaction, note_difference, self->wrong, &clean, &size,
                     error))
    return FALSE;
  if (!clean)
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_REFUSED,
                   _("the copy isn’t right and was not kept:%s"),
                   self->wrong->str);
      return FALSE;
    }

  return measure (transaction, self, error);
}

static void
say_content (const Content *self)
{
  g_autoptr (GDateTime) last =
    g_date_time_new_from_unix_utc (self->last_ms / 1000);
  g_autofree char *when = g_date_time_format_iso8601 (last);

  g_print (_("%" PRId64 " rooms, %" PRId64 " accounts, %" PRId64
             " events, the last of them %s. The books are right.\n"),
           self->rooms, self->accounts, self->events,
           self->last_ms > 0 ? when : "–");
}

/* FILE, before or behind the one option that there is. */
static const char *
parse (KmAdmin     *self,
       const char  *option,
       gboolean    *has_option,
       GError     **error)
{
  const char *file = NULL;

  for (char **argument = self->arguments; *argument != NULL; argument++)
    {
      if (g_str_equal (*argument, option) && !*has_option)
        *has_option = TRUE;
      else if (file == NULL && **argument != '\0' && **argument != '-')
        file = *argument;
      else
        {
          km_admin_misuse (error);
          return NULL;
        }
    }
  if (file == NULL)
    km_admin_misuse (error);

  return file;
}

/* Passes @cause on, and how to have it nevertheless. */
static gboolean
advise (GError     **error,
        GError      *cause,
        const char  *advice)
{
  if (g_error_matches (cause, KM_STORE_ERROR, KM_STORE_ERROR_EXISTS))
    g_set_error (error, cause->domain, cause->code, "%s %s", cause->message,
                 advice);
  else
    g_propagate_error (error, g_steal_pointer (&cause));
  g_clear_error (&cause);

  return FALSE;
}

/**
 * km_admin_backup:
 * @self: a command: [--force] FILE
 * @error: why not
 *
 * Returns: whether there is a backup
 */
gboolean
km_admin_backup (KmAdmin  *self,
                 GError  **error)
{
  g_autoptr (GString) wrong = g_string_new (NULL);
  Content content = { .wrong = wrong };
  GError *cause = NULL;
  gboolean force = FALSE;
  const char *file = parse (self, "--force", &force, error);

  if (file == NULL)
    return FALSE;
  if (!km_backup_write (self->data_dir, file, force, check, &content, &cause))
    return advise (error, cause, _("Say --force to replace it."));

  g_print (_("%s is a backup of the data in %s.\n"), file, self->data_dir);
  say_content (&content);

  return TRUE;
}

/**
 * km_admin_restore:
 * @self: a command: [--replace] FILE
 * @error: why not
 *
 * Returns: whether the data is that of the backup
 */
gboolean
km_admin_restore (KmAdmin  *self,
                  GError  **error)
{
  g_autoptr (GString) wrong = g_string_new (NULL);
  g_autofree char *kept = NULL;
  Content content = { .wrong = wrong };
  GError *cause = NULL;
  gboolean replace = FALSE;
  const char *file = parse (self, "--replace", &replace, error);

  if (file == NULL)
    return FALSE;
  if (!km_backup_restore (self->data_dir, file, replace, check, &content,
                          &kept, &cause))
    {
      if (kept != NULL)
        g_prefix_error (&cause, _("What was there is in %s. "), kept);
      return advise (error, cause, _("Say --replace to keep it under another "
                                     "name and restore."));
    }

  g_print (_("The data in %s is that of %s now.\n"), self->data_dir, file);
  say_content (&content);
  if (kept != NULL)
    g_print (_("What was there is in %s.\n"), kept);
  g_print ("%s\n", _("Everybody has to sign in again; stream keys stay."));

  return TRUE;
}
