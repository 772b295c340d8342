#pragma once

#include "km-store.h"

G_BEGIN_DECLS

/**
 * KmStreamFigures:
 * @likes: how many likes a stream had
 * @peak: the most that were in its room at once
 *
 * What is counted in memory while a stream runs.
 */
typedef struct
{
  gint64 likes;
  gint64 peak;
} KmStreamFigures;

gboolean km_stream_figures_write (const KmStreamFigures  *self,
                                  const char             *stream,
                                  KmTransaction          *transaction,
                                  GError                **error);

G_END_DECLS
