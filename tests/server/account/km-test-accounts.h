#pragma once

#include "km-accounts.h"
#include "km-test-process.h"

G_BEGIN_DECLS

#define PASSWORD "correct horse battery"
#define ADDRESS "127.0.0.1"

/**
 * KmTestAccounts:
 * @directory: of the store
 * @store: a real one
 * @desk: its desk
 * @accounts: what is tested
 *
 * The fixture of the tests of accounts and sessions.
 */
typedef struct
{
  char *directory;
  KmStore *store;
  KmDesk *desk;
  KmAccounts *accounts;
} KmTestAccounts;

void          km_test_accounts_open      (KmTestAccounts  *self);
void          km_test_accounts_close     (KmTestAccounts  *self);
void          km_test_accounts_set_up    (KmTestAccounts  *self,
                                          gconstpointer    data);
void          km_test_accounts_tear_down (KmTestAccounts  *self,
                                          gconstpointer    data);

void          km_test_keep_result        (GObject         *source,
                                          GAsyncResult    *result,
                                          gpointer         user_data);
GAsyncResult *km_test_wait_result        (GAsyncResult   **result);
KmSession    *km_test_wait_session       (KmTestAccounts  *self,
                                          GAsyncResult   **result,
                                          GError         **error);
KmSession    *km_test_sign_up            (KmTestAccounts  *self,
                                          const char      *name,
                                          const char      *password,
                                          GError         **error);
KmSession    *km_test_sign_in            (KmTestAccounts  *self,
                                          const char      *name,
                                          const char      *password,
                                          GError         **error);
KmSession    *km_test_sign_in_at         (KmTestAccounts  *self,
                                          const char      *name,
                                          const char      *device);
void          km_test_accounts_age       (KmTestAccounts  *self,
                                          gint64           age_ms);

G_END_DECLS
