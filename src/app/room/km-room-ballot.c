/* km-room-ballot.c: the poll above a room's chat
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * There is nothing of it while there is no poll. A guest sees how it goes and
 * is led to an account to vote with. A long poll scrolls, so that the chat
 * keeps its place.
 *
 * Thread: main.
 */

#include "km-room-ballot.h"

#include "km-poll-card.h"
#include "km-poll-glue.h"
#include "km-sign-in-dialog.h"

struct _KmRoomBallot
{
  GtkWidget parent_instance;

  GtkWidget *root_child;
  KmPollCard *card;
  GtkWidget *sign_in;

  KmServer *server;
  KmRoom *room;
};

G_DEFINE_FINAL_TYPE (KmRoomBallot, km_room_ballot, GTK_TYPE_WIDGET)

static gboolean
is_open (KmRoomBallot *self)
{
  const KmPollView *poll = km_poll_card_get_poll (self->card);

  return poll != NULL && !poll->closed;
}

static void
update (KmRoomBallot *self)
{
  gtk_widget_set_visible (self->sign_in,
                          is_open (self)
                          && !km_server_get_signed_in (self->server));
}

static void
on_sign_in_clicked (KmRoomBallot *self)
{
  adw_dialog_present (km_sign_in_dialog_new (self->server), GTK_WIDGET (self));
}

static void
km_room_ballot_dispose (GObject *object)
{
  KmRoomBallot *self = KM_ROOM_BALLOT (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_ROOM_BALLOT);
  g_clear_object (&self->server);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (km_room_ballot_parent_class)->dispose (object);
}

static void
km_room_ballot_class_init (KmRoomBallotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_room_ballot_dispose;

  g_type_ensure (KM_TYPE_POLL_CARD);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/room/km-room-ballot.ui");
  gtk_widget_class_bind_template_child (widget_class, KmRoomBallot, root_child);
  gtk_widget_class_bind_template_child (widget_class, KmRoomBallot, card);
  gtk_widget_class_bind_template_child (widget_class, KmRoomBallot, sign_in);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in_clicked);
}

static void
km_room_ballot_init (KmRoomBallot *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_room_ballot_new:
 * @server: whose account votes
 * @room: whose poll to show
 *
 * Returns: (transfer floating): the poll's place
 */
GtkWidget *
km_room_ballot_new (KmServer *server,
                    KmRoom   *room)
{
  KmRoomBallot *self = g_object_new (KM_TYPE_ROOM_BALLOT, NULL);

  self->server = g_object_ref (server);
  self->room = g_object_ref (room);
  km_poll_glue_bind (self->card, room);
  g_signal_connect_object (server, "notify::signed-in", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (km_room_get_polls (room), "items-changed",
                           G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  update (self);
  return GTK_WIDGET (self);
}

/**
 * km_room_ballot_vote_number:
 * @number: the digit that somebody pressed
 *
 * Returns: whether there is a poll that this key was for
 */
gboolean
km_room_ballot_vote_number (KmRoomBallot *self,
                            guint         number)
{
  if (km_poll_card_vote_number (self->card, number))
    return TRUE;
  if (!is_open (self) || km_server_get_signed_in (self->server))
    return FALSE;

  on_sign_in_clicked (self);
  return TRUE;
}
