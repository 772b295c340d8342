#pragma once

#include "km-store.h"

G_BEGIN_DECLS

/**
 * KmCopy:
 * @path: where it is being made
 * @fd: the same file, locked against others who would make one there
 *
 * A file that isn't what it shall be yet. Nobody but its owner can read it.
 */
typedef struct
{
  char *path;
  int fd;
} KmCopy;

gboolean km_copy_open       (KmCopy      *self,
                             const char  *target,
                             GError     **error);
gboolean km_copy_fill       (KmCopy      *self,
                             sqlite3     *source,
                             GError     **error);
gboolean km_copy_sync       (KmCopy      *self,
                             GError     **error);
gboolean km_copy_rename     (KmCopy      *self,
                             const char  *target,
                             gboolean     replace,
                             GError     **error);
void     km_copy_clear      (KmCopy      *self);

gboolean km_sync_directory  (const char  *path,
                             GError     **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KmCopy, km_copy_clear)

G_END_DECLS
