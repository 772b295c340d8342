#pragma once

#include "km-store.h"

G_BEGIN_DECLS

/* The accounts that nobody owns, as the schema makes them. */
#define KM_BOOKS_ISSUE G_GINT64_CONSTANT (1)
#define KM_BOOKS_SHARE G_GINT64_CONSTANT (2)
#define KM_BOOKS_REMAINDER G_GINT64_CONSTANT (3)

/**
 * KmBooksAccount:
 * @id: its row; 0: there is none yet
 * @balance: coins in it
 */
typedef struct
{
  gint64 id;
  gint64 balance;
} KmBooksAccount;

gboolean km_books_find       (KmTransaction   *transaction,
                              const char      *kind,
                              gint64           owner,
                              KmBooksAccount  *account,
                              GError         **error);
gboolean km_books_ensure     (KmTransaction   *transaction,
                              const char      *kind,
                              gint64           owner,
                              KmBooksAccount  *account,
                              GError         **error);
gint64   km_books_open_group (KmTransaction   *transaction,
                              const char      *kind,
                              gint64           at_ms,
                              const char      *note,
                              GError         **error);
gboolean km_books_move       (KmTransaction   *transaction,
                              gint64           group,
                              gint64           source,
                              gint64           target,
                              gint64           coins,
                              GError         **error);

G_END_DECLS
