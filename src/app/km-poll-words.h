#pragma once

#include "km-poll-view.h"

G_BEGIN_DECLS

char *km_poll_words_dup_winners (const KmPollView *poll);
char *km_poll_words_dup_voters  (gint64            n_voters);

G_END_DECLS
