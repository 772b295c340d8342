/* km-poll-dialog.c: what shall the room be asked?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is written is kept as it is typed: closing the dialog, a refusal of the
 * server or a crash loses nothing, and it is all there the next time. The draft
 * is forgotten when the poll is open.
 *
 * Thread: main.
 */

#include "km-poll-dialog.h"

#include <glib/gi18n.h>

#include "km-poll-draft.h"
#include "km-words.h"

struct _KmPollDialog
{
  AdwDialog parent_instance;

  GtkWidget *start_button;
  AdwBanner *banner;
  GtkEditable *question;
  AdwPreferencesGroup *options;
  GtkWidget *add_button;
  AdwComboRow *duration;
  AdwSwitchRow *multiple;
  AdwSwitchRow *changeable;
  AdwSwitchRow *anonymous;
  GtkLabel *problem;

  GSettings *settings;
  KmRoom *room;
  GCancellable *cancellable;
  GPtrArray *rows; /* GtkEditable of the options, in order */
  gboolean loading;
  gboolean starting;
};

G_DEFINE_FINAL_TYPE (KmPollDialog, km_poll_dialog, ADW_TYPE_DIALOG)

typedef struct
{
  gint64 ms;
  const char *label;
} Duration;

static const Duration durations[] = {
  { 30 * 1000, N_("After 30 Seconds") },
  { 60 * 1000, N_("After 1 Minute") },
  { 2 * 60 * 1000, N_("After 2 Minutes") },
  { 5 * 60 * 1000, N_("After 5 Minutes") },
  { 10 * 60 * 1000, N_("After 10 Minutes") },
  { 30 * 60 * 1000, N_("After 30 Minutes") },
  { 60 * 60 * 1000, N_("After 1 Hour") },
  { -1, N_("When I Close It") },
};

static const char *
describe (KmPollProblem problem)
{
  switch (problem)
    {
    case KM_POLL_NO_QUESTION:
      return _("Write a question first.");
    case KM_POLL_QUESTION_TOO_LONG:
      return _("The question is too long: at most 120 characters.");
    case KM_POLL_FEW_OPTIONS:
      return _("Fill in at least two options.");
    case KM_POLL_OPTION_TOO_LONG:
      return _("An option is too long: at most 60 characters.");
    case KM_POLL_SAME_OPTIONS:
      return _("Two options say the same.");
    case KM_POLL_FINE:
    default:
      return "";
    }
}

static char **
get_options (KmPollDialog *self)
{
  char **options = g_new0 (char *, self->rows->len + 1);

  for (guint i = 0; i < self->rows->len; i++)
    options[i] = g_strdup (gtk_editable_get_text (self->rows->pdata[i]));

  return options;
}

static KmPollDraft *
get_draft (KmPollDialog *self)
{
  KmPollDraft *draft = g_new0 (KmPollDraft, 1);
  guint selected = adw_combo_row_get_selected (self->duration);

  draft->ask.question = g_strdup (gtk_editable_get_text (self->question));
  draft->ask.options = get_options (self);
  draft->ask.multiple = adw_switch_row_get_active (self->multiple);
  draft->ask.changeable = adw_switch_row_get_active (self->changeable);
  draft->ask.anonymous = adw_switch_row_get_active (self->anonymous);
  draft->duration_ms =
    durations[MIN (selected, G_N_ELEMENTS (durations) - 1)].ms;

  return draft;
}

/* Why it can't be asked, whatever is wrong: with it, or with the moment. */
static const char *
find_obstacle (KmPollDialog      *self,
               const KmPollDraft *draft)
{
  if (km_room_get_state (self->room) != KM_ROOM_ONLINE)
    return _("The server can't be reached right now.");
  if (g_list_model_get_n_items (km_room_get_polls (self->room)) > 0)
    return _("Another poll is open. Close it first.");

  return describe (km_poll_draft_check (draft));
}

static void
update (KmPollDialog *self)
{
  g_autoptr (KmPollDraft) draft = get_draft (self);
  const char *obstacle = find_obstacle (self, draft);

  gtk_label_set_text (self->problem, obstacle);
  gtk_widget_set_sensitive (self->start_button,
                            *obstacle == '\0' && !self->starting);
  gtk_widget_set_visible (self->add_button,
                          self->rows->len < KM_POLL_OPTIONS_MAX);
}

static void
on_changed (KmPollDialog *self)
{
  g_autoptr (KmPollDraft) draft = NULL;

  if (self->loading)
    return;

  draft = get_draft (self);
  km_poll_draft_save (draft, self->settings);
  adw_banner_set_revealed (self->banner, FALSE);
  update (self);
}

/* Options are known by their place, so a row that goes renames the others. */
static void
number_rows (KmPollDialog *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      g_autofree char *title = g_strdup_printf (_("Option %u"), i + 1);
      g_autofree char *remove =
        /* Translators: of an option of a poll, by its number */
        g_strdup_printf (_("Remove Option %u"), i + 1);
      GtkWidget *row = self->rows->pdata[i];
      GtkWidget *button = g_object_get_data (G_OBJECT (row), "km-remove");

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      gtk_widget_set_tooltip_text (button, remove);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, remove,
                                      -1);
      gtk_widget_set_visible (button,
                              self->rows->len > KM_POLL_OPTIONS_MIN);
    }
}

