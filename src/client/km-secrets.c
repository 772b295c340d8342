/* km-secrets.c: session tokens, in the keyring or else in a file
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keyring is the secret service of the desktop; each entry carries the
 * profile and the server. Where there is none, or it refuses, tokens are kept
 * in a file of the profile that only its owner can read (0600), and the
 * property "in-file" says so, for the person to know.
 *
 * What is in the file came after what is in the keyring, which takes a token
 * out of the file when it gets one; so looking up asks the file first. A token
 * found there moves into the keyring when that is open by then; nobody is
 * asked to unlock it for that.
 *
 * Thread: main.
 */

#include "km-secrets.h"

#include "km-client-error.h"
#include "km-token-file.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

#define FILE_NAME "tokens.ini"

struct _KmSecrets
{
  GObject parent_instance;
  KmProfile *profile;
  char *path;
  gboolean in_file;
  GCancellable *moving; /* tokens on their way from the file */
};

typedef struct
{
  char *server;
  char *token;
  gboolean locked; /* the keyring stayed so */
} Secret;

static const SecretSchema schema = {
  KAIMU_APPLICATION_ID ".Token",
  SECRET_SCHEMA_NONE,
  {
    { "profile", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "server", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

G_DEFINE_FINAL_TYPE (KmSecrets, km_secrets, G_TYPE_OBJECT)

enum
{
  PROP_IN_FILE = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
secret_free (Secret *secret)
{
  g_free (secret->server);
  g_free (secret->token);
  g_free (secret);
}

static void
km_secrets_get_property (GObject    *object,
                         guint       id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_IN_FILE:
      g_value_set_boolean (value, KM_SECRETS (object)->in_file);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
km_secrets_finalize (GObject *object)
{
  KmSecrets *self = KM_SECRETS (object);

  g_clear_pointer (&self->profile, km_profile_unref);
  g_clear_object (&self->moving);
  g_free (self->path);

  G_OBJECT_CLASS (km_secrets_parent_class)->finalize (object);
}

static void
km_secrets_class_init (KmSecretsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = km_secrets_get_property;
  object_class->finalize = km_secrets_finalize;

  properties[PROP_IN_FILE] =
    g_param_spec_boolean ("in-file", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                          G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
km_secrets_init (KmSecrets *self)
{
  self->moving = g_cancellable_new ();
}

/**
 * km_secrets_new:
 * @profile: whose tokens
 *
 * Returns: (transfer full): the tokens of @profile
 */
KmSecrets *
km_secrets_new (KmProfile *profile)
{
  KmSecrets *self = g_object_new (KM_TYPE_SECRETS, NULL);

  self->profile = km_profile_ref (profile);
  self->path = g_build_filename (profile->data_dir, FILE_NAME, NULL);
  self->in_file = !km_token_file_is_empty (self->path);

  return self;
}

/**
 * km_secrets_get_in_file:
 * @self: the tokens of a profile
 *
 * Returns: whether tokens are kept in a file, because no keyring took them
 */
gboolean
km_secrets_get_in_file (KmSecrets *self)
{
  g_return_val_if_fail (KM_IS_SECRETS (self), FALSE);

  return self->in_file;
}

static void
update_in_file (KmSecrets *self)
{
  gboolean in_file = !km_token_file_is_empty (self->path);

  if (self->in_file == in_file)
    return;

  self->in_file = in_file;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IN_FILE]);
}

/* What is stored or cleared now must not be met by an older token. */
static void
stop_moving (KmSecrets *self)
{
  g_cancellable_cancel (self->moving);
  g_object_unref (self->moving);
  self->moving = g_cancellable_new ();
}

static GTask *
new_task (KmSecrets           *self,
          const char          *server,
          const char          *token,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data,
          gpointer             tag)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Secret *secret = g_new0 (Secret, 1);

  secret->server = g_strdup (server);
  secret->token = g_strdup (token);
  g_task_set_task_data (task, secret, (GDestroyNotify) secret_free);
  g_task_set_source_tag (task, tag);

  return task;
}

/* An error of libsecret in words for a person; cancelling stays what it is. */
static void
return_keyring_error (GTask  *task,
                      GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, error);
      return;
    }

  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    g_task_return_new_error_literal (
      task, KM_CLIENT_ERROR, KM_CLIENT_ERROR_STORAGE,
      _("The keyring stayed locked."));
  else
    g_task_return_new_error (task, KM_CLIENT_ERROR, KM_CLIENT_ERROR_STORAGE,
                             _("The keyring doesn’t answer: %s."),
                             error->message);
  g_error_free (error);
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmSecrets *self = g_task_get_source_object (task);
  Secret *secret = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean kept;

  if (secret_password_store_finish (result, &error))
    {
      kept = km_token_file_remove (self->path, secret->server, &error);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      kept = FALSE;
    }
  else
    {
      g_info ("no keyring: %s", error->message);
      g_clear_error (&error);
      kept = km_token_file_store (self->path, secret->server, secret->token,
                                  &error);
    }

  update_in_file (self);
  if (kept)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
keyring_store (GTask               *task,
               GAsyncReadyCallback  callback)
{
  KmSecrets *self = g_task_get_source_object (task);
  Secret *secret = g_task_get_task_data (task);
  g_autofree char *label = g_strdup_printf ("Kaimu: %s", secret->server);

  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label,
                         secret->token, g_task_get_cancellable (task),
                         callback, task, "profile", self->profile->name,
                         "server", secret->server, NULL);
}

/**
 * km_secrets_store_async:
 * @self: the tokens of a profile
 * @server: which server
 * @token: its session's token
 * @cancellable: (nullable): to give up
 * @callback: called when it is kept
 * @user_data: for @callback
 */
void
km_secrets_store_async (KmSecrets           *self,
                        const char          *server,
                        const char          *token,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task = new_task (self, server, token, cancellable, callback,
                          user_data, km_secrets_store_async);

  stop_moving (self);
  keyring_store (task, on_stored);
}

gboolean
km_secrets_store_finish (KmSecrets     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_moved (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmSecrets *self = g_task_get_source_object (task);
  Secret *secret = g_task_get_task_data (task);

  if (!secret_password_store_finish (result, NULL) ||
      g_task_return_error_if_cancelled (task))
    return;

  km_token_file_remove (self->path, secret->server, NULL);
  update_in_file (self);
}

/* The getters of libsecret expect a keyring that has said it. */
static gboolean
is_open (GDBusProxy *object)
{
  g_autoptr (GVariant) locked =
    g_dbus_proxy_get_cached_property (object, "Locked");

  return locked != NULL && !g_variant_get_boolean (locked);
}

static void
on_default_collection (GObject      *source,
                       GAsyncResult *result,
                       gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (SecretCollection) collection =
    secret_collection_for_alias_finish (result, NULL);

  if (collection != NULL && is_open (G_DBUS_PROXY (collection)))
    keyring_store (g_steal_pointer (&task), on_moved);
}

static void
on_service (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (SecretService) service = secret_service_get_finish (result, NULL);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (service != NULL)
    secret_collection_for_alias (service, SECRET_COLLECTION_DEFAULT,
                                 SECRET_COLLECTION_NONE, cancellable,
                                 on_default_collection,
                                 g_steal_pointer (&task));
}

static void
move_into_keyring (KmSecrets  *self,
                   const char *server,
                   const char *token)
{
  GTask *task = new_task (self, server, token, self->moving, NULL, NULL,
                          move_into_keyring);

  secret_service_get (SECRET_SERVICE_NONE, self->moving, on_service, task);
}

static void
on_retrieved (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (SecretValue) value = NULL;
  GError *error = NULL;

  value = secret_retrievable_retrieve_secret_finish (
    SECRET_RETRIEVABLE (source), result, &error);
  if (value != NULL)
    g_task_return_pointer (task, g_strdup (secret_value_get_text (value)),
                           g_free);
  else if (error != NULL)
    return_keyring_error (task, error);
  else
    g_task_return_pointer (task, NULL, NULL);
}

static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) task = data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  GList *found = secret_password_search_finish (result, &error);

  if (error != NULL)
    return_keyring_error (task, error);
  else if (found == NULL)
    g_task_return_pointer (task, NULL, NULL);
  else
    secret_retrievable_retrieve_secret (found->data, cancellable,
                                        on_retrieved, g_steal_pointer (&task));
  g_list_free_full (found, g_object_unref);
}

/**
 * km_secrets_lookup_async:
 * @self: the tokens of a profile
 * @server: which server
 * @cancellable: (nullable): to give up
 * @callback: called when it is known
 * @user_data: for @callback
 */
void
km_secrets_lookup_async (KmSecrets           *self,
                         const char          *server,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = new_task (self, server, NULL, cancellable, callback, user_data,
                          km_secrets_lookup_async);
  g_autofree char *token = km_token_file_lookup (self->path, server);

  if (token != NULL)
    {
      move_into_keyring (self, server, token);
      g_task_return_pointer (task, g_steal_pointer (&token), g_free);
      g_object_unref (task);
      return;
    }

  secret_password_search (&schema,
                          SECRET_SEARCH_UNLOCK | SECRET_SEARCH_LOAD_SECRETS,
                          cancellable, on_found, task,
                          "profile", self->profile->name, "server", server,
                          NULL);
}

/**
 * km_secrets_lookup_finish:
 * @self: the tokens of a profile
 * @result: what the callback got
 * @error: %KM_CLIENT_ERROR_STORAGE: the keyring stayed locked or doesn't
 *   answer, so there may be a token in it: ask again later
 *
 * Returns: (transfer full) (nullable): the token; %NULL without an error:
 *   there is none
 */
char *
km_secrets_lookup_finish (KmSecrets     *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_cleared (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GTask) task = data;
  Secret *secret = g_task_get_task_data (task);
  GError *error = NULL;

  /* FALSE without an error: there was nothing that it could remove. */
  secret_password_clear_finish (result, &error);
  if (error == NULL && secret->locked)
    error = g_error_new_literal (SECRET_ERROR, SECRET_ERROR_IS_LOCKED, "");
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    return_keyring_error (task, error);
}

/* Clearing passes by what is locked and says nothing. */
static void
on_found_to_clear (GObject      *source,
                   GAsyncResult *result,
                   gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmSecrets *self = g_task_get_source_object (task);
  Secret *secret = g_task_get_task_data (task);
  GError *error = NULL;
  GList *found = secret_password_search_finish (result, &error);

  /* The token was in the file, so no keyring was to be expected. */
  if (error != NULL && secret->token != NULL)
    {
      g_info ("no keyring: %s", error->message);
      g_error_free (error);
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (error != NULL)
    {
      return_keyring_error (task, error);
      return;
    }

  for (GList *link = found; link != NULL; link = link->next)
    if (G_IS_DBUS_PROXY (link->data) && !is_open (link->data))
      secret->locked = TRUE;
  g_list_free_full (found, g_object_unref);
  secret_password_clear (&schema, g_task_get_cancellable (task), on_cleared,
                         g_object_ref (task), "profile", self->profile->name,
                         "server", secret->server, NULL);
}

/**
 * km_secrets_clear_async:
 * @self: the tokens of a profile
 * @server: which server
 * @cancellable: (nullable): to give up
 * @callback: (nullable): called when neither keyring nor file has it, or with
 *   %KM_CLIENT_ERROR_STORAGE
 * @user_data: for @callback
 */
void
km_secrets_clear_async (KmSecrets           *self,
                        const char          *server,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autofree char *token = km_token_file_lookup (self->path, server);
  GTask *task = new_task (self, server, token, cancellable, callback,
                          user_data, km_secrets_clear_async);
  GError *error = NULL;

  stop_moving (self);
  if (!km_token_file_remove (self->path, server, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  update_in_file (self);
  secret_password_search (&schema, SECRET_SEARCH_ALL | SECRET_SEARCH_UNLOCK,
                          cancellable, on_found_to_clear, task,
                          "profile", self->profile->name, "server", server,
                          NULL);
}

gboolean
km_secrets_clear_finish (KmSecrets     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
