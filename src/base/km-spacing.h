#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmSpacing:
 *
 * When something was done that costs about the same for one as for many.
 * Zeroes: it never was.
 */
typedef struct
{
  /*< private >*/
  gint64 began_us;
  gint64 ended_us;
} KmSpacing;

void   km_spacing_begin           (KmSpacing       *self,
                                   gint64           now_us);
void   km_spacing_end             (KmSpacing       *self,
                                   gint64           now_us);
gint64 km_spacing_get_took_us     (const KmSpacing *self);
gint64 km_spacing_get_ended_us    (const KmSpacing *self);
gint64 km_spacing_due_after_end   (const KmSpacing *self,
                                   gint64           spacing_us);
gint64 km_spacing_due_after_begin (const KmSpacing *self,
                                   gint64           spacing_us);
gboolean
       km_spacing_came_fast       (const KmSpacing *self,
                                   gint64           now_us,
                                   guint            n,
                                   gint64           each_us);

G_END_DECLS
