/* km-unsent.c: an act that no server has answered, and its line on disk
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A line is one JSON object. Its "v" is the first version that knew such a
 * line, and absent for 1, which had chat messages only: an older program
 * still finds its messages, and this one tells what is newer than itself from
 * what is broken.
 *
 * Thread: any.
 */

#include "km-unsent.h"

#include "km-id.h"
#include "km-json.h"

#define WORD_BYTES_MAX 64
#define VERSION_GIFT 2
#define VERSION_REPORT 3
#define VERSION_KNOWN 3

/* Returns: (transfer full): a new act, with an id of its own, of now. */
KmUnsent *
km_unsent_new (KmUnsentKind  kind,
               const char   *room,
               const char   *account)
{
  KmUnsent *self = g_new0 (KmUnsent, 1);

  self->kind = kind;
  self->room = g_strdup (room);
  self->account = g_strdup (account);
  self->time_ms = -1;
  self->at_ms = g_get_real_time () / 1000;
  self->id = km_id_new_timed (self->at_ms);

  return self;
}

KmUnsent *
km_unsent_copy (const KmUnsent *self)
{
  KmUnsent *copy = g_memdup2 (self, sizeof *self);

  copy->id = g_strdup (self->id);
  copy->room = g_strdup (self->room);
  copy->account = g_strdup (self->account);
  copy->text = g_strdup (self->text);
  copy->gift = g_strdup (self->gift);
  copy->message = g_strdup (self->message);
  copy->from = g_strdup (self->from);
  copy->note = g_strdup (self->note);

  return copy;
}

void
km_unsent_free (KmUnsent *self)
{
  g_free (self->id);
  g_free (self->room);
  g_free (self->account);
  g_free (self->text);
  g_free (self->gift);
  g_free (self->message);
  g_free (self->from);
  g_free (self->note);
  g_free (self);
}

/* What sort of line it is; a chat message is what there was first. */
static void
append_kind (const KmUnsent *self,
             GString        *out)
{
  if (self->kind == KM_UNSENT_CHAT)
    return;

  km_json_append_integer (out, "v", self->kind == KM_UNSENT_GIFT
                                      ? VERSION_GIFT : VERSION_REPORT);
  km_json_append_member (out, "kind", self->kind == KM_UNSENT_GIFT
                                        ? "gift" : "report");
}

static void
append_content (const KmUnsent *self,
                GString        *out)
{
  switch (self->kind)
    {
    case KM_UNSENT_GIFT:
      km_json_append_member (out, "gift", self->gift);
      km_json_append_integer (out, "count", self->count);
      km_json_append_boolean (out, "confirmed", self->confirmed);
      break;

    case KM_UNSENT_REPORT:
      km_json_append_member (out, "message", self->message);
      km_json_append_member (out, "from", self->from);
      km_json_append_member (out, "reason",
                             km_report_reason_to_word (self->reason));
      if (self->note != NULL)
        km_json_append_member (out, "note", self->note);
      break;

    case KM_UNSENT_CHAT:
    default:
      km_json_append_member (out, "text", self->text);
      km_json_append_member (out, "mode", km_chat_mode_to_word (self->mode));
      km_json_append_integer (out, "color", self->color);
      break;
    }
}

/**
 * km_unsent_append_line:
 * @self: an act
 * @out: where its line goes, with the line's end
 */
void
km_unsent_append_line (const KmUnsent *self,
                       GString        *out)
{
  g_string_append_c (out, '{');
  append_kind (self, out);
  km_json_append_member (out, "id", self->id);
  km_json_append_member (out, "room", self->room);
  km_json_append_member (out, "account", self->account);
  append_content (self, out);
  km_json_append_integer (out, "time_ms", self->time_ms);
  km_json_append_integer (out, "at", self->at_ms);
  g_string_append (out, "}\n");
}

static gboolean
read_chat (KmUnsent   *self,
           JsonObject *object)
{
  gint64 color = KM_CHAT_COLOR_DEFAULT;
  int mode = km_chat_mode_from_word (km_json_get_string (object, "mode",
                                                         WORD_BYTES_MAX));

  self->text = g_strdup (km_json_get_string (object, "text",
                                             KM_CHAT_BYTES_MAX));
  self->mode = mode < 0 ? KM_CHAT_MODE_SCROLL : (KmChatMode) mode;
  km_json_get_integer (object, "color", 0, 0xffffff, &color);
  self->color = (guint32) color;

  return self->text != NULL;
}

static gboolean
read_gift (KmUnsent   *self,
           JsonObject *object)
{
  self->kind = KM_UNSENT_GIFT;
  self->gift = g_strdup (km_json_get_string (object, "gift", WORD_BYTES_MAX));
  self->confirmed = km_json_get_boolean (object, "confirmed");

  return self->gift != NULL &&
         km_json_get_integer (object, "count", 1, G_MAXINT32, &self->count);
}

static gboolean
read_report (KmUnsent   *self,
             JsonObject *object)
{
  int reason = km_report_reason_from_word (
    km_json_get_string (object, "reason", WORD_BYTES_MAX));

  self->kind = KM_UNSENT_REPORT;
  self->message = g_strdup (km_json_get_string (object, "message",
                                                WORD_BYTES_MAX));
  self->from = g_strdup (km_json_get_string (object, "from", WORD_BYTES_MAX));
  self->reason = reason < 0 ? KM_REPORT_OTHER : (KmReportReason) reason;
  self->note = g_strdup (km_json_get_string (object, "note",
                                             KM_REPORT_NOTE_BYTES_MAX));

  return self->message != NULL && self->from != NULL;
}

static gboolean
read_content (KmUnsent   *self,
              JsonObject *object)
{
  const char *kind = km_json_get_string (object, "kind", WORD_BYTES_MAX);

  if (kind == NULL)
    return read_chat (self, object);
  if (g_str_equal (kind, "gift"))
    return read_gift (self, object);

  return g_str_equal (kind, "report") && read_report (self, object);
}

/**
 * km_unsent_from_json:
 * @object: what a line holds
 *
 * Returns: (transfer full) (nullable): the act; %NULL if it isn't a whole one
 */
KmUnsent *
km_unsent_from_json (JsonObject *object)
{
  g_autoptr (KmUnsent) self = g_new0 (KmUnsent, 1);

  self->time_ms = -1;
  self->id = g_strdup (km_json_get_string (object, "id", WORD_BYTES_MAX));
  self->room = g_strdup (km_json_get_string (object, "room",
                                             WORD_BYTES_MAX));
  self->account = g_strdup (km_json_get_string (object, "account",
                                                WORD_BYTES_MAX));
  km_json_get_integer (object, "time_ms", -1, G_MAXINT64, &self->time_ms);
  km_json_get_integer (object, "at", 0, G_MAXINT64, &self->at_ms);

  if (!km_id_is_valid (self->id) || self->room == NULL ||
      self->account == NULL)
    return NULL;
  if (!read_content (self, object))
    return NULL;

  return g_steal_pointer (&self);
}

/* Returns: whether a later version of Kaimu wrote the line. */
gboolean
km_unsent_is_newer (JsonObject *object)
{
  gint64 version;

  return km_json_get_integer (object, "v", VERSION_KNOWN + 1, G_MAXINT32,
                              &version);
}
