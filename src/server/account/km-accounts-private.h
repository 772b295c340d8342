#pragma once

#include "km-accounts.h"
#include "km-attempts.h"
#include "km-password-pool.h"

G_BEGIN_DECLS

struct _KmAccounts
{
  KmDesk *desk;
  KmReader *reader;
  KmPasswordPool *pool;
  KmAttempts *attempts;
};

/**
 * KmSessionDraft:
 * @session: what becomes the session, token and all
 * @token_hash: what is kept of the token
 * @device: (nullable): where it is made
 * @password_hash: (nullable): of the account that is to be made, or the one
 *   that somebody has just proved to know the password of
 * @now_ms: when
 *
 * What a job on the store thread needs to make a session.
 */
typedef struct
{
  KmSession *session;
  GBytes *token_hash;
  char *device;
  char *password_hash;
  gint64 now_ms;
} KmSessionDraft;

KmSessionDraft *km_session_draft_new    (gint64           account,
                                         const char      *name,
                                         const char      *shown_name,
                                         const char      *device);
void            km_session_draft_free   (KmSessionDraft  *self);
gboolean        km_session_draft_apply  (gpointer         data,
                                         KmTransaction   *transaction,
                                         GError         **error);
gboolean        km_account_insert       (KmTransaction   *transaction,
                                         KmSessionDraft  *draft,
                                         GError         **error);

GBytes         *km_token_hash           (const char      *token);
char           *km_session_id_new       (GBytes          *token_hash);
GBytes         *km_session_id_parse     (const char      *id);
gboolean        km_sessions_end_others  (KmTransaction   *transaction,
                                         gint64           account,
                                         const char      *kept,
                                         GPtrArray       *ended,
                                         GError         **error);
gint64          km_accounts_now_ms      (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmSessionDraft, km_session_draft_free)

G_END_DECLS
