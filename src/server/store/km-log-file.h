#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * KM_LOG_FILE_GATHERED_BYTES:
 *
 * How much of the log is gathered in memory; a group that writes more goes out
 * in pieces.
 */
#define KM_LOG_FILE_GATHERED_BYTES (1024 * 1024)

/**
 * KM_LOG_FILE_STEP_BYTES:
 *
 * By how much the log's file grows.
 */
#define KM_LOG_FILE_STEP_BYTES (1024 * 1024)

gsize km_log_file_get_size (void);
int   km_log_file_open     (sqlite3_file  *file,
                            sqlite3_file **link,
                            sqlite3_vfs   *below,
                            const char    *name,
                            int            flags,
                            int           *out_flags);
void  km_log_file_flush    (sqlite3_file  *file);

G_END_DECLS
