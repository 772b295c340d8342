#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _KmBenchHttp KmBenchHttp;

KmBenchHttp *km_bench_http_new  (guint        port);
void         km_bench_http_free (KmBenchHttp *self);
guint        km_bench_http_call (KmBenchHttp *self,
                                 const char  *method,
                                 const char  *path,
                                 const char  *token,
                                 const char  *body,
                                 char       **answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmBenchHttp, km_bench_http_free)

G_END_DECLS
