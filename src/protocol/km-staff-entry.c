/* km-staff-entry.c: what only the staff of a room is told, both ways
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A report carries the words that it is about: the message may be gone when it
 * is read. And it says how often the message is reported by now, so that who
 * sees only the newest reports of a message still knows of them all.
 *
 * Thread: any.
 */

#include "km-staff-entry.h"

#include "km-json.h"

#define WORD_BYTES_MAX 64

/**
 * km_staff_entry_new:
 *
 * Returns: (transfer full): an entry with nothing in it yet
 */
KmStaffEntry *
km_staff_entry_new (void)
{
  KmStaffEntry *self = g_new0 (KmStaffEntry, 1);

  self->of = -1;
  self->said_at_ms = -1;

  return self;
}

void
km_staff_entry_free (KmStaffEntry *self)
{
  g_free (self->id);
  g_clear_pointer (&self->by, km_person_free);
  g_clear_pointer (&self->from, km_person_free);
  g_free (self->text);
  g_free (self->note);
  g_free (self);
}

/**
 * km_staff_entry_count_reports:
 * @self: of a `report.filed`
 *
 * Returns: how often its message is reported
 */
guint
km_staff_entry_count_reports (const KmStaffEntry *self)
{
  guint n = 0;

  for (guint i = 0; i < KM_N_REPORT_REASONS; i++)
    n += self->reports[i];

  return n;
}

static void
append_reports (const KmStaffEntry *self,
                GString            *out)
{
  km_json_append_raw (out, "reports", "{", 1);
  for (guint i = 0; i < KM_N_REPORT_REASONS; i++)
    {
      if (self->reports[i] > 0)
        km_json_append_integer (out, km_report_reason_to_word (
                                       (KmReportReason) i), self->reports[i]);
    }
  g_string_append_c (out, '}');
}

static void
append_filed (const KmStaffEntry *self,
              GString            *out)
{
  km_json_append_raw (out, "from", "", 0);
  km_person_append (self->from, out);
  km_json_append_member (out, "text", self->text);
  km_json_append_integer (out, "said_at", self->said_at_ms);
  km_json_append_member (out, "reason",
                         km_report_reason_to_word (self->reason));
  if (self->note != NULL)
    km_json_append_member (out, "note", self->note);
  append_reports (self, out);
}

/**
 * km_staff_entry_append:
 * @self: an entry whose fields for its kind are set
 * @kind: what it is
 * @out: where its members go, in braces already
 */
void
km_staff_entry_append (const KmStaffEntry *self,
                       KmRoomEventKind     kind,
                       GString            *out)
{
  km_json_append_integer (out, "of", self->of);
  km_json_append_member (out, "id", self->id);
  km_json_append_raw (out, "by", "", 0);
  km_person_append (self->by, out);

  if (kind == KM_ROOM_EVENT_REPORT_FILED)
    append_filed (self, out);
  else if (kind == KM_ROOM_EVENT_REPORT_SETTLED)
    km_json_append_member (out, "how", km_report_end_to_word (self->how));
  else
    km_json_append_member (out, "as", km_deletion_to_word (self->deletion));
}

/* A reason of a newer server is another one. */
static KmReportReason
read_reason (const char *word)
{
  int reason = km_report_reason_from_word (word);

  return reason < 0 ? KM_REPORT_OTHER : (KmReportReason) reason;
}

static void
read_reports (KmStaffEntry *self,
              JsonObject   *reports)
{
  JsonObjectIter iter;
  const char *word;

  json_object_iter_init (&iter, reports);
  while (json_object_iter_next (&iter, &word, NULL))
    {
      gint64 n = 0;

      if (km_json_get_integer (reports, word, 0, G_MAXINT16, &n))
        self->reports[read_reason (word)] += (guint) n;
    }
}

static gboolean
read_filed (KmStaffEntry *self,
            JsonObject   *d)
{
  JsonObject *reports = km_json_get_object (d, "reports");

  self->from = km_person_from_json (km_json_get_object (d, "from"));
  self->text = g_strdup (km_json_get_string (d, "text", KM_CHAT_BYTES_MAX));
  self->reason = read_reason (km_json_get_string (d, "reason",
                                                  WORD_BYTES_MAX));
  self->note = g_strdup (km_json_get_string (d, "note",
                                             KM_REPORT_NOTE_BYTES_MAX));
  if (reports != NULL)
    read_reports (self, reports);
  if (km_staff_entry_count_reports (self) == 0)
    self->reports[self->reason] = 1;

  return self->from != NULL && self->text != NULL &&
         km_json_get_integer (d, "said_at", 0, G_MAXINT64, &self->said_at_ms);
}

static gboolean
read_end (KmStaffEntry    *self,
          KmRoomEventKind  kind,
          JsonObject      *d)
{
  int how = km_report_end_from_word (km_json_get_string (d, "how",
                                                         WORD_BYTES_MAX));
  int as = km_deletion_from_word (km_json_get_string (d, "as",
                                                      WORD_BYTES_MAX));

  /* Whatever a newer server does with a report, it is done with. */
  if (kind == KM_ROOM_EVENT_REPORT_SETTLED)
    self->how = how < 0 ? KM_REPORT_END_DISMISSED : (KmReportEnd) how;
  else
    self->deletion = as < 0 ? KM_DELETION_HOST : (KmDeletion) as;

  return TRUE;
}

/**
 * km_staff_entry_from_json:
 * @d: what should be an entry
 * @kind: of which kind
 *
 * Returns: (nullable) (transfer full): the entry; %NULL when it isn't one
 */
KmStaffEntry *
km_staff_entry_from_json (JsonObject      *d,
                          KmRoomEventKind  kind)
{
  g_autoptr (KmStaffEntry) self = km_staff_entry_new ();

  self->id = g_strdup (km_json_get_string (d, "id", WORD_BYTES_MAX));
  self->by = km_person_from_json (km_json_get_object (d, "by"));
  if (self->id == NULL || self->by == NULL ||
      !km_json_get_integer (d, "of", 1, G_MAXINT64, &self->of))
    return NULL;

  if (kind == KM_ROOM_EVENT_REPORT_FILED ? !read_filed (self, d)
                                         : !read_end (self, kind, d))
    return NULL;

  return g_steal_pointer (&self);
}
