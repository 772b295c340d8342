#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define KM_SELF_MADE_ERROR (km_self_made_error_quark ())
GQuark km_self_made_error_quark (void);

/**
 * KmSelfMadeError:
 * @KM_SELF_MADE_ERROR_FAILED: it couldn't be made or written: the message says
 *   why
 */
typedef enum
{
  KM_SELF_MADE_ERROR_FAILED,
} KmSelfMadeError;

gboolean km_self_made_ensure (const char  *path,
                              GError     **error);
gboolean km_self_made_renew  (const char  *path,
                              GError     **error);

G_END_DECLS
