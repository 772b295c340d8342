#pragma once

#include "km-text-sprite.h"

G_BEGIN_DECLS

typedef struct _KmTextCache KmTextCache;

KmTextCache  *km_text_cache_new         (gsize             budget_bytes);
void          km_text_cache_free        (KmTextCache      *self);

KmTextSprite *km_text_cache_use         (KmTextCache      *self,
                                         const KmTextSpec *spec);
KmTextSprite *km_text_cache_make        (KmTextCache      *self,
                                         const KmTextSpec *spec,
                                         PangoContext     *context);
void          km_text_cache_release     (KmTextCache      *self,
                                         KmTextSprite     *sprite);
gsize         km_text_cache_get_n_bytes (KmTextCache      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTextCache, km_text_cache_free)

G_END_DECLS
