/* km-profile.c: whose servers, tokens and unsent messages these are
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Profiles let one person be several, on one machine. Each keeps its own
 * servers, tokens and unsent messages; all of them share one server of "This
 * computer", so its data and its lock lie outside of every profile.
 *
 * Thread: any (immutable).
 */

#include "km-profile.h"

#include <string.h>

#define NAME_MAX_LENGTH 32
#define DEFAULT_NAME "default"

G_DEFINE_BOXED_TYPE (KmProfile, km_profile, km_profile_ref, km_profile_unref)

/**
 * km_profile_new:
 * @name: (nullable): its name, km_profile_name_is_valid(); %NULL for the
 *   default one
 * @base_data_dir: where Kaimu keeps its data, e.g. ~/.local/share/kaimu
 * @runtime_dir: for locks and addresses, e.g. /run/user/1000/kaimu
 * @owner_name: the person's real name
 *
 * Nothing is made on disk.
 *
 * Returns: (transfer full): a new profile
 */
KmProfile *
km_profile_new (const char *name,
                const char *base_data_dir,
                const char *runtime_dir,
                const char *owner_name)
{
  KmProfile *self = g_atomic_rc_box_new0 (KmProfile);

  self->name = g_strdup (name != NULL ? name : DEFAULT_NAME);
  self->data_dir = g_build_filename (base_data_dir, "profiles", self->name,
                                     NULL);
  self->local_data_dir = g_build_filename (base_data_dir, "this-computer",
                                           NULL);
  self->runtime_dir = g_strdup (runtime_dir);
  self->owner_name = g_strdup (owner_name);

  return self;
}

KmProfile *
km_profile_ref (KmProfile *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
km_profile_clear (gpointer data)
{
  KmProfile *self = data;

  g_free (self->name);
  g_free (self->data_dir);
  g_free (self->local_data_dir);
  g_free (self->runtime_dir);
  g_free (self->owner_name);
}

void
km_profile_unref (KmProfile *self)
{
  g_atomic_rc_box_release_full (self, km_profile_clear);
}

/**
 * km_profile_is_default:
 * @self: a profile
 *
 * Only the default profile is the silent owner of "This computer".
 *
 * Returns: whether @self is the one without a name
 */
gboolean
km_profile_is_default (const KmProfile *self)
{
  return g_str_equal (self->name, DEFAULT_NAME);
}

/**
 * km_profile_name_is_valid:
 * @name: (nullable): what somebody gave as a profile's name
 *
 * Returns: whether it can be one: 1 to 32 of a-z 0-9 - _; it becomes the
 *   name of a directory
 */
gboolean
km_profile_name_is_valid (const char *name)
{
  gsize length;

  if (name == NULL)
    return FALSE;

  length = strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-_");

  return length > 0 && length <= NAME_MAX_LENGTH && name[length] == '\0';
}
