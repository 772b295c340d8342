/* km-server-list.c: "This computer" and the servers that a person added
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list model of #KmServer: This computer first, then the others in the
 * order in which they were added. Kept in a key file of the profile, written
 * anew at each change.
 *
 * Thread: main.
 */

#include "km-server-list-private.h"

#include "km-client-error.h"
#include "km-link.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define FILE_NAME "servers.ini"
#define SERVERS_MAX 200

struct _KmServerList
{
  GObject parent_instance;
  KmProfile *profile;
  KmSecrets *secrets;
  char *path;
  GPtrArray *servers;
};

static GType
km_server_list_get_item_type (GListModel *model)
{
  return KM_TYPE_SERVER;
}

static guint
km_server_list_get_n_items (GListModel *model)
{
  return KM_SERVER_LIST (model)->servers->len;
}

static gpointer
km_server_list_get_item (GListModel *model,
                         guint       position)
{
  KmServerList *self = KM_SERVER_LIST (model);

  if (position >= self->servers->len)
    return NULL;

  return g_object_ref (self->servers->pdata[position]);
}

static void
km_server_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = km_server_list_get_item_type;
  iface->get_n_items = km_server_list_get_n_items;
  iface->get_item = km_server_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (KmServerList, km_server_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (
                                 G_TYPE_LIST_MODEL,
                                 km_server_list_model_init))

static void
km_server_list_finalize (GObject *object)
{
  KmServerList *self = KM_SERVER_LIST (object);

  g_ptr_array_unref (self->servers);
  g_clear_object (&self->secrets);
  g_clear_pointer (&self->profile, km_profile_unref);
  g_free (self->path);

  G_OBJECT_CLASS (km_server_list_parent_class)->finalize (object);
}

static void
km_server_list_class_init (KmServerListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = km_server_list_finalize;
}

static void
km_server_list_init (KmServerList *self)
{
  self->servers = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
on_name (KmServer     *server,
         GParamSpec   *pspec,
         KmServerList *self)
{
  km_server_list_save (self, NULL);
}

static void
take_server (KmServerList *self,
             KmServer     *server)
{
  g_ptr_array_add (self->servers, server);
  g_signal_connect_object (server, "notify::name", G_CALLBACK (on_name), self,
                           G_CONNECT_DEFAULT);
}

static void
load (KmServerList *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_file (file, self->path, G_KEY_FILE_NONE, NULL))
    return;

  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL && i < SERVERS_MAX; i++)
    {
      g_autofree char *kept = g_key_file_get_string (file, groups[i],
                                                     "address", NULL);
      g_autofree char *name = g_key_file_get_string (file, groups[i], "name",
                                                     NULL);
      g_autoptr (KmLink) link = NULL;
      KmServer *server;

      if (kept != NULL)
        link = km_link_parse (kept, NULL);
      if (link == NULL || km_server_list_find (self, link->address) != NULL)
        continue;
      server = km_server_new (self->profile, self->secrets, link->address);
      km_server_take_name (server, name);
      take_server (self, server);
    }
}

/* Writes the file anew. */
gboolean
km_server_list_save (KmServerList  *self,
                     GError       **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  gsize length;

  for (guint i = 1; i < self->servers->len; i++)
    {
      KmServer *server = self->servers->pdata[i];
      g_autofree char *group = g_strdup_printf ("server %u", i);

      g_key_file_set_string (file, group, "address",
                             km_server_get_address (server));
      g_key_file_set_string (file, group, "name", km_server_get_name (server));
    }

  text = g_key_file_to_data (file, &length, NULL);
  g_mkdir_with_parents (self->profile->data_dir, 0700);
  if (g_file_set_contents_full (self->path, text, (gssize) length,
                                G_FILE_SET_CONTENTS_CONSISTENT, 0600, &local))
    return TRUE;

  g_set_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_STORAGE,
               _("The list of servers can’t be kept on this computer: %s."),
               local->message);

  return FALSE;
}

/**
 * km_server_list_new:
 * @profile: whose servers
 * @local: what serves "This computer"
 *
 * Returns: (transfer full): the list, with what was added before
 */
KmServerList *
km_server_list_new (KmProfile     *profile,
                    KmLocalServer *local)
{
  KmServerList *self = g_object_new (KM_TYPE_SERVER_LIST, NULL);

  self->profile = km_profile_ref (profile);
  self->secrets = km_secrets_new (profile);
  self->path = g_build_filename (profile->data_dir, FILE_NAME, NULL);
  g_ptr_array_add (self->servers,
                   km_server_new_local (profile, self->secrets, local));
  load (self);

  return self;
}

