/* km-log.c: the server's log, on standard error or in the journal
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One message is one line, whatever strangers put into it: a name with a line
 * break can't forge another. Lines are written with one call each, so that
 * threads don't mix theirs. What the journal doesn't take is written as text:
 * a log that nobody sees is none.
 *
 * Thread: any; install before there is a second.
 */

#include "km-log.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static KmLogFormat chosen_format = KM_LOG_TEXT;
static GLogLevelFlags least_level = G_LOG_LEVEL_MESSAGE;

/**
 * km_log_find_field:
 * @fields: the fields of a message
 * @n_fields: how many
 * @key: a field's name
 *
 * Returns: (nullable) (transfer none): its text
 */
const char *
km_log_find_field (const GLogField *fields,
                   gsize            n_fields,
                   const char      *key)
{
  for (gsize i = 0; i < n_fields; i++)
    {
      if (g_str_equal (fields[i].key, key) && fields[i].length < 0)
        return fields[i].value;
    }

  return NULL;
}

static gboolean
is_ours (const GLogField *fields,
         gsize            n_fields)
{
  const char *domain = km_log_find_field (fields, n_fields, "GLIB_DOMAIN");

  return domain == NULL || g_str_has_prefix (domain, "kaimu");
}

static const char *
describe_level (GLogLevelFlags level)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return "BUG: ";
  if (level & G_LOG_LEVEL_WARNING)
    return "warning: ";

  return "";
}

static void
append_one_line (GString    *out,
                 const char *text)
{
  for (; *text != '\0'; text++)
    {
      if ((guchar) *text < ' ' || *text == '\x7f')
        g_string_append_printf (out, "\\x%02x", (guint) (guchar) *text);
      else
        g_string_append_c (out, *text);
    }
}

/**
 * km_log_append_text:
 * @out: gets a line
 * @level: how important the message is
 * @fields: its fields
 * @n_fields: how many
 * @now: when
 *
 * Time, importance if it is more than a message, words.
 */
void
km_log_append_text (GString         *out,
                    GLogLevelFlags   level,
                    const GLogField *fields,
                    gsize            n_fields,
                    GDateTime       *now)
{
  const char *domain = km_log_find_field (fields, n_fields, "GLIB_DOMAIN");
  const char *message = km_log_find_field (fields, n_fields, "MESSAGE");
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H:%M:%S");

  g_string_append_printf (out, "%s %s", time, describe_level (level));
  if (!is_ours (fields, n_fields))
    g_string_append_printf (out, "%s: ", domain);
  append_one_line (out, message != NULL ? message : "");
  g_string_append_c (out, '\n');
}

static GLogWriterOutput
write_message (GLogLevelFlags   level,
               const GLogField *fields,
               gsize            n_fields,
               gpointer         user_data)
{
  g_autoptr (GString) line = NULL;
  g_autoptr (GDateTime) now = NULL;

  /* A greater flag is less important; libraries may only warn. */
  if ((level & G_LOG_LEVEL_MASK)
        > (is_ours (fields, n_fields) ? least_level : G_LOG_LEVEL_WARNING)
      || km_log_find_field (fields, n_fields, "MESSAGE") == NULL)
    return G_LOG_WRITER_HANDLED;

  if (chosen_format == KM_LOG_JOURNAL
      && g_log_writer_journald (level, fields, n_fields, NULL)
           == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;

  line = g_string_sized_new (256);
  now = g_date_time_new_now_local ();
  if (chosen_format == KM_LOG_JSON)
    km_log_append_json (line, level, fields, n_fields, now);
  else
    km_log_append_text (line, level, fields, n_fields, now);
  fwrite (line->str, 1, line->len, stderr);

  return G_LOG_WRITER_HANDLED;
}

/**
 * km_log_is_journal:
 * @journal_stream: (nullable): what systemd says in `$JOURNAL_STREAM`: device
 *   and inode of the journal's end
 * @fd: a descriptor
 *
 * The variable alone is inherited by everything that a service starts,
 * wherever the output of that goes.
 *
 * Returns: whether what is written to @fd goes to the journal
 */
gboolean
km_log_is_journal (const char *journal_stream,
                   int         fd)
{
  struct stat status;
  g_autofree char *stream = NULL;

  if (journal_stream == NULL || fstat (fd, &status) < 0)
    return FALSE;

  stream = g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
                            (guint64) status.st_dev, (guint64) status.st_ino);
  return g_str_equal (stream, journal_stream);
}

/**
 * km_log_install:
 * @format: how messages are written
 * @least: the least important level that is written
 *
 * From now on all messages of the process go there.
 */
void
km_log_install (KmLogFormat    format,
                GLogLevelFlags least)
{
  static gsize installed;

  if (format == KM_LOG_AUTO)
    format = km_log_is_journal (g_getenv ("JOURNAL_STREAM"), STDERR_FILENO)
               ? KM_LOG_JOURNAL : KM_LOG_TEXT;

  chosen_format = format;
  least_level = least;
  if (g_once_init_enter (&installed))
    {
      g_log_set_writer_func (write_message, NULL, NULL);
      g_once_init_leave (&installed, 1);
    }
}
