/* km-load-dialect.c: what the members of a load say to which server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One client for all, so that what differs is the server. Of a text frame the
 * dialect says whether it is one that everybody in the room gets; what else a
 * server says is answered here.
 *
 * Thread: main of the bench.
 */

#include "km-load-private.h"

#include <stdio.h>
#include <string.h>

#include "km-command.h"
#include "km-id.h"

static gboolean
begins_with (const char *text,
             gsize       length,
             const char *prefix)
{
  gsize wanted = strlen (prefix);

  return length >= wanted && memcmp (text, prefix, wanted) == 0;
}

static gint64
find_number (const char *text,
             gsize       length,
             const char *name)
{
  const char *member = memmem (text, length, name, strlen (name));

  return member == NULL ? -1 : g_ascii_strtoll (member + strlen (name),
                                                NULL, 10);
}

/* --- a frame for everybody, as it came --- */

static KmLoadFrame
look_echo (KmLoad       *self,
           KmLoadMember *member,
           const char   *text,
           gsize         length,
           guint        *seat)
{
  *seat = 0;

  return KM_LOAD_MESSAGE;
}

static char *
encode_echo (KmLoad     *self,
             guint       room,
             guint       number,
             const char *words)
{
  return g_strdup (words);
}

/* --- Kaimu --- */

static void
join_kaimu (KmLoad       *self,
            KmLoadMember *member)
{
  for (guint i = 0; i < self->seats_each; i++)
    {
      g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_ROOM_JOIN);
      g_autofree char *text = NULL;

      /* The reply's id says which seat it is about. */
      command->id = g_strdup_printf ("j%u", i);
      command->room = g_strdup_printf (
        "%" G_GINT64_FORMAT,
        self->setup.first_room + km_load_room_of (self, member, i));
      command->seq = -1;
      text = km_command_encode (command);
      km_load_socket_send (self, member, 0x1, text, strlen (text));
    }
}

/* The seat is taken when the room's history is there as well. */
static void
seat_joined (KmLoad       *self,
             KmLoadMember *member)
{
  member->seats_joined++;
  if (member->seats_joined == self->seats_each)
    km_load_joined (self, member);
}

static void
take_joined (KmLoad       *self,
             KmLoadMember *member,
             const char   *text,
             gsize         length)
{
  guint seat = (guint) find_number (text, length, "{\"re\":\"j");
  gint64 known = find_number (text, length, "\"seq\":");
  guint room = km_load_room_of (self, member, seat);

  if (seat >= self->seats_each || known < 0)
    {
      self->figures.refused++;
      return;
    }

  member->seats[seat].known = known;
  self->rooms[room].seq = known;
  if (known == 0)
    seat_joined (self, member);
}

/* What an act came to: the number of its message is found by its id. */
static void
take_reply (KmLoad       *self,
            KmLoadMember *member,
            const char   *text,
            gsize         length)
{
  static const char begin[] = "{\"re\":\"";
  g_autofree char *id = NULL;
  guint number;

  if (text[strlen (begin)] == 'j')
    {
      take_joined (self, member, text, length);
      return;
    }

  id = g_strndup (text + strlen (begin), KM_ID_LENGTH);
  number = GPOINTER_TO_UINT (g_hash_table_lookup (self->asked, id));
  if (number == 0 || memmem (text, length, "\"error\":", 8) != NULL)
    {
      self->figures.refused++;
      return;
    }

  self->figures.replied++;
  km_load_times_add (&self->reply_times,
                     g_get_monotonic_time ()
                       - g_array_index (self->sent, KmLoadSent,
                                        number - 1).sent_us);
  g_hash_table_remove (self->asked, id);
}

static KmLoadFrame
look_kaimu (KmLoad       *self,
            KmLoadMember *member,
            const char   *text,
            gsize         length,
            guint        *seat)
{
  static const char message[] = "{\"t\":\"chat.message\",\"s\":\"room:";
  gint64 room;
  KmLoadSeat *place;

  if (begins_with (text, length, "{\"re\":\""))
    take_reply (self, member, text, length);
  if (!begins_with (text, length, message))
    return KM_LOAD_HANDLED;

  room = g_ascii_strtoll (text + strlen (message), NULL, 10);
  *seat = self->setup.in_all ? (guint) (room - self->setup.first_room) : 0;
  place = &member->seats[*seat];
  if (member->state == KM_LOAD_JOINED)
    return KM_LOAD_MESSAGE;

  /* The room's history. */
  if (find_number (text, length, "\"seq\":") == place->known)
    seat_joined (self, member);

  return KM_LOAD_HANDLED;
}

static char *
encode_kaimu (KmLoad     *self,
              guint       room,
              guint       number,
              const char *words)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_CHAT_SEND);

  command->id = km_id_new_timed (g_get_real_time () / 1000);
  command->room = g_strdup_printf ("%" G_GINT64_FORMAT,
                                   self->setup.first_room + room);
  command->text = g_strdup (words);
  g_hash_table_insert (self->asked, g_strdup (command->id),
                       GUINT_TO_POINTER (number + 1));

  return km_command_encode (command);
}

/* --- Socket.IO --- */

static void
say (KmLoad       *self,
     KmLoadMember *member,
     const char   *packet)
{
  km_load_socket_send (self, member, 0x1, packet, strlen (packet));
}

static KmLoadFrame
look_socket_io (KmLoad       *self,
                KmLoadMember *member,
                const char   *text,
                gsize         length,
                guint        *seat)
{
  *seat = 0;
  if (begins_with (text, length, "42"))
    return KM_LOAD_MESSAGE;

  if (begins_with (text, length, "0"))
    say (self, member, "40");
  else if (begins_with (text, length, "40"))
    km_load_joined (self, member);
  else if (begins_with (text, length, "2"))
    say (self, member, "3");
  else
    self->figures.refused++;

  return KM_LOAD_HANDLED;
}

static char *
encode_socket_io (KmLoad     *self,
                  guint       room,
                  guint       number,
                  const char *words)
{
  return g_strdup_printf ("42[\"say\",\"%s\"]", words);
}

const KmLoadDialect *
km_load_dialect (KmLoadWords words)
{
  static const KmLoadDialect dialects[] = {
    [KM_LOAD_ECHO] = { "/", NULL, km_load_joined, look_echo, encode_echo },
    [KM_LOAD_KAIMU] = { "/api/v1/socket?ticket=%s", "kaimu.v1", join_kaimu,
                        look_kaimu, encode_kaimu },
    [KM_LOAD_SOCKET_IO] = { "/socket.io/?EIO=4&transport=websocket", NULL,
                            NULL, look_socket_io, encode_socket_io },
  };

  return &dialects[words];
}
