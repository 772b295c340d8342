/* km-payments.c: what went in and out, page by page, newest first
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list model that grows at its end with each page. What happens after the
 * first page was loaded isn't in it: who wants that opens another one.
 *
 * Thread: main.
 */

#include "km-payments-private.h"

#include "km-json.h"
#include "km-server-private.h"
#include "km-server-wallet-private.h"

#define PAGE 50

struct _KmPayments
{
  GObject parent_instance;
  KmServer *server; /* NULL: it is gone */
  KmPaymentsOf of;
  GPtrArray *entries;
  gboolean more;
  gboolean loading;
};

enum
{
  PROP_MORE = 1,
  PROP_LOADING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GType
km_payments_get_item_type (GListModel *model)
{
  return KM_TYPE_PAYMENT;
}

static guint
km_payments_get_n_items (GListModel *model)
{
  return KM_PAYMENTS (model)->entries->len;
}

static gpointer
km_payments_get_item (GListModel *model,
                      guint       position)
{
  KmPayments *self = KM_PAYMENTS (model);

  if (position >= self->entries->len)
    return NULL;

  return g_object_ref (self->entries->pdata[position]);
}

static void
km_payments_model_init (GListModelInterface *iface)
{
  iface->get_item_type = km_payments_get_item_type;
  iface->get_n_items = km_payments_get_n_items;
  iface->get_item = km_payments_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (KmPayments, km_payments, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      km_payments_model_init))

static void
set_flag (KmPayments *self,
          gboolean   *flag,
          gboolean    value,
          guint       property)
{
  if (*flag == value)
    return;

  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
km_payments_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  KmPayments *self = KM_PAYMENTS (object);

  switch (id)
    {
    case PROP_MORE:
      g_value_set_boolean (value, self->more);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
km_payments_finalize (GObject *object)
{
  KmPayments *self = KM_PAYMENTS (object);

  g_clear_object (&self->server);
  g_ptr_array_unref (self->entries);

  G_OBJECT_CLASS (km_payments_parent_class)->finalize (object);
}

static void
km_payments_class_init (KmPaymentsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                      G_PARAM_STATIC_STRINGS;

  object_class->get_property = km_payments_get_property;
  object_class->finalize = km_payments_finalize;

  properties[PROP_MORE] =
    g_param_spec_boolean ("more", NULL, NULL, TRUE, flags);
  properties[PROP_LOADING] =
    g_param_spec_boolean ("loading", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
km_payments_init (KmPayments *self)
{
  self->entries = g_ptr_array_new_with_free_func (g_object_unref);
  self->more = TRUE;
}

const char *
km_payments_of_to_word (KmPaymentsOf of)
{
  return of == KM_PAYMENTS_INCOME ? "income" : "wallet";
}

/* Thread: main. */
KmPayments *
km_payments_new (KmServer     *server,
                 KmPaymentsOf  of)
{
  KmPayments *self = g_object_new (KM_TYPE_PAYMENTS, NULL);

  self->server = server != NULL ? g_object_ref (server) : NULL;
  self->of = of;

  return self;
}

static void
take_page (KmPayments *self,
           JsonObject *answer)
{
  JsonArray *array = km_json_get_array (answer, "entries");
  guint n = array != NULL ? json_array_get_length (array) : 0;
  guint before = self->entries->len;
  guint added;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      KmPayment *entry = NULL;

      if (JSON_NODE_HOLDS_OBJECT (node))
        entry = km_payment_from_json (json_node_get_object (node));
      if (entry != NULL)
        g_ptr_array_add (self->entries, entry);
    }

  /* A page of nothing would be asked for again and again. */
  added = self->entries->len - before;
  set_flag (self, &self->more,
            added > 0 && km_json_get_boolean (answer, "more"), PROP_MORE);
  if (added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, added);
}

static void
on_page (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmPayments *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (JsonObject) answer = km_server_finish_call (self->server, result,
                                                         &error);

  set_flag (self, &self->loading, FALSE, PROP_LOADING);
  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  take_page (self, answer);
  g_task_return_boolean (task, TRUE);
}

/**
 * km_payments_load_async:
 * @self: a statement
 * @cancellable: (nullable): to give up
 * @callback: (nullable): called when the next page is in the model
 * @user_data: for @callback
 *
 * Does nothing but say so when there are no more, or a page is on its way.
 */
void
km_payments_load_async (KmPayments          *self,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GString) path = g_string_new ("wallet/statement?of=");

  g_return_if_fail (KM_IS_PAYMENTS (self));

  g_task_set_source_tag (task, km_payments_load_async);
  if (self->server == NULL || self->loading || !self->more)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  g_string_append_printf (path, "%s&limit=%d",
                          km_payments_of_to_word (self->of), PAGE);
  if (self->entries->len > 0)
    {
      KmPayment *last = self->entries->pdata[self->entries->len - 1];
      g_autofree char *id =
        g_uri_escape_string (km_payment_get_id (last), NULL, FALSE);

      g_string_append_printf (path, "&before=%s", id);
    }
  set_flag (self, &self->loading, TRUE, PROP_LOADING);
  km_api_call_async (self->server->api, "GET", path->str, NULL, cancellable,
                     on_page, task);
}

gboolean
km_payments_load_finish (KmPayments    *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Returns: whether there are older entries than the model has. */
gboolean
km_payments_get_more (KmPayments *self)
{
  g_return_val_if_fail (KM_IS_PAYMENTS (self), FALSE);

  return self->more;
}

gboolean
km_payments_get_loading (KmPayments *self)
{
  g_return_val_if_fail (KM_IS_PAYMENTS (self), FALSE);

  return self->loading;
}
