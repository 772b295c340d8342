/* km-poll-card.c: a poll and its result
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shows what it is told and asks for votes; what was chosen is marked when it
 * is told so. Only where several options may be chosen does it remember what
 * is ticked but not yet voted for, as long as it is the same poll.
 *
 * A second's timer runs only while it is on screen and the poll has an end.
 *
 * Thread: main.
 */

#include "km-poll-card.h"

#include <glib/gi18n.h>

#include "km-poll-row.h"
#include "km-stage-style.h"

/* In little room, more options than this stand in two columns. */
#define COMPACT_COLUMN 5

struct _KmPollCard
{
  GtkWidget parent_instance;

  GtkWidget *root_child;
  GtkLabel *kind;
  GtkLabel *short_question;
  GtkLabel *left;
  GtkLabel *question;
  GtkScrolledWindow *scroller;
  GtkGrid *rows;
  GtkWidget *footer;
  GtkLabel *voters;
  GtkLabel *privacy;
  GtkButton *vote;
  GtkWidget *close;

  KmPollView *poll;
  GPtrArray *shown_rows; /* KmPollRow, the grid's */
  guint draft;
  gboolean compact;
  gboolean host;
  guint timer;
};

enum
{
  PROP_0,
  PROP_COMPACT,
  PROP_HOST,
  N_PROPS
};

