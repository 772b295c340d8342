/* km-secrets.c: session tokens, in the keyring or else in a file
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keyring is the secret service of the desktop; each entry carries the
 * profile and the server. Where there is none, or it refuses, tokens are kept
 * in a file of the profile that only its owner can read (0600), and the
 * property "in-file" says so, for the person to know. Looking up asks the
 * keyring first, then the file.
 *
 * Thread: main.
 */

#include "km-secrets.h"

#include "km-client-error.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <libsecret/secret.h>

#define FILE_NAME "tokens.ini"
#define GROUP "tokens"

struct _KmSecrets
{
  GObject parent_instance;
  KmProfile *profile;
  char *path;
  gboolean in_file;
};

typedef struct
{
  char *server;
  char *token;
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
  self->in_file = g_file_test (self->path, G_FILE_TEST_EXISTS);

  return self;
}

/**
 * km_secrets_get_in_file:
 * @self: the tokens of a profile
 *
 * Returns: whether tokens are kept in a file, because there is no keyring
 */
gboolean
km_secrets_get_in_file (KmSecrets *self)
{
  g_return_val_if_fail (KM_IS_SECRETS (self), FALSE);

  return self->in_file;
}

static void
set_in_file (KmSecrets *self,
             gboolean   in_file)
{
  if (self->in_file == in_file)
    return;

  self->in_file = in_file;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IN_FILE]);
}

/* A server's address isn't a name that a key file takes. */
static char *
file_key (const char *server)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, server, -1);
}

static char *
file_lookup (KmSecrets  *self,
             const char *server)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *key = file_key (server);

  g_key_file_load_from_file (file, self->path, G_KEY_FILE_NONE, NULL);

  return g_key_file_get_string (file, GROUP, key, NULL);
}

static gboolean
file_write (KmSecrets   *self,
            const char  *server,
            const char  *token,
            GError     **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *key = file_key (server);
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  gsize length;

  g_key_file_load_from_file (file, self->path, G_KEY_FILE_NONE, NULL);
  if (token != NULL)
    g_key_file_set_string (file, GROUP, key, token);
  else if (!g_key_file_remove_key (file, GROUP, key, NULL))
    return TRUE;

  text = g_key_file_to_data (file, &length, NULL);
  g_mkdir_with_parents (self->profile->data_dir, 0700);
  if (g_file_set_contents_full (self->path, text, (gssize) length,
                                G_FILE_SET_CONTENTS_CONSISTENT, 0600, &local))
    return TRUE;

  g_set_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_STORAGE,
               _("The sign-in can’t be kept on this computer: %s."),
               local->message);

  return FALSE;
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

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmSecrets *self = g_task_get_source_object (task);
  Secret *secret = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (secret_password_store_finish (result, &error))
    {
      file_write (self, secret->server, NULL, NULL);
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_info ("no keyring: %s", error->message);
  g_clear_error (&error);
  if (file_write (self, secret->server, secret->token, &error))
    {
      set_in_file (self, TRUE);
      g_task_return_boolean (task, TRUE);
    }
  else
    {
      g_task_return_error (task, g_steal_pointer (&error));
    }
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
  g_autofree char *label = g_strdup_printf ("Kaimu: %s", server);

  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, token,
                         cancellable, on_stored, task,
                         "profile", self->profile->name, "server", server,
                         NULL);
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
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmSecrets *self = g_task_get_source_object (task);
  Secret *secret = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  char *found;

  found = secret_password_lookup_finish (result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  token = found != NULL ? g_strdup (found)
                        : file_lookup (self, secret->server);
  g_clear_pointer (&found, secret_password_free);
  g_task_return_pointer (task, g_steal_pointer (&token), g_free);
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

  secret_password_lookup (&schema, cancellable, on_found, task,
                          "profile", self->profile->name, "server", server,
                          NULL);
}

/**
 * km_secrets_lookup_finish:
 * @self: the tokens of a profile
 * @result: what the callback got
 * @error: only %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the token; %NULL: there is none
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
  KmSecrets *self = g_task_get_source_object (task);
  Secret *secret = g_task_get_task_data (task);
  GError *error = NULL;

  secret_password_clear_finish (result, NULL);
  if (file_write (self, secret->server, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * km_secrets_clear_async:
 * @self: the tokens of a profile
 * @server: which server
 * @cancellable: (nullable): to give up
 * @callback: (nullable): called when neither keyring nor file has it
 * @user_data: for @callback
 */
void
km_secrets_clear_async (KmSecrets           *self,
                        const char          *server,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task = new_task (self, server, NULL, cancellable, callback, user_data,
                          km_secrets_clear_async);

  secret_password_clear (&schema, cancellable, on_cleared, task,
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
