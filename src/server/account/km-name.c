/* km-name.c: the names that accounts are told apart by
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A name is of few ASCII characters and has one case, so that two names that
 * differ look different. What others see is the shown name, in any script.
 *
 * Thread: any.
 */

#include "km-name.h"

#include "km-account-error.h"

G_DEFINE_QUARK (km-account-error-quark, km_account_error)

static gboolean
is_name_character (char c)
{
  return g_ascii_islower (c) || g_ascii_isdigit (c) || c == '_' || c == '-' ||
         c == '.';
}

/**
 * km_name_fold:
 * @name: (nullable): what somebody typed
 * @error: %KM_ACCOUNT_ERROR_BAD_NAME
 *
 * Returns: (transfer full) (nullable): the name in lower case, if it is 3 to
 *   20 of a–z, 0–9, `_`, `-`, `.`
 */
char *
km_name_fold (const char  *name,
              GError     **error)
{
  gsize length = name != NULL ? strnlen (name, KM_NAME_MAX_CHARACTERS + 1) : 0;
  g_autofree char *folded = NULL;

  if (length < KM_NAME_MIN_CHARACTERS || length > KM_NAME_MAX_CHARACTERS)
    goto bad;

  folded = g_ascii_strdown (name, (gssize) length);
  for (gsize i = 0; i < length; i++)
    {
      if (!is_name_character (folded[i]))
        goto bad;
    }

  return g_steal_pointer (&folded);

bad:
  g_set_error_literal (error, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_BAD_NAME,
                       "not a name");
  return NULL;
}

/**
 * km_name_suggest:
 * @shown_name: a person's name in any script
 * @number: 0, or which further try this is
 *
 * Returns: (transfer full): a valid name made from it
 */
char *
km_name_suggest (const char *shown_name,
                 guint       number)
{
  g_autofree char *ascii = g_str_to_ascii (shown_name, "C");
  g_autoptr (GString) name = g_string_new (NULL);
  g_autofree char *suffix = NULL;

  for (const char *c = ascii; *c != '\0'; c++)
    {
      char folded = g_ascii_tolower (*c);

      if (folded == ' ')
        folded = '.';
      if (is_name_character (folded) &&
          (g_ascii_isalnum (folded) || name->len > 0))
        g_string_append_c (name, folded);
    }

  if (name->len < KM_NAME_MIN_CHARACTERS)
    g_string_assign (name, "owner");
  suffix = number > 0 ? g_strdup_printf ("%u", number) : g_strdup ("");
  g_string_truncate (name, MIN (name->len,
                                KM_NAME_MAX_CHARACTERS - strlen (suffix)));
  g_string_append (name, suffix);

  return g_string_free_and_steal (g_steal_pointer (&name));
}
