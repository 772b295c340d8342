#pragma once

#include "km-gift-kind.h"
#include "km-store.h"

G_BEGIN_DECLS

/**
 * KmCatalogueFunc:
 * @kind: a gift that is offered, or was; without its picture
 * @retired: whether it is no longer offered
 * @by_owner: whether the server's owner decided on it, not the file
 * @data: what was given
 */
typedef void (*KmCatalogueFunc) (const KmGiftKind *kind,
                                 gboolean          retired,
                                 gboolean          by_owner,
                                 gpointer          data);

extern const char km_catalogue_list_sql[];

gboolean  km_catalogue_take     (KmTransaction    *transaction,
                                 GPtrArray        *kinds,
                                 gint64            now_ms,
                                 GError          **error);
gboolean  km_catalogue_add      (KmTransaction    *transaction,
                                 const KmGiftKind *kind,
                                 GError          **error);
gboolean  km_catalogue_retire   (KmTransaction    *transaction,
                                 const char       *id,
                                 gint64            now_ms,
                                 GError          **error);
gboolean  km_catalogue_restore  (KmTransaction    *transaction,
                                 const char       *id,
                                 GError          **error);
gboolean  km_catalogue_list     (sqlite3_stmt     *statement,
                                 KmCatalogueFunc   func,
                                 gpointer          data,
                                 GError          **error);
GBytes   *km_catalogue_read_art (KmReader         *reader,
                                 const char       *art,
                                 GError          **error);

G_END_DECLS
