/* km-http-feed.h: what an address sends, into the head of a pipeline
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _KmHttpFeed KmHttpFeed;

KmHttpFeed *km_http_feed_start (const char *address,
                                const char *pin,
                                GstElement *source);
void        km_http_feed_stop  (KmHttpFeed *self);

G_END_DECLS
