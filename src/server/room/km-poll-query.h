#pragma once

#include "km-poll-info.h"
#include "km-store.h"

G_BEGIN_DECLS

KmPollInfo *km_poll_query_open    (KmReader      *reader,
                                   gint64         room,
                                   GError       **error);
GArray     *km_poll_query_waiting (KmReader      *reader,
                                   GError       **error);
gboolean    km_poll_query_outlived (KmReader     *reader,
                                    gint64        poll,
                                    gboolean     *outlived,
                                    GError      **error);
GPtrArray  *km_poll_query_page    (KmReader      *reader,
                                   gint64         room,
                                   gint64         before,
                                   guint          n_polls,
                                   GError       **error);
KmPollInfo *km_poll_query_one     (KmReader      *reader,
                                   gint64         poll,
                                   gint64        *room,
                                   GError       **error);
gboolean    km_poll_query_voted   (KmReader      *reader,
                                   gint64         poll,
                                   gint64         account,
                                   guint         *choices,
                                   GError       **error);

/* What a poll's rows say, for those who read them in a transaction. */
#define KM_POLL_COLUMNS \
  "id, question, options, multiple, changeable, anonymous, opened_at," \
  " closes_at, closed_at, reason, room"

KmPollInfo *km_poll_row_read      (sqlite3_stmt  *statement);
gboolean    km_poll_votes_read    (sqlite3_stmt  *statement,
                                   KmPollInfo    *poll,
                                   GError       **error);
char       *km_poll_options_write (char         **options);

G_END_DECLS
