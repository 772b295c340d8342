#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * KmSessionInfo:
 * @id: names it, and opens nothing
 * @device: (nullable): what the program said where it is; %NULL: it said
 *   nothing
 * @made_at_ms: when somebody signed in, ms since 1970
 * @used_at_ms: when it was last used, to about an hour
 * @current: whether it is the one that asks
 *
 * A sign-in of an account. Plain data.
 */
typedef struct
{
  char *id;
  char *device;
  gint64 made_at_ms;
  gint64 used_at_ms;
  gboolean current;
} KmSessionInfo;

void           km_session_info_free      (KmSessionInfo       *self);
void           km_session_info_append    (const KmSessionInfo *self,
                                          GString             *out);
KmSessionInfo *km_session_info_from_json (JsonObject          *object);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmSessionInfo, km_session_info_free)

G_END_DECLS
