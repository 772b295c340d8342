#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmLogFormat:
 * @KM_LOG_AUTO: the journal if standard error is one, else text
 * @KM_LOG_TEXT: a line that a person reads
 * @KM_LOG_JSON: an object a line, for programs that collect logs
 * @KM_LOG_JOURNAL: systemd's journal, with its fields
 */
typedef enum
{
  KM_LOG_AUTO,
  KM_LOG_TEXT,
  KM_LOG_JSON,
  KM_LOG_JOURNAL,
} KmLogFormat;

void        km_log_install     (KmLogFormat      format,
                                GLogLevelFlags   least);
gboolean    km_log_is_journal  (const char      *journal_stream,
                                int              fd);
const char *km_log_find_field  (const GLogField *fields,
                                gsize            n_fields,
                                const char      *key);

void        km_log_append_text (GString         *out,
                                GLogLevelFlags   level,
                                const GLogField *fields,
                                gsize            n_fields,
                                GDateTime       *now);

/* km-log-json.c */
void        km_log_append_json (GString         *out,
                                GLogLevelFlags   level,
                                const GLogField *fields,
                                gsize            n_fields,
                                GDateTime       *now);

G_END_DECLS