/* Returns: (transfer none): "This computer". */
KmServer *
km_server_list_get_local (KmServerList *self)
{
  g_return_val_if_fail (KM_IS_SERVER_LIST (self), NULL);

  return self->servers->pdata[0];
}

/* Returns: (transfer none): where the tokens of all of them are kept. */
KmSecrets *
km_server_list_get_secrets (KmServerList *self)
{
  g_return_val_if_fail (KM_IS_SERVER_LIST (self), NULL);

  return self->secrets;
}

/**
 * km_server_list_find:
 * @self: a list of servers
 * @address: from km_link_parse()
 *
 * Returns: (transfer none) (nullable): the server there, if it was added
 */
KmServer *
km_server_list_find (KmServerList *self,
                     const char   *address)
{
  g_return_val_if_fail (KM_IS_SERVER_LIST (self), NULL);

  for (guint i = 0; i < self->servers->len; i++)
    {
      KmServer *server = self->servers->pdata[i];

      if (g_strcmp0 (km_server_get_address (server), address) == 0)
        return server;
    }

  return NULL;
}

static void
on_checked (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  KmServer *server = KM_SERVER (source);
  g_autoptr (GTask) task = data;
  KmServerList *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  KmServer *had;

  if (!km_server_check_finish (server, result, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  had = km_server_list_find (self, km_server_get_address (server));
  if (had != NULL)
    {
      g_task_return_pointer (task, g_object_ref (had), g_object_unref);
      return;
    }

  take_server (self, g_object_ref (server));
  g_list_model_items_changed (G_LIST_MODEL (self), self->servers->len - 1, 0,
                              1);
  if (km_server_list_save (self, &error))
    g_task_return_pointer (task, g_object_ref (server), g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * km_server_list_dup:
 * @self: a list of servers
 * @link: where to
 *
 * Who opens a link doesn't mean to keep its server: one that isn't in the list
 * isn't put there.
 *
 * Returns: (transfer full): the server there, which will show the certificate
 *   that the link says, if it says one
 */
KmServer *
km_server_list_dup (KmServerList *self,
                    const KmLink *link)
{
  KmServer *server = km_server_list_find (self, link->address);

  g_return_val_if_fail (KM_IS_SERVER_LIST (self), NULL);

  if (server != NULL)
    g_object_ref (server);
  else
    server = km_server_new (self->profile, self->secrets, link->address);
  km_server_expect_certificate (server, link->fingerprint);

  return server;
}

/**
 * km_server_list_add_async:
 * @self: a list of servers
 * @server: from km_server_list_dup()
 * @cancellable: (nullable): to give up
 * @callback: called when it is in the list, or isn't
 * @user_data: for @callback
 *
 * Asks the server who it is first; one that doesn't answer as a Kaimu server
 * isn't added. One that is there already is found, not added twice.
 */
void
km_server_list_add_async (KmServerList        *self,
                          KmServer            *server,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_server_list_add_async);
  if (self->servers->len > SERVERS_MAX)
    {
      g_task_return_new_error_literal (task, KM_CLIENT_ERROR,
                                       KM_CLIENT_ERROR_STORAGE,
                                       _("There are too many servers in the "
                                          "list. Remove one first."));
      return;
    }

  km_server_check_async (server, cancellable, on_checked,
                         g_steal_pointer (&task));
}

/**
 * km_server_list_add_finish:
 * @self: a list of servers
 * @result: what the callback got
 * @error: %KM_CLIENT_ERROR_UNREACHABLE, `NOT_KAIMU`, `STORAGE`, or
 *   `CERTIFICATE`: km_server_get_refused_certificate() of the server
 *
 * Returns: (transfer full) (nullable): the server, in the list
 */
KmServer *
km_server_list_add_finish (KmServerList  *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * km_server_list_remove:
 * @self: a list of servers
 * @server: one of them, not "This computer"
 * @error: %KM_CLIENT_ERROR_STORAGE
 *
 * Signs out there, too, so that no token is left, and forgets its
 * certificate.
 *
 * Returns: whether the list without it is on disk
 */
gboolean
km_server_list_remove (KmServerList  *self,
                       KmServer      *server,
                       GError       **error)
{
  g_autoptr (KmServer) kept = NULL;
  guint position;

  g_return_val_if_fail (KM_IS_SERVER_LIST (self), FALSE);

  if (!g_ptr_array_find (self->servers, server, &position) || position == 0)
    return TRUE;

  kept = g_object_ref (server);
  km_server_forget_pin (server);
  g_signal_handlers_disconnect_by_data (server, self);
  g_ptr_array_remove_index (self->servers, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  if (km_server_get_signed_in (server))
    km_server_sign_out_async (server, NULL, NULL, NULL);

  return km_server_list_save (self, error);
}
