#pragma once

#include <gtk/gtk.h>

#include "km-gift-layer.h"
#include "km-gift-queue.h"

G_BEGIN_DECLS

#define KM_GIFT_PILL_PX 40

typedef struct _KmGiftPill KmGiftPill;

KmGiftPill   *km_gift_pill_new      (const KmGiftShow  *show);
void          km_gift_pill_free     (KmGiftPill        *self);
GdkPaintable *km_gift_pill_get_art  (KmGiftPill        *self);
void          km_gift_pill_snapshot (KmGiftPill        *self,
                                     GtkSnapshot       *snapshot,
                                     PangoContext      *context,
                                     const KmGiftEntry *entry,
                                     float              width_px,
                                     float              pop);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmGiftPill, km_gift_pill_free)

G_END_DECLS
