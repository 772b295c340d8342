#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KM_RTMP_NAME_MAX:
 *
 * Bytes of the longest name that a client may publish or play.
 */
#define KM_RTMP_NAME_MAX 512

/**
 * KmRtmpAddress:
 * @app: (nullable): the application, without its query
 * @query: (nullable): the query of the application or the address
 *
 * What a client said at `connect` about where it wants to go.
 */
typedef struct
{
  char *app;
  char *query;
} KmRtmpAddress;

void     km_rtmp_address_clear    (KmRtmpAddress       *self);
void     km_rtmp_address_set_app  (KmRtmpAddress       *self,
                                   const char          *app);
void     km_rtmp_address_set_url  (KmRtmpAddress       *self,
                                   const char          *url);
gboolean km_rtmp_address_complete (const KmRtmpAddress *self,
                                   const char          *text,
                                   char               **name,
                                   char               **query);

G_END_DECLS
