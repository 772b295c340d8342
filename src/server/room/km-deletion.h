#pragma once

#include "km-post.h"

G_BEGIN_DECLS

/* What the post of a `chat.deleted` does besides: KmPost.write, KmPost's
 * write_behind. Its event knows id and author of the message. */
gboolean km_deletion_find  (KmPost         *post,
                            KmTransaction  *transaction,
                            GError        **error);
gboolean km_deletion_write (KmPost         *post,
                            KmTransaction  *transaction,
                            GError        **error);

G_END_DECLS