enum
{
  VOTE,
  CLOSE,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (KmPollCard, km_poll_card, GTK_TYPE_WIDGET)

static guint
get_own (KmPollCard *self)
{
  return self->poll->own_known ? self->poll->own_mask : 0;
}

static void
set_text (GtkLabel   *label,
          const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

static void
update_rows (KmPollCard *self)
{
  gboolean drafting = self->poll->multiple
                      && km_poll_view_is_votable (self->poll);
  guint marks = drafting ? self->draft : get_own (self);

  for (guint i = 0; i < self->shown_rows->len; i++)
    km_poll_row_update (g_ptr_array_index (self->shown_rows, i), self->poll,
                        (marks >> i & 1) != 0, self->compact);
}

static void
update_buttons (KmPollCard *self)
{
  gboolean drafting = self->poll->multiple
                      && km_poll_view_is_votable (self->poll);

  gtk_widget_set_visible (GTK_WIDGET (self->vote), drafting);
  gtk_button_set_label (self->vote, get_own (self) != 0 ? _("Change Vote")
                                                        : _("Vote"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->vote),
                            self->draft != 0 && self->draft != get_own (self));
  gtk_widget_set_visible (self->close, self->host && !self->poll->closed);
}

static void
update_left (KmPollCard *self)
{
  g_autofree char *left =
    km_poll_view_format_left (self->poll, g_get_monotonic_time ());

  set_text (self->left, left);
}

static void
update_words (KmPollCard *self)
{
  gint64 n_voters = MAX (self->poll->voters, 0);
  g_autofree char *number = g_strdup_printf ("%'" G_GINT64_FORMAT, n_voters);
  g_autofree char *voters = g_strdup_printf (
    ngettext ("%s person voted", "%s people voted", (gulong) n_voters), number);

  set_text (self->kind, self->poll->closed ? _("Poll Closed") : _("Poll"));
  gtk_label_set_label (self->voters, voters);
  gtk_label_set_label (self->question, self->poll->question);
  gtk_label_set_label (self->short_question, self->poll->question);
  set_text (self->privacy,
            self->poll->closed ? NULL
            : self->poll->anonymous ? _("Nobody sees who voted for what.")
                                    : _("The host sees who voted for what."));
  gtk_accessible_update_property (
    GTK_ACCESSIBLE (self->rows), GTK_ACCESSIBLE_PROPERTY_LABEL,
    self->poll->question, -1);
  update_left (self);
}

static void
update_room (KmPollCard *self)
{
  if (self->compact)
    gtk_widget_add_css_class (self->root_child, "compact");
  else
    gtk_widget_remove_css_class (self->root_child, "compact");

  gtk_scrolled_window_set_policy (
    self->scroller, GTK_POLICY_NEVER,
    self->compact ? GTK_POLICY_NEVER : GTK_POLICY_AUTOMATIC);
  gtk_box_set_spacing (GTK_BOX (self->root_child), self->compact ? 4 : 8);
  gtk_grid_set_row_spacing (self->rows, self->compact ? 3 : 6);
  gtk_widget_set_visible (GTK_WIDGET (self->short_question), self->compact);
  gtk_widget_set_visible (GTK_WIDGET (self->question), !self->compact);
  gtk_widget_set_visible (GTK_WIDGET (self->kind), !self->compact);
  gtk_widget_set_visible (self->footer, !self->compact);
  gtk_widget_set_hexpand (GTK_WIDGET (self->left), !self->compact);
}

static void
update (KmPollCard *self)
{
  update_words (self);
  update_room (self);
  update_rows (self);
  update_buttons (self);
}

static gboolean
on_second (gpointer user_data)
{
  KmPollCard *self = user_data;

  update_left (self);
  return G_SOURCE_CONTINUE;
}

static void
run_timer (KmPollCard *self)
{
  gboolean runs = gtk_widget_get_mapped (GTK_WIDGET (self))
                  && self->poll != NULL && !self->poll->closed
                  && self->poll->closes_us >= 0;

  if (runs && self->timer == 0)
    self->timer = g_timeout_add_seconds (1, on_second, self);
  else if (!runs)
    g_clear_handle_id (&self->timer, g_source_remove);
}

static void
choose (KmPollCard *self,
        guint       option)
{
  guint bit = 1u << option;

  if (self->poll->multiple)
    {
      self->draft ^= bit;
      update_rows (self);
      update_buttons (self);
    }
  else if (get_own (self) != bit)
    g_signal_emit (self, signals[VOTE], 0, bit);
}

static void
on_row_clicked (KmPollCard *self,
                KmPollRow  *row)
{
  if (km_poll_view_is_votable (self->poll))
    choose (self, km_poll_row_get_option (row));
}

static void
on_vote_clicked (KmPollCard *self)
{
  g_signal_emit (self, signals[VOTE], 0, self->draft);
}

static void
on_close_clicked (KmPollCard *self)
{
  g_signal_emit (self, signals[CLOSE], 0);
}

static void
build_rows (KmPollCard *self)
{
  guint n_options = self->poll->n_options;
  guint n_columns = self->compact && n_options > COMPACT_COLUMN ? 2 : 1;
  guint n_lines = (n_options + n_columns - 1) / n_columns;
  GtkWidget *old;

  while ((old = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_grid_remove (self->rows, old);
  g_ptr_array_set_size (self->shown_rows, 0);

  for (guint i = 0; i < n_options; i++)
    {
      GtkWidget *row = km_poll_row_new (i, self->poll->multiple);

      g_signal_connect_object (row, "clicked", G_CALLBACK (on_row_clicked),
                               self, G_CONNECT_SWAPPED);
      gtk_widget_set_hexpand (row, TRUE);
      gtk_grid_attach (self->rows, row, (int) (i / n_lines),
                       (int) (i % n_lines), 1, 1);
      g_ptr_array_add (self->shown_rows, row);
    }
}

static gboolean
is_same_poll (const KmPollView *a,
              const KmPollView *b)
{
  return a != NULL && g_strcmp0 (a->id, b->id) == 0
         && a->n_options == b->n_options && a->multiple == b->multiple;
}

static void
km_poll_card_map (GtkWidget *widget)
{
  KmPollCard *self = KM_POLL_CARD (widget);

  GTK_WIDGET_CLASS (km_poll_card_parent_class)->map (widget);
  if (self->poll != NULL)
    update_left (self);
  run_timer (self);
}

static void
km_poll_card_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (km_poll_card_parent_class)->unmap (widget);
  run_timer (KM_POLL_CARD (widget));
}

static void
km_poll_card_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  KmPollCard *self = KM_POLL_CARD (object);

  switch (prop_id)
    {
    case PROP_COMPACT:
      g_value_set_boolean (value, self->compact);
      break;
    case PROP_HOST:
      g_value_set_boolean (value, self->host);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
km_poll_card_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  KmPollCard *self = KM_POLL_CARD (object);

  switch (prop_id)
    {
    case PROP_COMPACT:
      km_poll_card_set_compact (self, g_value_get_boolean (value));
      break;
    case PROP_HOST:
      km_poll_card_set_host (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
km_poll_card_dispose (GObject *object)
{
  KmPollCard *self = KM_POLL_CARD (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_ptr_array_set_size (self->shown_rows, 0);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_POLL_CARD);

  G_OBJECT_CLASS (km_poll_card_parent_class)->dispose (object);
}

static void
km_poll_card_finalize (GObject *object)
{
  KmPollCard *self = KM_POLL_CARD (object);

  g_ptr_array_unref (self->shown_rows);
  g_clear_pointer (&self->poll, km_poll_view_free);

  G_OBJECT_CLASS (km_poll_card_parent_class)->finalize (object);
}

static void
install_properties_and_signals (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                            | G_PARAM_STATIC_STRINGS;

  properties[PROP_COMPACT] =
    g_param_spec_boolean ("compact", NULL, NULL, FALSE, flags);
  properties[PROP_HOST] =
    g_param_spec_boolean ("host", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (klass, N_PROPS, properties);

  /**
   * KmPollCard::vote:
   * @mask: bit i: option i is chosen; never 0
   *
   * Somebody voted; tell the card by km_poll_card_set_poll() when it counts.
   */
  signals[VOTE] = g_signal_new ("vote", KM_TYPE_POLL_CARD, G_SIGNAL_RUN_LAST,
                                0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_UINT);
  /**
   * KmPollCard::close:
   *
   * The host wants to close the poll.
   */
  signals[CLOSE] = g_signal_new ("close", KM_TYPE_POLL_CARD, G_SIGNAL_RUN_LAST,
                                 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bind_template (GtkWidgetClass *klass)
{
  gtk_widget_class_set_template_from_resource (
    klass, "/io/github/kaimu_live/Kaimu/stage/km-poll-card.ui");
  gtk_widget_class_bind_template_child (klass, KmPollCard, root_child);
  gtk_widget_class_bind_template_child (klass, KmPollCard, kind);
  gtk_widget_class_bind_template_child (klass, KmPollCard, short_question);
  gtk_widget_class_bind_template_child (klass, KmPollCard, left);
  gtk_widget_class_bind_template_child (klass, KmPollCard, question);
  gtk_widget_class_bind_template_child (klass, KmPollCard, scroller);
  gtk_widget_class_bind_template_child (klass, KmPollCard, rows);
  gtk_widget_class_bind_template_child (klass, KmPollCard, footer);
  gtk_widget_class_bind_template_child (klass, KmPollCard, voters);
  gtk_widget_class_bind_template_child (klass, KmPollCard, privacy);
  gtk_widget_class_bind_template_child (klass, KmPollCard, vote);
  gtk_widget_class_bind_template_child (klass, KmPollCard, close);
  gtk_widget_class_bind_template_callback (klass, on_vote_clicked);
  gtk_widget_class_bind_template_callback (klass, on_close_clicked);
}

static void
km_poll_card_class_init (KmPollCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  km_stage_style_use ();
  object_class->get_property = km_poll_card_get_property;
  object_class->set_property = km_poll_card_set_property;
  object_class->dispose = km_poll_card_dispose;
  object_class->finalize = km_poll_card_finalize;
  widget_class->map = km_poll_card_map;
  widget_class->unmap = km_poll_card_unmap;

  install_properties_and_signals (object_class);
  bind_template (widget_class);
  gtk_widget_class_set_css_name (widget_class, "pollcard");
  gtk_widget_class_set_accessible_role (widget_class,
                                        GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
km_poll_card_init (KmPollCard *self)
{
  self->shown_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Poll"), -1);
}

/**
 * km_poll_card_new:
 *
 * Returns: (transfer floating): a card that is hidden until it has a poll
 */
GtkWidget *
km_poll_card_new (void)
{
  return g_object_new (KM_TYPE_POLL_CARD, NULL);
}

/**
 * km_poll_card_set_poll:
 * @self: a card
 * @poll: (nullable): what it is now; %NULL hides the card
 *
 * May be called as often as tallies change: bars move on from where they are,
 * and what is ticked stays ticked.
 */
void
km_poll_card_set_poll (KmPollCard       *self,
                       const KmPollView *poll)
{
  g_autoptr (KmPollView) before = g_steal_pointer (&self->poll);

  if (km_poll_view_is_valid (poll))
    self->poll = km_poll_view_copy (poll);
  gtk_widget_set_visible (GTK_WIDGET (self), self->poll != NULL);
  if (self->poll != NULL)
    {
      gboolean same = is_same_poll (before, self->poll);

      if (!same)
        build_rows (self);
      if (!same || before->own_mask != self->poll->own_mask
          || before->own_known != self->poll->own_known)
        self->draft = get_own (self);
      update (self);
    }
  run_timer (self);
}

/**
 * km_poll_card_get_poll:
 * @self: a card
 *
 * Returns: (nullable) (transfer none): what it shows
 */
const KmPollView *
km_poll_card_get_poll (KmPollCard *self)
{
  return self->poll;
}

/**
 * km_poll_card_vote_number:
 * @self: a card
 * @number: the digit that somebody pressed; 0 is the tenth option
 *
 * The same as a click on that option: votes for it, or ticks it where several
 * may be chosen.
 *
 * Returns: whether there is such an option and it may be chosen
 */
gboolean
km_poll_card_vote_number (KmPollCard *self,
                          guint       number)
{
  guint option = number == 0 ? 9 : number - 1;

  if (self->poll == NULL || option >= self->poll->n_options
      || !km_poll_view_is_votable (self->poll))
    return FALSE;

  choose (self, option);
  return TRUE;
}

/**
 * km_poll_card_set_compact:
 * @self: a card
 * @compact: whether there is little room and nobody votes here
 */
void
km_poll_card_set_compact (KmPollCard *self,
                          gboolean    compact)
{
  if (self->compact == compact)
    return;

  self->compact = compact;
  if (self->poll != NULL)
    {
      build_rows (self);
      update (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPACT]);
}

gboolean
km_poll_card_get_compact (KmPollCard *self)
{
  return self->compact;
}

/**
 * km_poll_card_set_host:
 * @self: a card
 * @host: whether the person at this screen may close the poll
 */
void
km_poll_card_set_host (KmPollCard *self,
                       gboolean    host)
{
  if (self->host == host)
    return;

  self->host = host;
  if (self->poll != NULL)
    update_buttons (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HOST]);
}

gboolean
km_poll_card_get_host (KmPollCard *self)
{
  return self->host;
}
