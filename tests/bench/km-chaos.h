#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmChaosFigures:
 * @kills: how often the server was killed
 * @acts: acts that clients began, of all kinds
 * @acknowledged: of these, those that the server said were done
 * @refused: those that it said were not
 * @resent: how often one was sent again because its reply was missing
 * @repeated: how often one was sent again though its reply had come
 * @events: events that clients received
 * @lost: acknowledged acts that the data doesn't have as they were
 *   acknowledged
 * @doubled: acts that the data has twice, or though they were refused
 * @changed: second answers that differ from the first one
 * @gaps: events that a client never got, and those it got twice
 * @unpaid: coins that balances differ from the receipts, all clients together
 * @books: what the audit of the books and the database's own check found; 0:
 *   both are clean
 * @backups: how many were made under it
 * @unsaved: acts that were acknowledged before a backup began and aren't in
 *   it, and backups that failed
 *
 * What came of it. The six up to @books, and @unsaved, must be 0.
 */
typedef struct
{
  guint kills;
  guint acts;
  guint acknowledged;
  guint refused;
  guint resent;
  guint repeated;
  guint64 events;
  guint lost;
  guint doubled;
  guint changed;
  guint gaps;
  gint64 unpaid;
  guint books;
  guint backups;
  guint unsaved;
} KmChaosFigures;

void km_chaos_run (guint           n_clients,
                   guint           n_kills,
                   guint32         seed,
                   KmChaosFigures *figures);

G_END_DECLS
