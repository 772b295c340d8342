/* km-payment.c: one line of a statement
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: any (immutable).
 */

#include "km-payments-private.h"

#include "km-json.h"
#include "km-names.h"

#define WORD_BYTES_MAX 64
#define NOTE_BYTES_MAX 2000

struct _KmPayment
{
  GObject parent_instance;
  char *id;
  gint64 at_ms;
  KmPaymentKind kind;
  gint64 coins;
  gint64 balance;
  char *gift;
  char *gift_name;
  gint64 count;
  char *other_name;
  char *room;
  char *note;
};

G_DEFINE_FINAL_TYPE (KmPayment, km_payment, G_TYPE_OBJECT)

static void
km_payment_finalize (GObject *object)
{
  KmPayment *self = KM_PAYMENT (object);

  g_free (self->id);
  g_free (self->gift);
  g_free (self->gift_name);
  g_free (self->other_name);
  g_free (self->room);
  g_free (self->note);

  G_OBJECT_CLASS (km_payment_parent_class)->finalize (object);
}

static void
km_payment_class_init (KmPaymentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = km_payment_finalize;
}

static void
km_payment_init (KmPayment *self)
{
}

static KmPaymentKind
parse_kind (const char *word)
{
  static const char *const words[] = { "gift", "grant", "practice", "refund" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_strcmp0 (word, words[i]) == 0)
        return (KmPaymentKind) i;
    }

  return KM_PAYMENT_OTHER;
}

static void
read_details (KmPayment  *self,
              JsonObject *object)
{
  g_autoptr (KmAccountInfo) other =
    km_account_info_from_json (km_json_get_object (object, "other"));
  g_autofree char *names =
    km_names_from_json (km_json_get_object (object, "names"));

  self->gift = g_strdup (km_json_get_string (object, "gift", WORD_BYTES_MAX));
  if (names != NULL)
    self->gift_name = km_names_pick (names, g_get_language_names ());
  if (self->gift_name == NULL)
    self->gift_name = g_strdup (self->gift);
  if (other != NULL)
    self->other_name = g_strdup (other->shown_name);
  self->room = g_strdup (km_json_get_string (object, "room", WORD_BYTES_MAX));
  self->note = g_strdup (km_json_get_string (object, "note", NOTE_BYTES_MAX));
  km_json_get_integer (object, "count", 0, G_MAXINT64, &self->count);
}

/* Returns: (transfer full) (nullable): the line; %NULL if it isn't one. */
KmPayment *
km_payment_from_json (JsonObject *object)
{
  g_autoptr (KmPayment) self =
    g_object_new (KM_TYPE_PAYMENT, NULL);

  self->id = g_strdup (km_json_get_string (object, "id", WORD_BYTES_MAX));
  self->kind = parse_kind (km_json_get_string (object, "kind",
                                               WORD_BYTES_MAX));
  if (self->id == NULL ||
      !km_json_get_integer (object, "at", 0, G_MAXINT64, &self->at_ms) ||
      !km_json_get_integer (object, "coins", G_MININT64, G_MAXINT64,
                            &self->coins) ||
      !km_json_get_integer (object, "balance", G_MININT64, G_MAXINT64,
                            &self->balance))
    return NULL;
  read_details (self, object);

  return g_steal_pointer (&self);
}

const char *
km_payment_get_id (KmPayment *self)
{
  g_return_val_if_fail (KM_IS_PAYMENT (self), NULL);

  return self->id;
}

/* Returns: when, ms since 1970. */
gint64
km_payment_get_at (KmPayment *self)
{
  g_return_val_if_fail (KM_IS_PAYMENT (self), 0);

  return self->at_ms;
}

KmPaymentKind
km_payment_get_kind (KmPayment *self)
{
  g_return_val_if_fail (KM_IS_PAYMENT (self), KM_PAYMENT_OTHER);

  return self->kind;
}

/* Returns: how many came; less than 0: went. */
gint64
km_payment_get_coins (KmPayment *self)
{
  g_return_val_if_fail (KM_IS_PAYMENT (self), 0);

  return self->coins;
}

/* Returns: how many there were after it. */
gint64
km_payment_get_balance (KmPayment *self)
{
  g_return_val_if_fail (KM_IS_PAYMENT (self), 0);

  return self->balance;
}

/* Returns: (nullable): the gift's id. */
const char *
km_payment_get_gift (KmPayment *self)
{
  g_return_val_if_fail (KM_IS_PAYMENT (self), NULL);

  return self->gift;
}

/* Returns: (nullable): what it is called, in the person's language. */
const char *
km_payment_get_gift_name (KmPayment *self)
{
  g_return_val_if_fail (KM_IS_PAYMENT (self), NULL);

  return self->gift_name;
}

/* Returns: how many of the gift; 0: it is no gift. */
gint64
km_payment_get_count (KmPayment *self)
{
  g_return_val_if_fail (KM_IS_PAYMENT (self), 0);

  return self->count;
}

/* Returns: (nullable): the name to show for whom it went to or came from. */
const char *
km_payment_get_other_name (KmPayment *self)
{
  g_return_val_if_fail (KM_IS_PAYMENT (self), NULL);

  return self->other_name;
}

/* Returns: (nullable): the id of the room where it was given. */
const char *
km_payment_get_room (KmPayment *self)
{
  g_return_val_if_fail (KM_IS_PAYMENT (self), NULL);

  return self->room;
}

/* Returns: (nullable): what who did it wrote beside it. */
const char *
km_payment_get_note (KmPayment *self)
{
  g_return_val_if_fail (KM_IS_PAYMENT (self), NULL);

  return self->note;
}
