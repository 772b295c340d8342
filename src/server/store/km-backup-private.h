#pragma once

#include "km-backup.h"
#include "km-copy.h"

G_BEGIN_DECLS

/* "Kaim": what tells a backup from other databases; in its header. */
#define KM_BACKUP_ID 0x4b61696d

gboolean km_backup_check_header (const char   *path,
                                 GError      **error);
sqlite3 *km_backup_open         (const char   *path,
                                 GError      **error);

G_END_DECLS
