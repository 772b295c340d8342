/* km-load-record.c: every delivery is looked at
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first member that gets a message has it checked in full: that its words
 * are those that were sent, that it wasn't there before, and that its seq
 * follows the one before it. From then on it is the room's record, and every
 * other member must get the same bytes at the same place of its own row. That
 * is a comparison of memory, so that checking half a million deliveries a
 * second leaves the processor to the server.
 *
 * Thread: main of the bench.
 */

#include "km-load-private.h"

#include <stdio.h>
#include <string.h>

#define NUMBER_MARK "#"
#define NUMBER_FORMAT "#%08u# "
#define NUMBER_DIGITS 8

/**
 * km_load_words:
 * @self: a load
 * @number: which message
 *
 * Returns: (transfer full): what it says, which no other one does
 */
char *
km_load_words (KmLoad *self,
               guint   number)
{
  return g_strdup_printf (NUMBER_FORMAT "%s", number, self->filler);
}

/* Which message it is, if it holds its words; -1: it isn't any. */
static gint64
recognise (KmLoad     *self,
           const char *text,
           gsize       length)
{
  const char *mark = memmem (text, length, NUMBER_MARK, 1);
  g_autofree char *words = NULL;
  guint number;

  if (mark == NULL || mark + 1 + NUMBER_DIGITS > text + length)
    return -1;

  number = (guint) g_ascii_strtoull (mark + 1, NULL, 10);
  if (number >= self->sent->len)
    return -1;

  words = km_load_words (self, number);

  return memmem (text, length, words, strlen (words)) != NULL
           ? (gint64) number : -1;
}

/* Kaimu's own count of what is in the log. */
static gboolean
seq_follows (KmLoad     *self,
             KmLoadRoom *room,
             const char *text,
             gsize       length)
{
  static const char name[] = "\"seq\":";
  const char *member;
  gint64 seq;

  if (self->setup.words != KM_LOAD_KAIMU)
    return TRUE;

  member = memmem (text, length, name, strlen (name));
  if (member == NULL)
    return FALSE;

  seq = g_ascii_strtoll (member + strlen (name), NULL, 10);
  if (seq != room->seq + 1)
    return FALSE;

  room->seq = seq;

  return TRUE;
}

static KmLoadSent *
find_sent (KmLoad *self,
           gint64  number)
{
  return &g_array_index (self->sent, KmLoadSent, number);
}

static void
count_delivery (KmLoad            *self,
                const KmLoadEntry *entry,
                gint64             now_us)
{
  self->figures.delivered++;
  self->figures.bytes += entry->length;
  km_load_times_add (&self->times, now_us - entry->sent_us);
}

/* Something else came than what comes next: whatever was between is lost. */
static void
take_out_of_order (KmLoad     *self,
                   KmLoadSeat *seat,
                   const char *text,
                   gsize       length)
{
  gint64 number = recognise (self, text, length);
  gint64 place = number < 0 ? -1 : find_sent (self, number)->place;

  self->figures.wrong++;
  if (place >= seat->next)
    seat->next = (guint) place + 1;
}

static void
take_first (KmLoad     *self,
            KmLoadRoom *room,
            KmLoadSeat *seat,
            const char *text,
            gsize       length,
            gint64      now_us)
{
  gint64 number = recognise (self, text, length);
  KmLoadEntry entry = {
    .at = room->bytes->len,
    .length = (guint) length,
  };

  if (number < 0 || find_sent (self, number)->place >= 0
      || !seq_follows (self, room, text, length))
    {
      self->figures.wrong++;
      return;
    }

  entry.sent_us = find_sent (self, number)->sent_us;
  find_sent (self, number)->place = room->entries->len;
  g_byte_array_append (room->bytes, (const guint8 *) text, (guint) length);
  g_array_append_val (room->entries, entry);
  seat->next++;
  count_delivery (self, &entry, now_us);
}

/**
 * km_load_record:
 * @self: a load
 * @member: who got a message
 * @seat: in which of its rooms
 * @text: the text of the frame
 * @length: its bytes
 * @now_us: when
 */
void
km_load_record (KmLoad       *self,
                KmLoadMember *member,
                guint         seat,
                const char   *text,
                gsize         length,
                gint64        now_us)
{
  KmLoadRoom *room = &self->rooms[km_load_room_of (self, member, seat)];
  KmLoadSeat *place = &member->seats[seat];
  const KmLoadEntry *entry;

  if (place->next == room->entries->len)
    {
      take_first (self, room, place, text, length, now_us);
      return;
    }

  entry = &g_array_index (room->entries, KmLoadEntry, place->next);
  if (entry->length != length
      || memcmp (room->bytes->data + entry->at, text, length) != 0)
    {
      take_out_of_order (self, place, text, length);
      return;
    }

  place->next++;
  count_delivery (self, entry, now_us);
}

guint
km_load_room_of (const KmLoad       *self,
                 const KmLoadMember *member,
                 guint               seat)
{
  return self->setup.in_all ? seat : member->number % self->n_rooms;
}

void
km_load_times_add (KmLoadTimes *self,
                   gint64       us)
{
  self->bins[CLAMP (us / KM_LOAD_BIN_US, 0, KM_LOAD_BINS - 1)]++;
  self->count++;
  self->max_us = MAX (self->max_us, us);
}

/**
 * km_load_times_part_ms:
 * @self: times
 * @part: 0.5 for the median
 *
 * Returns: the time that @part of all don't exceed
 */
double
km_load_times_part_ms (const KmLoadTimes *self,
                       double             part)
{
  guint64 wanted = (guint64) (part * (double) self->count);
  guint64 seen = 0;

  for (guint i = 0; i < KM_LOAD_BINS; i++)
    {
      seen += self->bins[i];
      if (seen > wanted)
        return (i + 1) * KM_LOAD_BIN_US / 1000.0;
    }

  return (double) self->max_us / 1000;
}
