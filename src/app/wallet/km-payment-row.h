#pragma once

#include <gtk/gtk.h>

#include "km-payments.h"

G_BEGIN_DECLS

GtkWidget *km_payment_row_new (KmPayment    *payment,
                               KmPaymentsOf  of);

G_END_DECLS
