#pragma once

#include <gtk/gtk.h>

#include "km-server-wallet.h"
#include "km-wallet-info.h"

G_BEGIN_DECLS

char *km_wallet_news_dup_text (KmWalletBook       of,
                               KmWalletEntryKind  kind,
                               gint64             coins,
                               const char        *note);
void  km_wallet_news_bind     (GtkWidget         *widget,
                               KmWallet          *wallet);

G_END_DECLS
