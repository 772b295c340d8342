#pragma once

#include "km-account-session.h"
#include "km-session-info.h"

G_BEGIN_DECLS

KmAccountSession *km_account_session_new (KmSessionInfo *info);

G_END_DECLS
