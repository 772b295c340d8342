/* km-gift-giving.c: a gift is given, and confirmed when it is large
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is large is known here, too, so that the question usually comes before
 * anything is sent. The server has the last word: when it wants a gift
 * confirmed that this computer thought small, the person is asked then.
 *
 * Thread: main.
 */

#include "km-gift-giving.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "km-format.h"

#define NAME_CLUSTERS 24

typedef struct
{
  GtkWidget *parent;
  KmRoom *room;
  KmGiftItem *item;
  KmGiftOrder order;
  gint64 time_ms;
  GAsyncReadyCallback on_answer; /* asks lead to sends, sends to asks */
} Giving;

static void
giving_free (Giving *giving)
{
  g_object_unref (giving->parent);
  g_object_unref (giving->room);
  g_object_unref (giving->item);
  g_free (giving);
}

static AdwDialog *
make_question (Giving *giving)
{
  g_autofree char *coins
    = km_format_coins (km_gift_order_total (&giving->order));
  g_autofree char *name = km_format_short_name (
    km_gift_item_get_name (giving->item), NAME_CLUSTERS);
  g_autofree char *times = km_format_times (giving->order.count);
  AdwDialog *dialog = adw_alert_dialog_new (NULL, NULL);
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (dialog);

  /* Translators: an amount of money: "Give 1,200 coins?" */
  adw_alert_dialog_format_heading (alert, _("Give %s?"), coins);
  /* Translators: a gift and how many: "Rocket ×3" */
  adw_alert_dialog_format_body (alert, _("%s %s. A gift can’t be taken back."),
                                name, times);
  adw_alert_dialog_add_responses (alert, "cancel", _("_Cancel"),
                                  "give", _("_Give"), NULL);
  adw_alert_dialog_set_response_appearance (alert, "give",
                                            ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_close_response (alert, "cancel");
  return dialog;
}

/* A popover would stay above the question. */
static void
ask (GTask *task)
{
  Giving *giving = g_task_get_task_data (task);
  GtkWidget *popover = gtk_widget_get_ancestor (giving->parent,
                                                GTK_TYPE_POPOVER);
  GtkRoot *root = gtk_widget_get_root (giving->parent);

  if (popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (popover));
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (make_question (giving)),
                           root != NULL ? GTK_WIDGET (root) : giving->parent,
                           NULL, giving->on_answer, task);
}

static void
on_sent (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (km_room_send_gift_finish (KM_ROOM (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, KM_PROTOCOL_ERROR,
                            KM_PROTOCOL_ERROR_CONFIRM_REQUIRED))
    ask (g_steal_pointer (&task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
send (GTask    *task,
      gboolean  confirmed)
{
  Giving *giving = g_task_get_task_data (task);

  km_room_send_gift_async (giving->room, km_gift_item_get_id (giving->item),
                           giving->order.count, confirmed, giving->time_ms,
                           NULL, on_sent, task);
}

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  const char *response
    = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  if (g_str_equal (response, "give"))
    send (g_steal_pointer (&task), TRUE);
  else
    g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                     _("Nothing was given."));
}

/**
 * km_gift_giving_start:
 * @parent: in the window that asks; the popover it is in is closed then
 * @room: where to give
 * @item: what
 * @order: how many, and above what it is asked about
 * @time_ms: stream time that the giver sees; -1: none
 * @callback: called when it was given, refused or not confirmed
 * @user_data: for @callback
 *
 * Gives.
 */
void
km_gift_giving_start (GtkWidget           *parent,
                      KmRoom              *room,
                      KmGiftItem          *item,
                      const KmGiftOrder   *order,
                      gint64               time_ms,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  GTask *task = g_task_new (parent, NULL, callback, user_data);
  Giving *giving = g_new0 (Giving, 1);

  g_task_set_source_tag (task, km_gift_giving_start);
  giving->parent = g_object_ref (parent);
  giving->room = g_object_ref (room);
  giving->item = g_object_ref (item);
  giving->order = *order;
  giving->time_ms = time_ms;
  giving->on_answer = on_answer;
  g_task_set_task_data (task, giving, (GDestroyNotify) giving_free);

  if (km_gift_order_judge (order) == KM_GIFT_VERDICT_CONFIRM)
    ask (task);
  else
    send (task, FALSE);
}

/**
 * km_gift_giving_finish:
 * @result: what the callback got
 * @error: as of km_room_send_gift_finish(); %G_IO_ERROR_CANCELLED: the person
 *   thought better of it
 *
 * Returns: whether it was given
 */
gboolean
km_gift_giving_finish (GAsyncResult  *result,
                       GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
