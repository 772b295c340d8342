/* km-room-report.c: a message that is reported, as the room's staff sees it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All reports of a message are one of these: how many there are, for what, and
 * what the newest of them say besides.
 *
 * Thread: main.
 */

#include "km-room-report-private.h"

/* As many as a server tells of a message at once. */
#define NOTES_MAX KM_STAFF_OF_MESSAGE

typedef struct
{
  char *by;
  char *text;
} Note;

struct _KmRoomReport
{
  GObject parent_instance;
  gint64 of;
  char *id;
  KmPerson *from;
  char *text;
  gint64 said_at_ms;
  gint64 at_ms;
  guint reports[KM_N_REPORT_REASONS];
  GPtrArray *notes; /* Note, oldest first */
  gboolean busy;
};

enum
{
  PROP_TOTAL = 1,
  PROP_BUSY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (KmRoomReport, km_room_report, G_TYPE_OBJECT)

static void
note_free (gpointer data)
{
  Note *self = data;

  g_free (self->by);
  g_free (self->text);
  g_free (self);
}

static void
km_room_report_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  KmRoomReport *self = KM_ROOM_REPORT (object);

  switch (id)
    {
    case PROP_TOTAL:
      g_value_set_uint (value, km_room_report_get_total (self));
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
km_room_report_finalize (GObject *object)
{
  KmRoomReport *self = KM_ROOM_REPORT (object);

  g_free (self->id);
  g_clear_pointer (&self->from, km_person_free);
  g_free (self->text);
  g_ptr_array_unref (self->notes);

  G_OBJECT_CLASS (km_room_report_parent_class)->finalize (object);
}

static void
km_room_report_class_init (KmRoomReportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                      G_PARAM_STATIC_STRINGS;

  object_class->get_property = km_room_report_get_property;
  object_class->finalize = km_room_report_finalize;

  properties[PROP_TOTAL] =
    g_param_spec_uint ("total", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_BUSY] =
    g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
km_room_report_init (KmRoomReport *self)
{
  self->of = -1;
  self->notes = g_ptr_array_new_with_free_func (note_free);
}

/* Thread: main. */
KmRoomReport *
km_room_report_new (void)
{
  return g_object_new (KM_TYPE_ROOM_REPORT, NULL);
}

static void
take_note (KmRoomReport       *self,
           const KmStaffEntry *entry)
{
  Note *note;

  if (entry->note == NULL)
    return;

  if (self->notes->len == NOTES_MAX)
    g_ptr_array_remove_index (self->notes, 0);
  note = g_new0 (Note, 1);
  note->by = g_strdup (entry->by->account.shown_name);
  note->text = g_strdup (entry->note);
  g_ptr_array_add (self->notes, note);
}

/**
 * km_room_report_take_filed:
 * @self: a report
 * @event: a `report.filed` of the same message, or the first
 */
void
km_room_report_take_filed (KmRoomReport      *self,
                           const KmRoomEvent *event)
{
  const KmStaffEntry *entry = event->staff;

  if (self->from == NULL)
    {
      self->of = entry->of;
      self->id = g_strdup (entry->id);
      self->from = km_person_new (entry->from->account.id,
                                  entry->from->account.name,
                                  entry->from->account.shown_name,
                                  entry->from->role);
      self->text = g_strdup (entry->text);
      self->said_at_ms = entry->said_at_ms;
    }
  self->at_ms = event->at_ms;
  memcpy (self->reports, entry->reports, sizeof self->reports);
  take_note (self, entry);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOTAL]);
}

void
km_room_report_set_busy (KmRoomReport *self,
                         gboolean      busy)
{
  if (self->busy == busy)
    return;

  self->busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

/* Returns: the place of the message in the room's log. */
gint64
km_room_report_get_of (KmRoomReport *self)
{
  return self->of;
}

const char *
km_room_report_get_id (KmRoomReport *self)
{
  return self->id;
}

const char *
km_room_report_get_from_id (KmRoomReport *self)
{
  return self->from->account.id;
}

/* Returns: the shown name of who said it. */
const char *
km_room_report_get_from_name (KmRoomReport *self)
{
  g_return_val_if_fail (KM_IS_ROOM_REPORT (self), NULL);

  return self->from->account.shown_name;
}

/* Returns: what was said, as it was when it was reported. */
const char *
km_room_report_get_text (KmRoomReport *self)
{
  g_return_val_if_fail (KM_IS_ROOM_REPORT (self), NULL);

  return self->text;
}

/* Returns: when it was said, ms since 1970. */
gint64
km_room_report_get_said_at (KmRoomReport *self)
{
  g_return_val_if_fail (KM_IS_ROOM_REPORT (self), -1);

  return self->said_at_ms;
}

/* Returns: when it was last reported, ms since 1970; -1: unknown. */
gint64
km_room_report_get_at (KmRoomReport *self)
{
  g_return_val_if_fail (KM_IS_ROOM_REPORT (self), -1);

  return self->at_ms;
}

/* Returns: how many have reported it. */
guint
km_room_report_get_total (KmRoomReport *self)
{
  guint total = 0;

  g_return_val_if_fail (KM_IS_ROOM_REPORT (self), 0);

  for (guint i = 0; i < KM_N_REPORT_REASONS; i++)
    total += self->reports[i];

  return total;
}

/* Returns: how many have reported it for @reason. */
guint
km_room_report_count (KmRoomReport   *self,
                      KmReportReason  reason)
{
  g_return_val_if_fail (KM_IS_ROOM_REPORT (self), 0);
  g_return_val_if_fail ((guint) reason < KM_N_REPORT_REASONS, 0);

  return self->reports[reason];
}

/* Returns: how many notes there are to read: those of the newest reports. */
guint
km_room_report_get_n_notes (KmRoomReport *self)
{
  g_return_val_if_fail (KM_IS_ROOM_REPORT (self), 0);

  return self->notes->len;
}

/**
 * km_room_report_get_note:
 * @self: a report
 * @index: which note, below km_room_report_get_n_notes()
 * @by: (out): the shown name of who wrote it
 *
 * Returns: (transfer none): what they wrote
 */
const char *
km_room_report_get_note (KmRoomReport  *self,
                         guint          index,
                         const char   **by)
{
  const Note *note;

  g_return_val_if_fail (KM_IS_ROOM_REPORT (self), NULL);
  g_return_val_if_fail (index < self->notes->len, NULL);

  note = self->notes->pdata[index];
  *by = note->by;

  return note->text;
}

/* Returns: whether it is being settled. */
gboolean
km_room_report_get_busy (KmRoomReport *self)
{
  g_return_val_if_fail (KM_IS_ROOM_REPORT (self), FALSE);

  return self->busy;
}
