/* km-room-person.c: somebody in a room, and the list of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: any (immutable); the list: main.
 */

#include "km-room-person-private.h"

struct _KmRoomPerson
{
  GObject parent_instance;
  char *id;
  char *name;
  char *shown_name;
  KmRole role;
};

G_DEFINE_FINAL_TYPE (KmRoomPerson, km_room_person, G_TYPE_OBJECT)

static void
km_room_person_finalize (GObject *object)
{
  KmRoomPerson *self = KM_ROOM_PERSON (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->shown_name);

  G_OBJECT_CLASS (km_room_person_parent_class)->finalize (object);
}

static void
km_room_person_class_init (KmRoomPersonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = km_room_person_finalize;
}

static void
km_room_person_init (KmRoomPerson *self)
{
}

KmRoomPerson *
km_room_person_new (const KmPerson *info)
{
  KmRoomPerson *self = g_object_new (KM_TYPE_ROOM_PERSON, NULL);

  self->id = g_strdup (info->account.id);
  self->name = g_strdup (info->account.name);
  self->shown_name = g_strdup (info->account.shown_name);
  self->role = info->role;

  return self;
}

static gboolean
is_same (KmRoomPerson   *self,
         const KmPerson *info)
{
  return g_strcmp0 (self->id, info->account.id) == 0 &&
         g_strcmp0 (self->name, info->account.name) == 0 &&
         g_strcmp0 (self->shown_name, info->account.shown_name) == 0 &&
         self->role == info->role;
}

static gboolean
is_same_at (GListStore     *people,
            guint           position,
            const KmPerson *info)
{
  g_autoptr (KmRoomPerson) person =
    g_list_model_get_item (G_LIST_MODEL (people), position);

  return is_same (person, info);
}

/**
 * km_room_people_update:
 * @people: a store of #KmRoomPerson
 * @infos: (element-type KmPerson): who is there now, in order
 *
 * Replaces only what lies between the first difference and the last, so that
 * a list that is looked at stays where it is.
 */
void
km_room_people_update (GListStore *people,
                       GPtrArray  *infos)
{
  guint before = g_list_model_get_n_items (G_LIST_MODEL (people));
  guint after = infos->len;
  guint head = 0;
  guint tail = 0;
  g_autoptr (GPtrArray) anew =
    g_ptr_array_new_with_free_func (g_object_unref);

  while (head < MIN (before, after) &&
         is_same_at (people, head, infos->pdata[head]))
    head++;
  while (tail < MIN (before, after) - head &&
         is_same_at (people, before - 1 - tail, infos->pdata[after - 1 - tail]))
    tail++;

  for (guint i = head; i < after - tail; i++)
    g_ptr_array_add (anew, km_room_person_new (infos->pdata[i]));
  if (before - tail > head || anew->len > 0)
    g_list_store_splice (people, head, before - tail - head, anew->pdata,
                         anew->len);
}

const char *
km_room_person_get_account_id (KmRoomPerson *self)
{
  g_return_val_if_fail (KM_IS_ROOM_PERSON (self), NULL);

  return self->id;
}

/* Returns: the unique name. */
const char *
km_room_person_get_name (KmRoomPerson *self)
{
  g_return_val_if_fail (KM_IS_ROOM_PERSON (self), NULL);

  return self->name;
}

const char *
km_room_person_get_shown_name (KmRoomPerson *self)
{
  g_return_val_if_fail (KM_IS_ROOM_PERSON (self), NULL);

  return self->shown_name;
}

KmRole
km_room_person_get_role (KmRoomPerson *self)
{
  g_return_val_if_fail (KM_IS_ROOM_PERSON (self), KM_ROLE_GUEST);

  return self->role;
}
