#pragma once

#include "km-payments.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

KmPayment *km_payment_from_json (JsonObject *object);

G_END_DECLS
