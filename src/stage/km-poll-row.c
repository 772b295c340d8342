/* km-poll-row.c: an option of a poll, a button and a bar in one
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bar is the row's ground and as wide as the row at 100 %. To assistive
 * technology it is a radio button, or a check box where several may be chosen,
 * whose name says all that is seen.
 *
 * Where nobody can vote it isn't insensitive, which would make the result hard
 * to read: it just can't be reached.
 *
 * Thread: main.
 */

#include "km-poll-row.h"

#include <glib/gi18n.h>

#include "km-poll-bar.h"
#include "km-stage-style.h"

struct _KmPollRow
{
  GtkButton parent_instance;

  KmPollBar *bar;
  GtkLabel *key;
  GtkLabel *text;
  GtkWidget *mark;
  GtkLabel *percent;
  GtkLabel *votes;

  guint option;
};

G_DEFINE_FINAL_TYPE (KmPollRow, km_poll_row, GTK_TYPE_BUTTON)

static void
set_class (KmPollRow  *self,
           const char *name,
           gboolean    on)
{
  if (on)
    gtk_widget_add_css_class (GTK_WIDGET (self), name);
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), name);
}

static char *
format_votes (gint64 n_votes)
{
  g_autofree char *number = g_strdup_printf ("%'" G_GINT64_FORMAT, n_votes);

  return g_strdup_printf (ngettext ("%s vote", "%s votes", (gulong) n_votes),
                          number);
}

static void
say_what_is_seen (KmPollRow        *self,
                  const KmPollView *poll,
                  gboolean          marked)
{
  g_autofree char *name = g_strdup_printf (
    /* Translators: an option of a poll, its share and its votes, as in
     * "1. Blue, 62 %, 12 votes" */
    _("%u. %s, %s, %s"), self->option + 1, gtk_label_get_text (self->text),
    gtk_label_get_text (self->percent), gtk_label_get_text (self->votes));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_state (
    GTK_ACCESSIBLE (self),
    GTK_ACCESSIBLE_STATE_CHECKED,
    marked ? GTK_ACCESSIBLE_TRISTATE_TRUE : GTK_ACCESSIBLE_TRISTATE_FALSE,
    GTK_ACCESSIBLE_STATE_DISABLED, !km_poll_view_is_votable (poll), -1);
}

static void
km_poll_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), KM_TYPE_POLL_ROW);

  G_OBJECT_CLASS (km_poll_row_parent_class)->dispose (object);
}

static void
km_poll_row_class_init (KmPollRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  km_stage_style_use ();
  g_type_ensure (KM_TYPE_POLL_BAR);
  G_OBJECT_CLASS (klass)->dispose = km_poll_row_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/stage/km-poll-row.ui");
  gtk_widget_class_bind_template_child (widget_class, KmPollRow, bar);
  gtk_widget_class_bind_template_child (widget_class, KmPollRow, key);
  gtk_widget_class_bind_template_child (widget_class, KmPollRow, text);
  gtk_widget_class_bind_template_child (widget_class, KmPollRow, mark);
  gtk_widget_class_bind_template_child (widget_class, KmPollRow, percent);
  gtk_widget_class_bind_template_child (widget_class, KmPollRow, votes);
}

static void
km_poll_row_init (KmPollRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_poll_row_new:
 * @option: 0 to 9
 * @multiple: whether several options may be chosen
 *
 * Returns: (transfer floating): a row; "clicked" when somebody chooses it
 */
GtkWidget *
km_poll_row_new (guint    option,
                 gboolean multiple)
{
  KmPollRow *self = g_object_new (
    KM_TYPE_POLL_ROW, "accessible-role",
    multiple ? GTK_ACCESSIBLE_ROLE_CHECKBOX : GTK_ACCESSIBLE_ROLE_RADIO, NULL);
  g_autofree char *key = g_strdup_printf ("%u", (option + 1) % 10);

  self->option = option;
  gtk_label_set_label (self->key, key);

  return GTK_WIDGET (self);
}

/**
 * km_poll_row_get_option:
 * @self: a row
 *
 * Returns: 0 to 9
 */
guint
km_poll_row_get_option (KmPollRow *self)
{
  return self->option;
}

/**
 * km_poll_row_update:
 * @self: a row
 * @poll: a valid poll that has its option
 * @marked: whether it is chosen, or about to be
 * @compact: whether there is little room
 *
 * Shows the option as it is now.
 */
void
km_poll_row_update (KmPollRow        *self,
                    const KmPollView *poll,
                    gboolean          marked,
                    gboolean          compact)
{
  double share = km_poll_view_get_share (poll, self->option);
  gboolean votable = km_poll_view_is_votable (poll) && !compact;
  gboolean winner = km_poll_view_is_winner (poll, self->option);
  g_autofree char *percent = g_strdup_printf (_("%u %%"),
                                              (guint) (share * 100 + 0.5));
  g_autofree char *votes = format_votes (poll->tallies[self->option]);

  km_poll_bar_set_share (self->bar, share);
  gtk_label_set_label (self->text, poll->options[self->option]);
  gtk_label_set_label (self->percent, percent);
  gtk_label_set_label (self->votes, votes);
  gtk_label_set_ellipsize (self->text, compact ? PANGO_ELLIPSIZE_END
                                               : PANGO_ELLIPSIZE_NONE);
  gtk_label_set_wrap (self->text, !compact);
  gtk_widget_set_visible (GTK_WIDGET (self->votes), !compact);
  gtk_widget_set_visible (self->mark, marked && !compact);

  set_class (self, "votable", votable);
  set_class (self, "own", marked && !compact);
  set_class (self, "winner", winner);
  set_class (self, "lost", poll->closed && !winner);
  gtk_widget_set_can_target (GTK_WIDGET (self), votable);
  gtk_widget_set_focusable (GTK_WIDGET (self), votable);
  say_what_is_seen (self, poll, marked);
}
