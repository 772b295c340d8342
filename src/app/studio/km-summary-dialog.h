#pragma once

#include <adwaita.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_SUMMARY_DIALOG (km_summary_dialog_get_type ())
G_DECLARE_FINAL_TYPE (KmSummaryDialog, km_summary_dialog, KM, SUMMARY_DIALOG,
                      AdwDialog)

AdwDialog *km_summary_dialog_new (KmServer *server,
                                  KmRoom   *room,
                                  gboolean  ended);

G_END_DECLS
