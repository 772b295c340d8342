#pragma once

#include "km-store.h"
#include "km-stream-summary.h"

G_BEGIN_DECLS

KmStreamSummary *km_stream_query_summary (KmReader    *reader,
                                          const char  *stream,
                                          gint64       host,
                                          gint64       now_ms,
                                          GError     **error);

G_END_DECLS
