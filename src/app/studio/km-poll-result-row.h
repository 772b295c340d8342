#pragma once

#include <adwaita.h>

#include "km-poll-info.h"
#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_POLL_RESULT_ROW (km_poll_result_row_get_type ())
G_DECLARE_FINAL_TYPE (KmPollResultRow, km_poll_result_row, KM, POLL_RESULT_ROW,
                      AdwActionRow)

GtkWidget *km_poll_result_row_new (KmServer         *server,
                                   const KmPollInfo *poll);

G_END_DECLS
