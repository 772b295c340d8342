/* fuzz-command.c: any bytes as a client's command
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is taken as a command must come back from its own text as the same
 * command; what isn't must say why.
 */

#include "km-command.h"

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autoptr (KmCommand) command = km_command_parse ((const char *) data, size,
                                                    &id, &error);

  if (command != NULL)
    {
      g_autofree char *text = km_command_encode (command);
      g_autofree char *again_id = NULL;
      g_autoptr (KmCommand) again = km_command_parse (text, strlen (text),
                                                      &again_id, &error);
      g_autofree char *again_text = NULL;

      g_assert_no_error (error);
      again_text = km_command_encode (again);
      g_assert_cmpstr (again_text, ==, text);
    }
  else
    g_assert_nonnull (error);

  return 0;
}
