#pragma once

#include <adwaita.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_PASSWORD_PAGE (km_password_page_get_type ())
G_DECLARE_FINAL_TYPE (KmPasswordPage, km_password_page, KM, PASSWORD_PAGE,
                      AdwNavigationPage)

AdwNavigationPage *km_password_page_new (KmServer *server);

G_END_DECLS
