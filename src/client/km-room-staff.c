/* km-room-staff.c: what only a room's staff is told: which messages are reported
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Once somebody wants to know, it is listened to at each join, behind the last
 * entry had. Entries have no gaps between them, but for those that one gets
 * instead of a past that is too long: the answer says how many these are, and
 * until all of them have come there is nothing to go on from.
 *
 * A server tells the newest of what is open. What is older is only counted, and
 * asked for when the rest is done.
 *
 * Thread: main.
 */

#include "km-room-private.h"

#include "km-id.h"

#define OPEN_AGAIN_MS 1000

static void
set_older (KmRoom *self,
           guint   older)
{
  if (self->reports_older == older)
    return;

  self->reports_older = older;
  g_object_notify (G_OBJECT (self), "n-reports");
}

static guint
count (KmRoom *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->reports));
}

static KmRoomReport *
find (KmRoom *self,
      gint64  of,
      guint  *position)
{
  for (*position = 0; *position < count (self); (*position)++)
    {
      g_autoptr (KmRoomReport) report =
        g_list_model_get_item (G_LIST_MODEL (self->reports), *position);

      if (km_room_report_get_of (report) == of)
        return g_steal_pointer (&report);
    }

  return NULL;
}

static void
take_filed (KmRoom            *self,
            const KmRoomEvent *event,
            gboolean           fresh)
{
  guint position;
  g_autoptr (KmRoomReport) report = find (self, event->staff->of, &position);
  gboolean known = report != NULL;

  if (!known)
    report = km_room_report_new ();
  km_room_report_take_filed (report, event);
  if (!known)
    {
      /* One of those that were only counted. */
      if (fresh && self->reports_older > 0
          && km_room_report_get_total (report) > 1)
        self->reports_older--;
      g_list_store_insert (self->reports, 0, report);
      g_object_notify (G_OBJECT (self), "n-reports");
    }
  g_signal_emit_by_name (self, "reported", report, fresh);
}

static void
take_settled (KmRoom *self,
              gint64  of)
{
  guint position;
  g_autoptr (KmRoomReport) report = find (self, of, &position);

  if (report != NULL)
    {
      g_list_store_remove (self->reports, position);
      g_object_notify (G_OBJECT (self), "n-reports");
    }
  else if (self->reports_older > 0)
    {
      set_older (self, self->reports_older - 1);
    }
}

static void
begin_anew (KmRoom *self)
{
  g_clear_pointer (&self->staff_epoch, g_free);
  self->staff_seq = -1;
}

static gboolean
open_again (gpointer data)
{
  KmRoom *self = data;

  self->staff_timer = 0;
  km_room_staff_listen (self);

  return G_SOURCE_REMOVE;
}

/* What is on the list is done; there is more. */
static void
go_on (KmRoom *self)
{
  if (count (self) > 0 || self->reports_older == 0)
    return;

  begin_anew (self);
  km_room_staff_listen (self);
}

/* All that the answer announced has come. */
static void
all_followed (KmRoom *self)
{
  gboolean was_snapshot = self->staff_snapshot;
  guint n = count (self);

  self->staff_snapshot = FALSE;
  set_older (self, self->staff_n_open > n ? self->staff_n_open - n : 0);
  if (!was_snapshot)
    go_on (self);
}

static void
apply (KmRoom            *self,
       const KmRoomEvent *event,
       gboolean           fresh)
{
  if (event->kind == KM_ROOM_EVENT_REPORT_FILED)
    take_filed (self, event, fresh);
  else if (event->kind == KM_ROOM_EVENT_REPORT_SETTLED)
    take_settled (self, event->staff->of);

  if (fresh)
    go_on (self);
}

/* Returns: whether it is the next one. */
static gboolean
take_place (KmRoom *self,
            gint64  seq)
{
  if (self->staff_snapshot)
    return TRUE;
  if (seq <= self->staff_seq)
    return FALSE;

  if (seq > self->staff_seq + 1)
    {
      km_room_staff_listen (self);
      return FALSE;
    }
  self->staff_seq = seq;

  return TRUE;
}

/**
 * km_room_staff_event:
 * @self: a room
 * @event: what is for its staff
 */
void
km_room_staff_event (KmRoom            *self,
                     const KmRoomEvent *event)
{
  gboolean fresh = self->staff_follow == 0;

  if (!self->staff_open || !take_place (self, event->seq))
    return;

  apply (self, event, fresh);
  if (!fresh && --self->staff_follow == 0)
    all_followed (self);
}

