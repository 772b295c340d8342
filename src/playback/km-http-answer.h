/* km-http-answer.h: the answer to a request, as it arrives
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longest head, and longest line and trailers between chunks. */
#define KM_HTTP_ANSWER_HEAD_MAX_BYTES (16 * 1024)

typedef struct _KmHttpAnswer KmHttpAnswer;

KmHttpAnswer *km_http_answer_new        (void);
void          km_http_answer_free       (KmHttpAnswer  *self);

gboolean      km_http_answer_push       (KmHttpAnswer  *self,
                                         const guint8  *data,
                                         gsize          length,
                                         GByteArray    *body,
                                         GError       **error);
guint         km_http_answer_get_status (KmHttpAnswer  *self);
gboolean      km_http_answer_is_over    (KmHttpAnswer  *self);
gboolean      km_http_answer_may_end    (KmHttpAnswer  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmHttpAnswer, km_http_answer_free)

G_END_DECLS
