/* km-words.c: what went wrong, in the reader's language
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server knows nothing of its readers' languages: its errors are sentences in
 * English. Here the protocol's sentences stand again, for translators to find;
 * one that a server put in its own words is shown in the reader's language by
 * its code, where there is a translation.
 *
 * Thread: main.
 */

#include "km-words.h"

#include <glib/gi18n.h>

#include "km-protocol.h"

/* Only for translators: what the errors of the protocol say. */
G_GNUC_UNUSED static const char *const sentences[] = {
  N_("Something went wrong."),
  N_("The request is not well formed."),
  N_("This server doesn't know that command."),
  N_("There is nothing at this address."),
  N_("Join the room first."),
  N_("This room doesn't exist."),
  N_("Sign in first."),
  N_("You may not do this."),
  N_("The text has characters that can't be shown."),
  N_("The text is too long."),
  N_("The text is empty."),
  N_("Too fast. Wait a moment."),
  N_("This id was already used for something else."),
  N_("A name has 3 to 20 of the letters a to z, digits, “_”, “-” and “.”."),
  N_("Choose a password of 8 to 128 characters that isn't a common one."),
  N_("This name is taken. Choose another one."),
  N_("This name looks like that of somebody who streams here. "
     "Choose another one."),
  N_("The name or the password is wrong."),
  N_("The present password is another one."),
  N_("This is the present password. Choose another one."),
  N_("This account has no password: nobody signs in to it."),
  N_("This device isn't signed in any more."),
  N_("Too many attempts. Try again later."),
  N_("This server takes no new accounts. Ask its owner for one."),
  N_("The stream key is wrong or was replaced."),
  N_("Somebody else with the same key went live."),
  N_("The stream's format is not supported. Send H.264 video and AAC sound."),
  N_("The request is too large."),
  N_("This address doesn't take that method."),
  N_("You don't have enough coins for this."),
  N_("This is more than the daily limit that you set."),
  N_("This is a large gift. Confirm it."),
  N_("This gift can't be given any more. Choose another one."),
  N_("This isn't a number that can be given."),
  N_("The room isn't live."),
  N_("A host can't give to themselves."),
  N_("This poll doesn't exist."),
  N_("This poll is closed."),
  N_("Another poll is open. Close it first."),
  N_("The poll doesn't have this option."),
  N_("You have voted, and this poll's votes can't be changed."),
  N_("This computer doesn't have that network address any more. "
     "Choose another one."),
  N_("This message isn't there any more."),
  N_("This message is your own. You can delete it."),
  N_("You have reported this message already."),
  N_("Nobody waits for an answer to this report any more."),
  N_("The server is busy. Try again in a moment."),
  N_("The server has a problem. Its log says more."),
};

/**
 * km_words:
 * @error: what went wrong
 *
 * Returns: @error for a person, in their language where that is known
 */
const char *
km_words (const GError *error)
{
  const char *translated = gettext (error->message);
  const char *own;

  if (translated != error->message || error->domain != KM_PROTOCOL_ERROR
      || error->code == KM_PROTOCOL_ERROR_UNKNOWN)
    return translated;

  own = km_protocol_error_to_message ((KmProtocolError) error->code);
  translated = gettext (own);
  return translated != own ? translated : error->message;
}
