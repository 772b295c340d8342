/* km-api.c: one call of a server's HTTP API
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Holds what every call to one server shares: the session with its kept-open
 * connections, the address and the token. An answer is read up to a bound and
 * is an object, nothing, or an error: the server's own words when it spoke
 * the protocol, else what the network or the other program did.
 *
 * Redirects aren't followed: the token must not travel to another host.
 *
 * To give up a call is told at once, but its message goes on until it is
 * answered or its time is up: libsoup 3.6 uses a request that is cancelled
 * before its answer begins after it has freed it.
 *
 * Thread: main.
 */

#include "km-api.h"

#include "km-client-error.h"
#include "km-json.h"
#include "km-protocol.h"

#include <glib/gi18n-lib.h>

#define ANSWER_BYTES_MAX (4 * 1024 * 1024)
#define CHUNK_BYTES (64 * 1024)
#define TIMEOUT_S 15

struct _KmApi
{
  GObject parent_instance;
  SoupSession *session;
  char *base;
  char *token;
  KmApiJudge judge; /* NULL: none but trusted certificates */
  gpointer judge_data;
};

typedef struct
{
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *answer;
  gsize bytes_max;
  gboolean raw; /* whatever it is, not JSON */
  gulong cancelled;
  gboolean given_up;
} Call;

G_DEFINE_FINAL_TYPE (KmApi, km_api, G_TYPE_OBJECT)

static void
call_free (Call *call)
{
  g_clear_object (&call->message);
  g_clear_object (&call->stream);
  g_clear_pointer (&call->answer, g_byte_array_unref);
  g_free (call);
}

static void
km_api_finalize (GObject *object)
{
  KmApi *self = KM_API (object);

  g_clear_object (&self->session);
  g_free (self->base);
  g_free (self->token);

  G_OBJECT_CLASS (km_api_parent_class)->finalize (object);
}

static void
km_api_class_init (KmApiClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = km_api_finalize;
}

static void
km_api_init (KmApi *self)
{
  self->session = soup_session_new_with_options ("timeout", TIMEOUT_S,
                                                 "user-agent",
                                                 "Kaimu/" KAIMU_VERSION,
                                                 NULL);
}

KmApi *
km_api_new (void)
{
  return g_object_new (KM_TYPE_API, NULL);
}

/* Returns: (nullable): "http://host:port", without a slash at the end. */
const char *
km_api_get_base (KmApi *self)
{
  return self->base;
}

void
km_api_set_base (KmApi      *self,
                 const char *base)
{
  g_set_str (&self->base, base);

  /* No proxy leads to this computer, whatever the environment says. */
  if (base != NULL && (g_str_has_prefix (base, "http://127.") ||
                       g_str_has_prefix (base, "http://localhost") ||
                       g_str_has_prefix (base, "http://[::1]")))
    soup_session_set_proxy_resolver (self->session, NULL);
}

const char *
km_api_get_token (KmApi *self)
{
  return self->token;
}

void
km_api_set_token (KmApi      *self,
                  const char *token)
{
  g_set_str (&self->token, token);
}

SoupSession *
km_api_get_session (KmApi *self)
{
  return self->session;
}

/* Returns: (transfer full) (nullable): the address of "rooms/42" of the API. */
char *
km_api_dup_url (KmApi      *self,
                const char *path)
{
  if (self->base == NULL)
    return NULL;

  return g_strconcat (self->base, KM_API_PREFIX "/", path, NULL);
}

/**
 * km_api_set_judge:
 * @self: a server's API
 * @judge: (nullable): decides about certificates that this computer doesn't
 *   trust
 * @data: for @judge; unset it before that goes
 */
void
km_api_set_judge (KmApi      *self,
                  KmApiJudge  judge,
                  gpointer    data)
{
  self->judge = judge;
  self->judge_data = data;
}

static gboolean
on_certificate (SoupMessage          *message,
                GTlsCertificate      *certificate,
                GTlsCertificateFlags  errors,
                KmApi                *self)
{
  return self->judge != NULL &&
         self->judge (self->judge_data, certificate, errors);
}

/**
 * km_api_guard:
 * @self: a server's API
 * @message: a request to that server, not yet sent
 *
 * Lets the judge decide about the certificate that comes with the answer.
 */
void
km_api_guard (KmApi       *self,
              SoupMessage *message)
{
  g_signal_connect_object (message, "accept-certificate",
                           G_CALLBACK (on_certificate), self,
                           G_CONNECT_DEFAULT);
}

static GError *
not_kaimu (void)
{
  return g_error_new_literal (KM_CLIENT_ERROR, KM_CLIENT_ERROR_NOT_KAIMU,
                              _("What answers at this address is not a Kaimu "
                                 "server."));
}

