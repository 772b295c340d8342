/* km-password.c: which passwords are taken, and what is kept of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No rules of composition: a password is long enough and not among those
 * that are tried first (NIST SP 800-63B, section 3.1.1.2). What is kept is
 * an argon2id string with its own salt and costs (RFC 9106).
 *
 * A name that doesn't exist costs as much as a wrong password: something of
 * the same price is verified in its place.
 *
 * Thread: any; hash and verify take tens of ms and 19 MiB, so they belong in
 * a pool.
 */

#include "km-password.h"

#include <sodium.h>
#include <string.h>

#include "km-common-passwords.h"

#define SUFFIX_MAX 5

/* A listed word alone, twice, or with up to five digits or marks behind. */
static gboolean
is_common (const char *folded)
{
  g_autofree char *word = g_strdup (folded);
  gsize length = strlen (word);

  if (km_common_passwords_contain (word))
    return TRUE;

  if (length % 2 == 0 &&
      memcmp (word, word + length / 2, length / 2) == 0)
    {
      g_autofree char *half = g_strndup (word, length / 2);

      if (km_common_passwords_contain (half))
        return TRUE;
    }

  for (guint i = 0; i < SUFFIX_MAX && length > 1; i++)
    {
      char last = word[length - 1];

      if (!g_ascii_isdigit (last) && !g_ascii_ispunct (last))
        return FALSE;
      word[--length] = '\0';
      if (km_common_passwords_contain (word))
        return TRUE;
    }

  return FALSE;
}

/* One character again and again, or each the next of the last. */
static gboolean
is_a_run (const char *folded)
{
  gboolean same = TRUE, up = TRUE, down = TRUE;

  for (gsize i = 1; folded[i] != '\0'; i++)
    {
      int step = folded[i] - folded[i - 1];

      same = same && step == 0;
      up = up && (step == 1 || (folded[i - 1] == '9' && folded[i] == '0'));
      down = down && step == -1;
    }

  return same || up || down;
}

/**
 * km_password_is_acceptable:
 * @password: (nullable): what somebody chose
 * @name: (nullable): the folded name that it is for
 *
 * Returns: whether it is 8 to 128 characters of UTF-8, not a common password
 *   and not the name
 */
gboolean
km_password_is_acceptable (const char *password,
                           const char *name)
{
  g_autofree char *folded = NULL;
  glong length;

  if (password == NULL ||
      strnlen (password, 4 * KM_PASSWORD_MAX_CHARACTERS + 1) >
        4 * KM_PASSWORD_MAX_CHARACTERS ||
      !g_utf8_validate (password, -1, NULL))
    return FALSE;

  length = g_utf8_strlen (password, -1);
  if (length < KM_PASSWORD_MIN_CHARACTERS ||
      length > KM_PASSWORD_MAX_CHARACTERS)
    return FALSE;

  folded = g_ascii_strdown (password, -1);
  return !is_common (folded) && !is_a_run (folded) &&
         g_strcmp0 (folded, name) != 0;
}

/**
 * km_password_hash:
 * @password: an acceptable password
 *
 * Returns: (transfer full) (nullable): what to keep; %NULL: out of memory
 */
char *
km_password_hash (const char *password)
{
  char hash[crypto_pwhash_STRBYTES];

  if (crypto_pwhash_str_alg (hash, password, strlen (password),
                             KM_PASSWORD_PASSES, KM_PASSWORD_MEMORY_BYTES,
                             crypto_pwhash_ALG_ARGON2ID13) != 0)
    return NULL;

  return g_strdup (hash);
}

/* A hash that no password fits: 32 bytes of zeros are no argon2 output that
 * anybody could find an input for. Its costs are those of real ones. */
static char *
make_dummy (void)
{
  return g_strdup_printf ("$argon2id$v=19$m=%u,t=%u,p=1$"
                          "AAAAAAAAAAAAAAAAAAAAAA$"
                          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                          KM_PASSWORD_MEMORY_BYTES / 1024,
                          KM_PASSWORD_PASSES);
}

/**
 * km_password_verify:
 * @password: what somebody typed
 * @hash: (nullable): what is kept; %NULL: there is no such account, or it has
 *   no password
 *
 * Returns: whether it is the password; it takes as long whatever the answer
 */
gboolean
km_password_verify (const char *password,
                    const char *hash)
{
  g_autofree char *dummy = hash == NULL ? make_dummy () : NULL;
  gboolean fits = crypto_pwhash_str_verify (hash != NULL ? hash : dummy,
                                            password,
                                            strlen (password)) == 0;

  return fits && hash != NULL;
}
