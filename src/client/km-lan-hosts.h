#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define KM_LAN_HOST_USELESS (-1)

int    km_lan_host_rank  (const char   *interface,
                          GInetAddress *address);
char **km_lan_hosts_list (void);

G_END_DECLS
