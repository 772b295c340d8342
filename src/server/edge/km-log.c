/* km-log.c: a log that a person can read, on standard error
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line a message: time, importance if it is more than a message, words.
 * Under systemd the journal adds the rest.
 *
 * Thread: any.
 */

#include "km-log.h"

#include <stdio.h>
#include <string.h>

static GLogLevelFlags least_level = G_LOG_LEVEL_MESSAGE;

static const char *
find_field (const GLogField *fields,
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

static const char *
describe_level (GLogLevelFlags level)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return "BUG: ";
  if (level & G_LOG_LEVEL_WARNING)
    return "warning: ";

  return "";
}

static GLogWriterOutput
write_line (GLogLevelFlags   level,
            const GLogField *fields,
            gsize            n_fields,
            gpointer         user_data)
{
  const char *message = find_field (fields, n_fields, "MESSAGE");
  const char *domain = find_field (fields, n_fields, "GLIB_DOMAIN");
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *time = NULL;
  gboolean ours = domain == NULL || g_str_has_prefix (domain, "kaimu");

  /* A greater flag is less important; libraries may only warn. */
  if ((level & G_LOG_LEVEL_MASK) > (ours ? least_level : G_LOG_LEVEL_WARNING)
      || message == NULL)
    return G_LOG_WRITER_HANDLED;

  now = g_date_time_new_now_local ();
  time = g_date_time_format (now, "%Y-%m-%d %H:%M:%S");
  fprintf (stderr, "%s %s%s%s%s\n", time, describe_level (level),
           ours ? "" : domain, ours ? "" : ": ", message);

  return G_LOG_WRITER_HANDLED;
}

/**
 * km_log_install:
 * @least: the least important level that is written
 *
 * From now on all messages of the process go to standard error.
 */
void
km_log_install (GLogLevelFlags least)
{
  static gsize installed;

  least_level = least;
  if (g_once_init_enter (&installed))
    {
      g_log_set_writer_func (write_line, NULL, NULL);
      g_once_init_leave (&installed, 1);
    }
}
