/* km-test-person.c: somebody who uses the app
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-test-person.h"

#define SECONDS 20

/* @profile: (nullable): which of theirs. */
void
km_test_person_set_up (KmTestPerson *self,
                       const char   *profile)
{
  self->directory = km_test_directory_new ("person");
  self->profile = km_profile_new (profile, self->directory, self->directory,
                                  "Owner");
  self->secrets = km_secrets_new (self->profile);
}

/* Of what else holds the profile or the secrets nothing may be left: it may
 * still write. */
void
km_test_person_tear_down (KmTestPerson *self)
{
  g_clear_object (&self->coming);
  g_clear_object (&self->result);
  g_clear_object (&self->secrets);
  g_clear_pointer (&self->profile, km_profile_unref);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  km_test_directory_remove (self->directory);
  g_clear_pointer (&self->directory, g_free);
}

/* A GAsyncReadyCallback. */
void
km_test_person_keep (GObject      *source,
                     GAsyncResult *result,
                     gpointer      person)
{
  g_set_object (&((KmTestPerson *) person)->coming, result);
}

static gboolean
has_come (gpointer data)
{
  return ((KmTestPerson *) data)->coming != NULL;
}

/* Returns: (transfer none): what km_test_person_keep() gets; good until the
 * next. */
GAsyncResult *
km_test_person_wait (KmTestPerson *self)
{
  g_assert_true (km_test_wait_until (has_come, self, SECONDS));
  g_set_object (&self->result, self->coming);
  g_clear_object (&self->coming);

  return self->result;
}