static void
take_opened (KmRoom        *self,
             const KmReply *reply)
{
  self->staff_open = TRUE;
  self->staff_follow = (guint) reply->n_follow;
  self->staff_n_open = reply->n_open;
  self->staff_snapshot = !reply->resumed
                         || g_strcmp0 (self->staff_epoch, reply->epoch) != 0;
  if (self->staff_snapshot)
    {
      g_set_str (&self->staff_epoch, reply->epoch);
      self->staff_seq = reply->seq;
      g_list_store_remove_all (self->reports);
      g_object_notify (G_OBJECT (self), "n-reports");
    }
  if (self->staff_follow == 0)
    all_followed (self);
}

static void
on_opened (const KmReply *reply,
           gpointer       data)
{
  g_autoptr (KmRoom) self = data;
  g_autoptr (GError) error = NULL;
  gint64 retry_ms;

  if (reply == NULL || self->state == KM_ROOM_CLOSED)
    return;

  self->staff_asked = FALSE;
  if (km_reply_check (reply, KM_COMMAND_STAFF_OPEN, &error))
    {
      take_opened (self, reply);
      return;
    }

  retry_ms = km_protocol_error_get_retry_ms (error);
  if (self->staff_timer == 0
      && (retry_ms > 0
          || g_error_matches (error, KM_PROTOCOL_ERROR,
                              KM_PROTOCOL_ERROR_INTERNAL)))
    self->staff_timer = g_timeout_add ((guint) CLAMP (retry_ms, OPEN_AGAIN_MS,
                                                      KM_CLIENT_RETRY_MAX_MS),
                                       open_again, self);
}

/**
 * km_room_staff_listen:
 * @self: a room
 *
 * Listens anew, behind the last entry had: after a join, which ends what was
 * listened to before. Who is no staff isn't told anything.
 */
void
km_room_staff_listen (KmRoom *self)
{
  g_autoptr (KmCommand) command = NULL;

  self->staff_open = FALSE;
  if (!self->staff_wanted || !self->joined || self->role != KM_ROLE_HOST
      || self->staff_asked)
    return;

  command = km_command_new (KM_COMMAND_STAFF_OPEN);
  command->id = km_id_new ();
  command->room = g_strdup (self->id);
  if (!self->staff_snapshot)
    {
      command->epoch = g_strdup (self->staff_epoch);
      command->seq = self->staff_seq;
    }
  if (km_connection_send (self->connection, command, on_opened, self))
    {
      g_object_ref (self);
      self->staff_asked = TRUE;
    }
}

void
km_room_staff_init (KmRoom *self)
{
  self->reports = g_list_store_new (KM_TYPE_ROOM_REPORT);
  self->staff_seq = -1;
}

/* The connection is lost. */
void
km_room_staff_lost (KmRoom *self)
{
  self->staff_open = FALSE;
  self->staff_asked = FALSE;
  g_clear_handle_id (&self->staff_timer, g_source_remove);
}

/* Somebody else is signed in, or nobody. */
void
km_room_staff_forget (KmRoom *self)
{
  km_room_staff_lost (self);
  begin_anew (self);
  self->staff_snapshot = FALSE;
  g_list_store_remove_all (self->reports);
  set_older (self, 0);
  g_object_notify (G_OBJECT (self), "n-reports");
}

/**
 * km_room_open_staff:
 * @self: a room
 *
 * Listens from now on to what the staff of the room is told, whenever one is of
 * it.
 */
void
km_room_open_staff (KmRoom *self)
{
  g_return_if_fail (KM_IS_ROOM (self));

  if (self->staff_wanted)
    return;

  self->staff_wanted = TRUE;
  km_room_staff_listen (self);
}

/**
 * km_room_get_reports:
 * @self: a room
 *
 * Returns: (transfer none): a model of #KmRoomReport: the messages whose
 *   reports wait for an answer, who was first reported last at the top; empty
 *   unless km_room_open_staff()
 */
GListModel *
km_room_get_reports (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), NULL);

  return G_LIST_MODEL (self->reports);
}

/* Returns: of how many messages reports wait, with those that are too many to
 * be in the model. */
guint
km_room_get_n_reports (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), 0);

  return count (self) + self->reports_older;
}
