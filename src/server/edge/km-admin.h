#pragma once

#include <glib.h>

G_BEGIN_DECLS

int km_admin_main (int   argc,
                   char *argv[]);

G_END_DECLS
