/* km-web-account.c: HTTP calls that sign somebody in, and about their account
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include "km-checked-text.h"
#include "km-name.h"
#include "km-password.h"

/* server/account can't see the protocol; here both are known. */
G_STATIC_ASSERT (KM_NAME_MIN_CHARACTERS == KM_NAME_LENGTH_MIN);
G_STATIC_ASSERT (KM_NAME_MAX_CHARACTERS == KM_NAME_LENGTH_MAX);
G_STATIC_ASSERT (KM_SHOWN_NAME_MAX_BYTES == KM_SHOWN_NAME_BYTES_MAX);
G_STATIC_ASSERT (KM_PASSWORD_MIN_CHARACTERS == KM_PASSWORD_LENGTH_MIN);
G_STATIC_ASSERT (KM_PASSWORD_MAX_CHARACTERS == KM_PASSWORD_LENGTH_MAX);

static void
append_account (GString         *json,
                const KmSession *session)
{
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT,
                                         session->account);
  KmAccountInfo info = { id, session->name, session->shown_name };

  g_string_append (json, "\"account\":");
  km_account_info_append (&info, json);
}

static GString *
describe_session (const KmSession *session)
{
  GString *json = g_string_new ("{");

  if (session->token != NULL)
    {
      km_json_append_member (json, "token", session->token);
      g_string_append_c (json, ',');
    }
  append_account (json, session);
  g_string_append_c (json, '}');

  return json;
}

static char *
dup_shown_name (KmWebCall  *call,
                GError    **error)
{
  return km_checked_text_new (km_web_call_get_string (call, "shown_name"),
                              KM_TEXT_NAME, KM_SHOWN_NAME_BYTES_MAX,
                              KM_SHOWN_NAME_CLUSTERS_MAX, error);
}

/* Where somebody signs in. It helps them tell their sign-ins apart and isn't
 * worth failing one: what can't be shown is left out. */
static char *
dup_device (KmWebCall *call)
{
  return km_checked_text_new (km_web_call_get_string (call, "device"),
                              KM_TEXT_NAME, KM_DEVICE_BYTES_MAX,
                              KM_DEVICE_CLUSTERS_MAX, NULL);
}

static void
signed_in (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  KmWebCall *call = user_data;
  GError *error = NULL;
  g_autoptr (KmSession) session =
    km_accounts_sign_in_finish (call->api->parts.accounts, result, &error);

  if (session == NULL)
    km_web_call_fail (call, error);
  else
    km_web_call_answer (call, SOUP_STATUS_OK, describe_session (session));
}

static void
registered (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  KmWebCall *call = user_data;
  GError *error = NULL;
  g_autoptr (KmSession) session =
    km_accounts_sign_in_finish (call->api->parts.accounts, result, &error);

  if (session == NULL)
    {
      km_web_call_fail (call, error);
      return;
    }

  g_message ("%s has registered", session->name);
  km_web_call_answer (call, SOUP_STATUS_CREATED, describe_session (session));
}

/* POST accounts */
void
km_web_register (KmWebCall *call)
{
  g_autofree char *device = dup_device (call);
  g_autofree char *shown_name = NULL;
  GError *error = NULL;

  if (!call->api->parts.config->registration_open)
    {
      km_web_call_refuse (call, KM_PROTOCOL_ERROR_REGISTRATION_CLOSED);
      return;
    }

  if (!km_json_is_null (call->body, "shown_name"))
    {
      shown_name = dup_shown_name (call, &error);
      if (shown_name == NULL)
        {
          km_web_call_fail (call, error);
          return;
        }
    }

  km_accounts_register_async (call->api->parts.accounts,
                              km_web_call_get_string (call, "name"),
                              km_web_call_get_string (call, "password"),
                              shown_name, device, registered, call);
}

/**
 * km_web_begin_sign_in:
 * @call: a call that proves a password
 * @name: (nullable): whose
 *
 * Counts the try. Returns: whether it may go on; else @call is answered and
 * gone
 */
gboolean
km_web_begin_sign_in (KmWebCall  *call,
                      const char *name)
{
  gint64 wait_ms = km_accounts_begin_sign_in (call->api->parts.accounts, name,
                                              km_web_call_get_address (call));

  if (wait_ms > 0)
    km_web_call_fail (call,
                      km_protocol_error_new (KM_PROTOCOL_ERROR_TOO_MANY,
                                             wait_ms, NULL));

  return wait_ms <= 0;
}

/* POST sessions */
void
km_web_sign_in (KmWebCall *call)
{
  const char *name = km_web_call_get_string (call, "name");
  const char *password = km_web_call_get_string (call, "password");
  g_autofree char *device = dup_device (call);

  if (password != NULL && strlen (password) > KM_PASSWORD_BYTES_MAX)
    password = NULL;

  if (km_web_begin_sign_in (call, name))
    km_accounts_sign_in_async (call->api->parts.accounts, name, password,
                               km_web_call_get_address (call), device,
                               signed_in, call);
}

/* GET account */
void
km_web_get_account (KmWebCall *call)
{
  km_web_call_answer (call, SOUP_STATUS_OK, describe_session (call->session));
}

static void
renamed (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  KmWebCall *call = user_data;
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT,
                                         call->session->account);
  GError *error = NULL;

  if (!km_accounts_write_finish (call->api->parts.accounts, result, &error))
    {
      km_web_call_fail (call, error);
      return;
    }

  km_tickets_rename (call->api->parts.tickets, id, call->session->shown_name);
  km_hub_rename_account (call->api->parts.hub, id, call->session->shown_name);
  km_web_call_answer (call, SOUP_STATUS_OK, describe_session (call->session));
}

/* PATCH account */
void
km_web_change_account (KmWebCall *call)
{
  GError *error = NULL;
  char *shown_name = dup_shown_name (call, &error);

  if (shown_name == NULL)
    {
      km_web_call_fail (call, error);
      return;
    }

  g_free (call->session->shown_name);
  call->session->shown_name = shown_name;
  km_accounts_rename_async (call->api->parts.accounts, call->session->account,
                            shown_name, renamed, call);
}
