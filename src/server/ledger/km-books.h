#pragma once

#include "km-store.h"

G_BEGIN_DECLS

/* Where coins come from; the schema makes this account. */
#define KM_BOOKS_ISSUE G_GINT64_CONSTANT (1)

/* SQL for the account of the ledger that @owner, itself SQL, has. The schema
 * holds every account to it. */
#define KM_BOOKS_USER_SQL(owner) "(2 * " owner " + 2)"
#define KM_BOOKS_HOST_SQL(owner) "(2 * " owner " + 3)"

/**
 * KmBooksKind:
 * @KM_BOOKS_USER: what somebody can give
 * @KM_BOOKS_HOST: what somebody was given
 *
 * The accounts that somebody has.
 */
typedef enum
{
  KM_BOOKS_USER,
  KM_BOOKS_HOST,
} KmBooksKind;

/**
 * KmBooksAccount:
 * @id: its row; 0: there is none yet
 * @balance: coins in it
 * @newest: the newest group of transfers in its book; 0: none
 */
typedef struct
{
  gint64 id;
  gint64 balance;
  gint64 newest;
} KmBooksAccount;

/**
 * KmBooksGift:
 * @id: the number of the gift and of its group, as its event says
 * @room: in which room
 * @seq: the place of its event in that room's log
 * @gift: what, by its id in the catalogue
 * @price: coins for one
 * @count: how many
 * @combo: the number of the combo it belongs to
 * @combo_count: gifts of this combo up to this one
 * @combo_value: coins of this combo up to this one
 *
 * What a group pays for.
 */
typedef struct
{
  gint64 id;
  gint64 room;
  gint64 seq;
  const char *gift;
  gint64 price;
  gint64 count;
  gint64 combo;
  gint64 combo_count;
  gint64 combo_value;
} KmBooksGift;

/**
 * KmBooksGroup:
 * @kind: `gift`, `grant`, `practice` or `refund`
 * @at_ms: when, since 1970
 * @source: who loses coins, as that is now
 * @target: who gets coins, as that is now
 * @coins: what the source loses; below zero: gets back
 * @share: what of it the server gets, and not the target
 * @remainder: what rounding has left over, for an account of its own
 * @refunds: the gift that this gives back; 0: it is no refund
 * @note: (nullable): why, in words of whoever did it
 * @gift: (nullable): what it pays for
 *
 * Transfers that belong together. Their sum is zero, whatever the numbers.
 */
typedef struct
{
  const char *kind;
  gint64 at_ms;
  const KmBooksAccount *source;
  const KmBooksAccount *target;
  gint64 coins;
  gint64 share;
  gint64 remainder;
  gint64 refunds;
  const char *note;
  const KmBooksGift *gift;
} KmBooksGroup;

gint64   km_books_get_id (KmBooksKind          kind,
                          gint64               owner);
gboolean km_books_find   (KmTransaction       *transaction,
                          gint64               id,
                          KmBooksAccount      *account,
                          GError             **error);
gboolean km_books_open   (KmTransaction       *transaction,
                          KmBooksKind          kind,
                          gint64               owner,
                          KmBooksAccount      *account,
                          GError             **error);
gboolean km_books_ensure (KmTransaction       *transaction,
                          KmBooksKind          kind,
                          gint64               owner,
                          KmBooksAccount      *account,
                          GError             **error);
gint64   km_books_move   (KmTransaction       *transaction,
                          const KmBooksGroup  *group,
                          GError             **error);

G_END_DECLS
