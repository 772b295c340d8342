#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define KM_TYPE_TRUST (km_trust_get_type ())
G_DECLARE_FINAL_TYPE (KmTrust, km_trust, KM, TRUST, GTlsDatabase)

void km_trust_install (const char *authorities);

G_END_DECLS
