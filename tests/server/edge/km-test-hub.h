#pragma once

#include "km-hub.h"
#include "km-test-member.h"
#include "km-test-store.h"

#define ROOM "1"
#define EPOCH "epoch-user1"
#define MEMBERS 50

/**
 * KmTestHub:
 * @directory: of the store
 * @store: a real one, with MEMBERS users
 * @post_office: where the relay would send its news
 * @hub: a running hub
 *
 * The fixture of all tests of the hub.
 */
typedef struct
{
  char *directory;
  KmStore *store;
  KmPostOffice *post_office;
  KmHub *hub;
} KmTestHub;

void km_test_hub_start (KmTestHub *fixture);
void km_test_hub_stop (KmTestHub *fixture);
void km_test_hub_set_up (KmTestHub *fixture,
                         gconstpointer data);
void km_test_hub_tear_down (KmTestHub *fixture,
                            gconstpointer data);
void km_test_hub_connect_with (KmTestHub *fixture,
                               KmTestMember *member,
                               gint64 account,
                               GBytes *leftover);
void km_test_hub_connect (KmTestHub *fixture,
                          KmTestMember *member,
                          gint64 account);
void km_test_hub_join (KmTestMember *member,
                       const char *epoch,
                       gint64 seq,
                       gboolean resumed,
                       gint64 head);
void km_test_hub_go_live (KmTestHub *fixture,
                          KmTestMember *member,
                          const char *stream);
void km_test_hub_end_stream (KmTestHub *fixture,
                             KmTestMember *member,
                             const char *stream);
void km_test_hub_add_gifts (KmTestHub *fixture);
void km_test_hub_grant (KmTestHub *fixture,
                        gint64 account,
                        gint64 coins);
gint64 km_test_hub_balance (KmTestHub *fixture,
                            gint64 account);
gint64 km_test_hub_say (KmTestMember *member,
                        const char *id,
                        const char *text);
void km_test_hub_expect_event (KmTestMember *member,
                               gint64 seq,
                               const char *text);
