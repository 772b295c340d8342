#pragma once

#include "km-ledger.h"

G_BEGIN_DECLS

/**
 * KM_COMBOS_KNOWN:
 *
 * How many combos of one giver are remembered at most.
 */
#define KM_COMBOS_KNOWN 4

/**
 * KmComboGift:
 * @group: its number; 0: there is none
 * @at_ms: when, since 1970
 * @room: in which room; 0: the group is no gift
 * @kind: which gift
 * @combo: its combo, with it
 *
 * A group of the giver's book, as combos go.
 */
typedef struct
{
  gint64 group;
  gint64 at_ms;
  gint64 room;
  const KmGiftTerms *kind;
  KmCombo combo;
} KmComboGift;

/**
 * KmCombos:
 * @newest: the newest gift of each of @n combos, the newest first
 * @n: how many
 * @rest: the newest group of the book that isn't known; 0: those matter no
 *   more
 *
 * The end of a giver's book. All zero is an empty book.
 */
typedef struct
{
  KmComboGift newest[KM_COMBOS_KNOWN];
  guint n;
  gint64 rest;
} KmCombos;

const KmComboGift *km_combos_find (const KmCombos    *self,
                                   gint64             room,
                                   const KmGiftTerms *kind);
void               km_combos_add  (KmCombos          *self,
                                   const KmComboGift *gift);

G_END_DECLS
