#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _KmTickets KmTickets;

/**
 * KmTicket:
 * @account: (nullable): the account's id; %NULL: a guest
 * @name: (nullable): its name
 * @shown_name: (nullable): what others see
 * @session: (nullable): id of the session that asked for it
 *
 * Whom a socket will speak for. Plain data.
 */
typedef struct
{
  char *account;
  char *name;
  char *shown_name;
  char *session;
} KmTicket;

#define KM_TICKETS_MAX 20000

KmTickets *km_tickets_new          (void);
void       km_tickets_free         (KmTickets  *self);
char      *km_tickets_issue        (KmTickets  *self,
                                    KmTicket   *ticket,
                                    gint64      now_ms);
KmTicket  *km_tickets_redeem       (KmTickets  *self,
                                    const char *word,
                                    gint64      now_ms);
void       km_tickets_drop_sessions (KmTickets         *self,
                                     const char *const *sessions);
void       km_tickets_rename       (KmTickets  *self,
                                    const char *account,
                                    const char *shown_name);
void       km_ticket_free          (KmTicket   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTickets, km_tickets_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTicket, km_ticket_free)

G_END_DECLS
