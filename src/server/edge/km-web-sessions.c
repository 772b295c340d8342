/* km-web-sessions.c: HTTP calls about where somebody is signed in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever ends a session goes one way: first it is gone on the disk, so that
 * it gets no new ticket; then the tickets that it has; then its sockets. The
 * hub takes a ticket and makes the socket in one turn, so nothing slips
 * through between the two (see km-tickets.c).
 *
 * Media is public: no viewer or stream belongs to a session.
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include "km-session-info.h"

/* GET sessions */
void
km_web_list_sessions (KmWebCall *call)
{
  GString *json = g_string_new ("{\"sessions\":[");
  GError *error = NULL;
  g_autoptr (GPtrArray) entries = km_accounts_list_sessions (
    call->api->parts.accounts, call->session->account, KM_SESSIONS_LISTED_MAX,
    &error);

  if (entries == NULL)
    {
      g_string_free (json, TRUE);
      km_web_call_fail (call, error);
      return;
    }

  for (guint i = 0; i < entries->len; i++)
    {
      const KmSessionEntry *entry = g_ptr_array_index (entries, i);
      const KmSessionInfo info = {
        .id = entry->id,
        .device = entry->device,
        .made_at_ms = entry->made_at_ms,
        .used_at_ms = entry->used_at_ms,
        .current = g_str_equal (entry->id, call->session->id),
      };

      if (i > 0)
        g_string_append_c (json, ',');
      km_session_info_append (&info, json);
    }
  g_string_append (json, "]}");
  km_web_call_answer (call, SOUP_STATUS_OK, json);
}

static void
ended (GObject      *source,
       GAsyncResult *result,
       gpointer      user_data)
{
  KmWebCall *call = user_data;
  KmWebParts *parts = &call->api->parts;
  GError *error = NULL;
  g_auto (GStrv) sessions = km_accounts_end_finish (parts->accounts, result,
                                                    &error);

  if (sessions == NULL)
    {
      km_web_call_fail (call, error);
      return;
    }

  km_tickets_drop_sessions (parts->tickets, (const char *const *) sessions);
  km_hub_drop_sessions (parts->hub, (const char *const *) sessions);
  km_web_call_answer (call, SOUP_STATUS_NO_CONTENT, NULL);
}

/* DELETE sessions/current */
void
km_web_sign_out (KmWebCall *call)
{
  km_accounts_end_session_async (call->api->parts.accounts,
                                 call->session->account, call->session->id,
                                 ended, call);
}

/* DELETE sessions/ID: somebody else's isn't there. */
void
km_web_end_session (KmWebCall *call)
{
  km_accounts_end_session_async (call->api->parts.accounts,
                                 call->session->account, call->argument,
                                 ended, call);
}

/* DELETE sessions: all but the one that asks. */
void
km_web_end_others (KmWebCall *call)
{
  km_accounts_end_others_async (call->api->parts.accounts, call->session,
                                ended, call);
}

/* POST account/password */
void
km_web_change_password (KmWebCall *call)
{
  const char *old = km_web_call_get_string (call, "old_password");
  const char *new = km_web_call_get_string (call, "new_password");
  GError *error = NULL;

  if (old != NULL && strlen (old) > KM_PASSWORD_BYTES_MAX)
    old = NULL;

  if (!km_accounts_judge_password (call->session, old, new, &error))
    {
      km_web_call_fail (call, error);
      return;
    }

  if (km_web_begin_sign_in (call, call->session->name))
    km_accounts_change_password_async (call->api->parts.accounts,
                                       call->session, old, new,
                                       km_web_call_get_address (call), ended,
                                       call);
}
