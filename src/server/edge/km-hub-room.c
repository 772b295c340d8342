/* km-hub-room.c: what happened in a room goes to all who are in it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A seat is a position in the room's log. A flush sends every seat what lies
 * between its position and the head; seats at the same position share one
 * buffer, in which the frames lie one behind the other, so that each member
 * costs one system call whatever happened. Flushes are leading-edge: a quiet
 * room's event goes out in the turn in which its commit came back, and what
 * follows within 50 ms of the end of a flush is the next one. Gifts are few
 * and paid for: they wait no longer than it takes to keep a flood of them from
 * being a flush each. A flush of many seats takes several turns of the hub: in
 * between it hears members and the disk, and whoever is reached later is told
 * more. So nobody waits for longer than one window and one flush.
 *
 * A seat whose member is blocked stays where it is and costs nothing; when
 * what it misses, in all of its rooms, passes 1 MiB the member is closed, and
 * resumes. A seat that joined far behind reads pages from the store, one a
 * turn, and only as fast as its socket takes them.
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#define FLUSH_BYTES_MAX (256 * 1024)
#define FETCHED_AHEAD 2
/* Some milliseconds of work. */
#define FLUSHED_A_TURN 1000
/* As many of the largest as may wait for a member. */
#define PAGE_EVENTS 64
#define UNLOAD_AFTER_US (10 * 60 * G_USEC_PER_SEC)
#define CLOSE_INTERNAL 1011

void
km_hub_room_free (KmHubRoom *self)
{
  km_live_room_free (self->live);
  g_clear_pointer (&self->people, g_ptr_array_unref);
  g_clear_pointer (&self->staff, g_ptr_array_unref);
  g_ptr_array_unref (self->seats);
  g_free (self);
}

/**
 * km_hub_get_room:
 * @hub: the hub
 * @id: which room
 * @error: %KM_PROTOCOL_ERROR_NO_SUCH_ROOM, or that of the store
 *
 * Returns: (nullable) (transfer none): the room, loaded
 */
KmHubRoom *
km_hub_get_room (KmHub   *hub,
                 gint64   id,
                 GError **error)
{
  KmHubRoom *self = g_hash_table_lookup (hub->rooms, &id);
  KmRoomRow row;

  if (self != NULL || !km_room_query_row (hub->reader, id, &row, error))
    return self;

  self = g_new0 (KmHubRoom, 1);
  self->live = km_live_room_new (&row);
  km_live_room_set_chat_pace (self->live, hub->chat_pace);
  self->id = id;
  self->seats = g_ptr_array_new ();
  self->used_us = hub->now_us;
  km_room_row_clear (&row);
  if (!km_hub_restore_poll (hub, self, error))
    {
      km_hub_room_free (self);
      return NULL;
    }
  km_hub_recall_speakers (hub, self);
  g_hash_table_insert (hub->rooms, &self->id, self);

  return self;
}

/* The room has, or will have, something to send. */
void
km_hub_room_mark (KmHub     *hub,
                  KmHubRoom *self)
{
  if (self->listed)
    return;

  self->listed = TRUE;
  g_ptr_array_add (hub->due_rooms, self);
}

static gint64
due_us (KmHubRoom *self)
{
  gint64 spacing_us = self->urgent ? KM_HUB_URGENT_SPACING_US
                                   : KM_HUB_FLUSH_SPACING_US;
  gint64 due = MIN (km_live_room_tick_due_us (self->live),
                    km_live_room_figures_due_us (self->live));

  if (self->unflushed > 0)
    return 0;
  if (self->unsent)
    due = MIN (due, km_spacing_due_after_end (&self->flushes, spacing_us));

  return due;
}

/* When the next flush of any room is due. */
gint64
km_hub_rooms_due_us (KmHub *hub)
{
  gint64 due = G_MAXINT64;

  for (guint i = 0; i < hub->due_rooms->len; i++)
    due = MIN (due, due_us (g_ptr_array_index (hub->due_rooms, i)));

  return due;
}

KmSeat *
km_member_find_seat (KmMember *member,
                     gint64    room)
{
  for (guint i = 0; i < member->seats->len; i++)
    {
      KmSeat *seat = g_ptr_array_index (member->seats, i);

      if (seat->room->id == room)
        return seat;
    }

  return NULL;
}

/**
 * km_seat_take:
 * @hub: the hub
 * @member: who joins
 * @room: a room that it isn't in
 *
 * Returns: (transfer none): its seat, at the head of the log
 */
