#pragma once

#include "km-books.h"

G_BEGIN_DECLS

/**
 * KM_LEDGER_ERROR:
 *
 * Domain of what the ledger refuses. Its messages are for logs and for the
 * person at the server's own commands.
 */
#define KM_LEDGER_ERROR (km_ledger_error_quark ())
GQuark km_ledger_error_quark (void);

/**
 * KmLedgerError:
 * @KM_LEDGER_ERROR_NO_SUCH_GIFT: not in the catalogue, or no longer: show the
 *   catalogue again
 * @KM_LEDGER_ERROR_BAD_COUNT: not 1 to %KM_GIFT_COUNT_MAX
 * @KM_LEDGER_ERROR_NOT_ENOUGH: the giver hasn't that many coins
 * @KM_LEDGER_ERROR_DAILY_LIMIT: it would go beyond what the giver allowed
 *   themselves for a day
 * @KM_LEDGER_ERROR_CONFIRM: it is a large gift: ask once more, then give it
 *   confirmed
 * @KM_LEDGER_ERROR_OWN_ROOM: giver and host are the same
 * @KM_LEDGER_ERROR_BAD_COINS: not a sum of coins that can be given
 * @KM_LEDGER_ERROR_NO_PRACTICE: no practice coins here, or not yet again
 * @KM_LEDGER_ERROR_NO_SUCH_ACCOUNT: nobody has that name
 * @KM_LEDGER_ERROR_NO_GROUP: there is no such gift to refund
 * @KM_LEDGER_ERROR_REFUNDED: it was refunded before
 * @KM_LEDGER_ERROR_BAD_CATALOGUE: what is said about a gift can't be used
 */
typedef enum
{
  KM_LEDGER_ERROR_NO_SUCH_GIFT,
  KM_LEDGER_ERROR_BAD_COUNT,
  KM_LEDGER_ERROR_NOT_ENOUGH,
  KM_LEDGER_ERROR_DAILY_LIMIT,
  KM_LEDGER_ERROR_CONFIRM,
  KM_LEDGER_ERROR_OWN_ROOM,
  KM_LEDGER_ERROR_BAD_COINS,
  KM_LEDGER_ERROR_NO_PRACTICE,
  KM_LEDGER_ERROR_NO_SUCH_ACCOUNT,
  KM_LEDGER_ERROR_NO_GROUP,
  KM_LEDGER_ERROR_REFUNDED,
  KM_LEDGER_ERROR_BAD_CATALOGUE,
} KmLedgerError;

/**
 * KM_GIFT_COUNT_MAX:
 *
 * How many of a gift may be given at once.
 */
#define KM_GIFT_COUNT_MAX 9999

/**
 * KM_GIFT_COMBO_MS:
 *
 * The same gift by the same giver goes on with their last one within this
 * time.
 */
#define KM_GIFT_COMBO_MS 5000

/**
 * KM_DAY_MS:
 *
 * How long a day is for the daily limit: it slides.
 */
#define KM_DAY_MS (G_GINT64_CONSTANT (24) * 60 * 60 * 1000)

/**
 * KmLedgerRules:
 * @share_permille: what the server keeps of a gift, 0 to 1000
 * @confirm_above_coins: gifts worth more than this want confirming
 * @practice_coins: what everybody gets to practise with; 0: this isn't a
 *   server to practise on
 *
 * What the owner of a server decided.
 */
typedef struct
{
  guint share_permille;
  gint64 confirm_above_coins;
  gint64 practice_coins;
} KmLedgerRules;

/**
 * KmGiving:
 * @room: in which room
 * @seq: the place in its log that the event of this gift is about to take
 * @account: who gives
 * @host: whose room it is
 * @gift: what, by its id in the catalogue
 * @count: how many
 * @confirmed: whether the giver was asked once more
 * @at_ms: when, since 1970
 */
typedef struct
{
  gint64 room;
  gint64 seq;
  gint64 account;
  gint64 host;
  const char *gift;
  gint64 count;
  gboolean confirmed;
  gint64 at_ms;
} KmGiving;

/**
 * KmGiftTerms:
 * @id: its id in the catalogue
 * @name: its names, as JSON by language
 * @art: the name of its picture
 * @tier: how much is made of it, 1 to 5
 * @price: coins for one
 *
 * A kind of gift as it can be given now. There is one of an id, so that two
 * are compared by their addresses.
 */
typedef struct
{
  char *id;
  char *name;
  char *art;
  guint tier;
  gint64 price;
} KmGiftTerms;

/**
 * KmCombo:
 * @id: its number, which is that of its first gift
 * @count: gifts of it so far
 * @value: coins of it so far
 *
 * The same gift by the same giver in the same room, again and again.
 */
typedef struct
{
  gint64 id;
  gint64 count;
  gint64 value;
} KmCombo;

/**
 * KmGiven:
 * @gift_row: the number of this gift, and of the group that pays for it
 * @kind: what is given, the memo's, for this job
 * @value: coins for all of them
 * @combo: the combo it belongs to, up to this one
 * @balance: coins that the giver has left
 * @income: coins of it that the host gets
 * @share: coins of it that the server gets
 * @remainder: coins of it that rounding leaves over
 * @purse: the giver's account before it
 * @host: the host's account before it; its id is 0 when there is none yet
 *
 * What comes of it.
 */
typedef struct
{
  gint64 gift_row;
  const KmGiftTerms *kind;
  gint64 value;
  KmCombo combo;
  gint64 balance;
  gint64 income;
  gint64 share;
  gint64 remainder;
  KmBooksAccount purse;
  KmBooksAccount host;
} KmGiven;

gboolean km_ledger_prepare (KmTransaction        *transaction,
                            const KmLedgerRules  *rules,
                            const KmGiving       *giving,
                            KmGiven              *given,
                            GError              **error);
gboolean km_ledger_give    (KmTransaction        *transaction,
                            const KmGiving       *giving,
                            KmGiven              *given,
                            GError              **error);
G_END_DECLS
