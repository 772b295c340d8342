/* km-message-list.c: a room's chat as a list model, oldest first
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows that have a seq come first, in its order, and no more than 500 of
 * them; behind them one's own that have none yet. A row of one's own moves
 * only when somebody else's came in between, so that nothing flickers.
 *
 * Thread: main.
 */

#include "km-message-list.h"

struct _KmMessageList
{
  GObject parent_instance;
  GPtrArray *rows;
  guint n_settled; /* how many of them have a seq */
};

static GType
km_message_list_get_item_type (GListModel *model)
{
  return KM_TYPE_ROOM_MESSAGE;
}

static guint
km_message_list_get_n_items (GListModel *model)
{
  return KM_MESSAGE_LIST (model)->rows->len;
}

static gpointer
km_message_list_get_item (GListModel *model,
                          guint       position)
{
  KmMessageList *self = KM_MESSAGE_LIST (model);

  if (position >= self->rows->len)
    return NULL;

  return g_object_ref (self->rows->pdata[position]);
}

static void
km_message_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = km_message_list_get_item_type;
  iface->get_n_items = km_message_list_get_n_items;
  iface->get_item = km_message_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (KmMessageList, km_message_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (
                                 G_TYPE_LIST_MODEL,
                                 km_message_list_model_init))

static void
km_message_list_finalize (GObject *object)
{
  g_ptr_array_unref (KM_MESSAGE_LIST (object)->rows);

  G_OBJECT_CLASS (km_message_list_parent_class)->finalize (object);
}

static void
km_message_list_class_init (KmMessageListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = km_message_list_finalize;
}

static void
km_message_list_init (KmMessageList *self)
{
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
}

KmMessageList *
km_message_list_new (void)
{
  return g_object_new (KM_TYPE_MESSAGE_LIST, NULL);
}

static void
changed (KmMessageList *self,
         guint          position,
         guint          removed,
         guint          added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
trim (KmMessageList *self)
{
  guint extra;

  if (self->n_settled <= KM_MESSAGE_LIST_MAX)
    return;

  extra = self->n_settled - KM_MESSAGE_LIST_MAX;
  g_ptr_array_remove_range (self->rows, 0, extra);
  self->n_settled -= extra;
  changed (self, 0, extra, 0);
}

/* Thread: main. @message has a higher seq than all before it. */
void
km_message_list_add (KmMessageList *self,
                     KmRoomMessage *message)
{
  guint position = self->n_settled++;

  g_ptr_array_insert (self->rows, (int) position, g_object_ref (message));
  changed (self, position, 0, 1);
  trim (self);
}

void
km_message_list_add_unsent (KmMessageList *self,
                            KmRoomMessage *message)
{
  g_ptr_array_add (self->rows, g_object_ref (message));
  changed (self, self->rows->len - 1, 0, 1);
}

/* Returns: (transfer none) (nullable): the row without a seq of that id. */
KmRoomMessage *
km_message_list_find_unsent (KmMessageList *self,
                             const char    *id)
{
  for (guint i = self->n_settled; i < self->rows->len; i++)
    {
      if (g_str_equal (km_room_message_get_id (self->rows->pdata[i]), id))
        return self->rows->pdata[i];
    }

  return NULL;
}

/* Returns: (transfer none) (nullable): the row that has that place in the
 * room's log. */
KmRoomMessage *
km_message_list_find_seq (KmMessageList *self,
                          gint64         seq)
{
  for (guint i = self->n_settled; i > 0; i--)
    {
      if (km_room_message_get_seq (self->rows->pdata[i - 1]) == seq)
        return self->rows->pdata[i - 1];
    }

  return NULL;
}

/* Returns: (transfer none) (nullable): the row that has a seq and grows with
 * that combo. */
KmRoomMessage *
km_message_list_find_combo (KmMessageList *self,
                            const char    *combo)
{
  for (guint i = self->n_settled; i > 0; i--)
    {
      const KmRoomGift *gift =
        km_room_message_get_gift (self->rows->pdata[i - 1]);

      if (gift != NULL && g_strcmp0 (gift->combo, combo) == 0)
        return self->rows->pdata[i - 1];
    }

  return NULL;
}

/**
 * km_message_list_settle:
 * @self: a list
 * @message: one of its rows without a seq
 * @event: the event that gives it one, higher than all before it
 */
void
km_message_list_settle (KmMessageList     *self,
                        KmRoomMessage     *message,
                        const KmRoomEvent *event)
{
  guint from, to = self->n_settled;

  if (!g_ptr_array_find (self->rows, message, &from) || from < to)
    return;

  km_room_message_set_event (message, event);
  self->n_settled++;
  if (from != to)
    {
      g_ptr_array_insert (self->rows, (int) to,
                          g_ptr_array_steal_index (self->rows, from));
      changed (self, to, from - to + 1, from - to + 1);
    }
  trim (self);
}

void
km_message_list_remove (KmMessageList *self,
                        KmRoomMessage *message)
{
  guint position;

  if (!g_ptr_array_find (self->rows, message, &position))
    return;

  if (position < self->n_settled)
    self->n_settled--;
  g_ptr_array_remove_index (self->rows, position);
  changed (self, position, 1, 0);
}

/**
 * km_message_list_forget:
 * @self: a list
 *
 * Drops all that a snapshot of the server replaces: every row but those that
 * the server doesn't have.
 */
void
km_message_list_forget (KmMessageList *self)
{
  guint settled = self->n_settled;

  self->n_settled = 0;
  if (settled > 0)
    {
      g_ptr_array_remove_range (self->rows, 0, settled);
      changed (self, 0, settled, 0);
    }

  for (guint i = self->rows->len; i > 0; i--)
    {
      KmRoomMessage *message = self->rows->pdata[i - 1];

      if (km_room_message_get_state (message) == KM_ROOM_MESSAGE_SENT)
        km_message_list_remove (self, message);
    }
}
