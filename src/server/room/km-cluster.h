#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmClusters:
 * @count: grapheme clusters: what a person calls characters
 * @marks_max: combining marks in the cluster that has most of them
 *
 * The measure of a text.
 */
typedef struct
{
  guint count;
  guint marks_max;
} KmClusters;

KmClusters km_cluster_measure (const char *text);

G_END_DECLS
