#pragma once

#include "km-secrets.h"
#include "km-test-process.h"

G_BEGIN_DECLS

/**
 * KmTestPerson:
 * @directory: where their data are; goes with them
 * @profile: theirs
 * @secrets: their tokens
 *
 * Somebody who uses the app, on a disk of their own: the fixture of tests of
 * what the client keeps and asks.
 */
typedef struct
{
  char *directory;
  KmProfile *profile;
  KmSecrets *secrets;

  /*< private >*/
  GAsyncResult *coming;
  GAsyncResult *result;
} KmTestPerson;

void          km_test_person_set_up    (KmTestPerson  *self,
                                        const char    *profile);
void          km_test_person_tear_down (KmTestPerson  *self);
void          km_test_person_keep      (GObject       *source,
                                        GAsyncResult  *result,
                                        gpointer       person);
GAsyncResult *km_test_person_wait      (KmTestPerson  *self);

G_END_DECLS
