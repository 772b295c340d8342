#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _KmTestAuthority KmTestAuthority;

KmTestAuthority *km_test_authority_new         (void);
void             km_test_authority_free        (KmTestAuthority *self);
const char      *km_test_authority_get_file    (KmTestAuthority *self);
char            *km_test_authority_issue       (KmTestAuthority *self,
                                                const char      *name,
                                                char           **key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestAuthority, km_test_authority_free)

G_END_DECLS
