#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KM_POLL_OPTIONS_MAX 10

/**
 * KmPollView:
 * @id: of the poll
 * @question: what the host asks
 * @options: @n_options texts
 * @tallies: @n_options numbers of votes
 * @n_options: 2 to KM_POLL_OPTIONS_MAX
 * @voters: how many people voted
 * @multiple: whether several options may be chosen
 * @changeable: whether a vote may be changed
 * @anonymous: whether the host doesn't see who voted
 * @closed: whether it is over
 * @can_vote: whether the person at this screen may vote at all
 * @closes_us: monotonic time, or -1: open until the host closes it
 * @own_mask: bit i: their vote has option i
 * @own_known: whether @own_mask is known; without it nothing is marked
 *
 * A poll, as a card shows it.
 */
typedef struct
{
  char *id;
  char *question;
  GStrv options;
  gint64 *tallies;
  guint n_options;
  gint64 voters;
  gboolean multiple;
  gboolean changeable;
  gboolean anonymous;
  gboolean closed;
  gboolean can_vote;
  gint64 closes_us;
  guint own_mask;
  gboolean own_known;
} KmPollView;

KmPollView *km_poll_view_copy        (const KmPollView *self);
void        km_poll_view_free        (KmPollView       *self);
gboolean    km_poll_view_is_valid    (const KmPollView *self);
gboolean    km_poll_view_is_votable  (const KmPollView *self);
double      km_poll_view_get_share   (const KmPollView *self,
                                      guint             option);
gboolean    km_poll_view_is_winner   (const KmPollView *self,
                                      guint             option);
char       *km_poll_view_format_left (const KmPollView *self,
                                      gint64            now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmPollView, km_poll_view_free)

G_END_DECLS