KmSeat *
km_seat_take (KmHub     *hub,
              KmMember  *member,
              KmHubRoom *room)
{
  KmSeat *self = g_new0 (KmSeat, 1);

  self->member = member;
  self->room = room;
  self->index = room->seats->len;
  self->next = km_room_log_get_head (km_live_room_get_log (room->live)) + 1;
  km_live_room_peek_tick (room->live, &self->tick);
  g_ptr_array_add (room->seats, self);
  g_ptr_array_add (member->seats, self);
  km_live_room_enter (room->live, member->account);
  km_counter_add (&hub->figures->seats, 1);
  room->people_changed = TRUE;
  km_hub_room_mark (hub, room);

  return self;
}

static void
forget_catching (KmHub  *hub,
                 KmSeat *self)
{
  if (self->queued == NULL)
    return;

  g_queue_delete_link (&hub->catching, self->queued);
  self->queued = NULL;
}

/**
 * km_seat_leave:
 * @hub: the hub
 * @self: (transfer full): a seat
 *
 * A flush goes through a room's seats from the last to the first, so the one
 * that fills this place has had its turn.
 */
void
km_seat_leave (KmHub  *hub,
               KmSeat *self)
{
  KmHubRoom *room = self->room;

  forget_catching (hub, self);
  km_hub_close_staff (self);
  g_ptr_array_remove_index_fast (room->seats, self->index);
  if (self->index < room->seats->len)
    {
      KmSeat *moved = g_ptr_array_index (room->seats, self->index);

      moved->index = self->index;
    }
  g_ptr_array_remove_fast (self->member->seats, self);
  room->used_us = hub->now_us;
  km_live_room_leave (room->live, self->member->account);
  km_counter_set (&hub->figures->seats,
                  km_counter_read (&hub->figures->seats) - 1);
  room->people_changed = TRUE;
  km_hub_room_mark (hub, room);
  g_free (self);
}

static void
append_text (GByteArray *out,
             GBytes     *text)
{
  gsize length;
  const void *data = g_bytes_get_data (text, &length);

  km_websocket_append_frame (out, KM_WEBSOCKET_TEXT, data, length);
}

/* Whether a seat's bytes are in the buffer that was made for others. */
static gboolean
flush_serves (const KmHubFlush *flush,
              const KmSeat     *seat,
              gint64            head,
              guint64           tick)
{
  if (flush->room != seat->room || flush->head != head
      || seat->next < flush->from)
    return FALSE;

  return seat->next <= flush->to
         || (flush->to == head && seat->next == head + 1
             && flush->tick == tick);
}

/* Makes the buffer for seats of @room at @from. */
static void
make_flush (KmHub     *hub,
            KmHubRoom *room,
            gint64     from)
{
  KmHubFlush *flush = &hub->flush;
  KmRoomLog *log = km_live_room_get_log (room->live);
  gint64 head = km_room_log_get_head (log);
  GBytes *tick = km_live_room_peek_tick (room->live, &flush->tick);

  g_byte_array_set_size (flush->bytes, 0);
  g_array_set_size (flush->begins, 0);
  flush->room = room;
  flush->from = from;
  flush->head = head;
  for (flush->to = from - 1;
       flush->to < head && flush->bytes->len < FLUSH_BYTES_MAX; flush->to++)
    {
      g_array_append_val (flush->begins, flush->bytes->len);
      append_text (flush->bytes, km_room_log_peek (log, flush->to + 1)->frame);
    }
  flush->events_end = flush->bytes->len;
  if (tick != NULL && flush->to == head)
    append_text (flush->bytes, tick);
}

/* What a seat is sent next, and that it was. Returns its bytes in the flush,
 * which are there until the next call. */
static const guint8 *
take_flush (KmHub  *hub,
            KmSeat *seat,
            gint64  head,
            guint64 tick,
            gsize  *length)
{
  KmHubFlush *flush = &hub->flush;
  guint begin;
  guint end;

  if (!flush_serves (flush, seat, head, tick))
    make_flush (hub, seat->room, seat->next);

  begin = seat->next <= flush->to
            ? g_array_index (flush->begins, guint, seat->next - flush->from)
            : flush->events_end;
  end = flush->to == head && seat->tick != tick ? flush->bytes->len
                                                : flush->events_end;
  km_counter_add (&hub->figures->deliveries,
                  (guint64) (flush->to + 1 - seat->next));
  seat->next = flush->to + 1;
  if (flush->to == head)
    {
      seat->tick = tick;
      seat->catching = FALSE;
    }
  *length = end - begin;

  return flush->bytes->data + begin;
}

static void
queue_catching (KmHub  *hub,
                KmSeat *self)
{
  if (self->queued != NULL)
    return;

  g_queue_push_tail (&hub->catching, self);
  self->queued = hub->catching.tail;
}

