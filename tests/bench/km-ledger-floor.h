#pragma once

#include <glib.h>

G_BEGIN_DECLS

double km_ledger_floor_measure (const char *directory,
                                guint       seconds,
                                guint       gifts_per_ms,
                                guint       hosts,
                                guint       givers);

G_END_DECLS
