#pragma once

#include "km-visit.h"

G_BEGIN_DECLS

/**
 * KmAdmin:
 * @data_dir: the data that is spoken of
 * @arguments: (array zero-terminated=1): what follows the command's name
 * @status: the exit status, when the command was carried out
 *
 * One command of an owner.
 */
typedef struct
{
  char *data_dir;
  char **arguments;
  int status;
} KmAdmin;

/* A command: carries itself out, says on standard output what it did, and
 * returns whether it could. */
typedef gboolean (*KmAdminFunc) (KmAdmin  *admin,
                                 GError  **error);

gboolean km_admin_visit  (KmAdmin      *self,
                          KmVisitMode   mode,
                          KmVisitFunc   func,
                          gpointer      data,
                          GError      **error);
gboolean km_admin_misuse (GError      **error);

gboolean km_admin_grant  (KmAdmin      *self,
                          GError      **error);
gboolean km_admin_refund (KmAdmin      *self,
                          GError      **error);
gboolean km_admin_audit  (KmAdmin      *self,
                          GError      **error);
gboolean km_admin_gift   (KmAdmin      *self,
                          GError      **error);
gboolean km_admin_backup  (KmAdmin     *self,
                           GError     **error);
gboolean km_admin_restore (KmAdmin     *self,
                           GError     **error);

G_END_DECLS