/**
 * km_seat_pump:
 * @hub: the hub
 * @self: a seat
 *
 * Sends what its member misses, as far as the socket takes it. Pass nothing
 * on afterwards: the member may have been closed and the seat freed.
 */
void
km_seat_pump (KmHub  *hub,
              KmSeat *self)
{
  KmMember *member = self->member;
  KmHubRoom *room = self->room;
  KmRoomLog *log = km_live_room_get_log (room->live);
  gint64 head = km_room_log_get_head (log);
  guint64 number;

  km_live_room_peek_tick (room->live, &number);
  while (!km_member_is_blocked (member))
    {
      const guint8 *data;
      gboolean at_head;
      gsize length;

      if (self->next > head)
        self->catching = FALSE;
      if (self->next > head && self->tick == number)
        return;
      if (self->next < km_room_log_get_tail (log))
        {
          queue_catching (hub, self);
          return;
        }

      data = take_flush (hub, self, head, number, &length);
      at_head = self->next > head;
      km_member_send (hub, member, data, length);
      if (at_head)
        return;
    }
}

/**
 * km_seat_reply:
 * @hub: the hub
 * @self: a seat
 * @text: a reply to its member
 *
 * As km_seat_pump(), and the reply behind it: as a rule with one system call
 * for both. The member may have been closed and the seat freed.
 */
void
km_seat_reply (KmHub         *hub,
               KmSeat        *self,
               const GString *text)
{
  KmMember *member = self->member;
  KmRoomLog *log = km_live_room_get_log (self->room->live);
  gint64 head = km_room_log_get_head (log);
  g_autoptr (GByteArray) bytes = NULL;
  const guint8 *data;
  guint64 number;
  gsize length;

  if (km_member_is_blocked (member) || self->catching || self->next > head
      || self->next < km_room_log_get_tail (log))
    {
      km_seat_pump (hub, self);
      km_member_send_text (hub, member, text);
      return;
    }

  km_live_room_peek_tick (self->room->live, &number);
  data = take_flush (hub, self, head, number, &length);
  bytes = g_byte_array_sized_new ((guint) (length + text->len
                                           + KM_WEBSOCKET_HEAD_MAX));
  g_byte_array_append (bytes, data, (guint) length);
  km_websocket_append_frame (bytes, KM_WEBSOCKET_TEXT, text->str, text->len);
  km_member_send (hub, member, bytes->data, bytes->len);
}

/* Reads the next page for a seat from the store. */
static void
send_page (KmHub  *hub,
           KmSeat *self)
{
  KmMember *member = self->member;
  gint64 room = self->room->id;
  gint64 tail =
    km_room_log_get_tail (km_live_room_get_log (self->room->live));
  gint64 last = MIN (self->next + PAGE_EVENTS, tail) - 1;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GPtrArray) frames = NULL;
  g_autoptr (GError) error = NULL;

  frames = km_room_query_log (hub->reader, room, self->next, last, &error);
  if (frames == NULL)
    {
      g_message ("reading the log of room %" G_GINT64_FORMAT ": %s", room,
                 error->message);
      km_member_close (hub, member, CLOSE_INTERNAL, NULL);
      return;
    }

  for (guint i = 0; i < frames->len; i++)
    append_text (bytes, g_ptr_array_index (frames, i));
  km_counter_add (&hub->figures->deliveries, frames->len);
  self->next = last + 1;
  km_member_send (hub, member, bytes->data, bytes->len);
  self = km_member_find_seat (member, room);
  if (self != NULL)
    km_seat_pump (hub, self);
}

/* Gives each seat that reads from the store one page. Those whose member is
 * blocked come back when its socket has taken what waits. */
void
km_hub_catch_up (KmHub *hub)
{
  for (guint n = hub->catching.length; n > 0 && hub->catching.length > 0; n--)
    {
      KmSeat *seat = hub->catching.head->data;

      forget_catching (hub, seat);
      if (!km_member_is_blocked (seat->member))
        send_page (hub, seat);
    }
}

/* What a member hasn't been sent, of all rooms that it is in. */
static gint64
count_behind (const KmMember *member)
{
  gint64 bytes = (gint64) km_member_get_waiting (member);

  for (guint i = 0; i < member->seats->len; i++)
    {
      const KmSeat *seat = g_ptr_array_index (member->seats, i);

      if (!seat->catching)
        bytes += km_room_log_bytes_behind (
          km_live_room_get_log (seat->room->live), seat->next);
    }

  return bytes;
}

static gboolean
is_too_slow (const KmSeat *seat)
{
  KmRoomLog *log = km_live_room_get_log (seat->room->live);

  if (seat->catching)
    return FALSE;

  return seat->next < km_room_log_get_tail (log)
         || count_behind (seat->member) > KM_HUB_SLOW_BYTES;
}

