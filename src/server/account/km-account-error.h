#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KM_ACCOUNT_ERROR (km_account_error_quark ())
GQuark km_account_error_quark (void);

/**
 * KmAccountError:
 * @KM_ACCOUNT_ERROR_BAD_NAME: not a name; say the rules
 * @KM_ACCOUNT_ERROR_BAD_SHOWN_NAME: empty, too long or with characters that
 *   hide something
 * @KM_ACCOUNT_ERROR_WEAK_PASSWORD: its length is wrong or it is a common one
 * @KM_ACCOUNT_ERROR_NAME_TAKEN: somebody has it
 * @KM_ACCOUNT_ERROR_LOOKS_LIKE_HOST: people would take who has it for a host
 *   of this server: say so
 * @KM_ACCOUNT_ERROR_WRONG_CREDENTIALS: the name or the password; nobody is
 *   told which
 * @KM_ACCOUNT_ERROR_WRONG_PASSWORD: who is signed in doesn't know the password
 *   that they want to change
 * @KM_ACCOUNT_ERROR_SAME_PASSWORD: the new password is the old one
 * @KM_ACCOUNT_ERROR_NO_PASSWORD: the account has none, so there is none to
 *   change
 * @KM_ACCOUNT_ERROR_NO_SESSION: the token isn't one, was signed out or expired
 * @KM_ACCOUNT_ERROR_NO_SUCH_SESSION: the account has no session of that id
 * @KM_ACCOUNT_ERROR_BUSY: too many wait already: try again in a second
 */
typedef enum
{
  KM_ACCOUNT_ERROR_BAD_NAME,
  KM_ACCOUNT_ERROR_BAD_SHOWN_NAME,
  KM_ACCOUNT_ERROR_WEAK_PASSWORD,
  KM_ACCOUNT_ERROR_NAME_TAKEN,
  KM_ACCOUNT_ERROR_LOOKS_LIKE_HOST,
  KM_ACCOUNT_ERROR_WRONG_CREDENTIALS,
  KM_ACCOUNT_ERROR_WRONG_PASSWORD,
  KM_ACCOUNT_ERROR_SAME_PASSWORD,
  KM_ACCOUNT_ERROR_NO_PASSWORD,
  KM_ACCOUNT_ERROR_NO_SESSION,
  KM_ACCOUNT_ERROR_NO_SUCH_SESSION,
  KM_ACCOUNT_ERROR_BUSY,
} KmAccountError;

G_END_DECLS