static void
on_remove_option (GtkWidget    *button,
                  KmPollDialog *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ENTRY_ROW);

  g_ptr_array_remove (self->rows, row);
  adw_preferences_group_remove (self->options, row);
  number_rows (self);
  on_changed (self);
}

static GtkWidget *
add_row (KmPollDialog *self,
         const char   *text)
{
  GtkWidget *row = adw_entry_row_new ();
  GtkWidget *button =
    gtk_button_new_from_icon_name ("edit-delete-symbolic");

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (row), button);
  g_object_set_data (G_OBJECT (row), "km-remove", button);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
  g_ptr_array_add (self->rows, row);
  adw_preferences_group_add (self->options, row);
  g_signal_connect (button, "clicked", G_CALLBACK (on_remove_option), self);
  g_signal_connect_swapped (row, "changed", G_CALLBACK (on_changed), self);

  return row;
}

static void
on_add_option (KmPollDialog *self)
{
  GtkWidget *row;

  if (self->rows->len >= KM_POLL_OPTIONS_MAX)
    return;

  row = add_row (self, "");
  number_rows (self);
  on_changed (self);
  gtk_widget_grab_focus (row);
}

static void
on_cancel (KmPollDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KmPollDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *poll =
    km_room_open_poll_finish (KM_ROOM (source), result, &error);

  if (poll != NULL)
    km_poll_draft_forget (self->settings);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  self->starting = FALSE;
  if (poll != NULL)
    {
      adw_dialog_close (ADW_DIALOG (self));
      return;
    }

  adw_banner_set_title (self->banner, km_words (error));
  adw_banner_set_revealed (self->banner, TRUE);
  update (self);
}

static void
on_start (KmPollDialog *self)
{
  g_autoptr (KmPollDraft) draft = get_draft (self);
  g_autoptr (KmPollQuestion) ask = km_poll_draft_finish (draft);

  self->starting = TRUE;
  update (self);
  km_room_open_poll_async (self->room, ask, draft->duration_ms, NULL,
                           on_opened, g_object_ref (self));
}

static void
km_poll_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (KM_POLL_DIALOG (dialog)->cancellable);
}

static void
km_poll_dialog_dispose (GObject *object)
{
  KmPollDialog *self = KM_POLL_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_POLL_DIALOG);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->settings);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (km_poll_dialog_parent_class)->dispose (object);
}

static void
km_poll_dialog_class_init (KmPollDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_poll_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = km_poll_dialog_closed;

#define BIND(name) \
  gtk_widget_class_bind_template_child (widget_class, KmPollDialog, name)
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-poll-dialog.ui");
  BIND (start_button);
  BIND (banner);
  BIND (question);
  BIND (options);
  BIND (add_button);
  BIND (duration);
  BIND (multiple);
  BIND (changeable);
  BIND (anonymous);
  BIND (problem);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_add_option);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_start);
}

static void
km_poll_dialog_init (KmPollDialog *self)
{
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);

  self->loading = TRUE;
  self->rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_banner_set_use_markup (self->banner, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (durations); i++)
    gtk_string_list_append (labels, _(durations[i].label));
  adw_combo_row_set_model (self->duration, G_LIST_MODEL (labels));
}

static void
show_draft (KmPollDialog      *self,
            const KmPollDraft *draft)
{
  self->loading = TRUE;
  gtk_editable_set_text (self->question, draft->ask.question);
  for (guint i = 0; draft->ask.options[i] != NULL; i++)
    add_row (self, draft->ask.options[i]);
  number_rows (self);
  for (guint i = 0; i < G_N_ELEMENTS (durations); i++)
    {
      if (durations[i].ms == draft->duration_ms)
        adw_combo_row_set_selected (self->duration, i);
    }
  adw_switch_row_set_active (self->multiple, draft->ask.multiple);
  adw_switch_row_set_active (self->changeable, draft->ask.changeable);
  adw_switch_row_set_active (self->anonymous, draft->ask.anonymous);
  self->loading = FALSE;
}

/**
 * km_poll_dialog_new:
 * @settings: the profile's, which keep the draft
 * @room: whom to ask
 *
 * Returns: (transfer floating): a dialog
 */
AdwDialog *
km_poll_dialog_new (GSettings *settings,
                    KmRoom    *room)
{
  KmPollDialog *self = g_object_new (KM_TYPE_POLL_DIALOG, NULL);
  g_autoptr (KmPollDraft) draft = km_poll_draft_load (settings);

  self->settings = g_object_ref (settings);
  self->room = g_object_ref (room);
  show_draft (self, draft);
  g_signal_connect_object (room, "notify::state", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (km_room_get_polls (room), "items-changed",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return ADW_DIALOG (self);
}
