/* km-drop-rule.c: which frames a network that is too slow doesn't get
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When more than 900 ms of media wait to be sent, video is dropped up to a key
 * frame, and sound never is. A key frame is asked for once the queue has
 * drained to 250 ms, since one that came earlier would queue behind the rest.
 * Pure: the clock is told.
 */

#include "km-drop-rule.h"

#define FULL_US (900 * G_TIME_SPAN_MILLISECOND)
#define RESUME_US (400 * G_TIME_SPAN_MILLISECOND)
#define ASK_US (250 * G_TIME_SPAN_MILLISECOND)
#define ASK_AGAIN_US (300 * G_TIME_SPAN_MILLISECOND)

/**
 * km_drop_rule_judge:
 * @key_frame: whether the frame can be decoded by itself
 * @queued_us: how much media waits to be sent
 * @now_us: when, by a clock that never goes back and never reads 0
 *
 * Returns: what to do with the frame; %KM_DROP_RULE_DROP_AND_ASK asks the
 *   encoder for a key frame
 */
KmDropVerdict
km_drop_rule_judge (KmDropRule *self,
                    gboolean    key_frame,
                    guint64     queued_us,
                    gint64      now_us)
{
  if (!self->dropping && queued_us > FULL_US)
    {
      self->dropping = TRUE;
      self->asked_us = 0;
    }

  if (self->dropping && key_frame && queued_us < RESUME_US)
    self->dropping = FALSE;

  if (!self->dropping)
    return KM_DROP_RULE_SEND;

  if (queued_us < ASK_US &&
      (self->asked_us == 0 || now_us - self->asked_us > ASK_AGAIN_US))
    {
      self->asked_us = now_us;
      return KM_DROP_RULE_DROP_AND_ASK;
    }

  return KM_DROP_RULE_DROP;
}
