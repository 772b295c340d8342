/* km-chat-poll.c: what a row of the panel shows of a poll's end
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-chat-poll.h"

#include <glib/gi18n.h>

#include "km-poll-glue.h"
#include "km-poll-words.h"

struct _KmChatPoll
{
  GtkWidget parent_instance;

  GtkWidget *root_child;
  GtkLabel *question;
  GtkLabel *winners;
  GtkLabel *voters;
};

G_DEFINE_FINAL_TYPE (KmChatPoll, km_chat_poll, GTK_TYPE_WIDGET)

static void
km_chat_poll_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), KM_TYPE_CHAT_POLL);

  G_OBJECT_CLASS (km_chat_poll_parent_class)->dispose (object);
}

static void
km_chat_poll_class_init (KmChatPollClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_chat_poll_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/chat/km-chat-poll.ui");
  gtk_widget_class_bind_template_child (widget_class, KmChatPoll, root_child);
  gtk_widget_class_bind_template_child (widget_class, KmChatPoll, question);
  gtk_widget_class_bind_template_child (widget_class, KmChatPoll, winners);
  gtk_widget_class_bind_template_child (widget_class, KmChatPoll, voters);
}

static void
km_chat_poll_init (KmChatPoll *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static char *
dup_winners (KmRoomPoll *poll)
{
  g_autoptr (KmPollView) view = km_poll_glue_describe (poll, KM_ROLE_GUEST);

  return km_poll_words_dup_winners (view);
}

/**
 * km_chat_poll_show:
 * @poll: one that is over
 */
void
km_chat_poll_show (KmChatPoll *self,
                   KmRoomPoll *poll)
{
  g_autofree char *winners = dup_winners (poll);
  g_autofree char *voters = km_poll_words_dup_voters (
    km_room_poll_get_voters (poll));

  gtk_label_set_text (self->question, km_room_poll_get_question (poll));
  gtk_label_set_text (self->winners, winners != NULL ? winners : "");
  gtk_widget_set_visible (GTK_WIDGET (self->winners), winners != NULL);
  gtk_label_set_text (self->voters, voters);
}

/**
 * km_chat_poll_dup_title:
 * @poll: one that is over
 *
 * Returns: (transfer full): how it ended, for the screen reader
 */
char *
km_chat_poll_dup_title (KmRoomPoll *poll)
{
  g_autofree char *winners = dup_winners (poll);
  g_autofree char *voters = km_poll_words_dup_voters (
    km_room_poll_get_voters (poll));

  /* Translators: for the screen reader: a poll's question, who won, how many
   * voted */
  return g_strdup_printf (_("Poll result: %s %s, %s"),
                          km_room_poll_get_question (poll),
                          winners != NULL ? winners : "", voters);
}
