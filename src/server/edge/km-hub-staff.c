/* km-hub-staff.c: reports, and what only a room's staff is told
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A report goes to the disk like an act of the room, but into the log of the
 * staff, and only who opened that hears of it. When a change has come back that
 * wrote into that log, the hub reads what there is behind what it told last: as
 * it was written, in its order, each entry once.
 *
 * Who of the staff hears it is a matter of their seat, and ends with it.
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#include "km-reply.h"
#include "km-report.h"
#include "km-staff-query.h"

#define BUSY_RETRY_MS 500
/* Rarely more than a commit takes. */
#define NEW_HISTORY_RETRY_MS 100

/* A report or a dismissal, and who waits for its reply. */
typedef struct
{
  KmReport report;
  KmHub *hub;
  guint64 member;
} HubReport;

static void
report_free (HubReport *self)
{
  km_report_clear (&self->report);
  g_free (self);
}

static void
count (KmHub             *hub,
       const KmStaffNews *news)
{
  for (guint i = 0; i < G_N_ELEMENTS (hub->figures->staff); i++)
    {
      if ((news->kinds & 1u << (KM_ROOM_EVENT_REPORT_FILED + i)) != 0)
        km_counter_add (&hub->figures->staff[i], 1);
    }
}

/* Who can't be told is closed, and leaves its seat and this list: one that had
 * its turn takes its place. */
static void
tell_entry (KmHub     *hub,
            KmHubRoom *room,
            gint64     seq,
            GBytes    *frame)
{
  gsize length;
  const char *data = g_bytes_get_data (frame, &length);
  g_autoptr (GString) text = g_string_new_len (data, (gssize) length);

  for (guint i = room->staff->len; i > 0; i--)
    {
      KmSeat *seat = g_ptr_array_index (room->staff, i - 1);

      if (seat->staff_seq < seq)
        {
          seat->staff_seq = seq;
          km_member_send_text (hub, seat->member, text);
        }
    }
}

/**
 * km_hub_tell_staff:
 * @hub: the hub
 * @room: a room
 * @news: what its staff is told from now on; may be nothing
 *
 * Tells those who listen.
 */
void
km_hub_tell_staff (KmHub             *hub,
                   KmHubRoom         *room,
                   const KmStaffNews *news)
{
  g_autoptr (GPtrArray) frames = NULL;
  g_autoptr (GError) error = NULL;

  count (hub, news);
  if (room->staff == NULL || room->staff->len == 0
      || news->seq <= room->staff_seen)
    return;

  frames = km_staff_query_log (hub->reader, room->id, room->staff_seen + 1,
                               news->seq, &error);
  if (frames == NULL)
    {
      g_message ("reading the staff's log of room %" G_GINT64_FORMAT ": %s",
                 room->id, error->message);
      return;
    }

  for (guint i = 0; i < frames->len; i++)
    tell_entry (hub, room, ++room->staff_seen, frames->pdata[i]);
}

static void
report_done (KmJob        *job,
             const GError *error)
{
  HubReport *self = (HubReport *) job;
  KmHub *hub = self->hub;
  KmHubRoom *room = g_hash_table_lookup (hub->rooms, &self->report.room);
  KmMember *member = g_hash_table_lookup (hub->members, &self->member);

  hub->pending--;
  room->pending--;
  if (error == NULL)
    km_hub_tell_staff (hub, room, &self->report.news);
  if (member != NULL && error == NULL)
    km_hub_reply_empty (hub, member, self->report.id);
  else if (member != NULL)
    km_hub_reply_error (hub, member, self->report.id, error);
  report_free (self);
}

static void
submit (KmHub     *hub,
        KmHubRoom *room,
        HubReport *self,
        KmMember  *member)
{
  self->report.job.done = report_done;
  self->report.job.reply_to = hub->answers;
  self->hub = hub;
  self->member = member->id;
  if (hub->closing || !km_store_submit (hub->store, &self->report.job))
    {
      km_hub_reply_code (hub, member, self->report.id, KM_PROTOCOL_ERROR_BUSY,
                         BUSY_RETRY_MS);
      report_free (self);
      return;
    }

  hub->pending++;
  room->pending++;
}

static void
take (KmHub           *hub,
      KmMember        *member,
      const KmCommand *command,
      gboolean       (*check) (KmReport         *report,
                               KmLiveRoom       *room,
                               gint64            account,
                               const KmCommand  *command,
                               gint64            now_us,
                               GError          **error))
{
  KmSeat *seat = km_hub_require_seat (hub, member, command);
  g_autoptr (GError) error = NULL;
  HubReport *self;

  if (seat == NULL)
    return;

  self = g_new0 (HubReport, 1);
  if (!check (&self->report, seat->room->live, member->account, command,
              hub->now_us, &error))
    {
      km_hub_reply_error (hub, member, command->id, error);
      report_free (self);
      return;
    }

  submit (hub, seat->room, self, member);
}

