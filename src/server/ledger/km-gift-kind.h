#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KM_GIFT_PRICE_MAX 1000000
#define KM_GIFT_TIER_MAX 5
#define KM_GIFT_ID_BYTES_MAX 32
#define KM_GIFT_NAME_BYTES_MAX 100
#define KM_GIFT_ART_BYTES_MAX (64 * 1024)

/**
 * KmGiftKind:
 * @id: what statements and apps call it, for ever
 * @names: what people call it, as a JSON object by language, with `en`
 * @price: coins for one
 * @tier: how much is made of it, 1 to %KM_GIFT_TIER_MAX
 * @art: the name of its picture
 * @svg: (nullable): the picture
 *
 * Something that can be given. Plain data.
 */
typedef struct
{
  char *id;
  char *names;
  gint64 price;
  guint tier;
  char *art;
  GBytes *svg;
} KmGiftKind;

KmGiftKind *km_gift_kind_new        (void);
void        km_gift_kind_free       (KmGiftKind  *self);
gboolean    km_gift_kind_check      (KmGiftKind  *self,
                                     GError     **error);
gboolean    km_gift_kind_check_id   (const char  *id,
                                     GError     **error);
gboolean    km_gift_kind_set_names  (KmGiftKind  *self,
                                     const char  *name,
                                     GHashTable  *translations,
                                     GError     **error);
gboolean    km_gift_kind_load_art   (KmGiftKind  *self,
                                     const char  *path,
                                     GError     **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmGiftKind, km_gift_kind_free)

G_END_DECLS
