#pragma once

#include <adwaita.h>

#include "km-server-list.h"

G_BEGIN_DECLS

AdwDialog *km_certificate_dialog_new   (KmServer     *server,
                                        KmServerList *servers);
void       km_certificate_dialog_watch (GtkWindow    *window,
                                        KmServer     *server,
                                        KmServerList *servers);

G_END_DECLS
