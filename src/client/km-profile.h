#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * KmProfile:
 * @name: its name; "default" for the one without a name
 * @data_dir: what this profile keeps: saved servers, unsent messages
 * @local_data_dir: the data of "This computer", shared by all profiles
 * @runtime_dir: lock and address of "This computer", shared by all profiles
 * @owner_name: the real name of the person, for the owner's account
 *
 * Whose servers, tokens and unsent messages these are. Immutable.
 *
 * Thread: any (immutable).
 */
typedef struct
{
  char *name;
  char *data_dir;
  char *local_data_dir;
  char *runtime_dir;
  char *owner_name;
} KmProfile;

#define KM_TYPE_PROFILE (km_profile_get_type ())
GType      km_profile_get_type      (void);

KmProfile *km_profile_new           (const char      *name,
                                     const char      *base_data_dir,
                                     const char      *runtime_dir,
                                     const char      *owner_name);
KmProfile *km_profile_ref           (KmProfile       *self);
void       km_profile_unref         (KmProfile       *self);
gboolean   km_profile_is_default    (const KmProfile *self);
gboolean   km_profile_name_is_valid (const char      *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmProfile, km_profile_unref)

G_END_DECLS