/**
 * km_hub_report:
 * @hub: the hub
 * @member: who reports
 * @command: a `chat.report`
 */
void
km_hub_report (KmHub           *hub,
               KmMember        *member,
               const KmCommand *command)
{
  take (hub, member, command, km_report_check);
}

/**
 * km_hub_dismiss:
 * @hub: the hub
 * @member: who finds nothing wrong with a message
 * @command: a `report.dismiss`
 */
void
km_hub_dismiss (KmHub           *hub,
                KmMember        *member,
                const KmCommand *command)
{
  take (hub, member, command, km_report_check_dismissal);
}

/* All up to @head is in the answer; what lies behind it comes by itself. */
static void
begin_listening (KmSeat *seat,
                 gint64  head)
{
  KmHubRoom *room = seat->room;

  seat->staff_seq = head;
  if (seat->staffs)
    return;

  if (room->staff == NULL)
    room->staff = g_ptr_array_new ();
  if (room->staff->len == 0)
    room->staff_seen = head;
  g_ptr_array_add (room->staff, seat);
  seat->staffs = TRUE;
}

/* A seat goes: nobody tells it anything. */
void
km_hub_close_staff (KmSeat *seat)
{
  if (!seat->staffs)
    return;

  seat->staffs = FALSE;
  g_ptr_array_remove_fast (seat->room->staff, seat);
}

static void
answer (KmHub               *hub,
        KmMember            *member,
        const KmCommand     *command,
        const KmStaffOpened *opened,
        GPtrArray           *frames)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GString) text = g_string_sized_new (128);

  km_reply_append_staff (text, command->id, opened);
  km_websocket_append_frame (bytes, KM_WEBSOCKET_TEXT, text->str, text->len);
  for (guint i = 0; i < frames->len; i++)
    {
      gsize length;
      const void *data = g_bytes_get_data (frames->pdata[i], &length);

      km_websocket_append_frame (bytes, KM_WEBSOCKET_TEXT, data, length);
    }
  km_member_send (hub, member, bytes->data, bytes->len);
}

static gboolean
is_of_history (KmHubRoom       *room,
               const KmCommand *command)
{
  return g_strcmp0 (command->epoch, km_live_room_get_epoch (room->live)) == 0
         && command->seq >= 0;
}

/* What somebody with @command gets: the entries that they miss, or what there
 * is to do. */
static GPtrArray *
find_frames (KmHub            *hub,
             KmHubRoom        *room,
             const KmCommand  *command,
             gint64            head,
             gboolean         *resumed,
             GError          **error)
{
  *resumed = is_of_history (room, command) && command->seq <= head
             && head - command->seq <= KM_STAFF_RECENT;
  if (*resumed)
    return km_staff_query_log (hub->reader, room->id, command->seq + 1, head,
                               error);

  return km_staff_query_open (hub->reader, room->id, head, error);
}

static void
open_staff (KmHub           *hub,
            KmSeat          *seat,
            const KmCommand *command,
            gint64           head)
{
  KmMember *member = seat->member;
  KmStaffOpened opened = {
    .epoch = km_live_room_get_epoch (seat->room->live),
    .seq = head,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) frames =
    find_frames (hub, seat->room, command, head, &opened.resumed, &error);

  if (frames == NULL
      || !km_staff_query_count_open (hub->reader, seat->room->id, head,
                                     &opened.n_open, &error))
    {
      km_hub_reply_error (hub, member, command->id, error);
      return;
    }

  opened.n_follow = frames->len;
  begin_listening (seat, head);
  answer (hub, member, command, &opened, frames);
}

/**
 * km_hub_open_staff:
 * @hub: the hub
 * @member: one of a room's staff, or not
 * @command: a `staff.open`
 */
void
km_hub_open_staff (KmHub           *hub,
                   KmMember        *member,
                   const KmCommand *command)
{
  KmSeat *seat = km_hub_require_seat (hub, member, command);
  g_autoptr (GError) error = NULL;
  gint64 head = 0;

  if (seat == NULL)
    return;

  if (!km_live_room_is_staff (seat->room->live, member->account))
    km_protocol_error_set (&error, member->account == 0
                                     ? KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED
                                     : KM_PROTOCOL_ERROR_FORBIDDEN);
  else
    km_staff_query_head (hub->reader, seat->room->id, &head, &error);
  if (error != NULL)
    {
      km_hub_reply_error (hub, member, command->id, error);
      return;
    }

  if (is_of_history (seat->room, command)
      && !km_hub_check_history (hub, seat->room, command->seq, head))
    {
      km_hub_reply_code (hub, member, command->id, KM_PROTOCOL_ERROR_BUSY,
                         NEW_HISTORY_RETRY_MS);
      return;
    }

  open_staff (hub, seat, command, head);
}
