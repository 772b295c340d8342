#pragma once

#include "km-poll-info.h"
#include "km-protocol.h"

G_BEGIN_DECLS

/**
 * KmStreamSummary:
 * @stream: the stream's id
 * @title: the room's title
 * @started_at_ms: when it began, ms since 1970
 * @ended_at_ms: when it ended; -1: it runs
 * @reason: why it ended, if it did
 * @duration_ms: how long it was, or is so far
 * @peak: the most that were there at once
 * @messages: how many chat messages were said
 * @chatters: by how many
 * @gifts: how many gifts were given, each counted as often as it was given
 * @gift_coins: what they cost
 * @income: what the host got of it
 * @givers: how many gave
 * @likes: how many likes there were
 * @polls: (nullable) (element-type KmPollInfo): those that were opened in it,
 *   with tallies and end
 *
 * How a stream was. Plain data.
 */
typedef struct
{
  char *stream;
  char *title;
  gint64 started_at_ms;
  gint64 ended_at_ms;
  KmStreamEnd reason;
  gint64 duration_ms;
  gint64 peak;
  gint64 messages;
  gint64 chatters;
  gint64 gifts;
  gint64 gift_coins;
  gint64 income;
  gint64 givers;
  gint64 likes;
  GPtrArray *polls;
} KmStreamSummary;

KmStreamSummary *km_stream_summary_new    (void);
void             km_stream_summary_free   (KmStreamSummary       *self);
void             km_stream_summary_append (const KmStreamSummary *self,
                                           GString               *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmStreamSummary, km_stream_summary_free)

G_END_DECLS
