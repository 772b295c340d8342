#pragma once

#include "km-ledger.h"
#include "km-post.h"

G_BEGIN_DECLS

/**
 * KmGiftPost:
 * @post: what is written. The gift of its event knows its id and count; the
 *   rest of it comes of writing it
 * @rules: the server's; must outlive the post
 * @confirmed: whether the giver was asked once more
 * @given: the job's own
 * @host: came of it: whose room it is
 * @value: came of it: what it cost, in coins
 * @balance: came of it: what the giver has now, in coins
 *
 * A gift on its way into the log of a room. km_post_clear() frees what it
 * holds.
 */
typedef struct
{
  KmPost post;
  const KmLedgerRules *rules;
  gboolean confirmed;
  KmGiven given;
  gint64 host;
  gint64 value;
  gint64 balance;
} KmGiftPost;

void km_gift_post_init (KmGiftPost          *self,
                        const KmLedgerRules *rules,
                        gboolean             confirmed);

G_END_DECLS
