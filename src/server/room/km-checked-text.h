/* km-checked-text.h: a text that people wrote, as the server keeps it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "km-text.h"

G_BEGIN_DECLS

char *km_checked_text_new (const char  *text,
                           KmTextKind   kind,
                           gsize        bytes_max,
                           guint        clusters_max,
                           GError     **error);

G_END_DECLS
