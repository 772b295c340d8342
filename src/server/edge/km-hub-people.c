/* km-hub-people.c: who is in a room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An account is listed once however many windows it has; guests are only
 * counted. The list is made when it is asked for. In a large room that takes
 * a while, so there it is at most a second old instead of new each time.
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#include "km-reply.h"

#define QUICK_SEATS 256
#define LISTED_FOR_US G_USEC_PER_SEC

typedef struct
{
  const KmMember *member;
  KmRole role;
  char *key; /* what it is sorted by */
} Row;

static void
row_clear (gpointer data)
{
  Row *self = data;

  g_free (self->key);
}

/* Who has more say comes first, then by shown name, in any case. */
static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  const Row *one = a;
  const Row *other = b;
  int order;

  if (one->role != other->role)
    return one->role > other->role ? -1 : 1;

  order = strcmp (one->key, other->key);
  if (order != 0)
    return order;

  return (one->member->account > other->member->account)
         - (one->member->account < other->member->account);
}

static GArray *
find_rows (KmHubRoom *room)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (Row));

  g_array_set_clear_func (rows, row_clear);
  for (guint i = 0; i < room->seats->len; i++)
    {
      KmMember *member = ((KmSeat *) room->seats->pdata[i])->member;
      Row row = { .member = member };

      if (member->account == 0 || !g_hash_table_add (seen, &member->account))
        continue;
      row.role = km_live_room_get_role (room->live, member->account);
      row.key = g_utf8_casefold (member->shown_name, -1);
      g_array_append_val (rows, row);
    }
  g_array_sort (rows, compare_rows);

  return rows;
}

static GPtrArray *
make_list (KmHubRoom *room)
{
  g_autoptr (GArray) rows = find_rows (room);
  GPtrArray *people =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_person_free);

  for (guint i = 0; i < MIN (rows->len, KM_PEOPLE_MAX); i++)
    {
      const Row *row = &g_array_index (rows, Row, i);
      g_autofree char *id =
        g_strdup_printf ("%" G_GINT64_FORMAT, row->member->account);

      g_ptr_array_add (people,
                       km_person_new (id, row->member->name,
                                      row->member->shown_name, row->role));
    }

  return people;
}

static gboolean
is_listed (KmHub     *hub,
           KmHubRoom *room)
{
  if (room->people == NULL)
    return FALSE;

  return !room->people_changed
         || (room->seats->len > QUICK_SEATS
             && hub->now_us < room->people_us + LISTED_FOR_US);
}

/**
 * km_hub_list_people:
 * @hub: the hub
 * @member: who asks
 * @command: a `people.list`
 */
void
km_hub_list_people (KmHub           *hub,
                    KmMember        *member,
                    const KmCommand *command)
{
  KmSeat *seat = km_member_find_seat (
    member, g_ascii_strtoll (command->room, NULL, 10));
  g_autoptr (GString) text = NULL;
  KmHubRoom *room;

  if (seat == NULL)
    {
      km_hub_reply_code (hub, member, command->id,
                         KM_PROTOCOL_ERROR_NOT_JOINED, 0);
      return;
    }

  room = seat->room;
  if (!is_listed (hub, room))
    {
      g_clear_pointer (&room->people, g_ptr_array_unref);
      room->people = make_list (room);
      room->people_changed = FALSE;
      room->people_us = hub->now_us;
    }

  text = g_string_sized_new (128 + 96 * room->people->len);
  km_reply_append_people (text, command->id, room->people,
                          km_live_room_count_guests (room->live),
                          km_live_room_peek_info (room->live)->online);
  km_member_send_text (hub, member, text);
}