static void
tell_online (KmHub     *hub,
             KmHubRoom *self)
{
  const KmRoomInfo *info = km_live_room_peek_info (self->live);

  if (info->online == self->online_told)
    return;

  self->online_told = info->online;
  km_post_office_send (hub->post_office,
                       km_event_new_room_online (info->id, info->online));
}

static void
count_flush (KmHub     *hub,
             KmHubRoom *self)
{
  km_histogram_add (&hub->figures->flush,
                    km_spacing_get_took_us (&self->flushes));
  if (self->flushing_us != 0 && self->seats->len > 0)
    km_histogram_add (&hub->figures->delivery,
                      km_spacing_get_ended_us (&self->flushes)
                        - self->flushing_us);
}

/* Since the last flush the kernel has had the processor's caches for itself.
 * What the next seats need is on its way while this one's bytes are sent. */
static void
fetch_ahead (const GPtrArray *seats,
             guint            index)
{
  if (index >= 2 * FETCHED_AHEAD)
    __builtin_prefetch (
      g_ptr_array_index (seats, index - 2 * FETCHED_AHEAD), 1);
  if (index >= FETCHED_AHEAD)
    __builtin_prefetch (
      ((KmSeat *) g_ptr_array_index (seats, index - FETCHED_AHEAD))->member);
}

/* What happens from now on is for the next one. */
static void
begin_flush (KmHub     *hub,
             KmHubRoom *self)
{
  km_spacing_begin (&self->flushes, g_get_monotonic_time ());
  if (km_live_room_take_tick (self->live, hub->now_us) != NULL)
    tell_online (hub, self);
  if (km_live_room_figures_due_us (self->live) <= hub->now_us)
    km_hub_write_figures (hub, self);

  self->unflushed = self->seats->len;
  self->flushing_us = self->oldest_us;
  self->oldest_us = 0;
  self->unsent = FALSE;
  self->urgent = FALSE;
}

static void
flush_seat (KmHub     *hub,
            KmHubRoom *self,
            guint      index)
{
  KmSeat *seat = g_ptr_array_index (self->seats, index);

  fetch_ahead (self->seats, index);
  if (!km_member_is_blocked (seat->member))
    km_seat_pump (hub, seat);
  else if (is_too_slow (seat))
    km_member_close (hub, seat->member, KM_CLOSE_TOO_SLOW, "too slow");
}

/* A turn's part of a flush. Seats may have been left since the last one. */
static void
flush_room (KmHub     *hub,
            KmHubRoom *self)
{
  if (self->unflushed == 0)
    begin_flush (hub, self);

  self->unflushed = MIN (self->unflushed, self->seats->len);
  for (guint n = 0; n < FLUSHED_A_TURN && self->unflushed > 0; n++)
    {
      self->unflushed--;
      flush_seat (hub, self, self->unflushed);
    }
  if (self->unflushed > 0)
    return;

  km_spacing_end (&self->flushes, g_get_monotonic_time ());
  count_flush (hub, self);
}

/* Flushes the rooms that are due, or goes on with that. */
void
km_hub_flush_rooms (KmHub *hub)
{
  for (guint i = hub->due_rooms->len; i > 0; i--)
    {
      KmHubRoom *room = g_ptr_array_index (hub->due_rooms, i - 1);

      if (due_us (room) <= hub->now_us)
        flush_room (hub, room);
      if (due_us (room) < G_MAXINT64)
        continue;

      room->listed = FALSE;
      g_ptr_array_remove_index_fast (hub->due_rooms, i - 1);
    }

  /* Another room may be made where this one was. */
  hub->flush.room = NULL;
}

static gboolean
is_unused (gpointer id,
           gpointer room,
           gpointer hub)
{
  KmHubRoom *self = room;

  if (self->seats->len > 0 || self->pending > 0 || self->listed
      || km_live_room_peek_info (self->live)->live
      || g_ptr_array_find (((KmHub *) hub)->timed_polls, self, NULL)
      || km_poll_box_peek (km_live_room_get_polls (self->live)) != NULL)
    return FALSE;

  return self->used_us < ((KmHub *) hub)->now_us - UNLOAD_AFTER_US;
}

/* Forgets rooms that nobody has been in for a while, and what is old. */
void
km_hub_sweep_rooms (KmHub *hub)
{
  GHashTableIter iter;
  KmHubRoom *room;

  hub->flush.room = NULL;
  g_hash_table_foreach_remove (hub->rooms, is_unused, hub);
  g_hash_table_iter_init (&iter, hub->rooms);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &room))
    km_room_log_trim (km_live_room_get_log (room->live), hub->now_us);
}
