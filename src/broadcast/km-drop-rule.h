/* km-drop-rule.h: which frames a network that is too slow doesn't get
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmDropRule:
 * @dropping: everything up to a key frame is being dropped
 * @asked_us: when a key frame was asked for
 *
 * Private. A rule starts by dropping, so that what is sent begins with a key
 * frame.
 */
typedef struct
{
  gboolean dropping;
  gint64 asked_us;
} KmDropRule;

#define KM_DROP_RULE_INIT { .dropping = TRUE }

typedef enum
{
  KM_DROP_RULE_SEND,
  KM_DROP_RULE_DROP,
  KM_DROP_RULE_DROP_AND_ASK,
} KmDropVerdict;

KmDropVerdict km_drop_rule_judge (KmDropRule *self,
                                  gboolean    key_frame,
                                  guint64     queued_us,
                                  gint64      now_us);

G_END_DECLS
