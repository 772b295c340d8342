#pragma once

#include "km-histogram.h"

G_BEGIN_DECLS

/**
 * KmMetricsAccess:
 * @KM_METRICS_LOOPBACK: programs on this machine may read them
 * @KM_METRICS_ALL: whoever reaches the server may
 * @KM_METRICS_OFF: nobody may
 */
typedef enum
{
  KM_METRICS_LOOPBACK,
  KM_METRICS_ALL,
  KM_METRICS_OFF,
} KmMetricsAccess;

void km_metrics_append_family    (GString           *out,
                                  const char        *name,
                                  const char        *type,
                                  const char        *help);
void km_metrics_append_sample    (GString           *out,
                                  const char        *name,
                                  const char        *label,
                                  const char        *word,
                                  guint64            value);
void km_metrics_append_counter   (GString           *out,
                                  const char        *name,
                                  const char        *help,
                                  guint64            value);
void km_metrics_append_gauge     (GString           *out,
                                  const char        *name,
                                  const char        *help,
                                  guint64            value);
void km_metrics_append_histogram (GString           *out,
                                  const char        *name,
                                  const char        *help,
                                  const KmHistogram *histogram);

G_END_DECLS
