/* km-checked-text.c: a text that people wrote, as the server keeps it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is said, names and titles are held to the same rules and refused with
 * the same codes. Thread: any.
 */

#include "km-checked-text.h"

#include "km-cluster.h"
#include "km-protocol.h"

/**
 * km_checked_text_new:
 * @text: as it came
 * @kind: whether it names something
 * @bytes_max: how long it may be, in bytes
 * @clusters_max: and in characters, as people count them
 * @error: %KM_PROTOCOL_ERROR_EMPTY, `TOO_LONG` or `BAD_TEXT`
 *
 * Returns: (transfer full) (nullable): the one form of @text that is kept
 */
char *
km_checked_text_new (const char  *text,
                     KmTextKind   kind,
                     gsize        bytes_max,
                     guint        clusters_max,
                     GError     **error)
{
  KmTextVerdict verdict;
  g_autofree char *clean = km_text_clean (text, kind, bytes_max, &verdict);
  KmClusters clusters = { 0 };

  if (clean != NULL)
    clusters = km_cluster_measure (clean);

  if (verdict == KM_TEXT_EMPTY)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_EMPTY);
  else if (verdict == KM_TEXT_TOO_LONG || clusters.count > clusters_max)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_TOO_LONG);
  else if (verdict == KM_TEXT_BAD || clusters.marks_max > KM_CHAT_MARKS_MAX)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_TEXT);
  else
    return g_steal_pointer (&clean);

  return NULL;
}
