/* km-server-trust.c: whose certificate a server may show
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All that speaks to a server asks here: calls, the socket and, by the pin
 * that they are given, the player and the uplink. A certificate that isn't accepted is kept as
 * the refused one until somebody decides about it; meanwhile nothing is sent.
 * What a link said is expected counts as agreed to when the server has shown
 * it, and not before: else a link could make a server out to be another.
 *
 * Thread: main.
 */

#include "km-pins.h"
#include "km-server-private.h"
#include "km-pin.h"

#include "km-client-error.h"

#include <glib/gi18n-lib.h>

static const char *
get_wanted (KmServer *self)
{
  return self->pin != NULL ? self->pin : self->expected;
}

static void
set_refused (KmServer   *self,
             const char *fingerprint)
{
  if (g_set_str (&self->refused, fingerprint))
    g_object_notify (G_OBJECT (self), "refused-certificate");
}

static void
set_pin (KmServer   *self,
         const char *fingerprint)
{
  if (g_set_str (&self->pin, fingerprint))
    g_object_notify (G_OBJECT (self), "pin");
}

/* Another window may have agreed to it meanwhile. */
static void
look_again (KmServer *self)
{
  g_autofree char *pin = km_pins_lookup (self->profile, self->key);

  if (pin != NULL)
    set_pin (self, pin);
}

/* The first use of a link's server is what pins it. */
static void
keep_expected (KmServer *self)
{
  g_autoptr (GError) error = NULL;

  set_pin (self, self->expected);
  if (!km_pins_set (self->profile, self->key, self->pin, &error))
    g_message ("%s", error->message);
}

static gboolean
judge_certificate (gpointer              data,
                   GTlsCertificate      *certificate,
                   GTlsCertificateFlags  errors)
{
  KmServer *self = data;
  g_autofree char *fingerprint = km_fingerprint_new (certificate);

  if (!km_verdict_accepts (km_pin_judge (errors, fingerprint,
                                         get_wanted (self))))
    look_again (self);
  if (!km_verdict_accepts (km_pin_judge (errors, fingerprint,
                                         get_wanted (self))))
    {
      set_refused (self, fingerprint);
      return FALSE;
    }

  if (self->pin == NULL)
    keep_expected (self);
  set_refused (self, NULL);

  return TRUE;
}

/* Before anything is asked of it; @self->key is its address. */
void
km_server_begin_trust (KmServer *self)
{
  self->pin = km_pins_lookup (self->profile, self->key);
  km_api_set_judge (self->api, judge_certificate, self);
}

/* Returns: (transfer full): @error, or what is known beyond it. */
GError *
km_server_explain (KmServer *self,
                   GError   *error)
{
  const char *words;

  if (self->refused == NULL ||
      !g_error_matches (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_CERTIFICATE))
    return error;

  words = get_wanted (self) != NULL
            ? _("The server shows another certificate than it should. "
                "Somebody else may answer in its place.")
            : _("The server made its certificate itself. Look at it before "
                "you trust it.");
  g_error_free (error);

  return g_error_new_literal (KM_CLIENT_ERROR, KM_CLIENT_ERROR_CERTIFICATE,
                              words);
}

/**
 * km_server_expect_certificate:
 * @self: a server
 * @fingerprint: (nullable): what a link to it says
 *
 * Accepts this certificate, and pins it when the server shows it. One that
 * was agreed to before goes on being the only one.
 */
void
km_server_expect_certificate (KmServer   *self,
                              const char *fingerprint)
{
  g_return_if_fail (KM_IS_SERVER (self));

  if (fingerprint != NULL)
    g_set_str (&self->expected, fingerprint);
}

/**
 * km_server_get_pin:
 * @self: a server
 *
 * Returns: (nullable): the fingerprint of the certificate that is expected of
 *   it; %NULL: one that this computer trusts
 */
const char *
km_server_get_pin (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return get_wanted (self);
}

/**
 * km_server_get_refused_certificate:
 * @self: a server
 *
 * Returns: (nullable): the fingerprint of the certificate that it showed and
 *   that wasn't accepted, until somebody decides
 */
const char *
km_server_get_refused_certificate (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return self->refused;
}

/**
 * km_server_refuse_certificate:
 * @self: a server
 * @fingerprint: of a certificate that it showed to somebody who was given its
 *   pin
 *
 * A person is to decide about it, as about one that calls came upon.
 */
void
km_server_refuse_certificate (KmServer   *self,
                              const char *fingerprint)
{
  g_return_if_fail (KM_IS_SERVER (self));

  set_refused (self, fingerprint);
}

/**
 * km_server_accept_certificate:
 * @self: a server
 * @fingerprint: of the certificate that a person looked at
 * @error: %KM_CLIENT_ERROR_STORAGE: it is accepted until the app ends
 *
 * From now on that certificate is the one. Asks the server again at once.
 *
 * Returns: whether it is remembered
 */
gboolean
km_server_accept_certificate (KmServer    *self,
                              const char  *fingerprint,
                              GError     **error)
{
  gboolean kept;

  g_return_val_if_fail (KM_IS_SERVER (self), FALSE);

  kept = km_pins_set (self->profile, self->key, fingerprint, error);
  g_clear_pointer (&self->expected, g_free);
  set_pin (self, fingerprint);
  set_refused (self, NULL);
  km_server_restore (self);
  km_server_poll_now (self);
  km_connection_retry_now (self->connection);

  return kept;
}

/**
 * km_server_forget_refused:
 * @self: a server
 *
 * A person wants to try again, and to be asked again.
 */
void
km_server_forget_refused (KmServer *self)
{
  g_return_if_fail (KM_IS_SERVER (self));

  set_refused (self, NULL);
}

/* It is removed from the list. What still says goodbye to it knows it. */
void
km_server_forget_pin (KmServer *self)
{
  g_autoptr (GError) error = NULL;

  if (!km_pins_set (self->profile, self->key, NULL, &error))
    g_message ("%s", error->message);
}