static void
judge_answer (GTask *task,
              Call  *call)
{
  guint status = soup_message_get_status (call->message);
  g_autoptr (GError) error = NULL;
  JsonObject *object;

  if (call->raw && SOUP_STATUS_IS_SUCCESSFUL (status))
    {
      g_task_return_pointer (task,
                             g_byte_array_free_to_bytes (
                               g_steal_pointer (&call->answer)),
                             (GDestroyNotify) g_bytes_unref);
      return;
    }
  if (call->answer->len == 0 && status == SOUP_STATUS_NO_CONTENT)
    {
      g_task_return_pointer (task, json_object_new (),
                             (GDestroyNotify) json_object_unref);
      return;
    }

  object = km_json_parse ((const char *) call->answer->data,
                          call->answer->len, NULL);
  if (object == NULL)
    {
      if (status == SOUP_STATUS_BAD_GATEWAY ||
          status == SOUP_STATUS_SERVICE_UNAVAILABLE ||
          status == SOUP_STATUS_GATEWAY_TIMEOUT)
        error = g_error_new_literal (KM_CLIENT_ERROR,
                                     KM_CLIENT_ERROR_UNREACHABLE,
                                     _("The server is down at the moment."));
      else
        error = not_kaimu ();
    }
  else if (!SOUP_STATUS_IS_SUCCESSFUL (status))
    {
      error = km_json_get_error (object);
      if (error == NULL)
        error = not_kaimu ();
    }

  if (error == NULL)
    {
      g_task_return_pointer (task, object, (GDestroyNotify) json_object_unref);
      return;
    }

  g_clear_pointer (&object, json_object_unref);
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_chunk (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) task = data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunk = NULL;
  gsize size = 0;
  const guint8 *bytes;

  chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result,
                                            &error);
  if (chunk == NULL)
    {
      g_task_return_error (task, km_client_error_from_io (error));
      return;
    }

  bytes = g_bytes_get_data (chunk, &size);
  if (size == 0)
    {
      judge_answer (task, call);
      return;
    }

  if (call->answer->len + size > call->bytes_max)
    {
      g_task_return_error (task, not_kaimu ());
      return;
    }

  g_byte_array_append (call->answer, bytes, (guint) size);
  g_input_stream_read_bytes_async (call->stream, CHUNK_BYTES,
                                   G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_chunk,
                                   g_object_ref (task));
}

static gboolean
give_up (gpointer data)
{
  g_task_return_error_if_cancelled (data);

  return G_SOURCE_REMOVE;
}

/* Never from within g_cancellable_cancel(), whose caller isn't ready. */
static void
on_cancelled (GCancellable *cancellable,
              gpointer      data)
{
  GTask *task = data;
  Call *call = g_task_get_task_data (task);

  call->given_up = TRUE;
  g_idle_add_full (G_PRIORITY_DEFAULT, give_up, g_object_ref (task),
                   g_object_unref);
}

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GTask) task = data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  call->stream = soup_session_send_finish (SOUP_SESSION (source), result,
                                           &error);
  g_cancellable_disconnect (g_task_get_cancellable (task), call->cancelled);
  if (call->given_up)
    return;

  if (call->stream == NULL)
    {
      g_task_return_error (task, km_client_error_from_io (error));
      return;
    }

  g_input_stream_read_bytes_async (call->stream, CHUNK_BYTES,
                                   G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_chunk,
                                   g_object_ref (task));
}

/* Takes @task, whose data becomes the call. */
static void
send (KmApi      *self,
      GTask      *task,
      const char *method,
      const char *path,
      const char *body,
      gsize       bytes_max,
      gboolean    raw)
{
  g_autofree char *url = km_api_dup_url (self, path);
  Call *call = g_new0 (Call, 1);

  call->answer = g_byte_array_new ();
  call->bytes_max = bytes_max;
  call->raw = raw;
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);

  if (url != NULL)
    call->message = soup_message_new (method, url);
  if (call->message == NULL)
    {
      g_task_return_new_error_literal (task, KM_CLIENT_ERROR,
                                       KM_CLIENT_ERROR_UNREACHABLE,
                                       _("The server has no address yet."));
      g_object_unref (task);
      return;
    }

  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }

  km_api_guard (self, call->message);
  soup_message_add_flags (call->message, SOUP_MESSAGE_NO_REDIRECT);
  if (self->token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", self->token, NULL);

      soup_message_headers_replace (
        soup_message_get_request_headers (call->message), "Authorization",
        bearer);
    }
  if (body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (call->message,
                                                "application/json", bytes);
    }

  soup_session_send_async (self->session, call->message, G_PRIORITY_DEFAULT,
                           NULL, on_sent, task);
  if (g_task_get_cancellable (task) != NULL)
    call->cancelled = g_cancellable_connect (g_task_get_cancellable (task),
                                             G_CALLBACK (on_cancelled), task,
                                             NULL);
}

/**
 * km_api_call_async:
 * @self: a server's API
 * @method: "GET", "POST", "PUT", "PATCH" or "DELETE"
 * @path: below the API's prefix, e.g. "rooms/42"
 * @body: (nullable): JSON
 * @cancellable: (nullable): to give up
 * @callback: called when there is an answer
 * @user_data: for @callback
 *
 * Carries the token, if one is set.
 */
void
km_api_call_async (KmApi               *self,
                   const char          *method,
                   const char          *path,
                   const char          *body,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_api_call_async);
  send (self, task, method, path, body, ANSWER_BYTES_MAX, FALSE);
}

/**
 * km_api_call_finish:
 * @self: a server's API
 * @result: what the callback got
 * @error: where to put what went wrong
 *
 * Returns: (transfer full) (nullable): the answer; an empty object for 204
 */
JsonObject *
km_api_call_finish (KmApi         *self,
                    GAsyncResult  *result,
                    GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * km_api_fetch_async:
 * @self: a server's API
 * @path: below the API's prefix, of something that isn't JSON
 * @bytes_max: how much is taken
 * @cancellable: (nullable): to give up
 * @callback: called when it is there
 * @user_data: for @callback
 *
 * Carries the token, if one is set.
 */
void
km_api_fetch_async (KmApi               *self,
                    const char          *path,
                    gsize                bytes_max,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_api_fetch_async);
  send (self, task, "GET", path, NULL, bytes_max, TRUE);
}

/* Returns: (transfer full) (nullable): what was there. */
GBytes *
km_api_fetch_finish (KmApi         *self,
                     GAsyncResult  *result,
                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
