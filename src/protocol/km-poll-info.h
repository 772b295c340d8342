#pragma once

#include "km-protocol.h"

G_BEGIN_DECLS

/**
 * KmPollQuestion:
 * @question: what is asked
 * @options: (array zero-terminated=1): what can be answered,
 *   %KM_POLL_OPTIONS_MIN to %KM_POLL_OPTIONS_MAX
 * @multiple: whether one may choose several
 * @changeable: whether one may vote again
 * @anonymous: whether nobody, the host neither, learns who voted for what
 *
 * What somebody asks a room. Plain data; the holder owns the texts.
 */
typedef struct
{
  char *question;
  char **options;
  gboolean multiple;
  gboolean changeable;
  gboolean anonymous;
} KmPollQuestion;

KmPollQuestion *km_poll_question_copy   (const KmPollQuestion *self);
void            km_poll_question_clear  (KmPollQuestion       *self);
void            km_poll_question_free   (KmPollQuestion       *self);
guint           km_poll_question_count  (const KmPollQuestion *self);
void            km_poll_question_append (const KmPollQuestion *self,
                                         GString              *out);

/**
 * KmPollParts:
 * @KM_POLL_PART_ASK: the question and when it was opened
 * @KM_POLL_PART_TALLIES: how many chose what so far
 * @KM_POLL_PART_VOTED: what the one who reads it voted, and how long it is
 *   open yet
 * @KM_POLL_PART_END: whether, when and why it was closed
 *
 * What is said about a poll, besides its id.
 */
typedef enum
{
  KM_POLL_PART_ASK = 1 << 0,
  KM_POLL_PART_TALLIES = 1 << 1,
  KM_POLL_PART_VOTED = 1 << 2,
  KM_POLL_PART_END = 1 << 3,
} KmPollParts;

/**
 * KmPollInfo:
 * @id: digits
 * @ask: what is asked; its question is %NULL in a `tick`, which tells only
 *   tallies
 * @opened_at_ms: when it was opened, ms since 1970
 * @closes_at_ms: when it closes by itself; -1: it doesn't
 * @left_ms: how long until then; -1: doesn't say
 * @closed_at_ms: when it was closed; -1: it is open, or doesn't say
 * @reason: why it was closed, if it was
 * @n_tallies: how many of @tallies hold something; 0: doesn't say
 * @tallies: how many chose each option
 * @voters: how many voted
 * @voted: the options that the one who reads it chose, the lowest bit for the
 *   first; 0: none, or doesn't say
 *
 * POLL of the protocol. Plain data.
 */
typedef struct
{
  char *id;
  KmPollQuestion ask;
  gint64 opened_at_ms;
  gint64 closes_at_ms;
  gint64 left_ms;
  gint64 closed_at_ms;
  KmPollEnd reason;
  guint n_tallies;
  gint64 tallies[KM_POLL_OPTIONS_MAX];
  gint64 voters;
  guint voted;
} KmPollInfo;

KmPollInfo *km_poll_info_new    (void);
KmPollInfo *km_poll_info_copy   (const KmPollInfo *self);
void        km_poll_info_free   (KmPollInfo       *self);
void        km_poll_info_append (const KmPollInfo *self,
                                 KmPollParts       parts,
                                 GString          *out);

void        km_poll_infos_append   (GPtrArray     *polls,
                                    KmPollParts    parts,
                                    GString       *out);
void        km_poll_choices_append (guint          choices,
                                    GString       *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmPollQuestion, km_poll_question_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmPollInfo, km_poll_info_free)

G_END_DECLS
