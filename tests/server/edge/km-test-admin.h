#pragma once

#include "km-test-server.h"

G_BEGIN_DECLS

/**
 * KmTestSaid:
 * @out: what it said
 * @err: what it complained of
 * @status: how it ended
 *
 * What came of a command of an owner.
 */
typedef struct
{
  char *out;
  char *err;
  int status;
} KmTestSaid;

void km_test_said_clear (KmTestSaid *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KmTestSaid, km_test_said_clear)

void km_test_admin      (const char *data,
                         const char *words,
                         KmTestSaid *said);
void km_test_admin_says (const char *data,
                         const char *words,
                         int         status,
                         const char *part);

G_END_DECLS
