#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *km_format_duration   (gint64  duration_ms);
char *km_format_span       (guint   seconds);
char *km_format_count      (guint64 count);
char *km_format_number     (gint64  number);
char *km_format_coins      (gint64  coins);
char *km_format_change     (gint64  coins);
char *km_format_times      (gint64  count);
char *km_format_bitrate    (guint64 bitrate_bps);
char *km_format_latency    (gint64  latency_ms);
char *km_format_time       (gint64  at_ms);
char *km_format_date       (gint64  at_ms);
char *km_format_decibels   (double  level_db);
char *km_format_short_name (const char *name,
                            guint       clusters);
guint km_format_clusters   (const char *text);
char *km_format_fingerprint (const char *fingerprint);

G_END_DECLS
