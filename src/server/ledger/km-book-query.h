#pragma once

#include "km-store.h"

G_BEGIN_DECLS

/**
 * KmBook:
 * @KM_BOOK_WALLET: what came and went in somebody's wallet
 * @KM_BOOK_INCOME: what gifts in somebody's room brought them
 */
typedef enum
{
  KM_BOOK_WALLET,
  KM_BOOK_INCOME,
} KmBook;

/**
 * KmBookEntry:
 * @id: the number of its group of transfers
 * @at_ms: when, since 1970
 * @kind: `gift`, `grant`, `practice` or `refund`
 * @coins: what came; below zero: went
 * @balance: what was there then
 * @gift: (nullable): which gift, by its id
 * @names: (nullable): its names, as JSON
 * @count: how many of it
 * @other_id: (nullable): who gave, or who was given to
 * @other_name: (nullable): their name
 * @other_shown_name: (nullable): what others see
 * @room: (nullable): in which room
 * @note: (nullable): what whoever granted it wrote
 *
 * One line of a statement. The texts are the reader's, until the function
 * that is shown them returns.
 */
typedef struct
{
  gint64 id;
  gint64 at_ms;
  const char *kind;
  gint64 coins;
  gint64 balance;
  const char *gift;
  const char *names;
  gint64 count;
  const char *other_id;
  const char *other_name;
  const char *other_shown_name;
  const char *room;
  const char *note;
} KmBookEntry;

typedef void (*KmBookFunc) (const KmBookEntry *entry,
                            gpointer           data);

gboolean km_book_read (KmReader    *reader,
                       KmBook       book,
                       gint64       owner,
                       gint64      *before,
                       guint        limit,
                       KmBookFunc   func,
                       gpointer     data,
                       gboolean    *more,
                       GError     **error);

G_END_DECLS
