#pragma once

#include <gio/gio.h>

#include "km-account-error.h"
#include "km-desk.h"
#include "km-store.h"

G_BEGIN_DECLS

#define KM_SESSION_LIFE_MS (G_GINT64_CONSTANT (30) * 24 * 60 * 60 * 1000)

typedef struct _KmAccounts KmAccounts;

/**
 * KmSession:
 * @account: the account's row
 * @name: its name
 * @shown_name: what others see
 * @token: (nullable): the secret; only when it was just made
 * @id: names the session within this server; no secret
 *
 * Who somebody is, and by which sign-in. Plain data.
 */
typedef struct
{
  gint64 account;
  char *name;
  char *shown_name;
  char *token;
  char *id;
} KmSession;

/**
 * KmSessionEntry:
 * @id: as in #KmSession
 * @device: (nullable): where it was made, in the words of who made it
 * @made_at_ms: when that was
 * @used_at_ms: when it was last used, to about an hour
 *
 * One of an account's sessions. Plain data.
 */
typedef struct
{
  char *id;
  char *device;
  gint64 made_at_ms;
  gint64 used_at_ms;
} KmSessionEntry;

void        km_session_free             (KmSession            *self);

KmAccounts *km_accounts_new             (KmStore              *store,
                                         KmDesk               *desk,
                                         GError              **error);
void        km_accounts_stop            (KmAccounts           *self);
void        km_accounts_free            (KmAccounts           *self);

void        km_accounts_register_async  (KmAccounts           *self,
                                         const char           *name,
                                         const char           *password,
                                         const char           *shown_name,
                                         const char           *device,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
gint64      km_accounts_begin_sign_in   (KmAccounts           *self,
                                         const char           *name,
                                         const char           *address);
void        km_accounts_sign_in_async   (KmAccounts           *self,
                                         const char           *name,
                                         const char           *password,
                                         const char           *address,
                                         const char           *device,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
KmSession  *km_accounts_sign_in_finish  (KmAccounts           *self,
                                         GAsyncResult         *result,
                                         GError              **error);

KmSession  *km_accounts_check           (KmAccounts           *self,
                                         const char           *token,
                                         GError              **error);
GPtrArray  *km_accounts_list_sessions   (KmAccounts           *self,
                                         gint64                account,
                                         guint                 count_max,
                                         GError              **error);
void        km_accounts_end_session_async
                                        (KmAccounts           *self,
                                         gint64                account,
                                         const char           *session_id,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
void        km_accounts_end_others_async
                                        (KmAccounts           *self,
                                         const KmSession      *kept,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
gboolean    km_accounts_judge_password  (const KmSession      *session,
                                         const char           *old_password,
                                         const char           *new_password,
                                         GError              **error);
void        km_accounts_change_password_async
                                        (KmAccounts           *self,
                                         const KmSession      *session,
                                         const char           *old_password,
                                         const char           *new_password,
                                         const char           *address,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
char      **km_accounts_end_finish      (KmAccounts           *self,
                                         GAsyncResult         *result,
                                         GError              **error);
gboolean    km_sessions_use             (KmTransaction        *transaction,
                                         const char           *session_id,
                                         gboolean             *there,
                                         GError              **error);
void        km_accounts_rename_async    (KmAccounts           *self,
                                         gint64                account,
                                         const char           *shown_name,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
gboolean    km_accounts_write_finish    (KmAccounts           *self,
                                         GAsyncResult         *result,
                                         GError              **error);

KmSession  *km_accounts_make_owner      (KmAccounts           *self,
                                         const char           *shown_name,
                                         const char           *token_path,
                                         GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmSession, km_session_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmAccounts, km_accounts_free)

G_END_DECLS
