/* km-slow-mode-dialog.c: a slow mode of the host's own making
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-slow-mode-dialog.h"

#include "km-protocol.h"

struct _KmSlowModeDialog
{
  AdwAlertDialog parent_instance;

  AdwSpinRow *seconds;
};

G_DEFINE_FINAL_TYPE (KmSlowModeDialog, km_slow_mode_dialog,
                     ADW_TYPE_ALERT_DIALOG)

static void
km_slow_mode_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), KM_TYPE_SLOW_MODE_DIALOG);

  G_OBJECT_CLASS (km_slow_mode_dialog_parent_class)->dispose (object);
}

static void
km_slow_mode_dialog_class_init (KmSlowModeDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_slow_mode_dialog_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class,
    "/io/github/kaimu_live/Kaimu/studio/km-slow-mode-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, KmSlowModeDialog,
                                        seconds);
}

static void
km_slow_mode_dialog_init (KmSlowModeDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_spin_row_set_range (self->seconds, 1, KM_SLOW_MODE_S_MAX);
}

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  KmSlowModeDialog *self = KM_SLOW_MODE_DIALOG (source);
  const char *response
    = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  g_task_return_int (task, g_str_equal (response, "set")
                             ? (gssize) adw_spin_row_get_value (self->seconds)
                             : 0);
}

/**
 * km_slow_mode_dialog_choose_async:
 * @parent: the widget that asks
 * @seconds: what stands there at first
 * @callback: called when it was answered
 * @user_data: for @callback
 */
void
km_slow_mode_dialog_choose_async (GtkWidget           *parent,
                                  guint                seconds,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  KmSlowModeDialog *self = g_object_new (KM_TYPE_SLOW_MODE_DIALOG, NULL);
  GTask *task = g_task_new (parent, NULL, callback, user_data);

  g_task_set_source_tag (task, km_slow_mode_dialog_choose_async);
  adw_spin_row_set_value (self->seconds, seconds);
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (self), parent, NULL, on_answer,
                           task);
}

/**
 * km_slow_mode_dialog_choose_finish:
 * @result: what the callback got
 *
 * Returns: the seconds chosen; 0: none were
 */
guint
km_slow_mode_dialog_choose_finish (GAsyncResult *result)
{
  return (guint) MAX (0, g_task_propagate_int (G_TASK (result), NULL));
}
