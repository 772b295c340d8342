#pragma once

#include <gtk/gtk.h>

#include "km-poll-view.h"

G_BEGIN_DECLS

#define KM_TYPE_POLL_CARD (km_poll_card_get_type ())
G_DECLARE_FINAL_TYPE (KmPollCard, km_poll_card, KM, POLL_CARD, GtkWidget)

GtkWidget        *km_poll_card_new         (void);
void              km_poll_card_set_poll    (KmPollCard       *self,
                                            const KmPollView *poll);
const KmPollView *km_poll_card_get_poll    (KmPollCard       *self);
gboolean          km_poll_card_vote_number (KmPollCard       *self,
                                            guint             number);
void              km_poll_card_set_compact (KmPollCard       *self,
                                            gboolean          compact);
gboolean          km_poll_card_get_compact (KmPollCard       *self);
void              km_poll_card_set_host    (KmPollCard       *self,
                                            gboolean          host);
gboolean          km_poll_card_get_host    (KmPollCard       *self);

G_END_DECLS
