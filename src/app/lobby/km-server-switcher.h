#pragma once

#include <gtk/gtk.h>

#include "km-server-list.h"

G_BEGIN_DECLS

#define KM_TYPE_SERVER_SWITCHER (km_server_switcher_get_type ())
G_DECLARE_FINAL_TYPE (KmServerSwitcher, km_server_switcher, KM,
                      SERVER_SWITCHER, GtkWidget)

void      km_server_switcher_set_servers  (KmServerSwitcher *self,
                                           KmServerList     *servers);
void      km_server_switcher_set_selected (KmServerSwitcher *self,
                                           KmServer         *server);

G_END_DECLS
