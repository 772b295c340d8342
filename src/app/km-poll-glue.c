/* km-poll-glue.c: the poll of a room in a card
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A card shows the first poll that is open, and the result of the last one
 * for a while when none is; after that the chat list has it. What one chose is
 * marked at once: the poll itself takes it back when the server refuses.
 *
 * Thread: main.
 */

#include "km-poll-glue.h"

#include <glib/gi18n.h>

#include "km-toast.h"

#define RESULT_SECONDS 12

#define KM_TYPE_POLL_GLUE (km_poll_glue_get_type ())
G_DECLARE_FINAL_TYPE (KmPollGlue, km_poll_glue, KM, POLL_GLUE, GObject)

struct _KmPollGlue
{
  GObject parent_instance;

  KmPollCard *card; /* holds this */
  KmRoom *room;
  GSignalGroup *poll; /* KmRoomPoll */
  guint timer;
};

G_DEFINE_FINAL_TYPE (KmPollGlue, km_poll_glue, G_TYPE_OBJECT)

static void
update (KmPollGlue *self)
{
  g_autoptr (KmRoomPoll) poll = g_signal_group_dup_target (self->poll);
  g_autoptr (KmPollView) view = NULL;
  KmRole role = km_room_get_role (self->room);

  km_poll_card_set_host (self->card, role == KM_ROLE_HOST);
  if (poll != NULL)
    view = km_poll_glue_describe (poll, role);
  km_poll_card_set_poll (self->card, view);
}

static void
show (KmPollGlue *self,
      KmRoomPoll *poll)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_signal_group_set_target (self->poll, poll);
  update (self);
}

static void
show_open (KmPollGlue *self)
{
  g_autoptr (KmRoomPoll) first
    = g_list_model_get_item (km_room_get_polls (self->room), 0);

  show (self, first);
}

static gboolean
on_timeout (gpointer user_data)
{
  KmPollGlue *self = user_data;

  self->timer = 0;
  show_open (self);
  return G_SOURCE_REMOVE;
}

/* A result is on the way when the open poll leaves the list; without one, as
 * after a long time away, there is nothing to show. */
static void
on_polls_changed (KmPollGlue *self)
{
  g_autoptr (KmRoomPoll) shown = g_signal_group_dup_target (self->poll);

  if (shown == NULL
      || g_list_model_get_n_items (km_room_get_polls (self->room)) > 0)
    show_open (self);
}

static void
on_poll_opened (KmPollGlue *self,
                KmRoomPoll *poll,
                gboolean    fresh)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self->card));
  g_autofree char *words = NULL;

  if (!fresh || root == NULL || km_poll_card_get_compact (self->card))
    return;

  /* Translators: for the screen reader: what is asked */
  words = g_strdup_printf (_("A poll: %s"), km_room_poll_get_question (poll));
  gtk_accessible_announce (GTK_ACCESSIBLE (root), words,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
on_closed_changed (KmPollGlue *self,
                   GParamSpec *pspec,
                   KmRoomPoll *poll)
{
  if (km_room_poll_get_closed (poll) && self->timer == 0)
    self->timer = g_timeout_add_seconds (RESULT_SECONDS, on_timeout, self);
}

static void
on_voted (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GtkWidget) card = user_data;
  g_autoptr (GError) error = NULL;

  if (!km_room_vote_finish (KM_ROOM (source), result, &error))
    km_toast_error (card, error);
}

static void
on_vote (KmPollGlue *self,
         guint       choices)
{
  g_autoptr (KmRoomPoll) poll = g_signal_group_dup_target (self->poll);

  if (poll != NULL)
    km_room_vote_async (self->room, poll, choices, NULL, on_voted,
                        g_object_ref (self->card));
}

/* That it was closed already is what was wanted. */
static void
on_closed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GtkWidget) card = user_data;
  g_autoptr (GError) error = NULL;

  if (!km_room_close_poll_finish (KM_ROOM (source), result, &error)
      && !g_error_matches (error, KM_PROTOCOL_ERROR,
                           KM_PROTOCOL_ERROR_POLL_CLOSED))
    km_toast_error (card, error);
}

static void
on_close (KmPollGlue *self)
{
  g_autoptr (KmRoomPoll) poll = g_signal_group_dup_target (self->poll);

  if (poll != NULL)
    km_room_close_poll_async (self->room, poll, NULL, on_closed,
                              g_object_ref (self->card));
}

static void
km_poll_glue_dispose (GObject *object)
{
  KmPollGlue *self = KM_POLL_GLUE (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->poll);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (km_poll_glue_parent_class)->dispose (object);
}

static void
km_poll_glue_class_init (KmPollGlueClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = km_poll_glue_dispose;
}

static void
km_poll_glue_init (KmPollGlue *self)
{
  self->poll = g_signal_group_new (KM_TYPE_ROOM_POLL);
  g_signal_group_connect_swapped (self->poll, "changed", G_CALLBACK (update),
                                  self);
  g_signal_group_connect_swapped (self->poll, "notify::closed",
                                  G_CALLBACK (on_closed_changed), self);
}

/**
 * km_poll_glue_describe:
 * @poll: a poll of a room
 * @role: what one is there
 *
 * Returns: (transfer full): @poll as a card shows it
 */
KmPollView *
km_poll_glue_describe (KmRoomPoll *poll,
                       KmRole      role)
{
  KmPollView *view = g_new0 (KmPollView, 1);

  view->id = g_strdup (km_room_poll_get_id (poll));
  view->question = g_strdup (km_room_poll_get_question (poll));
  view->n_options = km_room_poll_get_n_options (poll);
  view->options = g_new0 (char *, view->n_options + 1);
  view->tallies = g_new0 (gint64, view->n_options);
  for (guint i = 0; i < view->n_options; i++)
    {
      view->options[i] = g_strdup (km_room_poll_get_option (poll, i));
      view->tallies[i] = km_room_poll_get_tally (poll, i);
    }
  view->voters = km_room_poll_get_voters (poll);
  view->multiple = km_room_poll_get_multiple (poll);
  view->changeable = km_room_poll_get_changeable (poll);
  view->anonymous = km_room_poll_get_anonymous (poll);
  view->closed = km_room_poll_get_closed (poll);
  view->can_vote = role != KM_ROLE_GUEST && km_room_poll_can_vote (poll);
  view->closes_us = km_room_poll_get_closes_us (poll);
  view->own_mask = km_room_poll_get_voted (poll);
  view->own_known = TRUE;

  return view;
}

/**
 * km_poll_glue_bind:
 * @card: shows the poll; its host's button is there for the host
 * @room: whose
 *
 * Lets @card show what @room is asked, and vote, as long as it exists. What
 * goes wrong is a toast of the window that the card is in. Call it once.
 */
void
km_poll_glue_bind (KmPollCard *card,
                   KmRoom     *room)
{
  KmPollGlue *self = g_object_new (KM_TYPE_POLL_GLUE, NULL);

  self->card = card;
  self->room = g_object_ref (room);
  g_object_set_data_full (G_OBJECT (card), "km-poll-glue", self,
                          g_object_unref);
  g_signal_connect_object (card, "vote", G_CALLBACK (on_vote), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (card, "close", G_CALLBACK (on_close), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (room, "notify::role", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (room, "poll-opened", G_CALLBACK (on_poll_opened),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (km_room_get_polls (room), "items-changed",
                           G_CALLBACK (on_polls_changed), self,
                           G_CONNECT_SWAPPED);
  show_open (self);
}
