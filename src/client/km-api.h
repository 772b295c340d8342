#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

#define KM_TYPE_API (km_api_get_type ())
G_DECLARE_FINAL_TYPE (KmApi, km_api, KM, API, GObject)

/**
 * KmApiJudge:
 * @data: what was set with it
 * @certificate: what the server shows, and this computer doesn't trust
 * @errors: why not
 *
 * Returns: whether it is accepted all the same
 */
typedef gboolean (*KmApiJudge) (gpointer              data,
                                GTlsCertificate      *certificate,
                                GTlsCertificateFlags  errors);

KmApi       *km_api_new          (void);

const char  *km_api_get_base     (KmApi                *self);
void         km_api_set_base     (KmApi                *self,
                                  const char           *base);
const char  *km_api_get_token    (KmApi                *self);
void         km_api_set_token    (KmApi                *self,
                                  const char           *token);
void         km_api_set_judge    (KmApi                *self,
                                  KmApiJudge            judge,
                                  gpointer              data);
void         km_api_guard        (KmApi                *self,
                                  SoupMessage          *message);
SoupSession *km_api_get_session  (KmApi                *self);
char        *km_api_dup_url      (KmApi                *self,
                                  const char           *path);

void         km_api_call_async   (KmApi                *self,
                                  const char           *method,
                                  const char           *path,
                                  const char           *body,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
JsonObject  *km_api_call_finish  (KmApi                *self,
                                  GAsyncResult         *result,
                                  GError              **error);
void         km_api_fetch_async  (KmApi                *self,
                                  const char           *path,
                                  gsize                 bytes_max,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
GBytes      *km_api_fetch_finish (KmApi                *self,
                                  GAsyncResult         *result,
                                  GError              **error);

G_END_DECLS
