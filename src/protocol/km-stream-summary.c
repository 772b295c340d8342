/* km-stream-summary.c: how a stream was, both ways
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: any.
 */

#include "km-stream-summary.h"

#include "km-json.h"

#define WORD_BYTES_MAX 64

/* The figures, for the writer and the reader alike. */
static const struct
{
  const char *member;
  gsize offset;
} figures[] = {
  { "duration_ms", G_STRUCT_OFFSET (KmStreamSummary, duration_ms) },
  { "peak", G_STRUCT_OFFSET (KmStreamSummary, peak) },
  { "messages", G_STRUCT_OFFSET (KmStreamSummary, messages) },
  { "chatters", G_STRUCT_OFFSET (KmStreamSummary, chatters) },
  { "gifts", G_STRUCT_OFFSET (KmStreamSummary, gifts) },
  { "gift_coins", G_STRUCT_OFFSET (KmStreamSummary, gift_coins) },
  { "income", G_STRUCT_OFFSET (KmStreamSummary, income) },
  { "givers", G_STRUCT_OFFSET (KmStreamSummary, givers) },
  { "likes", G_STRUCT_OFFSET (KmStreamSummary, likes) },
};

/**
 * km_stream_summary_new:
 *
 * Returns: (transfer full): a summary of a stream in which nothing happened
 */
KmStreamSummary *
km_stream_summary_new (void)
{
  KmStreamSummary *self = g_new0 (KmStreamSummary, 1);

  self->ended_at_ms = -1;

  return self;
}

void
km_stream_summary_free (KmStreamSummary *self)
{
  g_free (self->stream);
  g_free (self->title);
  g_clear_pointer (&self->polls, g_ptr_array_unref);
  g_free (self);
}

/**
 * km_stream_summary_append:
 * @self: a summary
 * @out: where its JSON object goes
 */
void
km_stream_summary_append (const KmStreamSummary *self,
                          GString               *out)
{
  const char *reason =
    self->ended_at_ms >= 0 ? km_stream_end_to_word (self->reason) : NULL;

  g_string_append_c (out, '{');
  km_json_append_member (out, "stream", self->stream);
  km_json_append_member (out, "title", self->title);
  km_json_append_integer (out, "started_at", self->started_at_ms);
  km_json_append_time (out, "ended_at", self->ended_at_ms);
  km_json_append_member (out, "reason", reason);
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    km_json_append_integer (
      out, figures[i].member,
      G_STRUCT_MEMBER (gint64, self, figures[i].offset));
  km_poll_infos_append (self->polls,
                        KM_POLL_PART_ASK | KM_POLL_PART_TALLIES
                          | KM_POLL_PART_END,
                        out);
  g_string_append_c (out, '}');
}

/**
 * km_stream_summary_from_json:
 * @object: (nullable): what should be a summary
 *
 * A figure that is missing is 0.
 *
 * Returns: (nullable) (transfer full): the summary; %NULL when it isn't one
 */
KmStreamSummary *
km_stream_summary_from_json (JsonObject *object)
{
  g_autoptr (KmStreamSummary) self = km_stream_summary_new ();
  int reason;

  if (object == NULL)
    return NULL;

  self->stream = g_strdup (km_json_get_string (object, "stream",
                                               WORD_BYTES_MAX));
  self->title = g_strdup (km_json_get_string (object, "title",
                                              KM_TITLE_BYTES_MAX));
  if (self->stream == NULL || self->title == NULL ||
      !km_json_get_integer (object, "started_at", 0, G_MAXINT64,
                            &self->started_at_ms))
    return NULL;

  km_json_get_integer (object, "ended_at", 0, G_MAXINT64,
                       &self->ended_at_ms);
  reason = km_stream_end_from_word (km_json_get_string (object, "reason",
                                                        WORD_BYTES_MAX));
  self->reason = reason < 0 ? KM_STREAM_END_ENDED : (KmStreamEnd) reason;
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    km_json_get_integer (
      object, figures[i].member, 0, G_MAXINT64,
      G_STRUCT_MEMBER_P (self, figures[i].offset));
  self->polls = km_poll_infos_from_json (km_json_get_array (object, "polls"),
                                         KM_POLL_PART_ASK
                                           | KM_POLL_PART_TALLIES);

  return g_steal_pointer (&self);
}
