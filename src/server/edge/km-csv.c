/* km-csv.c: texts of people in a table
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 4180. What people wrote must stay a text when somebody opens the table:
 * a cell that a spreadsheet would take for a formula gets an apostrophe.
 *
 * Thread: any.
 */

#include "km-csv.h"

#include <string.h>

/**
 * km_csv_append:
 * @csv: a table; the comma is its writer's
 * @text: (nullable): the next cell
 */
void
km_csv_append (GString    *csv,
               const char *text)
{
  if (text == NULL)
    return;

  g_string_append_c (csv, '"');
  if (text[0] != '\0' && strchr ("=+-@\t\r", text[0]) != NULL)
    g_string_append_c (csv, '\'');
  for (const char *at = text; *at != '\0'; at++)
    {
      if (*at == '"')
        g_string_append_c (csv, '"');
      g_string_append_c (csv, *at);
    }
  g_string_append_c (csv, '"');
}
