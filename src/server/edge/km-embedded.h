#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define KM_EMBEDDED_ERROR (km_embedded_error_quark ())
GQuark km_embedded_error_quark (void);

/**
 * KmEmbeddedError:
 * @KM_EMBEDDED_ERROR_ALREADY_RUNNING: another server is the one of this
 *   computer: use it, its address is in the runtime directory
 * @KM_EMBEDDED_ERROR_FAILED: the runtime directory can't be used
 */
typedef enum
{
  KM_EMBEDDED_ERROR_ALREADY_RUNNING,
  KM_EMBEDDED_ERROR_FAILED,
} KmEmbeddedError;

typedef struct _KmEmbedded KmEmbedded;

KmEmbedded *km_embedded_claim       (const char   *runtime_dir,
                                     GError      **error);
gboolean    km_embedded_publish     (KmEmbedded   *self,
                                     const char   *address,
                                     GError      **error);
void        km_embedded_watch_input (KmEmbedded   *self,
                                     GSourceFunc   closed,
                                     gpointer      user_data);
void        km_embedded_free        (KmEmbedded   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmEmbedded, km_embedded_free)

G_END_DECLS
