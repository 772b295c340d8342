#pragma once

#include <gio/gio.h>

#include "km-poll-info.h"

G_BEGIN_DECLS

/**
 * KmPollProblem:
 * @KM_POLL_FINE: it can be asked
 * @KM_POLL_NO_QUESTION: nothing is asked
 * @KM_POLL_QUESTION_TOO_LONG: more than %KM_POLL_QUESTION_CLUSTERS_MAX
 * @KM_POLL_FEW_OPTIONS: fewer than two options say something
 * @KM_POLL_OPTION_TOO_LONG: one has more than %KM_POLL_OPTION_CLUSTERS_MAX
 * @KM_POLL_SAME_OPTIONS: two say the same
 *
 * Why a draft can't be asked yet.
 */
typedef enum
{
  KM_POLL_FINE,
  KM_POLL_NO_QUESTION,
  KM_POLL_QUESTION_TOO_LONG,
  KM_POLL_FEW_OPTIONS,
  KM_POLL_OPTION_TOO_LONG,
  KM_POLL_SAME_OPTIONS,
} KmPollProblem;

/**
 * KmPollDraft:
 * @ask: what is asked, as typed: options may be empty
 * @duration_ms: how long it is open; -1: until closed
 *
 * A poll that somebody writes. Plain data.
 */
typedef struct
{
  KmPollQuestion ask;
  gint64 duration_ms;
} KmPollDraft;

KmPollDraft    *km_poll_draft_new     (void);
void            km_poll_draft_free    (KmPollDraft        *self);
KmPollDraft    *km_poll_draft_load    (GSettings          *settings);
void            km_poll_draft_save    (const KmPollDraft  *self,
                                       GSettings          *settings);
void            km_poll_draft_forget  (GSettings          *settings);
KmPollProblem   km_poll_draft_check   (const KmPollDraft  *self);
KmPollQuestion *km_poll_draft_finish  (const KmPollDraft  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmPollDraft, km_poll_draft_free)

G_END_DECLS
