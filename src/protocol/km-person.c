/* km-person.c: somebody in a room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: any.
 */

#include "km-person.h"

#include "km-json.h"

#define WORD_BYTES_MAX 64

/**
 * km_person_new:
 * @id: the account's id
 * @name: (nullable): its unique name
 * @shown_name: what others see
 * @role: what it is in the room
 *
 * Returns: (transfer full): a copy of it all
 */
KmPerson *
km_person_new (const char *id,
               const char *name,
               const char *shown_name,
               KmRole      role)
{
  KmPerson *self = g_new0 (KmPerson, 1);

  self->account.id = g_strdup (id);
  self->account.name = g_strdup (name);
  self->account.shown_name = g_strdup (shown_name);
  self->role = role;

  return self;
}

void
km_person_free (KmPerson *self)
{
  km_account_info_clear (&self->account);
  g_free (self);
}

/**
 * km_person_append:
 * @self: somebody
 * @out: where the JSON object goes
 */
void
km_person_append (const KmPerson *self,
                  GString        *out)
{
  g_string_append_c (out, '{');
  km_json_append_member (out, "id", self->account.id);
  km_json_append_member (out, "name", self->account.name);
  km_json_append_member (out, "shown_name", self->account.shown_name);
  km_json_append_member (out, "role", km_role_to_word (self->role));
  g_string_append_c (out, '}');
}

/**
 * km_person_from_json:
 * @object: (nullable): what should be an ACCOUNT with a `role`
 *
 * A role of a newer server counts as a member's.
 *
 * Returns: (nullable) (transfer full): the person; %NULL when it isn't one
 */
KmPerson *
km_person_from_json (JsonObject *object)
{
  g_autoptr (KmAccountInfo) account = km_account_info_from_json (object);
  KmPerson *self;
  int role;

  if (account == NULL)
    return NULL;

  role = km_role_from_word (km_json_get_string (object, "role",
                                                WORD_BYTES_MAX));
  self = g_new0 (KmPerson, 1);
  self->account = *account;
  self->role = role < 0 ? KM_ROLE_MEMBER : (KmRole) role;
  g_free (g_steal_pointer (&account));

  return self;
}

/**
 * km_people_from_json:
 * @array: (nullable): what should be a list of people
 *
 * Returns: (nullable) (transfer full) (element-type KmPerson): them; %NULL
 *   when it isn't such a list
 */
GPtrArray *
km_people_from_json (JsonArray *array)
{
  g_autoptr (GPtrArray) people =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_person_free);

  if (array == NULL)
    return NULL;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      KmPerson *person =
        JSON_NODE_HOLDS_OBJECT (node)
          ? km_person_from_json (json_node_get_object (node))
          : NULL;

      if (person == NULL)
        return NULL;
      g_ptr_array_add (people, person);
    }

  return g_steal_pointer (&people);
}
