/* km-log-json.c: a message of the log as a JSON object
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For programs that collect logs: time in UTC, level, area (the part of the
 * server, or the library, that speaks), message, then what the message was
 * given apart, under its own name: `KAIMU_ROOM` becomes `room`.
 *
 * Thread: any.
 */

#include "km-log.h"

#include <string.h>

#include "km-json.h"

#define OWN_PREFIX "KAIMU_"

static const char *
name_level (GLogLevelFlags level)
{
  static const struct
  {
    GLogLevelFlags level;
    const char *name;
  } names[] = {
    { G_LOG_LEVEL_ERROR, "error" },
    { G_LOG_LEVEL_CRITICAL, "critical" },
    { G_LOG_LEVEL_WARNING, "warning" },
    { G_LOG_LEVEL_MESSAGE, "message" },
    { G_LOG_LEVEL_INFO, "info" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (level & names[i].level)
        return names[i].name;
    }

  return "debug";
}

/* Strangers' bytes may be in a message, and JSON is UTF-8. */
static void
append_text (GString    *out,
             const char *name,
             const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  km_json_append_member (out, name, valid);
}

static void
append_area (GString         *out,
             const GLogField *fields,
             gsize            n_fields)
{
  const char *domain = km_log_find_field (fields, n_fields, "GLIB_DOMAIN");
  const char *file = km_log_find_field (fields, n_fields, "CODE_FILE");
  g_autofree char *path = NULL;
  g_autofree char *folder = NULL;

  if (file != NULL && g_strcmp0 (domain, G_LOG_DOMAIN) == 0)
    {
      path = g_path_get_dirname (file);
      folder = g_path_get_basename (path);
      domain = folder;
    }

  append_text (out, "area", domain != NULL ? domain : "");
}

static void
append_own_fields (GString         *out,
                   const GLogField *fields,
                   gsize            n_fields)
{
  for (gsize i = 0; i < n_fields; i++)
    {
      g_autofree char *name = NULL;

      if (!g_str_has_prefix (fields[i].key, OWN_PREFIX)
          || fields[i].length >= 0)
        continue;
      name = g_ascii_strdown (fields[i].key + strlen (OWN_PREFIX), -1);
      append_text (out, name, fields[i].value);
    }
}

/**
 * km_log_append_json:
 * @out: gets a line
 * @level: how important the message is
 * @fields: its fields
 * @n_fields: how many
 * @now: when
 */
void
km_log_append_json (GString         *out,
                    GLogLevelFlags   level,
                    const GLogField *fields,
                    gsize            n_fields,
                    GDateTime       *now)
{
  const char *message = km_log_find_field (fields, n_fields, "MESSAGE");
  g_autoptr (GDateTime) utc = g_date_time_to_utc (now);
  g_autofree char *second = g_date_time_format (utc, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *time = g_strdup_printf (
    "%s.%06dZ", second, g_date_time_get_microsecond (utc));

  g_string_append_c (out, '{');
  km_json_append_member (out, "time", time);
  km_json_append_member (out, "level", name_level (level));
  append_area (out, fields, n_fields);
  append_text (out, "message", message != NULL ? message : "");
  append_own_fields (out, fields, n_fields);
  g_string_append (out, "}\n");
}
