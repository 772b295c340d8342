/* km-combos.c: which of a giver's gifts count up
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whoever gives quickly changes between a few gifts, so the newest of each is
 * remembered, and what came before them is known to be older. Only a gift that
 * isn't among those is looked for in the giver's book, from there on.
 *
 * Thread: any; nothing is shared.
 */

#include "km-combos.h"

/**
 * km_combos_find:
 * @self: what is known
 * @room: a room
 * @kind: a gift
 *
 * Returns: (transfer none) (nullable): the newest of it in that room
 */
const KmComboGift *
km_combos_find (const KmCombos    *self,
                gint64             room,
                const KmGiftTerms *kind)
{
  for (guint i = 0; i < self->n; i++)
    {
      if (self->newest[i].room == room && self->newest[i].kind == kind)
        return &self->newest[i];
    }

  return NULL;
}

/**
 * km_combos_add:
 * @self: what is known
 * @gift: what was given after all that
 */
void
km_combos_add (KmCombos          *self,
               const KmComboGift *gift)
{
  const KmComboGift *last = km_combos_find (self, gift->room, gift->kind);
  const KmComboGift added = *gift;
  guint moved;

  if (last != NULL)
    moved = (guint) (last - self->newest);
  else if (self->n < KM_COMBOS_KNOWN)
    moved = self->n++;
  else
    {
      moved = KM_COMBOS_KNOWN - 1;
      self->rest = MAX (self->rest, self->newest[moved].group);
    }

  memmove (self->newest + 1, self->newest, moved * sizeof *self->newest);
  self->newest[0] = added;
}
