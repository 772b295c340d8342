#pragma once

#include "km-server-wallet.h"

G_BEGIN_DECLS

char       *km_limit_words_refused  (KmWallet     *wallet);
char       *km_limit_words_describe (KmWallet     *wallet);
const char *km_limit_words_practice (const GError *error);

G_END_DECLS
